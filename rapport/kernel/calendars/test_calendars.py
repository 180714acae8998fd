"""Calendars of every type by every date: what stands on which day, for whom, and how entries are moved."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rapport.accounts.models import User
from rapport.activities.models import Activity
from rapport.kernel.calendars import views
from rapport.kernel.calendars.spans import read_span
from rapport.kernel.filters import TooExpensive
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make, make_user
from rapport.kernel.testing.custom_fields import add_custom_field
from rapport.kernel.views.models import View
from rapport.sales.deals.models import Deal
from rapport.ui.days import whole_day

pytestmark = pytest.mark.django_db
MAY = "on=2026-05-14"


def move(client: Client, record: Any, by: str, **said: Any) -> Any:
    address = f"{record.get_absolute_url()}on-day/?by={by}"
    return client.post(address, json.dumps(said), content_type="application/json")


def day_of(page: str, day: str) -> str:
    return page.partition(f'data-day="{day}"')[2].partition("</section>")[0]


def test_a_month_shows_whole_weeks_and_at_most_a_few_entries_a_day(client: Client, member: User) -> None:
    for number in range(7):
        make(Deal, by=member, owner=member, name=f"Deal {number}", expected_on=date(2026, 5, 14))
    make(Deal, by=member, owner=member, name="Next month", expected_on=date(2026, 6, 1))
    client.force_login(member)
    page = client.get(f"/deals/calendar/?by=expected_on&{MAY}").content.decode()
    assert page.count("data-day=") == 35 and 'data-day="2026-04-27"' in page
    today = day_of(page, "2026-05-14")
    assert today.count("data-entry=") == 4 and "+3 more" in today
    assert "f=expected_on.in.2026-05-14" in today
    assert "Next month" not in page
    week = client.get(f"/deals/calendar/?by=expected_on&{MAY}&span=week").content.decode()
    assert day_of(week, "2026-05-14").count("data-entry=") == 7


def test_moments_stand_on_the_day_where_the_user_is(client: Client, member: User) -> None:
    at = datetime(2026, 5, 14, 23, 30, tzinfo=UTC)
    make(Activity, by=member, owner=member, subject="Late call", due_at=at)
    for zone, day in (("Europe/Berlin", "2026-05-15"), ("America/New_York", "2026-05-14")):
        User.objects.filter(pk=member.pk).update(time_zone=zone)
        client.force_login(member)
        page = client.get(f"/activities/calendar/?by=due_at&{MAY}").content.decode()
        assert "Late call" in day_of(page, day), zone
        assert "<b>1</b> activity<" in page


def test_an_entry_is_moved_with_its_time_and_its_version(client: Client, member: User) -> None:
    User.objects.filter(pk=member.pk).update(time_zone="Europe/Berlin")
    at = datetime(2026, 5, 14, 23, 30, tzinfo=UTC)
    task = make(Activity, by=member, owner=member, subject="Late call", due_at=at)
    client.force_login(member)
    answer = move(client, task, "due_at", day="2026-05-20", version=task.version)
    assert answer.status_code == 200, answer.content
    task.refresh_from_db()
    assert task.due_at == datetime(2026, 5, 19, 23, 30, tzinfo=UTC)
    assert answer.json()["version"] == task.version
    assert move(client, task, "due_at", day="2026-05-21", version=1).status_code == 409
    deal = make(Deal, by=member, owner=member, expected_on=date(2026, 5, 14))
    assert move(client, deal, "expected_on", day="2026-05-13").status_code == 200
    deal.refresh_from_db()
    assert deal.expected_on == date(2026, 5, 13)


@pytest.mark.parametrize(
    "said", ["", "[]", "null", '{"day": 5}', '{"day": "x"}', '{"day": "2026-02-30"}', "x" * 9999]
)
def test_hostile_moves_get_a_sentence(client: Client, member: User, said: str) -> None:
    deal = make(Deal, by=member, owner=member)
    client.force_login(member)
    address = f"/deals/{deal.pk}/on-day/?by=expected_on"
    answer = client.post(address, said, content_type="application/json")
    assert answer.status_code == 422 and answer.json()["error"]
    for by in ("created_at", "name", "", "owner__password"):
        assert move(client, deal, by, day="2026-05-13").status_code in (404, 422)


def test_strangers_see_and_move_nothing(client: Client, member: User, stranger: User) -> None:
    deal = make(Deal, by=member, owner=member, name="Quarzblatt", expected_on=date(2026, 5, 14))
    client.force_login(stranger)
    page = client.get(f"/deals/calendar/?by=expected_on&{MAY}").content.decode()
    assert "Quarzblatt" not in page and "data-entry" not in page
    assert move(client, deal, "expected_on", day="2026-05-13").status_code == 404


def test_a_custom_date_has_a_calendar_and_views_keep_it(client: Client, administrator: User) -> None:
    deals: Any = type_by_key("deals")
    name = add_custom_field(deals, "date", by=administrator, key="delivery").name
    deal = make(Deal, by=administrator, owner=administrator, name="Bikes", **{name: date(2026, 5, 14)})
    client.force_login(administrator)
    page = client.get(f"/deals/calendar/?by={name}&{MAY}&f=name.contains.bik").content.decode()
    assert "Bikes" in day_of(page, "2026-05-14")
    assert move(client, deal, name, day="2026-05-15").status_code == 200
    client.post(f"/deals/views/new/?layout=calendar&by={name}&f=name.contains.bik", {"name": "Deliveries"})
    view = View.objects.get(name="Deliveries")
    assert (view.layout, view.by, view.address) == ("calendar", name, f"/deals/calendar/?view={view.pk}")
    assert "Bikes" in day_of(client.get(f"{view.address}&{MAY}").content.decode(), "2026-05-15")


def test_a_thousand_entries_cost_no_more_queries_than_ten(client: Client, member: User) -> None:
    first = make(Deal, by=member, owner=member, expected_on=date(2026, 5, 1))

    def more(number: int) -> None:
        Deal.objects.bulk_create(
            Deal(name=f"Deal {n}", amount=Decimal(n), owner=member, person=None, pipeline=first.pipeline,
                 stage=first.stage, expected_on=date(2026, 5, 1) + timedelta(days=n % 31))
            for n in range(number)
        )  # fmt: skip

    client.force_login(member)
    counts = []
    for number in (10, 1000):
        more(number)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"/deals/calendar/?by=expected_on&{MAY}").content.decode()
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 25
    assert page.count("data-entry=") == 4 * 31


@pytest.mark.parametrize(
    "said", ["on=x", "on=9999-12-31", "on=0001-01-01", "span=x", "by=name", "by=%00", "view=1"]
)
def test_a_hostile_address_is_a_calendar(client: Client, member: User, said: str) -> None:
    client.force_login(member)
    assert client.get(f"/deals/calendar/?{said}").status_code == 200


def test_weeks_begin_where_the_language_lets_them_begin() -> None:
    assert str(read_span("week", "2026-05-14").first) == "2026-05-11"
    assert str(read_span("month", "2026-02-10").end) == "2026-03-02"


def test_a_calendar_that_takes_too_long_says_so(
    client: Client, member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_all: Any) -> Any:
        raise TooExpensive

    monkeypatch.setattr(views, "read_days", slow)
    client.force_login(make_user())
    page = client.get("/deals/calendar/?f=name.contains.x").content.decode()
    assert "takes too long" in page and page.count("data-day=") >= 28


def piece_of(page: str, day: str, place: str) -> str:
    """The entries of a column of the hours."""
    return page.partition(f'data-{place} data-day="{day}"')[2].partition("</ol>")[0]


def test_a_week_by_hours_puts_entries_where_their_hours_are(client: Client, member: User) -> None:
    User.objects.filter(pk=member.pk).update(time_zone="Europe/Berlin")
    at = datetime(2026, 5, 14, 21, 30, tzinfo=UTC)  # half past eleven at night in Berlin
    make(Activity, by=member, owner=member, subject="Night shift", due_at=at, duration=90)
    make(Activity, by=member, owner=member, subject="Some time", due_at=datetime(2026, 5, 12, 22, tzinfo=UTC))
    began = datetime(2026, 5, 9, 22, tzinfo=UTC)
    make(Activity, by=member, owner=member, subject="Fair", due_at=began, duration=3 * 1440)
    client.force_login(member)
    page = client.get(f"/activities/calendar/?by=due_at&{MAY}&span=week").content.decode()
    first, second = (piece_of(page, day, "hourday") for day in ("2026-05-14", "2026-05-15"))
    assert "Night shift" in first and 'data-start="1410" data-minutes="30" data-took="90"' in first
    assert "Night shift" in second and 'data-start="0" data-minutes="60"' in second and "data-later" in second
    assert "Some time" in piece_of(page, "2026-05-13", "whole")
    assert "Fair" in piece_of(page, "2026-05-11", "whole") and "Fair" in piece_of(page, "2026-05-12", "whole")
    assert "Fair" not in piece_of(page, "2026-05-13", "whole")
    month = client.get(f"/activities/calendar/?by=due_at&{MAY}").content.decode()
    assert ["Fair" in day_of(month, f"2026-05-{day}") for day in ("10", "11", "12", "13")] == [
        True,
        True,
        True,
        False,
    ]
    deals = client.get(f"/deals/calendar/?by=expected_on&{MAY}&span=week").content.decode()
    assert "data-calendar" in deals and "data-hours" not in deals


def at_hour(client: Client, record: Any, **said: Any) -> Any:
    address = f"{record.get_absolute_url()}at/?by=due_at"
    return client.post(address, json.dumps(said), content_type="application/json")


def test_an_entry_goes_to_an_hour_and_takes_another_time(
    client: Client, member: User, stranger: User
) -> None:
    User.objects.filter(pk=member.pk).update(time_zone="Europe/Berlin")
    task = make(Activity, by=member, owner=member, due_at=datetime(2026, 5, 14, 8, tzinfo=UTC), duration=30)
    client.force_login(member)
    answer = at_hour(client, task, start="2026-05-15T10:15", minutes=45, version=task.version)
    assert answer.status_code == 200 and "/undo/" in answer["Rapport-Notice"]
    task.refresh_from_db()
    assert (task.due_at, task.duration) == (datetime(2026, 5, 15, 8, 15, tzinfo=UTC), 45)
    assert at_hour(client, task, start="2026-05-15T11:00", version=1).status_code == 409
    good = {"start": "2026-05-15T10:00"}
    wrong = [
        {"minutes": -1},
        {"minutes": "5"},
        {"version": []},
        {"start": "x"},
        {"start": "9999-12-31T10:00"},
    ]
    for said in ({}, *(good | one for one in wrong)):
        assert at_hour(client, task, **said).status_code == 422, said
    client.force_login(stranger)
    assert at_hour(client, task, start="2026-05-15T10:15").status_code == 404


@pytest.mark.parametrize(
    ("due_at", "start", "minutes", "told"),
    [
        (datetime(2026, 5, 14, 8, tzinfo=UTC), "2026-05-14T10:00", 90, "Fair now takes 1 h 30 min."),
        (datetime(2026, 5, 14, 8, tzinfo=UTC), "2026-05-14T10:00", 15, "Fair now takes 15 min."),
        (datetime(2026, 5, 14, 8, tzinfo=UTC), "2026-05-14T11:00", 30, "Moved: Fair."),
        (datetime(2026, 5, 14, 8, tzinfo=UTC), "2026-05-14T11:00", 90, "Moved: Fair."),
        (whole_day(date(2026, 5, 14)), "2026-05-14T00:00", 2880, "Fair now takes 2 days."),
        (whole_day(date(2026, 5, 14)), "2026-05-15T00:00", None, "Moved: Fair."),
    ],
)
def test_what_is_made_longer_where_it_stands_is_told_as_that(
    client: Client, member: User, due_at: datetime, start: str, minutes: int | None, told: str
) -> None:
    User.objects.filter(pk=member.pk).update(time_zone="Europe/Berlin")
    fair = make(Activity, by=member, owner=member, subject="Fair", due_at=due_at, duration=30)
    client.force_login(member)
    answer = at_hour(client, fair, start=start, minutes=minutes, version=fair.version)
    (notice,) = json.loads(answer["Rapport-Notice"])
    assert notice["text"].replace("\u00a0", " ") == told
    assert client.post(notice["undo_url"]).status_code in (200, 204, 302)
    fair.refresh_from_db()
    assert (fair.due_at, fair.duration) == (due_at, 30)


def test_a_calendar_is_that_of_oneself_of_the_team_or_of_a_colleague(
    client: Client, member: User, administrator: User
) -> None:
    when = datetime(2026, 5, 14, 9, tzinfo=UTC)
    mine = make(Activity, by=member, owner=member, subject="Mine", due_at=when)
    theirs = make(Activity, by=administrator, owner=administrator, subject="Theirs", due_at=when)
    client.force_login(member)

    def seen(who: str) -> set[str]:
        page = client.get(f"/activities/calendar/?by=due_at&{MAY}&who={who}").content.decode()
        return {one.subject for one in (mine, theirs) if one.subject in day_of(page, "2026-05-14")}

    assert seen("") == seen("x") == {"Mine", "Theirs"}
    assert seen("me") == seen("team") == {"Mine"}
    assert seen(str(administrator.pk)) == {"Theirs"}
    theirs.participants.create(user=member)
    assert seen("me") == {"Mine", "Theirs"}
