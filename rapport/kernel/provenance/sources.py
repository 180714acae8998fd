"""Source and date of each value of a record: read from the change log when somebody asks."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import Cause, Change, ChangeSet
from rapport.kernel.fields.base import FieldType
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.merge.pointers import merged_ids
from rapport.kernel.provenance.models import ValueMark
from rapport.kernel.records.base import Record
from rapport.kernel.registry import RecordType, type_by_key

MOST: Final = 3_000  # entries of the log that are looked at; what is older came with the record


@dataclass(frozen=True)
class Source:
    """Who or what has said a value, and when."""

    at: datetime
    who: str
    door: str
    is_first: bool  # it came with the record
    mark: ValueMark | None = None

    @property
    def words(self) -> str:
        """The source in a few words."""
        return _("%(who)s, %(door)s") % {"who": self.who, "door": self.door} if self.door else self.who


def sources_of(record: Record, kind: RecordType) -> dict[str, Source]:
    """The source of each filled field that people can see; `kind` is the type as the user has it."""
    columns = {one.column: name for name, one in kind.fields.items() if not one.is_worked_out}
    newest: dict[str, Change] = {}
    birth: Change | None = None
    for entry in _log(record.pk):
        if entry.act == "create" and entry.record_id == record.pk:
            birth = entry
        for column in entry.diff:
            name = columns.get(column) or columns.get(column.removesuffix(CURRENCY))
            if name:
                newest.setdefault(name, entry)
    used = [*newest.values(), *([birth] if birth else [])]
    people = User.objects.in_bulk({one.actor_id for one in used if one.actor_id})
    sets = ChangeSet.objects.in_bulk({one.change_set_id for one in used if one.change_set_id})
    marks = marks_of(record, kind)
    found = {}
    for name, one in kind.fields.items():
        said = newest.get(name) or birth
        if said is None or one.is_worked_out or one.is_empty(one.read(record)):
            continue
        who, door = _said(said, people, sets)
        found[name] = Source(said.at, who, door, name not in newest, marks.get(name))
    return found


def _log(record_id: UUID) -> Iterable[Change]:
    ids = [record_id, *merged_ids(record_id)]
    rows = Change.objects.filter(record_id__in=ids, part="").order_by("-at", "-id")
    return rows.only("record_id", "act", "diff", "at", "cause", "actor_id", "change_set_id")[:MOST]


def _said(entry: Change, people: dict[UUID, User], sets: dict[UUID, ChangeSet]) -> tuple[str, str]:
    """Who has said it, and through which door when that was not a page."""
    person = people.get(entry.actor_id) if entry.actor_id else None
    who = str(person) if person is not None else _("Rapport")
    if entry.cause == Cause.PAGE:
        return who, ""
    done = sets.get(entry.change_set_id) if entry.change_set_id else None
    label = done.told if done is not None and entry.cause in (Cause.IMPORT, Cause.LIFE_CYCLE) else ""
    return who, label or str(dict(Cause.choices).get(entry.cause, entry.cause))


# -- marks ----------------------------------------------------------------------------------------------------------
def held(one: FieldType, record: Record) -> str:
    """The value for which a mark is made, as text."""
    value: Any = one.raw(record)  # Any: each field has its own values
    return "" if value is None else str(value)


def marks_of(record: Record, kind: RecordType) -> dict[str, ValueMark]:
    """The marks that still belong to the values of the record."""
    rows = ValueMark.objects.filter(record_id=record.pk).select_related("by")
    return {one.field: one for one in rows if is_of(one, record, kind)}


def is_of(one: ValueMark, record: Record, kind: RecordType) -> bool:
    """Whether the value is still the one for which the mark was made."""
    return one.field in kind.fields and held(kind.fields[one.field], record) == one.value


def forget_left_behind(records: Collection[UUID]) -> None:
    """Guesses and doubts of these records go where another value stands by now: nobody is asked about them."""
    asking = ValueMark.objects.filter(record_id__in=records).exclude(kind=ValueMark.Kind.CONFIRMED)
    marks: dict[str, list[ValueMark]] = defaultdict(list)
    for one in asking.select_related("record"):
        marks[one.record.type].append(one)
    for key, found in marks.items():
        kind = type_by_key(key)
        if kind is not None:
            rows = kind.whole.model.objects.in_bulk([one.record_id for one in found])
            gone = [
                one.pk for one in found
                if one.record_id in rows and not is_of(one, rows[one.record_id], kind.whole)
            ]  # fmt: skip
            ValueMark.objects.filter(pk__in=gone).delete()


def mark(record: Record, kind: RecordType, field: str, what: str, *, by: User | None, note: str = "") -> None:
    """Mark the present value of a field: guessed, doubtful or confirmed. An earlier mark goes."""
    one = kind.fields[field]
    ValueMark.objects.update_or_create(
        record_id=record.pk,
        field=field,
        defaults={
            "kind": what,
            "value": held(one, record),
            "note": note[:500],
            "by": by,
            "at": timezone.now(),
        },
    )
