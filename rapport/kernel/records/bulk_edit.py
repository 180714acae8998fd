"""Writing the same values into very many records: what it would do, and doing it, some hundred records at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from rapport.accounts.models import User
from rapport.kernel.changes.labels import Label
from rapport.kernel.changes.sets import change_set
from rapport.kernel.custom.unique import check_unique
from rapport.kernel.fields import FieldType
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.permissions import policy
from rapport.kernel.records.base import Record
from rapport.kernel.records.constraints import sentence_of
from rapport.kernel.records.door import check_links, check_names, fill
from rapport.kernel.records.errors import RuleError
from rapport.kernel.records.loading import update_columns
from rapport.kernel.registry import RecordType
from rapport.runtime.ids import array_of

Values = Mapping[str, Any]  # Any: each field type has its own values
BATCH = 1_000
SAMPLE = 6
TRIED = 100
EMPTY: tuple[Any, ...] = (None, "", [])


@dataclass
class Edited:
    """What became of some records: changed, the same already, not editable, against a rule."""

    changed: int = 0
    same: int = 0
    refused: list[UUID] = field(default_factory=list)
    wrong: list[tuple[UUID, str]] = field(default_factory=list)  # (record, the sentence of the rule)
    sample: list[tuple[UUID, str, dict[str, tuple[Any, Any]]]] = field(default_factory=list)
    tried: int = 0  # with how many records the rules were tried; 0: with all

    def add(self, other: "Edited") -> None:
        self.changed += other.changed
        self.same += other.same
        self.refused += other.refused
        self.wrong += other.wrong
        self.sample = (self.sample + other.sample)[:SAMPLE]


def preview_edit(kind: RecordType, ids: list[UUID], values: Values, *, by: User) -> Edited:
    """Read what `edit_records` would do. RuleError where the values are wrong for every record."""
    check_names(kind, values, by, in_action=False)
    found = Edited()
    for start in range(0, len(ids), BATCH):
        batch, records, _columns = _filled(kind, ids[start : start + BATCH], values, by, is_locked=False)
        check_links(kind, records, values, by)
        found.add(batch)
    return found


def glance(kind: RecordType, ids: list[UUID], values: Values, *, by: User) -> Edited:
    """The same for very many records at once: all are counted, the rules are tried with the first of them only.

    Read are only the columns that would be written.
    """
    found = preview_edit(kind, ids[:TRIED], values, by=by)
    wanted = kind.whole.new()
    columns: list[str] = []
    for name, value in values.items():
        one = kind.whole.fields[name]
        one.write(wanted, value)
        columns += _columns(one)
    target = [_stored(wanted, column) for column in columns]
    among = RawSQL(f'"{kind.table}"."id" = any(%s::uuid[])', [array_of(ids)], output_field=BooleanField())  # noqa: S611  # ours
    rows = kind.visible_to(by).filter(among).order_by()
    for act in ("edit", "bulk"):
        rows = rows.filter(policy(by, kind.key, act).condition)
    held = [
        (key, [None if one in EMPTY else one for one in has])
        for key, *has in rows.values_list("pk", *columns)
    ]
    found.tried, found.same = min(TRIED, len(ids)), sum(has == target for _key, has in held)
    found.changed = len(held) - found.same
    if len(held) < len(ids):
        editable = {key for key, _has in held}
        found.refused = [key for key in ids if key not in editable]
    return found


def _columns(one: FieldType) -> list[str]:
    """The columns in which the value of a field stands, as a query names them."""
    names = [str(one.name), f"{one.name}{CURRENCY}"] if one.kind == "money" else [str(one.attname)]
    return [f"custom__{name}" for name in names] if one.is_custom else names


def _stored(record: Record, column: str) -> Any:  # Any: what the column holds
    name = column.removeprefix("custom__")
    value = getattr(record, column) if name == column else record.custom.get(name)
    return None if value in EMPTY else value


def edit_records(kind: RecordType, ids: list[UUID], values: Values, *, by: User, label: Label = "") -> Edited:
    """Write the values into those of the records that the user may edit and no rule forbids; say what became of each.

    `update_records` is the twin that writes all or nothing. Called with at most some hundred ids.
    """
    found = Edited()
    with change_set(by=by, label=label):
        check_names(kind, values, by, in_action=False)
        batch, records, columns = _filled(kind, ids, values, by, is_locked=True)
        found.add(batch)
        if records:
            check_links(kind, records, values, by)
            wrong = dict(_write(kind, records, columns, values))
            found.wrong += wrong.items()
            found.changed -= len(wrong)
    return found


def _filled(
    kind: RecordType, ids: list[UUID], values: Values, by: User, *, is_locked: bool
) -> tuple[Edited, list[Record], set[str]]:
    """The records with the values on them, unsaved, and the columns that differ."""
    found, changed, columns = Edited(), list[Record](), set[str]()
    editing, many = policy(by, kind.key, "edit"), policy(by, kind.key, "bulk")
    rows = kind.visible_to(by).filter(pk__in=ids).select_related(*kind.model.links()).order_by("pk")
    if is_locked:
        rows = rows.select_for_update(of=("self",))
    there = list(rows)
    seen = {record.pk for record in there}
    found.refused += [key for key in ids if key not in seen]
    editing.look_at(there)
    many.look_at(there)
    for record in there:
        if not (editing.allows(record) and many.allows(record)):
            found.refused.append(record.pk)
            continue
        held = dict(vars(record))
        held["custom"] = dict(record.custom)
        before = (
            {name: kind.fields[name].read(record) for name in values} if len(found.sample) < SAMPLE else {}
        )
        try:
            names = fill(record, kind, values, is_new=False)
        except RuleError as problem:
            found.wrong.append((record.pk, problem.sentence))
            continue
        if not names:
            found.same += 1
            continue
        found.changed += 1
        changed.append(record)
        columns |= {name for name, value in vars(record).items() if name in held and held[name] != value}
        if before:
            pairs = {name: (before[name], kind.fields[name].read(record)) for name in names}
            found.sample.append((record.pk, str(record), pairs))
    return found, changed, columns - {"_state"}


def _write(
    kind: RecordType, records: list[Record], columns: set[str], values: Values
) -> Iterator[tuple[UUID, str]]:
    """Write them as one statement; where the database says no, halves, so that one does not keep the others."""
    try:
        with transaction.atomic():
            check_unique(kind, records, values)
            update_columns(kind, records, columns)
        return
    except (IntegrityError, RuleError) as problem:
        if len(records) == 1:
            said = problem.sentence if isinstance(problem, RuleError) else sentence_of(problem, records[0])
            yield records[0].pk, said
            return
    middle = len(records) // 2
    yield from _write(kind, records[:middle], columns, values)
    yield from _write(kind, records[middle:], columns, values)
