"""Merging: one record of several, in one change set that can be taken back."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.changes.models import Change
from rapport.kernel.changes.sets import change_set, name_set, record_event
from rapport.kernel.duplicates.models import DuplicatePair, State
from rapport.kernel.fields import Link
from rapport.kernel.fields.base import FieldType
from rapport.kernel.merge.journal import move_links
from rapport.kernel.merge.models import Merge, MergedRecord, MovedLink
from rapport.kernel.permissions import can, policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.provenance.left_out import LeftOut, left_out, note_left_out
from rapport.kernel.records import (
    Conflict,
    NotVisible,
    Record,
    Refused,
    RuleError,
    delete_records,
    save_record,
)
from rapport.kernel.registry import PartType, RecordType, types

MOST = 20  # records in one merge
STRATEGIES = ("survivor", "newest", "oldest", "fullest")
Choice = Mapping[str, UUID]  # field name -> the record whose value stays


@dataclass
class Merged:
    """What a merge did."""

    record: Record
    change_set: UUID
    moved: int = 0
    left: list[str] = field(default_factory=list)  # fields whose choice was not possible


def merge_records(
    kind: RecordType,
    survivor: UUID,
    others: Sequence[UUID],
    *,
    by: User,
    choice: Choice | None = None,
    strategy: str = "survivor",
    versions: Mapping[UUID, int] | None = None,
) -> Merged:
    """Make one record of several: `survivor` stays, the others go to the trash and their addresses lead to it.

    `choice` says for single fields whose value stays; for all others `strategy` does ("survivor": its own; "newest",
    "oldest": of the record that was changed last or made first; "fullest": of the one with most values), and an empty
    value never wins over a filled one. Lists (tags, contact points, addresses) are united. Raises NotVisible, Refused
    (needs edit on the survivor and delete on the others), Conflict when one of them has not the version in `versions`
    any more, RuleError.
    """
    kind = seen_by(kind, by)  # of fields that he may not change the survivor keeps its own
    ids = list(dict.fromkeys([survivor, *others]))
    if len(ids) < 2:
        raise RuleError(gettext("Choose two records or more to merge."))
    if len(ids) > MOST:
        raise RuleError(gettext("No more than %(most)s records can be merged at once.") % {"most": MOST})
    with change_set(by=by) as opened:
        records = _locked(kind, ids, by, versions or {})
        kept, gone = records[0], records[1:]
        if not opened.row.label:
            names = ", ".join(str(one)[:60] for one in records)[:180]
            name_set(opened.row, lambda: gettext("Merged: %(what)s") % {"what": names})
        merge = Merge.objects.create(change_set=opened.row, survivor_id=kept.pk)
        values = chosen_values(kind, records, choice or {}, strategy)
        _remember_records(merge, kind, gone)
        with _outside_the_set(by):
            move_links(merge, kind, kept.pk, ids[1:])
        _unite_parts(kind, kept, gone)
        delete_records(kind, ids[1:], by=by)
        differ = _not_chosen(kind, records, choice or {}, strategy)
        done = _write_values(kind, kept, values, by)
        note_left_out(differ, kind)
        MergedRecord.objects.bulk_create(
            [MergedRecord(record_id=one.pk, into_id=kept.pk, merge=merge) for one in gone]
        )
        _inherit_decisions(kept.pk, ids[1:])
        record_event("record.merged")
        moved = MovedLink.objects.filter(merge=merge).exclude(column="deleted_at").count()
    return Merged(done, opened.id, moved)


def _locked(kind: RecordType, ids: list[UUID], by: User, versions: Mapping[UUID, int]) -> list[Record]:
    """The records, the survivor in front, locked in the order of their ids: of two who merge them one comes late."""
    rows = kind.visible_to(by).filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk")
    found = {one.pk: one for one in rows}
    if len(found) != len(ids):
        raise NotVisible
    records = [found[key] for key in ids]
    if not can(by, "edit", records[0]) or not all(can(by, "delete", one) for one in records[1:]):
        raise Refused(gettext("To merge, you must be allowed to edit what stays and to delete the others."))
    late = [one for one in records if versions.get(one.pk, one.version) != one.version]
    if late:
        newest = Change.objects.filter(record_id=late[0].pk).order_by("-at", "-id").first()
        who = User.objects.filter(pk=newest.actor_id).first() if newest and newest.actor_id else None
        raise Conflict([str(one) for one in late], str(who or ""))
    return records


def _remember_records(merge: Merge, kind: RecordType, gone: Sequence[Record]) -> None:
    MovedLink.objects.bulk_create(
        [
            MovedLink(merge=merge, table=kind.table, column="deleted_at", row=str(one.pk), old=one.pk)
            for one in gone
        ]
    )


class _outside_the_set:  # noqa: N801  # reads like a function
    """Who may edit only some records moves links of others, too: these do not count as his changes of them.

    The log names him all the same; the journal of the merge brings them back.
    """

    def __init__(self, by: User) -> None:
        self.is_narrow = any(policy(by, one.key, "edit").reach != "all" for one in types())
        self.set_id = ""

    def __enter__(self) -> None:
        if self.is_narrow:
            with connection.cursor() as cursor:
                cursor.execute("select current_setting('rapport.change_set', true)")
                self.set_id = cursor.fetchone()[0] or ""
                cursor.execute("select set_config('rapport.change_set', '', true)")

    def __exit__(self, *_problem: object) -> None:
        if self.is_narrow and _problem[0] is None:
            with connection.cursor() as cursor:
                cursor.execute("select set_config('rapport.change_set', %s, true)", [self.set_id])


# -- values -------------------------------------------------------------------------------------------------------
def is_merged(one: FieldType) -> bool:
    """Fields of which one value is chosen; what follows from others or tells where a record came from stays."""
    return one.editable and not one.is_multiple


def ranked(records: Sequence[Record], kind: RecordType, strategy: str) -> list[Record]:
    """The records in the order in which their values are taken; the first that has one gives it."""
    if strategy == "newest":
        return sorted(records, key=lambda one: (one.changed_at, one.pk), reverse=True)
    if strategy == "oldest":
        return sorted(records, key=lambda one: (one.created_at, one.pk))
    if strategy == "fullest":
        return sorted(records, key=lambda one: filled(one, kind), reverse=True)
    return list(records)


def filled(record: Record, kind: RecordType) -> int:
    """How many fields of the record have a value."""
    return sum(not one.is_empty(one.read(record)) for one in kind.fields.values() if one.editable)


def chosen_from(
    kind: RecordType, records: Sequence[Record], choice: Choice, strategy: str
) -> dict[str, Record]:
    """For each field the record whose value stays."""
    order, by_key = ranked(records, kind, strategy), {one.pk: one for one in records}
    found: dict[str, Record] = {}
    for name, one in kind.fields.items():
        if not is_merged(one):
            continue
        said = by_key.get(choice[name]) if name in choice else None
        with_value = (
            record
            for record in order
            if not one.is_empty(value := one.read(record)) and not _is_itself(one, value, records)
        )
        found[name] = said or next(with_value, records[0])
    return found


def chosen_values(
    kind: RecordType, records: Sequence[Record], choice: Choice, strategy: str
) -> dict[str, Any]:  # Any: each field has its own values
    """What is written on the survivor: where it differs from what it has, and lists united."""
    kept = records[0]
    values: dict[str, Any] = {}
    for name, record in chosen_from(kind, records, choice, strategy).items():
        one = kind.fields[name]
        value, has = one.read(record), one.read(kept)
        if _is_itself(one, value, records):
            value = None if _is_itself(one, has, records) else has
        if value != has:
            values[name] = value
    for name, one in kind.fields.items():
        if one.editable and one.is_multiple:
            every = list(dict.fromkeys(each for record in records for each in one.read(record) or ()))
            if every != list(one.read(kept) or ()):
                values[name] = every
    return values


def _not_chosen(kind: RecordType, records: Sequence[Record], choice: Choice, strategy: str) -> list[LeftOut]:
    """What the others say of fields for which a strategy has chosen: two sources disagree. A person has decided."""
    found = []
    for name, record in chosen_from(kind, records, choice, strategy).items():
        if name in choice:
            continue
        for other in records:
            said = {name: kind.fields[name].read(other)} if other is not record else {}
            found += [replace(one, record_id=records[0].pk) for one in left_out(record, said, kind)]
    return found


def _is_itself(one: FieldType, value: Any, records: Sequence[Record]) -> bool:
    """A link from one of them to another would lead the survivor to itself."""
    return isinstance(one, Link) and getattr(value, "pk", value) in {record.pk for record in records}


def _write_values(kind: RecordType, kept: Record, values: Mapping[str, Any], by: User) -> Record:
    """Through the door, after the links were moved: triggers may have brought some values along already."""
    fresh: Record = kind.model.objects.get(pk=kept.pk)
    return save_record(fresh, dict(values), by=by) if values else fresh


# -- parts --------------------------------------------------------------------------------------------------------
def _unite_parts(kind: RecordType, kept: Record, gone: Sequence[Record]) -> None:
    """Copy the parts that the survivor has not; the others keep theirs, so that they come back whole."""
    for part in kind.whole.parts.values():
        rows = part.model._default_manager.filter(**{part.link: kept.pk})
        known = {likeness(part, row) for row in rows}
        for record in gone:
            for row in part.model._default_manager.filter(**{part.link: record.pk}).order_by("pk"):
                key = likeness(part, row)
                if key not in known:
                    known.add(key)
                    _copied(part, row, kept).save(force_insert=True)


def likeness(part: PartType, row: models.Model) -> Hashable:
    """Two parts with the same of this say the same."""
    said = getattr(row, "likeness", None)
    if said is not None:
        return tuple(said())
    return tuple(
        str(one.json(one.read(row))).casefold() for one in part.fields.values() if one.kind != "yesno"
    )


def _copied(part: PartType, row: models.Model, kept: Record) -> models.Model:
    values = {
        one.attname: getattr(row, one.attname)
        for one in row._meta.concrete_fields
        if not one.primary_key and one.name != part.link
    }
    if "is_primary" in values:
        values["is_primary"] = False  # the survivor has its main one; a chosen value becomes it by itself
    return part.model(**values, **{f"{part.link}_id": kept.pk})


def _inherit_decisions(survivor: UUID, others: Sequence[UUID]) -> None:
    """Who is different from one of them is different from the survivor."""
    pairs = DuplicatePair.objects.filter(state=State.DIFFERENT)
    for side, other in (("first", "second"), ("second", "first")):
        for one in pairs.filter(**{f"{side}__in": others}):
            stranger = getattr(one, f"{other}_id")
            if stranger == survivor or stranger in others:
                continue
            first, second = sorted([survivor, stranger])
            DuplicatePair.objects.get_or_create(
                first_id=first,
                second_id=second,
                defaults={
                    "type": one.type,
                    "state": State.DIFFERENT,
                    "points": one.points,
                    "decided_by": one.decided_by,
                    "decided_at": one.decided_at,
                },
            )
