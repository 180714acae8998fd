"""A record as it was at a moment: today's row, with all later entries of the log taken off it."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from rapport.kernel.changes.models import Change
from rapport.kernel.changes.reach import RELATIONSHIPS
from rapport.kernel.records.base import Record
from rapport.kernel.registry import RecordType, type_of

Row = dict[str, Any]  # Any: JSON of a table's row

# What stood in each field before the first change behind that moment.
BEFORE = """
    select distinct on (d.key) d.key, d.value -> 0 from kernel_change c, jsonb_each(c.diff) d
    where c.record_id = %s and c.at > %s and c.part = '' and c.act = 'update' order by d.key, c.at, c.id
"""
BEFORE_PARTS = """
    select f.part, f.part_id, f.act, jsonb_object_agg(f.key, f.old) from (
        select distinct on (c.part, c.part_id, d.key) c.part, c.part_id, d.key, d.value -> 0 as old,
            first_value(c.act) over (partition by c.part, c.part_id order by c.at, c.id) as act
        from kernel_change c, jsonb_each(c.diff) d
        where c.record_id = %s and c.at > %s and c.part <> '' order by c.part, c.part_id, d.key, c.at, c.id
    ) as f group by f.part, f.part_id, f.act
"""


@dataclass
class Past:
    """The columns of the record as they were (none before it was there), and the rows of its parts."""

    at: datetime
    flat: Row
    rows: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def was_there(self) -> bool:
        return bool(self.flat)

    @property
    def was_deleted(self) -> bool:
        return bool(self.flat.get("deleted_at"))


def past_of(record: Record, at: datetime) -> Past:
    """Return the record with its parts and relationships as they were at that moment (with what happened in it)."""
    kind = type_of(record)
    with connection.cursor() as cursor:
        cursor.execute(f"select kernel_flat(to_jsonb(t)) from {kind.table} t where id = %s", [record.pk])
        flat: Row = json.loads(cursor.fetchone()[0])
        born = Change.objects.filter(record_id=record.pk, act="create", part="").order_by("at").first()
        if born is not None and born.at > at:
            return Past(at, {})
        cursor.execute(BEFORE, [record.pk, at])
        flat |= {name: json.loads(old) for name, old in cursor.fetchall()}
        rows = _rows(cursor, kind, record, at)
    return Past(at, flat, rows)


def _rows(cursor: Any, kind: RecordType, record: Record, at: datetime) -> dict[str, list[Row]]:
    """Parts and relationships: those of today without the later ones, with the removed ones, with their old values."""
    found: dict[str, dict[str, Row]] = {}
    for key, part in kind.parts.items():
        table = part.model._meta.db_table
        cursor.execute(
            f"select id::text, to_jsonb(t) from {table} t where {part.link}_id = %s order by id", [record.pk]
        )
        found[key] = {one: json.loads(row) for one, row in cursor.fetchall()}
    cursor.execute(
        "select id::text, to_jsonb(t) from kernel_relationship t where source_id = %s or target_id = %s order by id",
        [record.pk, record.pk],
    )
    found[RELATIONSHIPS] = {one: json.loads(row) for one, row in cursor.fetchall()}
    cursor.execute(BEFORE_PARTS, [record.pk, at])
    for key, part_id, act, old in cursor.fetchall():
        rows, one = found.get(key), str(part_id)
        if rows is None:
            continue
        if act == "create":
            rows.pop(one, None)
        elif one in rows or act == "remove" or _was_removed(record, key, part_id, at):
            link = kind.parts[key].link + "_id" if key in kind.parts else ""
            rows.setdefault(one, {"id": one, **({link: str(record.pk)} if link else {})}).update(
                json.loads(old)
            )
    return {key: list(rows.values()) for key, rows in found.items()}


def _was_removed(record: Record, key: str, part_id: UUID, at: datetime) -> bool:
    return Change.objects.filter(
        record_id=record.pk, part=key, part_id=part_id, act="remove", at__gt=at
    ).exists()
