"""Custom record types as code sees them: a model class each, made at run time, and its entry in the registry.

The classes are like those that are written in files: a table of their own, the fields of every record, and a name. They
stand in a registry of their own, so that Django's knows only what has migrations; a process makes each class once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, ClassVar

from django.apps import apps as written
from django.apps.registry import Apps
from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from rapport.kernel import fields as f
from rapport.kernel.custom import schema
from rapport.kernel.custom.models import CustomField
from rapport.kernel.custom.record_types.models import CustomType
from rapport.kernel.records.base import Record
from rapport.kernel.registry import RecordType

TABLE = "kernel_custom_"
_classes: dict[str, type[Record]] = {}
_making = Lock()


class MadeModels(Apps):
    """Where models made at run time are registered; what they link to is found among the written ones, too."""

    def get_registered_model(self, app_label: str, model_name: str) -> Any:  # Any: a model class
        try:
            return super().get_registered_model(app_label, model_name)
        except LookupError:
            return written.get_registered_model(app_label, model_name)


MADE = MadeModels()


class CustomRecord(Record):
    """A record of a type that an administrator has added."""

    custom_type: ClassVar[str] = ""
    name: Any  # Any: each class has a field of its own, called as the administrator wants it

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.name)


@dataclass
class CustomRecordType(RecordType):
    """The entry of a custom type in the registry."""

    definition: CustomType | None = None

    @property
    def help(self) -> str:
        return self.definition.said("help") if self.definition is not None else ""


def read_types() -> tuple[Mapping[str, RecordType], frozenset[str]]:
    """All custom types by key, in their order; and the keys of those that were removed."""
    rows = list(CustomType.objects.all())
    gone = {(one.type, one.name) for one in CustomField.objects.exclude(removed_at=None)}
    for one in rows:  # what is shown of a record, and its board, have let go of fields that were removed
        one.subtitle = [name for name in one.subtitle if (one.key, name) not in gone]
        one.board = "" if (one.key, one.board) in gone else one.board
    there = {one.key: entry(one) for one in rows if one.removed_at is None}
    return there, frozenset(one.key for one in rows if one.removed_at is not None)


def entry(one: CustomType) -> CustomRecordType:
    """The registry's entry for a definition."""
    return CustomRecordType(
        one.key, model_of(one.key), one.icon, "name", board=one.board, hue=one.hue, subtitle=tuple(one.subtitle),
        definition=one,
    )  # fmt: skip


def model_of(key: str) -> type[Record]:
    """The model class of a custom type, made when it is first asked for."""
    if key not in _classes:
        with _making:  # two threads must not have two classes of one type
            if key not in _classes:
                _classes[key] = _make(key)
    return _classes[key]


def _make(key: str) -> type[Record]:
    meta: Any = type(
        "Meta",
        (),
        {
            "app_label": "kernel",
            "apps": MADE,
            "db_table": f"{TABLE}{key}",
            "verbose_name": _said(key, "label", key),
            "verbose_name_plural": _said(key, "plural", key),
        },
    )
    name = f.Text(
        _said(key, "title", _("Name")), privacy=f.BUSINESS, required=True, listed=True, searched=True
    )
    return type(
        f"Custom_{key}",
        (CustomRecord,),
        {"__module__": __name__, "__doc__": "", "Meta": meta, "custom_type": key, "name": name},
    )


def _now(key: str, what: str, usual: Any) -> str:  # Any: a lazy text
    """A text of the type in the language of the reader, as it is defined now."""
    kind = schema.known().types.get(key)
    said = kind.definition.said(what) if isinstance(kind, CustomRecordType) and kind.definition else ""
    return said or str(usual)


_said: Callable[[str, str, Any], Any] = lazy(_now, str)


def columns_of(model: type[models.Model]) -> dict[str, Any]:  # Any: Django's fields
    """The columns that the table of the type must have."""
    return {str(one.column): one for one in model._meta.concrete_fields}
