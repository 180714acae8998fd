"""Tables in groups by every choice, link and period: counts and sums of what the user sees, rows when they are seen."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rapport.accounts.models import User
from rapport.kernel.fields.numbers import Amount
from rapport.kernel.filters import TooExpensive
from rapport.kernel.lists import groups
from rapport.kernel.lists import page as list_page
from rapport.kernel.testing import make, make_user
from rapport.kernel.views.models import View
from rapport.parties.models import Organization, Person
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db


def heads(page: str) -> list[tuple[str, str]]:
    """(name, count) of the groups on the page."""
    found = re.findall(r'<tr class="grp">.*?<b>(.*?)</b><span class="count">(.*?)</span>', page, re.S)
    return [(name, count) for name, count in found]


def test_groups_have_counts_and_sums_by_currency(client: Client, administrator: User) -> None:
    other = make_user("Nora North")
    for owner, amount, currency in (
        (administrator, 1000, "EUR"), (administrator, 500, "EUR"), (administrator, 70, "CHF"), (other, 9, "EUR"),
    ):  # fmt: skip
        make(Deal, by=administrator, owner=owner, amount=Amount(Decimal(amount), currency))
    client.force_login(administrator)
    page = client.get("/deals/?by=owner&columns=name,amount").content.decode()
    assert heads(page) == [("Ada Administrator", "3"), ("Nora North", "1")]
    assert re.search(r"€\s1,500", page) and re.search(r"CHF\s70", page)


def test_ticked_rows_are_added_up_as_far_as_the_user_sees_them(
    client: Client, restricted: User, administrator: User
) -> None:
    own = [
        make(Deal, by=administrator, owner=restricted, amount=Amount(Decimal(n), "EUR")) for n in (300, 400)
    ]
    other = make(Deal, by=administrator, owner=administrator, amount=Amount(Decimal(9000), "EUR"))
    client.force_login(restricted)
    ids = ",".join(str(one.pk) for one in (*own, other))
    page = client.get(f"/deals/figures/?columns=name,amount&ids={ids},x").content.decode()
    assert "700" in page and "9" not in page
    assert client.get("/deals/figures/?ids=").content == b""


def test_periods_follow_each_other_and_the_last_group_has_no_date(
    client: Client, administrator: User
) -> None:
    for day in (date(2026, 5, 14), date(2026, 5, 20), date(2026, 7, 1), None):
        make(Deal, by=administrator, owner=administrator, expected_on=day)
    client.force_login(administrator)
    page = client.get("/deals/?by=expected_on.month").content.decode()
    assert [name for name, _count in heads(page)] == ["May 2026", "July 2026", "Expected close: none"]
    assert [count for _name, count in heads(page)] == ["2", "1", "1"]
    rows = client.get("/deals/?by=expected_on.month&group=2026-05-01", headers={"HX-Request": "true"})
    assert rows.content.decode().count("data-row=") == 2


def test_a_group_of_hidden_records_is_the_one_without(client: Client, restricted: User) -> None:
    boss = make_user(role="administrator")
    hidden = make(Organization, by=boss, owner=boss, name="Quarzblatt")
    make(Deal, by=boss, owner=restricted, name="Own deal", organization=hidden)
    make(Deal, by=boss, owner=boss, name="Not his", organization=hidden)
    client.force_login(restricted)
    page = client.get("/deals/?by=organization").content.decode()
    assert "Quarzblatt" not in page and "Not his" not in page and heads(page) == [("Organization: none", "1")]
    rows = client.get(f"/deals/?by=organization&group={hidden.pk}", headers={"HX-Request": "true"})
    assert "Own deal" not in rows.content.decode()


def test_rows_of_a_group_come_in_pages_and_further_groups_when_seen(
    client: Client, administrator: User
) -> None:
    Person.objects.bulk_create(
        Person(
            kind="person", name=f"Person {n:03}", owner=administrator, stage="lead" if n < 150 else "customer"
        )
        for n in range(160)
    )
    client.force_login(administrator)
    page = client.get("/people/?by=stage").content.decode()
    seen = page.count("data-row=")
    while "hx-get" in page and "cursor=" in page:
        address = re.search(r'hx-get="(\?[^"]*cursor=[^"]*)"', page)
        assert address is not None
        page = client.get(
            "/people/" + address[1].replace("&amp;", "&"), headers={"HX-Request": "true"}
        ).content.decode()
        seen += page.count("data-row=")
    assert seen == 160


def test_many_groups_are_bounded(
    client: Client, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "MOST", 3)
    client.force_login(administrator)
    counts = []
    for _round in range(2):
        for _number in range(6):
            works = make(Organization, by=administrator, owner=administrator)
            make(Deal, by=administrator, owner=administrator, organization=works)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/deals/?by=organization").content.decode()
        counts.append(len(queries))
        assert len(heads(page)) == 3
    assert "9 more stand in further groups" in page
    assert counts[1] <= counts[0] <= 40


def test_a_view_keeps_its_groups(client: Client, member: User) -> None:
    make(Person, by=member, owner=member, name="Ingrid", stage="lead")
    client.force_login(member)
    client.post("/people/views/new/?by=stage", {"name": "By stage"})
    view = View.objects.get(name="By stage")
    assert (view.layout, view.by) == ("table", "stage")
    assert heads(client.get(view.address).content.decode()) == [("Lead", "1")]
    plain = client.get(f"{view.address}&by=").content.decode()
    assert not heads(plain) and "Edited" in plain


@pytest.mark.parametrize(
    "said",
    ["by=x", "by=name", "by=owner&group=x", "by=stage&group=%00", "by=created_at.month&group=9999-99-99",
     "by=created_at.month&group=0001-01-01", "by=created_at.century", "group=x"],
)  # fmt: skip
def test_a_hostile_group_is_a_list_or_nothing(client: Client, member: User, said: str) -> None:
    client.force_login(member)
    for kind in ("people", "deals"):
        assert client.get(f"/{kind}/?{said}").status_code == 200


def test_groups_that_take_too_long_say_so(client: Client, member: User, monkeypatch: Any) -> None:
    def slow(*_all: Any) -> Any:
        raise TooExpensive

    monkeypatch.setattr(list_page, "read_groups", slow)
    client.force_login(member)
    assert "takes too long" in client.get("/people/?by=stage").content.decode()
