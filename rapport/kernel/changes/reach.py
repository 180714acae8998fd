"""What a change set touched, read from the log in batches of records: the ground for previews and for taking back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from rapport.kernel.changes.models import Change, ChangeSet
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import NarrowType, seen_by
from rapport.kernel.registry import RecordType, part_types, tables, type_by_key

if TYPE_CHECKING:
    from rapport.accounts.models import User

RELATIONSHIPS = "relationships"
BATCH = 2_000
FIRST = UUID(int=0)

# {record, field: the value before the set and the one it left}, of these records.
NET = """
    select e.record_id, e.field, (array_agg(e.old order by e.at, e.id))[1] as old,
        (array_agg(e.new order by e.at desc, e.id desc))[1] as new
    from (select c.record_id, c.at, c.id, d.key as field, d.value -> 0 as old, d.value -> 1 as new
          from kernel_change c, jsonb_each(c.diff) d
          where c.change_set_id = %(set)s and c.record_id = any(%(ids)s) and c.type = any(%(keys)s)
              and c.act = 'update' and c.part = '') as e
    group by e.record_id, e.field
"""
# The same of parts and relationships, with what the set did to each of them first and last.
NET_PARTS = """
    select e.part_id, min(e.record_id::text) filter (where e.record_id = any(%(ids)s)) as record_id, e.field,
        min(e.first_act) as first_act, min(e.last_act) as last_act,
        (array_agg(e.old order by e.at, e.id))[1] as old, (array_agg(e.new order by e.at desc, e.id desc))[1] as new
    from (select c.part_id, c.record_id, c.at, c.id, d.key as field, d.value -> 0 as old, d.value -> 1 as new,
              first_value(c.act) over w as first_act, last_value(c.act) over w as last_act
          from kernel_change c, jsonb_each(c.diff) d
          where c.change_set_id = %(set)s and c.part_id = any(%(parts)s) and c.part = %(part)s
          window w as (partition by c.part_id order by c.at, c.id
              rows between unbounded preceding and unbounded following)) as e
    group by e.part_id, e.field
"""


@dataclass
class Kept:
    """One value that stays as it is, because somebody changed it since. `field` is empty for a whole record or part."""

    record_id: UUID
    type: str
    field: str
    part: str = ""
    old: Any = None  # Any: JSON, what taking back would write
    new: Any = None  # what the set had written
    now: Any = None  # what stands there today


@dataclass
class Reach:
    """What taking back would do to one batch of records."""

    ids: list[UUID]
    types: dict[UUID, str] = field(default_factory=dict)
    refused: set[UUID] = field(default_factory=set)  # what the person may not edit
    kept: list[Kept] = field(default_factory=list)
    back: set[UUID] = field(default_factory=set)  # records of which something would be put back

    @property
    def busy(self) -> list[UUID]:
        """New records with which others have worked since: they stay."""
        return [one.record_id for one in self.kept if not one.part and not one.field]


def batches(done: ChangeSet, size: int = BATCH) -> Iterator[list[UUID]]:
    """The ids of all records that the set touched, in order, some at a time."""
    last = FIRST
    while True:
        ids = list(
            Change.objects.filter(change_set_id=done.pk, record_id__gt=last)
            .order_by("record_id")
            .values_list("record_id", flat=True)
            .distinct()[:size]
        )
        if ids:
            yield ids
        if len(ids) < size:
            return
        last = ids[-1]


def columns_of(table: str, *without: str) -> list[str]:
    """The columns of a table that a write may name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
            " and attgenerated = '' and attname <> all(%s)",
            [table, list(without)],
        )
        return [name for (name,) in cursor.fetchall()]


