"""Every order of every list is delivered by an index, and the indexes follow the registry."""

import json
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q

from rapport.accounts.models import User
from rapport.kernel.lists.cursors import Cursor
from rapport.kernel.lists.indexes import ensure, indexes_of
from rapport.kernel.lists.reader import Source, _ordered
from rapport.kernel.lists.sorting import FILLED, read_sort, sortable_fields
from rapport.kernel.registry import types
from rapport.runtime.ids import uuid7

pytestmark = pytest.mark.django_db


def names() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("select indexname from pg_indexes where indexname like 'list\\_%%'")
        return {name for (name,) in cursor.fetchall()}


def plan_of(rows: Any) -> str:
    sql, parameters = rows[:50].query.sql_with_params()
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"set local enable_{way} = off")
        cursor.execute(f"explain (format json) {sql}", parameters)
        return json.dumps(cursor.fetchone()[0])


def test_every_order_is_read_from_its_index_in_both_directions(administrator: User) -> None:
    for kind in types():
        for name in sortable_fields(kind):
            for said in (name, f"-{name}"):
                sort = read_sort(said, kind)
                source = Source(kind, administrator, Q(), sort)
                for segment in sort.segments:
                    value = "m" if sort.is_text else None
                    place = Cursor(segment, value, uuid7()) if sort.is_text or segment != FILLED else None
                    for begin in (None, place):
                        plan = plan_of(_ordered(source.rows(), sort, segment, begin))
                        assert '"Sort"' not in plan and "list_" in plan, (kind.key, said, segment, plan)


def test_own_rows_are_read_from_an_index_in_the_usual_order(restricted: User) -> None:
    for kind in types():
        sort = read_sort("", kind)
        everything, parts = Source(kind, restricted, Q(), sort).parted()
        for scan in [everything.filter(part) for part in parts]:
            plan = plan_of(_ordered(scan, sort, FILLED, None))
            assert '"Sort"' not in plan and "list_" in plan, (kind.key, plan)


def test_indexes_that_no_list_needs_go_and_missing_ones_come_back() -> None:
    wanted = {one.name for kind in types() for one in indexes_of(kind)}
    assert names() == wanted
    lost = next(iter(wanted))
    table = next(one.table for kind in types() for one in indexes_of(kind) if one.name == lost)
    with connection.cursor() as cursor:
        cursor.execute(f'drop index "{lost}"')
        cursor.execute(f'create index list_superfluous on "{table}" (id)')
    ensure()
    assert names() == wanted
