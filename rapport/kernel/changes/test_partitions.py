"""The change log is partitioned by month, always ahead of time."""

import pytest
from django.db import connection

from rapport.kernel.changes.jobs import make_partitions

pytestmark = pytest.mark.django_db


def partitions() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select inhrelid::regclass::text from pg_inherits where inhparent = 'kernel_change'::regclass"
        )
        return {name for (name,) in cursor.fetchall()}


def test_the_coming_months_have_their_partitions_and_making_them_again_changes_nothing() -> None:
    make_partitions()
    before = partitions()
    with connection.cursor() as cursor:
        cursor.execute("select 'kernel_change_' || to_char(current_date + interval '6 months', 'YYYY_MM')")
        wanted = cursor.fetchone()[0]
    make_partitions()
    assert wanted in before and partitions() == before


def test_entries_outside_of_all_months_are_kept_and_block_no_later_partition() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_change (at, record_id, type, act, cause, transaction)"
            " values ('2031-05-05', gen_random_uuid(), 'x', 'create', 'database', 1)"
        )
        cursor.execute("select kernel_change_partitions('2031-05-01', '2031-06-01')")
        cursor.execute("select count(*) from kernel_change where at = '2031-05-05'")
        assert cursor.fetchone()[0] == 1
    assert "kernel_change_2031_06" in partitions()
