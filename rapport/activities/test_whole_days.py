"""What is due on a day is the same day for everybody, from New York to Auckland."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.actions import plan
from rapport.activities.ics.feed import renew
from rapport.activities.models import Activity, NextStep, Reminder, Series
from rapport.activities.myday.attention import find_promises
from rapport.activities.myday.day import day_of as my_day
from rapport.activities.recurring.deeds import FOLLOWING, begin, change
from rapport.activities.reminders.sending import remind
from rapport.api.values import read_value
from rapport.kernel.changes.models import Change
from rapport.kernel.fields import Context
from rapport.kernel.filters import Condition, Group, compile_filter
from rapport.kernel.records import save_record
from rapport.kernel.testing import make
from rapport.kernel.testing.known import client_of, kind_of
from rapport.kernel.timeline.models import TimelineEntry
from rapport.parties.models import Person
from rapport.ui import formats
from rapport.ui.days import is_whole_day, whole_day

pytestmark = pytest.mark.django_db
ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Auckland")
DAY = date(2031, 12, 24)
FIELD = Activity._meta.get_field("due_at")


@pytest.fixture(params=ZONES)
def there(request: Any, administrator: User) -> Iterator[User]:
    """Somebody who reads in that time zone."""
    User.objects.filter(pk=administrator.pk).update(time_zone=request.param)
    with timezone.override(request.param):
        yield User.objects.get(pk=administrator.pk)


def planned(user: User, day: date = DAY) -> Activity:
    """In the form, by somebody in Berlin."""
    User.objects.filter(pk=user.pk).update(time_zone="Europe/Berlin")
    client = client_of(user)
    said = {"kind": "meeting", "subject": "Trade fair", "day": day.isoformat(), "duration": "30"}
    assert client.post("/activities/plan/", said).status_code in (302, 303)
    return Activity.objects.latest("id")


def test_whoever_reads_it_finds_it_on_that_day(client: Client, member: User, there: User) -> None:
    activity = planned(member)
    assert activity.due_at == activity.at == whole_day(DAY) and not activity.has_hour
    client.force_login(there)
    for days, is_there in ((-1, False), (0, True), (1, False)):
        said = (DAY + timedelta(days=days)).isoformat()
        for address in (f"?f=due_at.in.{said}", f"calendar/?who=all&span=day&on={said}"):
            page = client.get(f"/activities/{address}").content.decode()
            assert ("Trade fair" in page) == is_there, address
    page = client.get(f"/activities/calendar/?who=all&span=week&on={DAY}").content.decode()
    assert "Trade fair" in page.split(f'data-whole data-day="{DAY}"')[1].split("</ol>")[0]
    for hour in range(6):
        plan([], "call", f"Call {hour}", by=there, due_at=whole_day(DAY) - timedelta(minutes=hour))
    cell = (
        client.get(f"/activities/calendar/?who=all&span=month&on={DAY}")
        .content.decode()
        .split(f'data-day="{DAY}"')[1]
    )
    assert "Trade fair" in cell.split("Call")[0]  # before what has an hour, however much that is
    for condition, is_there in ((f"before.{DAY}", False), (f"until.{DAY}", True), (f"later.{DAY}", False)):
        assert ("Trade fair" in client.get(f"/activities/?f=due_at.{condition}").content.decode()) == is_there
    sheet = b"".join(client.get("/activities/export/file/?columns=subject,due_at")).decode()
    assert "2031-12-24" in sheet.split("Trade fair")[1].split("\n")[0]
    assert formats.format_moment(activity.due_at) == formats.format_date(activity.due_at) == "24 Dec 2031"
    assert FIELD.input(activity.due_at) == "2031-12-24T00:00"


def test_a_feed_and_programs_are_told_the_day(client: Client, member: User, there: User) -> None:
    day = timezone.localdate() + timedelta(days=9)
    activity = planned(member, day)
    save_record(activity, {"owner": there}, by=there)
    text = client.get(f"/calendar/{renew(there).secret}.ics").content.decode()
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}" in text
    assert f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}" in text
    assert FIELD.json(activity.due_at) == day.isoformat()
    assert read_value(FIELD, day.isoformat(), Context(there)) == whole_day(day)


def test_a_task_of_today_is_neither_overdue_nor_tomorrows(there: User) -> None:
    today, ingrid = timezone.localdate(), make(Person, by=there, name="Ingrid")
    for days, subject in ((-1, "Yesterday"), (0, "Today"), (1, "Tomorrow")):
        plan([ingrid], "task", subject, by=there, due_at=whole_day(today + timedelta(days=days)))
    found = my_day(there)
    assert [one.activity.subject for one in found.overdue] == ["Yesterday"]
    assert [one.activity.subject for one in found.today] == ["Today"]
    assert [(day, one[0].activity.subject) for day, one in found.coming] == [
        (today + timedelta(days=1), "Tomorrow")
    ]
    assert [one.is_overdue for one in Activity.objects.order_by("due_at")] == [True, False, False]
    assert [hint.of[1] for hint in find_promises(there, 9)] == [1]
    assert [found.overdue[0].when_today, found.today[0].when_today] == ["1 day overdue", ""]


@pytest.mark.parametrize("hour", [0, 23])
def test_the_next_days_begin_with_today_and_end_with_a_whole_day(
    there: User, hour: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    for days in range(-1, 3):
        plan([], "task", f"In {days}", by=there, due_at=whole_day(today + timedelta(days=days)))
    now = timezone.make_aware(datetime.combine(today, time(hour)))
    monkeypatch.setattr(timezone, "now", lambda: now)
    said = Group("all", (Condition("due_at", "next", "1d"),))
    compiled = compile_filter(said, kind_of("activities"), Context(there))
    found = Activity.objects.filter(compiled.condition).order_by("due_at")
    assert [one.subject for one in found] == ["In 0", "In 1"]


def test_a_midnight_that_somebody_gives_means_the_day_where_he_is(there: User) -> None:
    midnight = timezone.make_aware(datetime.combine(DAY, time()))
    activity = plan([], "task", "Send it", by=there, due_at=midnight)
    assert activity.due_at == whole_day(DAY)
    assert plan([], "meeting", "At night", by=there, due_at=midnight, duration=30).due_at == midnight
    assert FIELD.parse("2031-12-24", Context(there)) == FIELD.parse("2031-12-24T00:00", Context(there))
    assert save_record(
        activity, {"due_at": FIELD.parse("2031-12-24 09:00", Context(there))}, by=there
    ).has_hour


def test_a_reminder_of_a_day_comes_in_the_morning_of_who_gets_it(there: User) -> None:
    activity = plan([], "meeting", "Trade fair", by=there, due_at=whole_day(DAY), reminder="15")
    nine = timezone.make_aware(datetime.combine(DAY, time(9)))
    assert remind(nine - timedelta(minutes=16)) == 0
    assert remind(nine - timedelta(minutes=15)) == 1 and remind(nine) == 0
    assert Reminder.objects.get().activity_id == activity.pk


def test_days_repeat_as_days_and_are_moved_as_days(there: User) -> None:
    first = begin(
        "FREQ=DAILY;COUNT=4", [], by=there, due_at=whole_day(DAY), values={"type": "task", "subject": "Water"}
    )
    rows = Activity.objects.order_by("due_at")
    assert [one.due_at for one in rows] == [whole_day(DAY + timedelta(days=number)) for number in range(4)]
    assert Series.objects.get().hour is None and first.occurs_at == first.due_at
    change(rows[2], FOLLOWING, by=there, due_at=whole_day(DAY + timedelta(days=4)))
    days = [timezone.localtime(one.due_at, UTC).day for one in rows.all()]
    assert days == [24, 25, 28, 29] and all(is_whole_day(one.due_at) for one in rows.all())


def test_what_was_kept_as_a_midnight_becomes_its_day(member: User, administrator: User) -> None:
    User.objects.filter(pk=member.pk).update(time_zone="Pacific/Auckland")
    ingrid = make(Person, by=member, name="Ingrid")
    there = ZoneInfo("Pacific/Auckland")
    night, noon = datetime.combine(DAY, time(), there), datetime.combine(DAY, time(), UTC)
    old = plan([ingrid], "task", "A day", by=member, due_at=night + timedelta(hours=1), owner=administrator)
    hour = plan(
        [ingrid],
        "task",
        "An hour",
        by=member,
        due_at=datetime.combine(DAY, time(), UTC) + timedelta(minutes=5),
    )
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        for one, moment in ((old, night), (hour, noon)):
            cursor.execute("update activities_activity set due_at = %s where id = %s", [moment, one.pk])
        log, version = Change.objects.count(), Activity.objects.get(pk=old.pk).version
        cursor.execute(import_module("rapport.activities.migrations.0008_whole_days").SQL)
    old.refresh_from_db()
    hour.refresh_from_db()
    assert old.due_at == old.at == whole_day(DAY) and old.version == version
    assert hour.due_at == noon  # one in the afternoon of who planned it
    assert NextStep.objects.get(activity=old, record_id=ingrid.pk).due_at == whole_day(DAY)
    assert TimelineEntry.objects.get(item_id=old.pk).at == whole_day(DAY) and Change.objects.count() == log
