"""The indexes that lists need, derived from the registry: one for each order, and one for each kind of own rows.

What rules and territories compare is such a kind, too: who sees the records of Bavaria reads them in their order.
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from rapport.kernel.fields import Tags
from rapport.kernel.lists.sorting import read_sort, sort_expression_sql, sortable_fields
from rapport.kernel.permissions.asked import asked_fields
from rapport.kernel.registry import RecordType, types

PREFIX = "list_"
BIG = 50_000  # rows from which on an index is built without locking the table
PRINCIPALS = ("owner_id", "team_id")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Index:
    """One index of lists; its name changes with its definition."""

    table: str
    columns: str
    condition: str
    method: str = "btree"

    @property
    def name(self) -> str:
        digest = hashlib.sha256(
            f"{self.table} {self.method} {self.columns} {self.condition}".encode()
        ).hexdigest()[:10]
        return f"{PREFIX}{self.table[:40]}_{digest}"

    def sql(self, *, concurrently: bool) -> str:
        how = "concurrently " if concurrently else ""
        return (
            f'create index {how}if not exists "{self.name}" on "{self.table}" using {self.method} ({self.columns})'
            f" where {self.condition}"
        )


def indexes_of(kind: RecordType) -> list[Index]:
    """The indexes behind the lists of one type."""
    condition = _condition(kind)
    declared = [one for one in sortable_fields(kind).values() if not one.is_custom]
    orders = [f"{sort_expression_sql(one)}, id" for one in declared]
    own = indexes_for(kind, PRINCIPALS)
    words = [f'"{one.column}"' for one in kind.fields.values() if isinstance(one, Tags)]
    return [
        *(Index(kind.table, columns, condition) for columns in orders),
        *own,
        *(Index(kind.table, columns, condition, "gin") for columns in words),
    ]


def indexes_for(kind: RecordType, columns: Iterable[str]) -> list[Index]:
    """The indexes for lists of those who see the records that have a certain value in one of these columns."""
    condition, default = _condition(kind), sort_expression_sql(read_sort(kind.default_sort, kind).field)
    return [Index(kind.table, f'"{column}", {default}, id', condition) for column in columns]


def _condition(kind: RecordType) -> str:
    return "deleted_at is null" + (f" and kind = '{kind.kind}'" if kind.kind else "")


def ensure() -> None:
    """Create the indexes that are missing and drop those that no list needs any more."""
    asked = asked_fields()
    wanted = {
        one.name: one
        for kind in types()
        for one in (*indexes_of(kind), *indexes_for(kind, asked.get(kind.key, ())))
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, i.indisvalid from pg_class c join pg_index i on i.indexrelid = c.oid"
            " where c.relname like %s and pg_table_is_visible(c.oid)",
            [PREFIX.replace("_", r"\_") + "%"],
        )
        there = dict(cursor.fetchall())
        for name, is_valid in there.items():
            if name not in wanted or not is_valid:
                cursor.execute(f'drop index if exists "{name}"')
        for name, index in wanted.items():
            if not there.get(name):
                concurrently = not connection.in_atomic_block and _is_big(cursor, index.table)
                if concurrently:
                    log.info("Preparing an index of %s for lists.", index.table)
                cursor.execute(index.sql(concurrently=concurrently))


def prepare(kind: RecordType) -> None:
    """Create the indexes of a type that has no records yet."""
    with connection.cursor() as cursor:
        for index in indexes_of(kind):
            cursor.execute(index.sql(concurrently=False))


def _is_big(cursor: object, table: str) -> bool:
    cursor.execute("select reltuples from pg_class where oid = %s::regclass", [table])  # type: ignore[attr-defined]  # no common cursor type
    return bool(cursor.fetchone()[0] > BIG)  # type: ignore[attr-defined]  # as above
