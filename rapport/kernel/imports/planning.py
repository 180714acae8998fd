"""What happens with each row of a batch: new, known, repeated or wrong. Reads the database, writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from rapport.accounts.models import User
from rapport.kernel.changes.models import Cause
from rapport.kernel.imports.alike import Alike
from rapport.kernel.imports.decisions import LEFT, SETTLED, WINS, Decisions
from rapport.kernel.imports.extensions import Draft, Extension, Plan
from rapport.kernel.imports.keys import ANY_SOURCE, match_keys
from rapport.kernel.imports.models import OnDuplicate
from rapport.kernel.imports.seen import Seen
from rapport.kernel.permissions import can
from rapport.kernel.provenance.left_out import left_out
from rapport.kernel.records import Record, RuleError
from rapport.kernel.records.door import fill
from rapport.kernel.records.loading import Mold
from rapport.kernel.registry import RecordType

Values = Mapping[str, Any]  # Any: each field type has its own values


@dataclass
class Manner:
    """How the rows of one import become records."""

    kind: RecordType
    extension: Extension
    by: User
    mode: str
    places: Mapping[str, int]  # field name -> column, for problems
    always: Values = field(default_factory=dict)  # values of all new records that the file does not give
    tags: Sequence[str] = ()
    origin: str = ""
    not_his: str = ""  # the sentence for records that the user may see but not change
    seen: Seen | None = None  # of a dry run: keys of earlier batches
    program: str = ANY_SOURCE  # whose keys the file holds
    unique: Sequence[str] = ()  # mapped fields that tell one record from all others
    alike: Alike | None = None  # looks for records that a row is probably about
    said: Decisions | None = None  # what somebody said of single rows
    mold: Mold = field(init=False)

    def renew(self) -> None:
        """Before each batch: its records begin now."""
        self.mold = Mold(self.kind, origin=Cause.IMPORT.value, origin_detail=self.origin)


@dataclass
class Batch:
    """The rows of one batch with what will become of them."""

    drafts: list[Draft]
    plans: list[Plan] = field(default_factory=list)
    skipped: list[Draft] = field(default_factory=list)
    repeated: list[Draft] = field(default_factory=list)  # of a dry run: of a row in an earlier batch

    @property
    def wrong(self) -> list[Draft]:
        return [draft for draft in self.drafts if draft.problems]


@contextmanager
def index_scans() -> Iterator[None]:
    """While an import fills tables their statistics lag behind; matching must not read them from end to end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        yield
        cursor.execute("set local enable_seqscan = on")


def match_rows(drafts: list[Draft], manner: Manner) -> list[Draft]:
    """Find out which of the readable rows have their record here; return these readable ones."""
    good = [draft for draft in drafts if not draft.problems]
    for draft in good:
        draft.known = None
    if manner.mode != OnDuplicate.CREATE:
        manner.extension.match(good, manner.by)
        match_keys(good, manner)
        if manner.said is not None:
            manner.said.settle(good)
        if manner.alike is not None:
            _settle_repeated(good, manner)
            manner.alike.find(good)
    return good


def _settle_repeated(good: list[Draft], manner: Manner) -> None:
    """Who has a key in common with an earlier row is the same already."""
    met = _met(good, manner)
    before: set[str] = set()
    for draft in good:
        if not before.isdisjoint(draft.keys) or not met.isdisjoint(map(hash, draft.keys)):
            draft.facts[SETTLED] = True
        before.update(draft.keys)


def _met(good: list[Draft], manner: Manner) -> set[int]:
    """The numbers of those of their keys that a dry run met in earlier batches."""
    return (
        manner.seen.among(key for draft in good for key in draft.keys) if manner.seen is not None else set()
    )


def plan_batch(drafts: list[Draft], manner: Manner, *, lock: bool, good: list[Draft] | None = None) -> Batch:
    """Decide for every row; invalid ones get their problems. `good`: what `match_rows` found a moment ago."""
    manner.renew()
    batch = Batch(drafts)
    if good is None:
        good = match_rows(drafts, manner)
    groups = _groups(good, batch, manner)
    known = _load([one[0].known for one in groups if one[0].known is not None], manner, lock=lock)
    for group in groups:
        key = group[0].known
        plan = _plan_new(group, manner) if key is None else _plan_known(known.get(key), group, manner)
        if plan is not None:
            batch.plans.append(plan)
    return batch


