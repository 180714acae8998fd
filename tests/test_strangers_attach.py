"""A stranger with records of his own tries to attach hidden ones to them, through every address."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from rapport.kernel.custom import schema
from rapport.kernel.testing.make import make_stranger, make_user
from tests.addresses import Route, World, bodies, build_world, by_turns, links_to
from tests.standing import standing
from tests.test_strangers import PUBLIC, ROUTES, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def both(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, World]]:
    with standing(django_db_blocker, tmp_path_factory.mktemp("files")):
        world = build_world(make_user("Mara Member", role="member", team="North"))
        yield world, build_world(make_stranger())


@pytest.fixture(autouse=True)
def _known(both: tuple[World, World], db: None) -> None:
    schema.load()


@pytest.fixture
def world(both: tuple[World, World]) -> World:
    return both[0]


@pytest.fixture
def own(both: tuple[World, World]) -> World:
    return both[1]


def mentions(records: list[Any]) -> dict[str, int]:
    """In how many rows of each table these records stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
            " and relname <> 'accounts_session' order by 1"
        )
        tables = [name for (name,) in cursor.fetchall()]
        ids = [f"%{record.pk}%" for record in records]
        each = (f"select '{name}', count(*) from \"{name}\" t where t::text like any(%s)" for name in tables)
        cursor.execute(" union all ".join(each), [ids] * len(tables))
        return dict(cursor.fetchall())


@pytest.mark.parametrize(
    "route",
    [one for one in ROUTES if one.name not in PUBLIC and "<" in one.pattern],
    ids=lambda one: one.name,
)
def test_nobody_can_attach_hidden_records_to_his_own(route: Route, world: World, own: World) -> None:
    client, hidden = client_of(own.owner), list(world.records.values())
    before, told = mentions(hidden), []
    for address, key in by_turns(route, own):
        form = bodies(world, key)[0] | links_to(world, key) | {"version": str(own.records[key].version)}
        form |= {"text": "Nothing", "record": str(world.records[key].pk), "ids": str(world.records[key].pk)}
        for value in ("Taken over", *links_to(world, key).values()):
            answer = client.post(address, form | {"value": value})
            if answer.status_code >= 500:
                told.append((address, answer.status_code))
    assert not told
    assert mentions(hidden) == before
