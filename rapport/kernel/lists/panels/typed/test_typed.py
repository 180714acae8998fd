"""A filter typed into the search of a list narrows it; mistakes and dear filters give sentences."""

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.filters import limits
from rapport.kernel.lists import reader
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make

pytestmark = pytest.mark.django_db


def person(**values: Any) -> Any:  # Any: a person
    kind: Any = type_by_key("people")
    return make(kind.model, **values)


def shown(client: Client, user: User, address: str) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:300]
    return answer.content.decode()


def test_a_search_that_begins_with_the_sign_is_a_filter(client: Client, administrator: User) -> None:
    person(owner=administrator, name="Kim Lead", stage="lead")
    person(owner=administrator, name="Tom Lost", stage="lost")
    said = quote("= stage = lead and has no deals")
    html = shown(client, administrator, f"/people/?q={said}")
    assert "Kim Lead" in html
    assert "Tom Lost" not in html
    assert "has no deals" in html
    html = shown(client, administrator, f"/people/?f=name.contains.Tom&q={said}")
    assert "Kim Lead" not in html
    assert "f=name.contains.Tom&amp;f=stage.any.lead" in html


def test_a_mistake_in_it_is_named_and_nothing_is_found(client: Client, administrator: User) -> None:
    person(owner=administrator, name="Kim Lead")
    for part in ("", "figures/", "filter/"):
        html = shown(client, administrator, f"/people/{part}?q={quote('= stage =')}")
        assert "Kim Lead" not in html
    html = shown(client, administrator, f"/people/?q={quote('= stage =')}")
    assert "Expected a value after “=” at character 10." in html
    assert 'value="= stage ="' in html


def test_what_could_come_next_is_offered(client: Client, administrator: User) -> None:
    html = shown(client, administrator, f"/people/filter/complete/?said={quote('stage = cu')}&at=10")
    assert 'data-insert="customer" data-start="8"' in html
    html = shown(client, administrator, f"/people/filter/complete/?said={quote('stage = customer')}")
    assert "Stage is Customer" in html
    html = shown(client, administrator, f"/people/filter/complete/?said={quote('nonsense = 1')}")
    assert "People have no field “nonsense” (character 1)." in html
    for said in ("", "(", '"', "has ", "%00", "x" * 5000):
        shown(client, administrator, f"/people/filter/complete/?said={quote(said)}&at=99999999")


def test_a_filter_that_takes_too_long_gives_a_sentence(
    client: Client, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(owner=administrator, name="Kim Lead", stage="lead")
    read, calls = reader.read_page, []

    def slow(source: reader.Source, *more: Any) -> reader.Page:  # Any: as the reader takes it
        calls.append(source)
        if len(calls) == 1:
            with connection.cursor() as cursor:
                cursor.execute("select pg_sleep(20)")
        return read(source, *more)

    monkeypatch.setattr("rapport.kernel.lists.page.read_page", slow)
    monkeypatch.setattr("rapport.kernel.lists.state.ListState.reading", lambda *_said: limits.bounded(0.1))
    html = shown(client, administrator, "/people/?f=stage.any.lead")
    assert "This filter takes too long to answer." in html
    assert "Kim Lead" not in html


def test_a_filter_that_is_expected_to_cost_too_much_is_refused(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(owner=administrator)
    kind: Any = type_by_key("people")
    limits.check_cost(kind.visible_to(administrator))
    monkeypatch.setattr(limits, "DEAREST", 0.01)
    with pytest.raises(limits.TooExpensive):
        limits.check_cost(kind.visible_to(administrator))


def test_the_limit_ends_with_what_is_read_inside(administrator: User) -> None:
    with limits.bounded(1), connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == ("1s",)
    with connection.cursor() as cursor:
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() != ("1s",)