def after_sql(table: str) -> str:
    """SQL: the rows of a table (id, line) as they would be with their old values, where nobody changed them since.

    "offset 0" keeps the planner from making each line once for every column of it.
    """
    return f"""
        with a as materialized (
            select v.record_id,
                coalesce(jsonb_object_agg(v.field, v.old) filter (where v.is_own), '{{}}') as own,
                coalesce(array_agg(v.field) filter (where not v.is_own), '{{}}') as cleared,
                coalesce(jsonb_object_agg(v.field, v.old)
                    filter (where not v.is_own and v.old <> 'null'), '{{}}') as custom
            from (select n.*, n.field = any(%(columns)s) as is_own from ({NET}) n) v
            join {table} t on t.id = v.record_id
            where coalesce(to_jsonb(t) -> v.field, t.custom -> v.field, 'null') = v.new and v.old <> v.new
            group by v.record_id
        )
        select t.id, jsonb_populate_record(t, a.own
            || jsonb_build_object('custom', (t.custom - a.cleared) || a.custom)) as line
        from a join {table} t on t.id = a.record_id offset 0
    """


def reach_of(done: ChangeSet, ids: list[UUID], by: "User") -> Reach:
    """Read what taking back would do to these records, with the rights of that user. Writes nothing."""
    found = Reach(ids)
    rows = Change.objects.filter(change_set_id=done.pk, record_id__in=ids)
    found.types = dict(rows.order_by().values_list("record_id", "type").distinct())
    found.refused = _refused(done, found.types, by)
    _read_records(done, found)
    for key, table in dependents():
        _read_parts(done, found, by, key, table)
    return found


def dependents() -> list[tuple[str, str]]:
    """What is logged with a record beside its own fields: (key, table)."""
    return [(one.key, one.model._meta.db_table) for one in part_types()] + [
        (RELATIONSHIPS, "kernel_relationship")
    ]


def _refused(done: ChangeSet, types: dict[UUID, str], by: "User") -> set[UUID]:
    """Records that the user may not edit as they would stand then: who gave one away takes it back."""
    refused: set[UUID] = set()
    for key in set(types.values()):
        kind = type_by_key(key)
        ids = [one for one, its in types.items() if its == key]
        if kind is None:
            refused.update(ids)
            continue
        refused |= _with_locked_fields(done, kind, ids, by)
        editing = policy(by, key, "edit")
        if editing.reach != "all":
            before = list(_as_before(done, kind, ids))
            editing.look_at(before)
            allowed = {one.pk for one in before if editing.allows(one)}
            refused.update(one for one in ids if one not in allowed)
    return refused


def _with_locked_fields(done: ChangeSet, kind: RecordType, ids: list[UUID], by: "User") -> set[UUID]:
    """Records of which the set changed a field or part that the user may not change; new ones are no such change."""
    seen = seen_by(kind, by)
    if not isinstance(seen, NarrowType):
        return set()
    columns = [one.column for name, one in kind.whole.fields.items() if name in seen.locked]
    rows = Change.objects.filter(change_set_id=done.pk, record_id__in=ids)
    born = rows.filter(act="create", part="").values_list("record_id", flat=True)
    touched = rows.filter(
        Q(part="", act="update", diff__has_any_keys=columns) | Q(part__in=seen.locked & set(kind.whole.parts))
    )
    return set(touched.order_by().values_list("record_id", flat=True)) - set(born)


# Any: records of that type
def _as_before(done: ChangeSet, kind: RecordType, ids: list[UUID]) -> Iterator[Any]:
    """The records as they would be with their old values."""
    columns = columns_of(kind.table)
    names = ", ".join(f'(coalesce(f.line, t))."{name}"' for name in columns)
    after = f"({after_sql(kind.table)}) f on f.id = t.id"
    sql = f"select {names} from {kind.table} t left join {after} where t.id = any(%(ids)s)"
    values: dict[str, Any] = {"set": done.pk, "ids": ids, "keys": [kind.key], "columns": columns}
    yield from kind.model.objects.raw(sql, values)


