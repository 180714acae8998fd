"""The board of deals: what stands on it, for whom, how cards move, and what it costs."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rapport.accounts.models import User
from rapport.accounts.testing import make_company
from rapport.activities.models import Activity
from rapport.kernel.changes.sets import change_set
from rapport.kernel.currencies.models import Rate
from rapport.kernel.fields.numbers import Amount
from rapport.kernel.records import Conflict
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make, make_user
from rapport.kernel.timeline.models import TimelineEntry
from rapport.kernel.views.models import View
from rapport.parties.models import Organization, Person
from rapport.sales.deals.actions import move, win
from rapport.sales.deals.models import Deal, StageMove
from rapport.sales.pipelines.models import Pipeline, Stage

QUERIES = 26


@pytest.fixture
def user(db: None) -> User:
    make_company()
    return make_user("Mara Lindholm")


@pytest.fixture
def client(user: User) -> Client:
    signed_in = Client()
    signed_in.force_login(user)
    return signed_in


def euros(number: int) -> Amount:
    return Amount(Decimal(number), "EUR")


def stage(number: int) -> Stage:
    return Stage.objects.all()[number]


def deal(owner: User, **values: object) -> Deal:
    return make(Deal, by=owner, owner=owner, **values)


def post(client: Client, card: Deal, **said: object) -> Any:  # Any: the test client's answer
    return client.post(f"/deals/{card.pk}/move/", json.dumps(said), content_type="application/json")


def test_the_board_shows_open_deals_in_their_lanes_with_sums(client: Client, user: User) -> None:
    deal(user, name="Forty bikes", amount=euros(40_000))
    deal(user, name="Two bikes", amount=euros(2_000), chance=Decimal(50))
    win(deal(user, name="Sold already", amount=euros(9_000)), by=user)
    page = client.get("/deals/board/").content.decode()
    assert "Forty bikes" in page and "Two bikes" in page and "Sold already" not in page
    assert 'data-total="42000.00" data-weighted="9000.0' in page  # 20 % of 40,000 and 50 % of 2,000


def test_what_many_cards_will_bring_is_added_up_after_the_page(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal(user, amount=Amount(Decimal(1_000), "EUR"))
    at_once = client.get("/deals/board/").content.decode()
    monkeypatch.setattr("rapport.kernel.boards.views.HEAD_AT_ONCE", 0)
    page = client.get("/deals/board/").content.decode()
    address = re.search(r'hx-get="([^"]+)" hx-trigger="load"', page)
    assert address and 'class="fc"' not in page
    head = client.get("/deals/board/" + unescape(address[1])).content.decode().strip()
    assert head.startswith("<section") and head in at_once


def test_other_currencies_stand_beside_the_sum_and_not_in_it(client: Client, user: User) -> None:
    today = timezone.localdate()
    deal(user, amount=euros(1_000), expected_on=today)
    deal(user, amount=Amount(Decimal(70_000), "CHF"), expected_on=today)
    page = client.get("/deals/board/").content.decode()
    assert 'data-total="1000.00"' in page
    assert "CHF\xa070k" in page and "≈" not in page
    left_out = "1 deal in a currency without a rate is not counted"
    assert left_out in page and left_out in client.get("/").content.decode()
    Rate.objects.create(currency="CHF", base="EUR", day=today, rate=1)
    for address in ("/", "/deals/board/"):
        page = client.get(address).content.decode()
        assert "≈ " in page and left_out not in page


def test_restricted_users_see_only_theirs_also_in_sums(user: User) -> None:
    mine, other = make_user(role="restricted", team="North"), make_user(team="South")
    make(Deal, by=make_user(role="administrator"), owner=mine, name="My deal", amount=euros(500))
    deal(other, name="Their deal", amount=euros(7_000))
    client = Client()
    client.force_login(mine)
    page = client.get("/deals/board/").content.decode()
    assert "My deal" in page and "Their deal" not in page
    assert 'data-total="500.00"' in page and "7000" not in page
    more = client.get(f"/deals/board/more/?lane={stage(0).pk}&seen=0").content.decode()
    assert "My deal" in more and "Their deal" not in more


@pytest.mark.parametrize(
    ("query", "shown"),
    [("q=fort", ["Forty bikes"]), ("q=hafen", ["Two bikes"]), ("quick=mine", ["Forty bikes", "Two bikes"]),
     ("quick=no_step", ["Forty bikes", "Two bikes"]), ("quick=late", []), ("quick=silent", []),
     ("q='); drop table sales_deal; --", []), ("owner=nobody", ["Forty bikes", "Two bikes"]),
     ("f=name.contains.fort", ["Forty bikes"]),
     ("f=password.is.x", []), ("g={", [])],
)  # fmt: skip
def test_filters_narrow_the_board(client: Client, user: User, query: str, shown: list[str]) -> None:
    deal(user, name="Forty bikes")
    deal(user, name="Two bikes", organization=make(Organization, by=user, name="Hafenrand Immobilien"))
    page = client.get(f"/deals/board/?{query}").content.decode()
    assert [name for name in ("Forty bikes", "Two bikes") if name in page] == shown


def test_deals_without_contact_for_two_weeks_are_marked(client: Client, user: User) -> None:
    old = deal(user, name="Old and silent")
    spoken = deal(user, name="Old but spoken")
    Deal.objects.update(created_at="2026-01-01T00:00Z")
    with change_set(by=user):
        call = make(Activity, by=user, type="call", subject="Call", done_at=Activity().created_at)
        call.participants.create(record_id=spoken.pk)
    page = client.get("/deals/board/?quick=silent").content.decode()
    assert "Old and silent" in page and "Old but spoken" not in page
    assert page.count('class="dc rot"') == 1
    assert old.pk


def test_more_cards_come_lane_by_lane(client: Client, user: User) -> None:
    make_many(user, 120)
    page = client.get("/deals/board/").content.decode()
    assert page.count("data-card=") == 15
    seen = cards_of(page)
    while 'hx-get="' in page.partition("<ol>")[2] or "more/?" in page:
        address = page[page.index("/deals/board/more/?") :].partition('"')[0].replace("&amp;", "&")
        page = client.get(address).content.decode()
        seen += cards_of(page)
        if "more/?" not in page:
            break
    assert len(seen) == len(set(seen)) == 120


def cards_of(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('data-card="')[1:]]


def test_a_saved_view_narrows_the_board(client: Client, user: User) -> None:
    deal(user, name="Forty bikes")
    deal(user, name="Two bikes")
    conditions = {"all": [{"field": "name", "is": "contains", "value": "fort"}]}
    view = View.objects.create(type="deals", name="Big", owner=user, layout="board", filter=conditions)
    page = client.get(view.address).content.decode()
    assert "Forty bikes" in page and "Two bikes" not in page
    foreign = View.objects.create(type="deals", name="Big", owner=make_user(), filter=conditions)
    assert "Two bikes" in client.get(f"/deals/board/?view={foreign.pk}").content.decode()


@pytest.mark.parametrize("after", ["x", "1", "nan,1", "1e999,x", "0.5," + "a" * 5000])
def test_a_mangled_place_is_not_found(client: Client, user: User, after: str) -> None:
    answer = client.get("/deals/board/more/", {"lane": str(stage(0).pk), "after": after})
    assert answer.status_code == 404
    assert client.get("/deals/board/more/", {"lane": "x", "after": ""}).status_code == 404


# -- moving ---------------------------------------------------------------------------------------------------


def test_moving_a_card_answers_the_new_sums(client: Client, user: User) -> None:
    card = deal(user, amount=euros(10_000))
    answer = post(
        client, card, stage=str(stage(1).pk), position=0, before=None, after=None, version=card.version
    )
    assert answer.status_code == 200, answer.content
    told = answer.json()
    card.refresh_from_db()
    assert (card.stage, told["version"]) == (stage(1), card.version)
    assert told["sums"][str(stage(1).pk)] == {
        "total": "10000.00",
        "weighted": told["sums"][str(stage(1).pk)]["weighted"],
        "count": 1,
    }
    assert told["sums"][str(stage(0).pk)]["count"] == 0


@pytest.mark.parametrize(
    "said",
    ["", "[]", "{}", "null", '{"stage": 5}', '{"stage": "x"}', '{"stage": null}', '{"stage": "\\u0000"}',
     '{"stage": {"a": 1}}', '{"stage": "x", "version": "y"}', "x" * 10_000_000],
)  # fmt: skip
def test_hostile_moves_get_a_sentence_and_change_nothing(client: Client, user: User, said: str) -> None:
    card = deal(user)
    answer = client.post(f"/deals/{card.pk}/move/", said, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["error"]
    card.refresh_from_db()
    assert card.stage == stage(0)


def test_a_card_that_somebody_else_moved_goes_back(client: Client, user: User) -> None:
    card = deal(user)
    move(card, by=make_user("Jonas Weber"), stage=stage(2))
    answer = post(client, card, stage=str(stage(1).pk), version=1)
    assert answer.status_code == 409
    assert "Jonas Weber" in answer.json()["error"]


def test_strangers_move_win_and_lose_nothing(user: User) -> None:
    card = deal(user, amount=euros(5))
    stranger = Client()
    stranger.force_login(make_user(role="restricted", team="South"))
    for path in ("move", "win", "reopen", "lose", "next-step", "people", f"stage/{stage(1).pk}"):
        assert stranger.post(f"/deals/{card.pk}/{path}/").status_code == 404, path
    card.refresh_from_db()
    assert (card.stage, card.outcome, card.version) == (stage(0), "open", 1)


def test_one_pipeline_at_a_time_and_the_last_one_is_remembered(client: Client, user: User) -> None:
    rental = Pipeline.objects.create(name="Rental", position=1)
    asked = Stage.objects.create(pipeline=rental, name="Asked")
    deal(user, name="To sell")
    make(Deal, by=user, owner=user, name="To rent", pipeline=rental, stage=asked)
    page = client.get(f"/deals/board/?in={rental.pk}").content.decode()
    assert "To rent" in page and "To sell" not in page
    assert "To rent" in client.get("/deals/board/").content.decode()
    assert "To sell" in client.get(f"/deals/board/?in={Pipeline.objects.first().pk}").content.decode()


# -- a board of another type ----------------------------------------------------------------------------------


def test_any_type_with_choices_has_a_board(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = type_by_key("people")
    assert kind is not None
    monkeypatch.setattr(kind, "board", "stage")
    person = make(Person, by=user, name="Ingrid Solberg-Haas", given_name="", family_name="", stage="lead")
    page = client.get("/people/board/").content.decode()
    assert 'data-stage="lead"' in page and "Ingrid Solberg-Haas" in page
    answer = client.post(
        f"/people/{person.pk}/move/", json.dumps({"stage": "customer"}), content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    person.refresh_from_db()
    assert person.stage == "customer"
    answer = client.post(
        f"/people/{person.pk}/move/", json.dumps({"stage": "emperor"}), content_type="application/json"
    )
    assert answer.status_code == 422


# -- at once, and what it costs -------------------------------------------------------------------------------


def make_many(user: User, number: int) -> None:
    """Deals made in one statement, as a bulk load would."""
    organization = make(Organization, by=user)
    Deal.objects.bulk_create(
        Deal(
            name=f"Deal {n}", amount=Decimal(n), owner=user, organization=organization, person=None,
            pipeline=Pipeline.objects.first(), stage=stage(0) if number < 1000 else STAGES[n % 5], position=-n,
        )
        for n in range(number)
    )  # fmt: skip


STAGES: list[Stage] = []


def test_two_thousand_deals_cost_no_more_queries_than_ten(client: Client, user: User) -> None:
    STAGES[:] = list(Stage.objects.all())
    make_many(user, 10)
    client.get("/deals/board/")
    with CaptureQueriesContext(connection) as few:
        client.get("/deals/board/")
    make_many(user, 2_000)
    with CaptureQueriesContext(connection) as many:
        assert client.get("/deals/board/").content.decode().count("data-card=") == 75
    assert len(many) <= len(few) <= QUERIES, "\n".join(query["sql"][:200] for query in many)


@pytest.mark.django_db(transaction=True)
def test_of_two_simultaneous_moves_one_wins_and_the_other_is_told() -> None:
    user = make_user(role="administrator")
    card = deal(user)
    results: list[object] = []
    barrier = threading.Barrier(2)

    def attempt(number: int) -> Callable[[], None]:
        def run() -> None:
            try:
                barrier.wait()
                move(Deal.objects.get(pk=card.pk), by=user, stage=stage(number), version=card.version)
                results.append(number)
            except Conflict as problem:
                results.append(problem)
            finally:
                connections.close_all()

        return run

    threads = [threading.Thread(target=attempt(number)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    moved = [one for one in results if isinstance(one, int)]
    card.refresh_from_db()
    assert len(moved) == 1 and any(isinstance(one, Conflict) for one in results)
    assert card.stage == stage(moved[0])
    assert StageMove.objects.filter(deal=card).count() == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_move_that_is_killed_before_its_end_has_never_been() -> None:
    user = make_user(role="administrator")
    card = deal(user, organization=make(Organization, by=user))
    database = connection.settings_dict
    host = f"{database['HOST']}:{database['PORT']}" if database["PORT"] else ""
    url = f"postgresql://{database['USER']}@{host}/{database['NAME']}"
    if not host or str(database["HOST"]).startswith("/"):
        url = f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}"
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(card.pk), str(user.pk), str(stage(3).pk)],
        env={**os.environ, "RAPPORT_DATABASE_URL": url}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    assert "moved" in killed.stdout
    card.refresh_from_db()
    assert (card.stage, card.version) == (stage(0), 1)
    assert StageMove.objects.filter(deal=card).count() == 1
    assert TimelineEntry.objects.filter(kind="stage_move", record_id=card.pk).count() == 1
    assert move(card, by=user, stage=stage(3)).stage == stage(3)


KILLED = """
import os, signal, sys
import django
django.setup()
from rapport.accounts.models import User
from rapport.kernel.changes.sets import change_set
from rapport.sales.deals.actions import move
from rapport.sales.models import Deal, Stage
deal, user, stage = sys.argv[1:]
user = User.objects.get(pk=user)
with change_set(by=user):
    move(Deal.objects.get(pk=deal), by=user, stage=Stage.objects.get(pk=stage))
    print("moved", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
