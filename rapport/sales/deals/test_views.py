"""What people do to deals in the browser: win, lose in a dialog, reopen, next step, people on the deal."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rapport.accounts.models import User
from rapport.accounts.testing import make_company
from rapport.kernel.fields.numbers import Amount
from rapport.kernel.records import save_record
from rapport.kernel.relations.models import Relationship
from rapport.kernel.testing import make, make_user
from rapport.kernel.testing.known import client_of
from rapport.parties.models import Organization, Person
from rapport.sales.deals.actions import lose, win
from rapport.sales.deals.blocks import SHOWN, deals_of, sums
from rapport.sales.deals.forecast import Quarter
from rapport.sales.deals.models import Deal
from rapport.sales.pipelines.models import LossReason, Pipeline, Stage
from rapport.sales.takes_part.people import add_person

pytestmark = pytest.mark.django_db
PAGE = {"headers": {"accept": "text/html"}}
HTMX = {"headers": {"hx-request": "true"}}


@pytest.fixture
def user() -> User:
    make_company()
    return make_user("Mara Lindholm")


@pytest.fixture
def client(user: User) -> Client:
    return client_of(user)


def deal(user: User, **values: object) -> Deal:
    values.setdefault("amount", Amount(Decimal(148_000), "EUR"))
    return make(Deal, by=user, owner=user, **values)


def reason(name: str) -> LossReason:
    return LossReason.objects.get(name=name)


def post(client: Client, name: str, card: Deal, data: Any = None, **more: Any) -> Any:  # Any: the client's
    return client.post(reverse(name, args=[card.pk]), data or {}, **more)


def test_winning_on_the_board_answers_a_notice_with_undo(client: Client, user: User) -> None:
    card = deal(user)
    answer = post(client, "deal_win", card, {"version": "1"})
    assert answer.status_code == 204
    assert "/undo/" in answer.headers["Rapport-Notice"]
    card.refresh_from_db()
    assert card.outcome == "won"


def test_winning_without_an_amount_says_what_is_missing(client: Client, user: User) -> None:
    card = deal(user, amount=None)
    answer = post(client, "deal_win", card)
    assert (answer.status_code, answer.json()["error"]) == (
        422,
        "Give the deal its amount before you win it.",
    )
    assert post(client, "deal_win", card, **PAGE).status_code == 422


def test_winning_on_the_page_shows_it_anew(client: Client, user: User) -> None:
    card = deal(user)
    assert post(client, "deal_win", card, **HTMX).headers["HX-Refresh"] == "true"
    page = client.get(card.get_absolute_url()).content.decode()
    assert "Reopen" in page and "deal_win" not in page
    assert post(client, "deal_reopen", card, **PAGE).status_code in (302, 303)
    card.refresh_from_db()
    assert card.is_open


def test_the_dialog_for_losing_numbers_the_reasons_and_says_what_is_missing(
    client: Client, user: User
) -> None:
    card = deal(user, name="Forty <bikes>")
    lose(deal(user), by=user, loss_reason=reason("Price"), competitor="Veltra Cargo")
    dialog = client.get(reverse("deal_lose", args=[card.pk]), **HTMX).content.decode()
    assert 'data-key="8"' in dialog and "Forty &lt;bikes&gt;" in dialog
    assert '<option value="Veltra Cargo">' in dialog
    said = {"loss_reason": reason("Price").pk, "loss_note": "Too late <script>"}
    answer = post(client, "deal_lose", card, said, **HTMX)
    assert answer.status_code == 422
    assert "Say to whom it was lost." in answer.content.decode()
    assert "Too late &lt;script&gt;" in answer.content.decode()
    said |= {"competitor": "Veltra Cargo"}
    assert post(client, "deal_lose", card, said | {"ask_again": "7"}, **HTMX).status_code == 422
    answer = post(client, "deal_lose", card, said | {"ask_again": "6"}, **HTMX)
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (204, "true")
    page = client.get(card.get_absolute_url()).content.decode()
    assert "Veltra Cargo" in page and "Too late &lt;script&gt;" in page
    assert "Ask again: Forty &lt;bikes&gt;" in page  # six months later, as a task


def test_the_dialog_says_what_a_loss_does_to_the_win_rate(client: Client, user: User) -> None:
    card = deal(user)
    for number in range(5):
        rate = client.get(reverse("deal_lose", args=[card.pk]), **HTMX).content.decode()
        assert "Win rate" not in rate
        closed = deal(user)
        win(closed, by=user) if number else lose(closed, by=user, loss_reason=reason("No decision"))
    assert "falls to 67" in client.get(reverse("deal_lose", args=[card.pk]), **HTMX).content.decode()


def test_a_card_is_moved_into_another_pipeline(client: Client, user: User) -> None:
    card = deal(user)
    address = reverse("deal_elsewhere", args=[card.pk])
    assert address.replace(str(card.pk), "{card}") not in client.get("/deals/board/").content.decode()
    other = Pipeline.objects.create(name="Renewals", position=9)
    first = Stage.objects.create(pipeline=other, name="Notice given", position=0, chance=40)
    assert address.replace(str(card.pk), "{card}") in client.get("/deals/board/").content.decode()
    assert "Notice given" in client.get(address, **HTMX).content.decode()
    assert client.post(address, {"stage": "x"}, **HTMX).status_code == 422
    assert client.post(address, {"stage": str(first.pk)}, **HTMX).headers["HX-Refresh"] == "true"
    card.refresh_from_db()
    assert (card.pipeline, card.stage) == (other, first)


@pytest.mark.parametrize(
    "said", [{}, {"loss_reason": "x"}, {"loss_reason": "00000000-0000-0000-0000-000000000000"}]
)
def test_no_reason_no_loss(client: Client, user: User, said: dict[str, str]) -> None:
    card = deal(user)
    assert post(client, "deal_lose", card, said).status_code == 422
    card.refresh_from_db()
    assert card.is_open


@pytest.mark.parametrize("hostile", ["\x00", "x" * 1_000_000, "<script>", "=1+1", "🦄‮"])
def test_hostile_words_about_a_loss_are_kept_as_text_or_refused(
    client: Client, user: User, hostile: str
) -> None:
    card = deal(user)
    said = {"loss_reason": reason("Price").pk, "competitor": hostile, "loss_note": hostile}
    answer = post(client, "deal_lose", card, said, **HTMX)
    assert answer.status_code in (204, 422)
    card.refresh_from_db()
    assert card.competitor in (hostile.replace("\x00", "").replace("\u202e", ""), "")
    assert "<script>=" not in client.get(card.get_absolute_url()).content.decode()


def test_a_closed_deal_shows_no_dialog(client: Client, user: User) -> None:
    card = win(deal(user), by=user)
    assert client.get(reverse("deal_lose", args=[card.pk])).status_code == 422


def test_a_click_on_the_track_moves_the_deal(client: Client, user: User) -> None:
    card, stage = deal(user), Stage.objects.all()[2]
    page = client.get(card.get_absolute_url()).content.decode()
    assert reverse("deal_stage", args=[card.pk, stage.pk]) in page
    assert client.post(reverse("deal_stage", args=[card.pk, stage.pk]), **HTMX).status_code == 204
    card.refresh_from_db()
    assert card.stage == stage
    unknown = "00000000-0000-0000-0000-000000000000"
    assert client.post(reverse("deal_stage", args=[card.pk, unknown])).status_code == 422


def test_under_its_name_a_deal_says_how_old_it_is_and_who_opened_it(client: Client, user: User) -> None:
    card = deal(user)

    def said(days: int, actor: object = user.pk) -> str:
        card.moves.update(at=timezone.now() - timedelta(days=days), actor_id=actor)
        return client.get(card.get_absolute_url()).content.decode()

    assert "opened today by Mara</span>" in said(0)
    assert "opened 1 day ago by Mara</span>" in said(1)
    assert "opened 74 days ago by Mara</span>" in said(74)
    assert "opened 74 days ago</span>" in said(74, None)


def test_what_need_not_be_said_about_a_loss_is_called_optional(client: Client, user: User) -> None:
    page = client.get(reverse("deal_lose", args=[deal(user).pk])).content.decode()
    assert page.count('<span class="t3">optional</span></label>') == 3


def test_the_next_step_is_written_on_the_page(client: Client, user: User) -> None:
    card = deal(user)
    assert (
        post(client, "deal_next_step", card, {"next_step": "Call", "next_step_on": "2026-12-01"}).status_code
        == 204
    )
    card.refresh_from_db()
    assert (card.next_step, str(card.next_step_on)) == ("Call", "2026-12-01")
    answer = post(client, "deal_next_step", card, {"next_step": "Call", "next_step_on": "soon"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert 'aria-invalid="true" aria-describedby="wrong-next_step_on"' in shown
    assert 'id="wrong-next_step_on" role="alert"' in shown


def test_who_writes_another_next_step_than_a_colleague_meanwhile_is_asked(client: Client, user: User) -> None:
    card = deal(user, next_step="Call")
    page = (
        client.get(card.get_absolute_url())
        .content.decode()
        .split('class="row nextstep"')[0]
        .rsplit("<form", 1)[1]
    )
    sent = {"version": re.findall(r'name="version" value="(\d+)"', page)[0]}
    sent["was"] = unescape(re.findall(r'name="was" value="([^"]*)"', page)[0])
    save_record(card, {"next_step": "Visit", "next_step_on": date(2031, 5, 14)}, by=make_user("Vera"))
    typed = {**sent, "next_step": "Write", "next_step_on": ""}
    asked = post(client, "deal_next_step", card, typed, **HTMX)
    shown = asked.content.decode()
    assert asked.status_code == 409 and "data-clash" in shown and "Visit" in shown and "Write" in shown
    card.refresh_from_db()
    assert (card.next_step, str(card.next_step_on)) == ("Visit", "2031-05-14")
    chosen = {"version": card.version, "was": unescape(re.findall(r'name="was" value="([^"]*)"', shown)[0])}
    answer = {**chosen, "next_step": "Write", "next_step_theirs": "", "next_step_on": "2031-05-14"}
    assert post(client, "deal_next_step", card, answer, **HTMX).headers["HX-Refresh"] == "true"
    card.refresh_from_db()
    assert (card.next_step, str(card.next_step_on)) == ("Write", "2031-05-14")


# -- people on the deal ---------------------------------------------------------------------------------------


def test_people_take_part_with_a_role_change_it_and_leave(client: Client, user: User) -> None:
    card, person = deal(user), make(Person, by=user)
    added = post(client, "deal_people", card, {"person": person.pk, "role": " Decision  maker "}, **HTMX)
    assert str(person) in added.content.decode()
    edge = Relationship.objects.get(target_id=card.pk)
    assert (edge.source_id, edge.role) == (person.pk, "Decision maker")
    post(client, "deal_people", card, {"person": person.pk, "role": "Signs"})
    client.post(reverse("deal_person", args=[card.pk, edge.pk]), {"role": "Champion"}, **HTMX)
    edge.refresh_from_db()
    assert (edge.role, Relationship.objects.filter(target_id=card.pk).count()) == ("Champion", 1)
    client.post(reverse("deal_person", args=[card.pk, edge.pk]), {"remove": "yes"}, **HTMX)
    assert not Relationship.objects.filter(target_id=card.pk).exists()


@pytest.mark.parametrize("said", [{}, {"person": "x"}, {"person": "00000000-0000-0000-0000-000000000000"}])
def test_nobody_is_nobody(client: Client, user: User, said: dict[str, str]) -> None:
    assert post(client, "deal_people", deal(user), said, **HTMX).status_code == 422


def test_a_role_that_is_too_long_stays_where_it_was_typed(client: Client, user: User) -> None:
    card, person, long = deal(user), make(Person, by=user, name="Ingrid Solberg"), "Decides " * 20
    added = post(client, "deal_people", card, {"person": person.pk, "role": long}, **HTMX)
    page = added.content.decode()
    assert (added.status_code, long in page, f'name="person" value="{person.pk}"' in page) == (
        422,
        True,
        True,
    )
    edge = add_person(card, by=user, person=person, role="Signs")
    answer = client.post(reverse("deal_person", args=[card.pk, edge.pk]), {"role": long}, **HTMX)
    assert (answer.status_code, answer.content.decode().count(long)) == (422, 1)
    assert f'<form hx-post="{reverse("deal_person", args=[card.pk, edge.pk])}"' in answer.content.decode()
    edge.refresh_from_db()
    assert edge.role == "Signs"


def test_people_whom_one_may_not_see_are_not_shown_added_or_removed(user: User) -> None:
    mine = make_user(role="restricted", team="North")
    client = Client()
    client.force_login(mine)
    card = make(Deal, by=make_user(role="administrator"), owner=mine, amount=None)
    secret = make(Person, by=user, name="Secret Contact", given_name="", family_name="")
    assert post(client, "deal_people", card, {"person": secret.pk}, **HTMX).status_code == 422
    edge = add_person(card, by=make_user(role="administrator"), person=secret, role="Signs")
    assert "Secret Contact" not in client.get(card.get_absolute_url()).content.decode()
    assert client.post(reverse("deal_person", args=[card.pk, edge.pk]), {"remove": "y"}).status_code == 404
    assert Relationship.objects.filter(pk=edge.pk).exists()


# -- on other pages -------------------------------------------------------------------------------------------


def test_the_page_of_an_organization_shows_its_deals_open_ones_first(client: Client, user: User) -> None:
    organization = make(Organization, by=user)
    win(deal(user, name="Sold in spring", organization=organization), by=user)
    deal(user, name="Still open", organization=organization)
    deal(user, name="Of somebody else", organization=make(Organization, by=user))
    page = client.get(organization.get_absolute_url()).content.decode()
    block = page[page.index('id="party-deals"') :]
    assert block.index("Still open") < block.index("Sold in spring")
    assert "Of somebody else" not in page
    assert f"/deals/new/?organization={organization.pk}" in page


def test_the_sums_beside_few_deals_are_what_the_database_would_say(user: User) -> None:
    house = make(Organization, by=user, name="Halden Glas")
    won = deal(user, organization=house, amount=Amount(Decimal("20000.50"), "EUR"))
    win(won, by=user)
    lose(deal(user, organization=house), by=user, loss_reason=reason("Price"), competitor="Veltra")
    deal(user, organization=house)
    deal(user, organization=house, amount=None)
    rows, more_than_shown = deals_of(house, user), [won] * (SHOWN + 1)
    read = sums(list(rows), rows, "EUR")
    assert [read["open"].amount, read["won"].amount] == [Decimal(148_000), Decimal("20000.50")]
    assert read == sums(more_than_shown, rows, "EUR")
    deal(user, organization=house, amount=Amount(Decimal(300), "USD"))
    assert sums(list(rows.all()), rows, "EUR")["open"].others == {"USD": Decimal(300)}


def test_the_page_of_a_person_shows_deals_in_which_he_takes_part(client: Client, user: User) -> None:
    person = make(Person, by=user)
    add_person(deal(user, name="Advised by him"), by=user, person=person, role="Evaluator")
    assert "Advised by him" in client.get(person.get_absolute_url()).content.decode()


def test_a_new_deal_is_prefilled_from_where_one_came(client: Client, user: User) -> None:
    organization, stage = make(Organization, by=user, name="Stadtwerke Elmenau"), Stage.objects.all()[3]
    form = client.get(f"/deals/new/?organization={organization.pk}&stage={stage.pk}").content.decode()
    assert client.get("/deals/new/?pipeline=&stage=").status_code == 200
    assert "Stadtwerke Elmenau" in form
    assert f'<option value="{stage.pk}" selected>' in form


@pytest.mark.parametrize(
    ("month", "number", "first", "last"),
    [
        (1, 1, "2026-01-01", "2026-03-31"),
        (11, 4, "2026-10-01", "2026-12-31"),
        (9, 3, "2026-07-01", "2026-09-30"),
    ],
)
def test_quarters_have_three_months(month: int, number: int, first: str, last: str) -> None:
    from datetime import date

    quarter = Quarter.of(date(2026, month, 17))
    assert (quarter.number, str(quarter.first), str(quarter.last)) == (number, first, last)


def test_a_list_on_a_phone_says_how_much(client: Client, user: User) -> None:
    deal(user, name="Facade", expected_on=timezone.localdate())
    assert 'class="k-money c-last n"' in client.get("/deals/", **PAGE).content.decode()