def _groups(good: list[Draft], batch: Batch, manner: Manner) -> list[list[Draft]]:
    """Rows that come to the same record, the first in front."""
    groups: list[list[Draft]] = []
    by_key: dict[Any, list[Draft]] = {}  # Any: a natural key or the id of a known record
    left: set[str] = set()  # keys of rows that stay out
    met = _met(good, manner)
    for draft in good:
        keys: list[Any] = draft.keys if draft.known is None else [draft.known]
        if manner.mode == OnDuplicate.CREATE:
            keys = []
        group = None
        for key in keys:
            if key in by_key:
                group = by_key[key]
                break
        is_repeat = group is not None or (draft.known is None and not met.isdisjoint(map(hash, keys)))
        if (
            LEFT in draft.facts
            or (manner.mode == OnDuplicate.SKIP and (is_repeat or draft.known is not None))
            or (draft.known is None and not left.isdisjoint(draft.keys))
        ):
            batch.skipped.append(draft)
            left.update(draft.keys)
            continue
        if group is not None:
            group.append(draft)
        elif is_repeat:
            batch.repeated.append(draft)
            continue
        else:
            group = [draft]
            groups.append(group)
        for key in draft.keys:
            by_key.setdefault(key, group)
        if draft.known is not None and keys:
            by_key.setdefault(draft.known, group)
    if manner.seen is not None:
        manner.seen.add(key for draft in good if LEFT not in draft.facts for key in draft.keys)
    return groups


def _load(ids: list[Any], manner: Manner, *, lock: bool) -> dict[Any, Record]:
    """The known records, locked in the order of their ids."""
    if not ids:
        return {}
    rows = manner.kind.visible_to(manner.by).filter(pk__in=ids).order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    return {record.pk: record for record in rows}


def _plan_new(group: list[Draft], manner: Manner) -> Plan | None:
    def build(drafts: list[Draft]) -> Plan:
        values = dict(drafts[0].values)
        if len(drafts) > 1:
            for draft in drafts[1:]:
                _merge(values, draft.values, manner.mode)
        for name, value in manner.always.items():
            values.setdefault(name, value)
        if manner.tags:
            values["tags"] = list(dict.fromkeys([*values.get("tags", ()), *manner.tags]))
        record = manner.mold.record(values, by=manner.by)
        return Plan(record, True, drafts, set(values))

    return _build(group, build, manner)


def _merge(values: dict[str, Any], more: Values, mode: str) -> None:
    """A repeated row adds what the first did not say; with "update" the later row wins."""
    for name, value in more.items():
        if isinstance(value, list) and isinstance(values.get(name), list):
            values[name] = list(dict.fromkeys([*values[name], *value]))
        elif name not in values or mode == OnDuplicate.UPDATE:
            values[name] = value


def _plan_known(record: Record | None, group: list[Draft], manner: Manner) -> Plan | None:
    if record is None or not can(manner.by, "edit", record):
        for draft in group:
            draft.problems.append((-1, manner.not_his))
        return None
    kept = {one.attname: getattr(record, one.attname) for one in record._meta.concrete_fields}

    def build(drafts: list[Draft]) -> Plan:
        for name, value in kept.items():  # a failed attempt may have changed it
            setattr(record, name, value)
        values: dict[str, Any] = {}
        wins: dict[str, bool] = {}
        for draft in drafts:
            _merge(values, draft.values, manner.mode)
            wins |= draft.facts.get(WINS, {})
        if manner.tags:
            values["tags"] = [*values.get("tags", ()), *manner.tags]
        wanted = {
            name: _combined(record, name, value, manner)
            for name, value in values.items()
            if wins.get(name, takes(record, name, manner))
        }
        before = {name: manner.kind.fields[name].read(record) for name in wanted}
        left = {name: value for name, value in values.items() if name not in wanted}
        differ = list(left_out(record, left, manner.kind)) if left else []
        changed = fill(record, manner.kind, wanted, is_new=False)
        return Plan(record, False, drafts, changed, {"before": before, "differ": differ})

    return _build(group, build, manner)


def takes(record: Record, name: str, manner: Manner) -> bool:
    """Whether a known record takes a value for this field, unless somebody chose for this row."""
    one = manner.kind.fields[name]
    if manner.mode == OnDuplicate.UPDATE or one.is_multiple:
        return True
    return one.is_empty(one.read(record)) or manner.extension.is_gap(record, name)


def _combined(record: Record, name: str, value: Any, manner: Manner) -> Any:  # Any: values of the field
    one = manner.kind.fields[name]
    return list(dict.fromkeys([*one.read(record), *value])) if one.is_multiple else value


def _build(group: list[Draft], build: Any, manner: Manner) -> Plan | None:  # Any: drafts in, a plan out
    """The plan of all rows of the group; where one of them breaks a rule, the plan of those that do not."""
    good: list[Draft] = []
    try:
        plan: Plan = build(group)
        return plan
    except RuleError as problem:
        if len(group) == 1:
            _note(group[0], problem, manner)
            return None
    found: Plan | None = None
    for draft in group:
        try:
            found = build([*good, draft])
            good.append(draft)
        except RuleError as problem:
            _note(draft, problem, manner)
    return build(good) if found is not None else None


def _note(draft: Draft, problem: RuleError, manner: Manner) -> None:
    if not problem.fields:
        draft.problems.append((-1, problem.sentence))
    for name, sentence in problem.fields.items():
        draft.problems.append((manner.places.get(name, -1), sentence))