def _read_records(done: ChangeSet, found: Reach) -> None:
    ids = [one for one in found.ids if one not in found.refused]
    with connection.cursor() as cursor:
        for table, kinds in tables().items():
            keys = [one.key for one in kinds]
            if not set(keys) & set(found.types.values()):
                continue
            values: dict[str, Any] = {"set": done.pk, "ids": ids, "keys": keys, "actor": done.actor_id}
            cursor.execute(
                f"""
                select v.record_id, v.field, v.old, v.new, j.now, j.now = v.new from ({NET}) v
                join {table} t on t.id = v.record_id
                cross join lateral (
                    select coalesce(to_jsonb(t) -> v.field, t.custom -> v.field, 'null') as now offset 0) as j
                where v.old <> v.new and j.now <> v.old order by v.record_id, v.field
                """,
                values,
            )
            for key, name, old, new, now, is_same in cursor.fetchall():
                if is_same:
                    found.back.add(key)
                else:
                    found.kept.append(Kept(key, found.types[key], name, "", *map(_json, (old, new, now))))
            cursor.execute(
                f"""
                select c.record_id, exists (
                    select from kernel_change w left join kernel_change_set s on s.id = w.change_set_id
                    where w.record_id = c.record_id and w.at >= c.at and w.change_set_id is distinct from %(set)s
                        and w.actor_id is not null and w.actor_id is distinct from %(actor)s
                        and w.cause <> 'undo' and s.reverted_at is null) as is_busy
                from kernel_change c join {table} t on t.id = c.record_id and t.deleted_at is null
                where c.change_set_id = %(set)s and c.record_id = any(%(ids)s) and c.type = any(%(keys)s)
                    and c.act = 'create' and c.part = ''
                """,
                values,
            )
            for key, is_busy in cursor.fetchall():
                if is_busy:
                    found.kept.append(Kept(key, found.types[key], ""))
                else:
                    found.back.add(key)


def part_ids(done: ChangeSet, found: Reach, by: "User", part: str) -> list[UUID]:
    """The parts (or relationships) of these records that the set touched and the user may put back."""
    rows = Change.objects.filter(change_set_id=done.pk, record_id__in=found.ids, part=part)
    ids = set(rows.values_list("part_id", flat=True))
    if not ids or not found.refused:
        return [one for one in ids if one is not None]
    if part != RELATIONSHIPS:
        mine = rows.exclude(record_id__in=found.refused)
        return [one for one in set(mine.values_list("part_id", flat=True)) if one is not None]
    # Of a relationship one end that he may edit is enough; the other may be in another batch.
    entries = Change.objects.filter(change_set_id=done.pk, part_id__in=ids, part=part)
    ends = list(entries.values_list("part_id", "record_id", "type"))
    refused = _refused(done, {record: key for _part, record, key in ends}, by)
    return list({one for one, record, _key in ends if record not in refused and one is not None})


def _read_parts(done: ChangeSet, found: Reach, by: "User", part: str, table: str) -> None:
    ids = part_ids(done, found, by, part)
    if not ids:
        return
    values: dict[str, Any] = {"set": done.pk, "parts": ids, "part": part, "ids": found.ids}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select v.record_id, v.part_id, v.first_act, v.last_act, t.id is null as is_gone,
                jsonb_object_agg(v.field, jsonb_build_array(v.old, v.new, j.now)) filter (where v.field is not null)
            from ({NET_PARTS}) v left join {table} t on t.id = v.part_id
            cross join lateral (select coalesce(to_jsonb(t) -> v.field, 'null') as now offset 0) as j
            group by v.record_id, v.part_id, v.first_act, v.last_act, t.id
            """,
            values,
        )
        rows = cursor.fetchall()
    for key, _part, first, last, is_gone, fields in rows:
        record = UUID(key)
        facts = _json(fields) or {}
        type_key = found.types.get(record) or ""
        if first == "create":
            if last == "remove" or is_gone:
                continue
            if any(now != new for _old, new, now in facts.values()):
                found.kept.append(Kept(record, type_key, "", part))
                continue
        elif last != "remove":
            changed = {name: trio for name, trio in facts.items() if trio[2] not in (trio[0], trio[1])}
            found.kept += [Kept(record, type_key, name, part, *trio) for name, trio in changed.items()]
            if is_gone or not any(trio[2] == trio[1] != trio[0] for trio in facts.values()):
                continue
        elif not is_gone:
            continue
        found.back.add(record)


def _json(value: Any) -> Any:  # Any: JSON as the driver gives it
    import json

    return json.loads(value) if isinstance(value, str) else value
