"""Links to records of the imported type: they may stand anywhere in the file, so they are set when all rows are in.

Only rows that have such a link pay for it: what they say is kept in a table, together with their batch, and a second
pass takes it from there. A link that leads nowhere stays empty and is told; everything else of its row is in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.fields import FieldType
from rapport.kernel.imports.extensions import AWAITED, Draft, Plan
from rapport.kernel.imports.finding import Finder, telling
from rapport.kernel.imports.in_file import BY_KEY, NAME, Entry, InFile, level_of
from rapport.kernel.imports.models import AwaitedLink, ImportRow, OnDuplicate, Phase
from rapport.kernel.imports.planning import Batch
from rapport.kernel.imports.preview import changes_of
from rapport.kernel.imports.slots import KEY
from rapport.kernel.permissions import can, policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.permissions.veil import unveil
from rapport.kernel.records import Record, RuleError
from rapport.kernel.records.door import validate
from rapport.kernel.records.loading import update_records_each
from rapport.kernel.registry import RecordType, type_of_model

if TYPE_CHECKING:
    from rapport.kernel.imports.engine import Engine

TOGETHER = 4_000  # rows that are looked up and written at once
MADE = UUID(int=0)  # what a dry run would make has an id of its name


# -- the first pass ---------------------------------------------------------------------------------------------
def keep_awaited(engine: "Engine", batch: Batch, phase: Phase) -> None:
    """Keep what the rows of a batch say of rows of their file, in the transaction of the batch."""
    if not engine.reader.awaits:
        return
    rows = []
    for plan in batch.plans:
        is_unchanged = not (plan.is_new or plan.changed or plan.facts.get("adds"))
        for draft in plan.drafts:
            if AWAITED in draft.facts and not draft.problems:
                row = _row(engine, draft, phase)
                row.record_id, row.is_new, row.is_unchanged = plan.record.pk, plan.is_new, is_unchanged
                rows.append(row)
    rows += [_row(engine, draft, phase) for draft in batch.repeated if AWAITED in draft.facts]
    AwaitedLink.objects.bulk_create(rows, batch_size=1_000)


def _row(engine: "Engine", draft: Draft, phase: Phase) -> AwaitedLink:
    said = draft.facts[AWAITED]
    return AwaitedLink(source=engine.one, phase=phase, line=draft.line, cells=draft.cells, said=said)


def note_in_file(engine: "Engine", in_file: InFile, plans: Sequence[Plan]) -> None:
    """Tell a dry run by which texts the records of a batch will be known."""
    kind, by = engine.kind, engine.by
    sees_all = policy(by, kind.key, "read").reach == "all"
    fields = [kind.fields[kind.title], *(one for _name, one in telling(kind))]
    entries: list[Entry] = [
        (level_of(key, NAME), name, uuid5(MADE, f"{key} {name}"))
        for key, name in engine.extension.would_make()
    ]
    good = [plan for plan in plans if not all(draft.problems for draft in plan.drafts)]
    for plan in good:
        # The review shows what the row says; whether it leads somewhere comes later.
        for draft in plan.drafts:
            for name, (_column, text) in draft.facts.get(AWAITED, {}).items():
                if plan.is_new:
                    plan.facts.setdefault("shown", {}).setdefault(name, text)
        if not sees_all and not can(by, "read", plan.record):
            continue
        keys = [draft.facts[KEY] for draft in plan.drafts if KEY in draft.facts]
        entries += [(level_of(kind.key, BY_KEY), key, plan.record.pk) for key in keys]
        entries += _texts(plan, fields, kind)
    in_file.add(entries, [plan.record.pk for plan in good if not plan.is_new])


def _texts(plan: Plan, fields: Sequence[FieldType], kind: RecordType) -> Iterator[Entry]:
    for one in fields:
        values = [one.read(plan.record)]
        if one.is_empty(values[0]):
            values = [draft.values.get(one.name) for draft in plan.drafts]
        for value in values:
            if not one.is_empty(value):
                what = NAME if one.name == kind.title else one.name
                yield level_of(kind.key, what), one.text(value), plan.record.pk


# -- the second pass ----------------------------------------------------------------------------------------------
@dataclass
class Joined:
    """What became of the links of some rows."""

    plans: dict[UUID, Plan] = field(default_factory=dict)  # of records that are here, by id
    problems: dict[int, list[list[Any]]] = field(default_factory=dict)  # Any: column and sentence; by line
    rows: dict[UUID, list[AwaitedLink]] = field(default_factory=dict)

    def tell(self, row: AwaitedLink, column: int, sentence: str) -> None:
        self.problems.setdefault(row.line, []).append([column, sentence])


def next_awaited(engine: "Engine", phase: Phase) -> list[AwaitedLink]:
    """The next rows whose links are to be set."""
    return list(AwaitedLink.objects.filter(source=engine.one, phase=phase).order_by("line", "id")[:TOGETHER])


def join(engine: "Engine", rows: Sequence[AwaitedLink], phase: Phase) -> Joined:
    """Set the links of these rows (a dry run only looks), count, tell what leads nowhere, and be done with them."""
    found_of = _find(engine, rows)
    done = Joined()
    records = _records(engine, rows)
    for row in rows:
        for name, (column, text) in row.said.items():
            found = found_of[name]
            target = found.get(text)
            if target is None or target == row.record_id:
                is_known = text in found
                sentence = _itself(text) if target else _several(text) if is_known else _missing(text)
                done.tell(row, column, sentence)
            elif row.record_id in records:
                _put(engine, records[row.record_id], name, target, row, done)
    if not engine.is_dry:
        _write(engine, [plan for plan in done.plans.values() if plan.changed], done)
    _count(engine, rows, done)
    problems = [
        ImportRow(source=engine.one, phase=phase, line=row.line, cells=row.cells, problems=done.problems[row.line])
        for row in rows
        if row.line in done.problems
    ]  # fmt: skip
    ImportRow.objects.bulk_create(problems, batch_size=500)
    AwaitedLink.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return done


def _find(engine: "Engine", rows: Sequence[AwaitedLink]) -> dict[str, dict[str, UUID | None]]:
    """For each field what its words mean."""
    words: dict[str, set[str]] = {}
    for row in rows:
        for name, (_column, text) in row.said.items():
            words.setdefault(name, set()).add(text)
    found = {}
    for name, said in words.items():
        kind = seen_by(type_of_model(engine.kind.fields[name].related_model), engine.by)
        finder = Finder(kind, engine.reader.context, engine.manner.program, engine.in_file)
        found[name] = finder.find(said)
    return found


def changes_in(engine: "Engine", done: Joined, count: int) -> list[dict[str, Any]]:  # Any: JSON
    """The first links that change, as the review shows them."""
    plans = [plan for plan in done.plans.values() if plan.changed and not plan.is_new][:count]
    before = {key for plan in plans for key in plan.facts["before"].values() if key is not None}
    old = AnyRecord.objects.visible_to(engine.by).in_bulk(before)
    for plan in plans:
        plan.facts["before"] = {name: old.get(key) for name, key in plan.facts["before"].items()}
    return changes_of(Batch([], plans), count)


def clear_previews(engine: "Engine", done: Joined, previews: Sequence[dict[str, Any]]) -> None:  # Any: JSON
    """What the first rows will say, without links that lead nowhere."""
    for shown in previews:
        places = {column for column, _sentence in done.problems.get(shown["line"], ()) if column >= 0}
        labels = {str(engine.kind.fields[engine.one.mapping[place]["target"]].label) for place in places}
        shown["values"] = [pair for pair in shown["values"] if str(pair[0]) not in labels]


def _records(engine: "Engine", rows: Sequence[AwaitedLink]) -> dict[UUID | None, Record]:
    """The records of the rows as they are now, without those that are gone or that he may not change any more."""
    keys = {row.record_id for row in rows if row.record_id is not None}
    found = engine.kind.model.objects.filter(pk__in=keys, deleted_at=None).order_by("pk")
    if not engine.is_dry:
        found = found.select_for_update(of=("self",))
    old = {row.record_id for row in rows if not row.is_new}
    return {one.pk: one for one in found if one.pk not in old or can(engine.by, "edit", one)}


def _put(engine: "Engine", record: Record, name: str, target: UUID, row: AwaitedLink, done: Joined) -> None:
    kind = engine.kind.whole
    one = kind.fields[name]
    has = one.raw(record)
    plan = done.plans.setdefault(record.pk, Plan(record, row.is_new, [Draft(row.line, row.cells)]))
    done.rows.setdefault(record.pk, []).append(row)
    if has == target or (has is not None and engine.manner.mode != OnDuplicate.UPDATE):
        return
    unveil(record)
    one.write(record, target)
    try:
        record.prepare({name})
        validate(record, kind, {name})
    except RuleError as problem:
        one.write(record, has)
        done.tell(row, row.said[name][0], " ".join(problem.fields.values()) or problem.sentence)
        return
    plan.facts.setdefault("before", {}).setdefault(name, has)
    plan.facts.setdefault("shown", {})[name] = row.said[name][1]
    plan.changed.add(name)


def _write(engine: "Engine", plans: Sequence[Plan], done: Joined) -> None:
    """Write the links; where the database refuses, find the record that it refuses and write the others."""
    if not plans:
        return
    names = set[str]().union(*(plan.changed for plan in plans))
    try:
        with transaction.atomic():
            update_records_each(engine.kind, [plan.record for plan in plans], names, by=engine.by)
    except (IntegrityError, DataError, RuleError) as problem:
        if len(plans) == 1:
            sentence = engine.refusal(problem, plans[0])
            plans[0].changed.clear()
            done.tell(done.rows[plans[0].record.pk][0], -1, sentence)
            return
        middle = len(plans) // 2
        _write(engine, plans[:middle], done)
        _write(engine, plans[middle:], done)


def _count(engine: "Engine", rows: Sequence[AwaitedLink], done: Joined) -> None:
    """Rows of which nothing but a link is new count as changed."""
    changed = {key for key, plan in done.plans.items() if plan.changed}
    moved = sum(1 for row in rows if row.is_unchanged and row.record_id in changed)
    engine.counts["unchanged"] -= moved
    engine.counts["changed"] += moved
    engine.counts["unlinked"] += len(done.problems)


def _missing(text: str) -> str:
    sentence = gettext(
        "“%(said)s” was not found, neither here nor among the rows that can be taken: the row comes without it."
    )
    return sentence % {"said": text[:60]}


def _several(text: str) -> str:
    return gettext("“%(said)s” fits more than one: the row comes without it.") % {"said": text[:60]}


def _itself(text: str) -> str:
    sentence = gettext("“%(said)s” is the row itself, which cannot lead to itself: it comes without it.")
    return sentence % {"said": text[:60]}
