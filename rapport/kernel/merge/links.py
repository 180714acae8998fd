"""Everything that leads to records of a type, found through the models: nothing is listed by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.fields.links import Link
from rapport.kernel.records.base import Record
from rapport.kernel.registry import RecordType, part_types, types, types_of_model
from rapport.kernel.relations.models import Relationship

AnyModel = type[models.Model]
OTHERS = _("Further links")
# What the rows are called in the preview, where their model has no name for people.
_words: dict[str, str | Promise] = {
    "kernel.Comment": _("Comments"),
    "kernel.StoredFile": _("Files"),
    "kernel.TimelineEntry": _("Entries of the timeline"),
    "kernel.Relationship": _("Relationships"),
}
_stay: set[str] = {
    "kernel.AnyRecord",
    "kernel.Fingerprint",
    "kernel.DuplicatePair",
    "kernel.Merge",
    "kernel.MergedRecord",
}


@dataclass(frozen=True)
class LinkTo:
    """One column whose values are ids of records of the type."""

    model: AnyModel
    column: str
    key: str = ""  # of a link that administrators have added: its place in the column `custom`

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    @property
    def label(self) -> str | Promise:
        if issubclass(self.model, Record):
            return types_of_model(self.model)[0].label_plural
        part = next((one for one in part_types() if one.model is self.model), None)
        return part.label if part is not None else _words.get(self.model._meta.label, OTHERS)


def stays(*labels: str) -> None:
    """Declare models ("parties.StagePeriod") whose rows are the record's own past and stay with it."""
    _stay.update(labels)


def called(label: str, text: str | Promise) -> None:
    """Declare how rows of a model are called in the preview of a merge."""
    _words[label] = text


def links_to(kind: RecordType) -> list[LinkTo]:
    """All columns that lead to records of the type, relationships first: other tables follow them by triggers."""
    lineage = {kind.model, kind.model._meta.concrete_model, AnyRecord}
    own_parts = {part.model for part in kind.parts.values()}
    found = []
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed or model._meta.label in _stay:
            continue
        for field in model._meta.concrete_fields:
            if not isinstance(field, models.ForeignKey) or field.related_model not in lineage:
                continue
            is_own = model in own_parts and kind.parts and _is_link_of_part(model, field)
            if not is_own:
                found.append(LinkTo(model, str(field.column)))
    found += _custom_links(kind)
    found.sort(key=lambda one: (one.model is not Relationship, not issubclass(one.model, Record)))
    return found


def _is_link_of_part(model: AnyModel, field: "models.Field[Any, Any]") -> bool:
    """Parts are copied to the survivor; the others keep theirs."""
    return any(part.model is model and part.link == field.name for part in part_types())


def _custom_links(kind: RecordType) -> list[LinkTo]:
    """Links that administrators have added live in the column `custom` of the record's table."""
    lineage = {kind.model, kind.model._meta.concrete_model, AnyRecord}
    found = []
    for one in types():
        for field in one.fields.values():
            if isinstance(field, Link) and field.is_custom and field.related_model in lineage:
                link = LinkTo(one.model._meta.concrete_model or one.model, "custom", field.name)
                if link not in found:
                    found.append(link)
    return found


@dataclass
class Moving:
    """How many rows of one kind will move, as far as the user may see them."""

    label: str
    count: int


def moving(kind: RecordType, ids: Sequence[UUID], user: User) -> list[Moving]:
    """What moves to the survivor: counted per kind of row; what the user may not see is not counted."""
    counts: dict[str, int] = {}
    for link in links_to(kind):
        count = _seen_rows(link, ids, user).distinct().count()
        if count:
            counts[str(link.label)] = counts.get(str(link.label), 0) + count
    further = counts.pop(str(OTHERS), 0)
    lines = [Moving(label, count) for label, count in counts.items()]
    return lines + ([Moving(str(OTHERS), further)] if further else [])


def _seen_rows(link: LinkTo, ids: Sequence[UUID], user: User) -> Any:  # Any: a queryset of the link's model
    model: Any = link.model
    if link.key:
        texts = [str(one) for one in ids]
        rows = model.objects.filter(**{f"custom__{link.key}__in": texts})
    else:
        name = next(one.name for one in model._meta.concrete_fields if one.column == link.column)
        rows = model._default_manager.filter(**{f"{name}__in": ids})
    if issubclass(model, Record):
        seen = Q(pk__in=[])
        for one in types_of_model(model):
            seen |= Q(pk__in=one.visible_to(user).values("pk"))
        return rows.filter(seen)
    if model is Relationship:
        return rows.visible_to(user)
    part = next((one for one in part_types() if one.model is model), None)
    if part is not None:
        return rows.filter(**{f"{part.link}__in": AnyRecord.objects.visible_to(user).values("pk")})
    return rows
