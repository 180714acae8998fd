"""The registry: what record types there are, and what each of them has. Kernel abilities read only this."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext

from rapport.kernel.custom import schema
from rapport.kernel.fields.base import FieldType

if TYPE_CHECKING:
    from rapport.accounts.models import User
    from rapport.kernel.records.base import Record, RecordQuerySet


@dataclass(frozen=True)
class Action:
    """A named deed on one record ("win"): a button, an API call, later a tool and an automation step.

    `form` lists what the deed asks for: names of fields of the record type that `run` takes as keywords.
    """

    key: str
    label: Promise | str
    run: Callable[..., Any]  # Any: a record in, a record out, keywords by the deed
    when: Callable[[Any], bool]
    act: str = "edit"
    icon: str = ""
    form: tuple[str, ...] = ()


@dataclass
class PartType:
    """Rows that belong to a record and live with it, e.g. its contact points: logged and seen with the record."""

    key: str
    model: type[models.Model]
    link: str
    # Fields of the record that follow from these rows, e.g. the main e-mail address.
    keeps: tuple[str, ...] = ()

    @cached_property
    def fields(self) -> dict[str, FieldType]:
        return {one.name: one for one in self.model._meta.get_fields() if isinstance(one, FieldType)}

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def help(self) -> str:
        return str(self.model._meta.verbose_name)


@dataclass
class RecordType:
    """One kind of record: its fields, its parts, what can be done with it. `key` stands in addresses."""

    key: str
    model: "type[Record]"
    icon: str
    title: str
    kind: str = ""
    board: str = ""
    hue: str = "petrol"
    subtitle: tuple[str, ...] = ()
    default_sort: str = "-changed_at"
    not_at_first: tuple[str, ...] = ()  # listed fields that a list shows only when somebody asks for them
    actions: dict[str, Action] = field(default_factory=dict)
    _made: "tuple[schema.Known, dict[str, FieldType]] | None" = field(default=None, repr=False, compare=False)

    @property
    def whole(self) -> "RecordType":
        """The type with all its fields; permissions/fields.py hands out narrower ones to who must not see some."""
        return self

    @property
    def label(self) -> str:
        """One of them, e.g. "Person"."""
        return str(self.model._meta.verbose_name)

    @property
    def label_plural(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def help(self) -> str:
        """The line for users that stands on the class; tools/messages.py collects it for translation."""
        line = (self.model.__doc__ or "").strip().split("\n")[0]
        return gettext(line) if line else ""

    @property
    def fields(self) -> dict[str, FieldType]:
        """All fields by name: the type's own as declared, those that administrators added, what every record has."""
        now = schema.known()
        made = self._made
        if made is None or made[0] is not now:
            made = self._made = (now, self._with_custom(now.of(self.key).fields))
        return made[1]

    def _with_custom(self, custom: Mapping[str, FieldType] | None) -> dict[str, FieldType]:
        if not custom:
            return self.own_fields
        from rapport.kernel.records.base import Record

        every = {one.name for one in Record._meta.get_fields()}
        mine = {name: one for name, one in self.own_fields.items() if name not in every}
        return {**mine, **custom, **self.own_fields}

    @cached_property
    def own_fields(self) -> dict[str, FieldType]:
        """The fields that are declared on the model."""
        from rapport.kernel.records.base import Record

        every = {one.name for one in Record._meta.get_fields()}
        mine = [
            one
            for one in self.model._meta.get_fields()
            if isinstance(one, FieldType) and (not one.flags.kinds or self.kind in one.flags.kinds)
        ]
        mine.sort(key=lambda one: one.name in every)
        return {one.name: one for one in mine}

    def editable_fields(self) -> dict[str, FieldType]:
        return {name: one for name, one in self.fields.items() if one.editable}

    def editable_parts(self) -> dict[str, PartType]:
        return self.parts

    def listed_fields(self) -> dict[str, FieldType]:
        return {name: one for name, one in self.fields.items() if one.flags.listed}

    @cached_property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    @cached_property
    def parts(self) -> dict[str, PartType]:
        return {
            part.key: part
            for part in _parts
            if part.model._meta.get_field(part.link).related_model in self._lineage
        }

    @cached_property
    def _lineage(self) -> set[Any]:
        return {self.model, self.model._meta.concrete_model}

    def visible_to(self, user: "User") -> "RecordQuerySet[Any]":
        return self.model.objects.visible_to(user)

    def new(self) -> "Record":
        """An unsaved record of this type."""
        made = self.model(**({"kind": self.kind} if self.kind else {}))
        made.custom = dict(schema.of(self.key).defaults)
        return made


_types: dict[str, RecordType] = {}
_parts: list[PartType] = []


def record_type(
    key: str,
    *,
    icon: str,
    title: str = "name",
    kind: str = "",
    board: str = "",
    hue: str = "petrol",
    subtitle: Iterable[str] = (),
    default_sort: str = "-changed_at",
    not_at_first: Iterable[str] = (),
) -> "Callable[[type[Record]], type[Record]]":
    """Class decorator: enter a model into the registry. `title` names the text column that is its name."""

    def enter(model: "type[Record]") -> "type[Record]":
        _types[key] = RecordType(
            key, model, icon, title, kind, board, hue, tuple(subtitle), default_sort, tuple(not_at_first)
        )
        model.kind_value = kind
        return model

    return enter


def part_type(
    key: str, *, link: str, keeps: tuple[str, ...] = ()
) -> Callable[[type[models.Model]], type[models.Model]]:
    """Class decorator: the rows of this model are parts of the record that their foreign key `link` names."""

    def enter(model: type[models.Model]) -> type[models.Model]:
        _parts.append(PartType(key, model, link, keeps))
        return model

    return enter


def types() -> list[RecordType]:
    """All record types in the order of their registration, behind them those that administrators made."""
    return [*_types.values(), *made_types()]


def part_types() -> list[PartType]:
    return list(_parts)


def built_in(key: str) -> RecordType | None:
    return _types.get(key)


def made_types() -> list[RecordType]:
    """The record types that administrators made."""
    return list(schema.known().types.values())


def removed_types() -> Collection[str]:
    """The keys of types that administrators have removed; their records are kept for a while, and nobody sees them."""
    return schema.known().removed


def type_by_key(key: str) -> RecordType | None:
    return _types.get(key) or schema.known().types.get(key)


def type_of(record: models.Model) -> RecordType:
    """The type of a record; the kind decides where several types share one table."""
    return type_of_model(type(record), getattr(record, "kind", ""))


def types_of_model(model: Any) -> list[RecordType]:  # Any: a model class or what Django's stubs call one
    """The type of the model; all types of its table when the model itself is none (a party)."""
    made = schema.known().types.get(getattr(model, "custom_type", ""))
    if made is not None:
        return [made]
    exact = [one for one in _types.values() if one.model is model]
    table = model._meta.concrete_model
    found = exact or [one for one in _types.values() if one.model._meta.concrete_model is table]
    if not found:
        raise LookupError(f"{model} is not a record type")
    return found


def type_of_model(model: Any, kind: str = "") -> RecordType:  # Any: as above
    return next(one for one in types_of_model(model) if not kind or one.kind == kind)


def tables() -> dict[str, list[RecordType]]:
    """Record types by the database table in which their rows stand."""
    found: dict[str, list[RecordType]] = {}
    for one in types():
        found.setdefault(one.table, []).append(one)
    return found
