"""A new database is made in one go, and is the one that all migrations make one after the other."""

from difflib import unified_diff
from typing import Any

import pytest
from django.db import connection

from rapport.runtime import baseline
from tools.baseline import another_database, applied, dump, take_every_step

BEHIND = 12  # each migration that is not in it takes a new database a tenth of a second


@pytest.mark.slow  # it takes the steps that the others no longer take: five seconds
def test_the_short_way_leads_where_the_steps_lead(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        with another_database("rapport_test_steps"):
            count = take_every_step(until=60)
            assert not baseline.begin(connection), "whoever is on his way goes on from where he is"
            assert len(applied()) == 60
            take_every_step()
            there, steps = dump(), applied()
        with another_database("rapport_test_short"):
            assert baseline.begin(connection)
            take_every_step()
            assert sorted(applied()) == sorted(steps)
            here = dump()
    differing = unified_diff(
        there.splitlines(), here.splitlines(), "step by step", "in one go", n=0, lineterm=""
    )
    assert not list(differing), (
        "an old migration was changed, or the steps have another order now: make baseline"
    )
    assert count == len(steps)


def test_the_tests_own_database_was_made_in_one_go(db: None) -> None:
    assert set(baseline.steps()) <= set(applied()), "it names migrations that are gone: make baseline"
    newer = set(applied()) - set(baseline.steps())
    assert len(newer) <= BEHIND, "make baseline"
    with connection.cursor() as cursor:
        cursor.execute("select count(distinct xmin::text) from django_migrations")
        assert cursor.fetchone()[0] <= 1 + len(newer)
