"""Writing relationships: through a change set, with the rights of both ends."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.changes.sets import change_set, note_types
from rapport.kernel.fields.base import FieldType
from rapport.kernel.permissions import can
from rapport.kernel.records.constraints import sentence_of
from rapport.kernel.records.errors import NotVisible, Refused, RuleError
from rapport.kernel.relations.models import Relationship, RelationshipType

Values = Mapping[str, Any]  # Any: each field has its own values
Days = tuple[date, date]


def facts() -> dict[str, FieldType]:
    """The fields of a relationship besides its ends: role, share, dates."""
    return {one.name: one for one in Relationship._meta.get_fields() if isinstance(one, FieldType)}


def save_relationship(edge: Relationship, values: Values, *, by: User) -> Relationship:
    """Create or change an edge: `by` must be able to edit one end and see the other. RuleError says what is wrong."""
    kind = edge.type
    _ends(edge, by)
    with change_set(
        by=by,
        label=lambda: _("Relationship: %(what)s") % {"what": f"{edge.source} {_(kind.name)} {edge.target}"},
    ):
        note_types(edge.source.type, edge.target.type)
        for name, value in values.items():
            field = facts().get(name)
            if field is None:
                raise RuleError(_("There is no field “%(name)s”.") % {"name": name[:60]})
            field.write(edge, value)
        _one_at_a_time(edge)
        _fits(edge, kind)
        _validate(edge)
        _within_limits(edge, kind)
        if edge.is_primary:
            # Of one kind a record has one main relationship.
            others = Relationship.objects.filter(source=edge.source_id, type=kind, is_primary=True)
            for other in others.exclude(pk=edge.pk):
                other.is_primary = False
                other.save(update_fields=["is_primary"])
        try:
            with transaction.atomic():
                edge.save()
        except IntegrityError as problem:
            raise RuleError(sentence_of(problem, edge)) from problem
    return edge


def remove_relationship(edge: Relationship, *, by: User) -> None:
    """Take the edge away as if it had never been; to end it, give it a last day instead."""
    _ends(edge, by)
    with change_set(
        by=by, label=lambda: _("Relationship removed: %(what)s") % {"what": f"{edge.source} {edge.target}"}
    ):
        note_types(edge.source.type, edge.target.type)
        edge.delete()


def _ends(edge: Relationship, by: User) -> None:
    """NotVisible unless both ends are seen, Refused unless one of them may be edited."""
    seen = AnyRecord.objects.visible_to(by).in_bulk([edge.source_id, edge.target_id])
    if len(seen) < (2 if edge.source_id != edge.target_id else 1):
        raise NotVisible
    if not any(can(by, "edit", one.load()) for one in seen.values()):
        raise Refused


def _one_at_a_time(edge: Relationship) -> None:
    """Who notes the same relationship a moment later waits here and then sees that it is there already."""
    with connection.cursor() as cursor:
        # In order, so that no two wait for each other.
        for end in sorted((str(edge.source_id), str(edge.target_id))):
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"rapport edges {end}"])


def _within_limits(edge: Relationship, kind: RelationshipType) -> None:
    """How many relationships of a kind a record may have at the same time, seen from either side.

    One that does not hold any longer than before is not asked: limits may be younger than what stands there.
    """
    days = days_of(edge.valid_from, edge.valid_until)
    before = Relationship.objects.filter(pk=edge.pk).values_list("valid_from", "valid_until").first()
    if before is not None and days_of(*before)[0] <= days[0] and days[1] <= days_of(*before)[1]:
        return
    others = Relationship.objects.filter(type=kind).exclude(pk=edge.pk)
    for most, ends, end in (
        (kind.most_targets, others.filter(source=edge.source_id), edge.source),
        (kind.most_sources, others.filter(target=edge.target_id), edge.target),
    ):
        spans = [days_of(*one) for one in ends.values_list("valid_from", "valid_until")] if most else []
        if most is not None and most_at_once(days, spans) > most:
            text = ngettext(
                "“%(title)s” can have only one relationship of this kind at a time.",
                "“%(title)s” can have only %(most)s relationships of this kind at a time.",
                most,
            )
            raise RuleError(fields={"other": text % {"title": end.title, "most": most}})


def days_of(first: date | None, last: date | None) -> Days:
    """From which day to which day something holds; what is not said is any."""
    return first or date.min, last or date.max


def most_at_once(new: Days, others: Iterable[Days]) -> int:
    """The largest number of relationships that hold on one day on which the new one holds, itself included."""
    begin, end = new
    meeting = [(first, last) for first, last in others if first <= end and last >= begin]
    days = [begin, *(first for first, _last in meeting if first >= begin)]
    return 1 + max(len([1 for first, last in meeting if first <= day <= last]) for day in days)


def _fits(edge: Relationship, kind: RelationshipType) -> None:
    if edge.source_id == edge.target_id:
        raise RuleError(fields={"other": _("A record cannot be related to itself.")})
    for types, end in ((kind.source_types, edge.source), (kind.target_types, edge.target)):
        if types and end.type not in types:
            text = _("“%(relation)s” does not fit “%(title)s”.")
            raise RuleError(fields={"other": text % {"relation": _(kind.name), "title": end.title}})
    if (
        edge._state.adding
        and Relationship.objects.filter(
            type=kind, source=edge.source_id, target=edge.target_id, valid_until=None
        ).exists()
    ):
        raise RuleError(fields={"other": _("This relationship is there already.")})


def _validate(edge: Relationship) -> None:
    problems = {}
    for name, field in facts().items():
        value = getattr(edge, name)
        if not field.is_empty(value):
            try:
                setattr(edge, name, field.clean(value, edge))
            except ValidationError as problem:
                problems[name] = " ".join(problem.messages)
    if edge.valid_from and edge.valid_until and edge.valid_until < edge.valid_from:
        problems["valid_until"] = _("The relationship would end before it begins.")
    if problems:
        raise RuleError(fields=problems)
