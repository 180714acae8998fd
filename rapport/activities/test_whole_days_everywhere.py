"""Whole days are the same days in every zone of the calendar's map, from Niue to the Line Islands."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Q
from django.utils import timezone

from rapport.accounts.choices import time_zones
from rapport.accounts.models import User
from rapport.activities.actions import plan
from rapport.activities.ics.feed import calendar_for
from rapport.activities.models import Activity, Reminder
from rapport.activities.myday.attention import find_promises
from rapport.activities.myday.day import day_of as my_day
from rapport.activities.reminders.sending import remind
from rapport.kernel.fields import Context
from rapport.kernel.filters import Condition, Group, compile_filter
from rapport.kernel.filters.days import period_of
from rapport.kernel.testing import make
from rapport.kernel.testing.known import client_of, kind_of
from rapport.parties.models import Person
from rapport.ui.days import whole_day

pytestmark = pytest.mark.django_db
DAY = date(2031, 12, 24)
FIELD = Activity._meta.get_field("due_at")


def zones() -> list[str]:
    """One of the zones among which people choose for each of the times that clocks show at once on earth."""
    found: dict[timedelta | None, str] = {}
    for name, _label in time_zones():
        found.setdefault(datetime.combine(DAY, time(12), ZoneInfo(name)).utcoffset(), name)
    return list(found.values())


@pytest.fixture(params=zones())
def there(request: Any, administrator: User) -> Iterator[User]:
    """Somebody who reads in that time zone, where each of five days has a task; planned by somebody elsewhere."""
    User.objects.filter(pk=administrator.pk).update(time_zone=request.param)
    ingrid = make(Person, by=administrator, name="Ingrid")
    for days in range(-2, 3):
        plan([ingrid], "task", str(days), by=administrator, due_at=whole_day(DAY + timedelta(days=days)))
    with timezone.override(request.param):
        yield User.objects.get(pk=administrator.pk)


def found(condition: Q) -> str:
    return " ".join(Activity.objects.filter(condition).order_by("due_at").values_list("subject", flat=True))


def test_zones_are_those_of_the_whole_earth() -> None:
    hours = {datetime.combine(DAY, time(12), ZoneInfo(name)).utcoffset() for name in zones()}
    assert {timedelta(hours=number) for number in range(-11, 15)} <= hours


@pytest.mark.parametrize("hour", [time(0), time(0, 30), time(12), time(23, 30)])
def test_filters_find_it_on_its_day_at_any_hour(
    there: User, hour: time, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.make_aware(datetime.combine(DAY, hour))
    monkeypatch.setattr(timezone, "now", lambda: now)
    tomorrow = DAY + timedelta(days=1)
    expected = {
        ("in", "today"): "0", ("in", "tomorrow"): "1", ("in", DAY.isoformat()): "0", ("before", "today"): "-2 -1",
        ("until", "today"): "-2 -1 0", ("after", "today"): "0 1 2", ("later", "today"): "1 2",
        ("between", f"{DAY}..{tomorrow}"): "0 1", ("between", f"..{DAY}"): "-2 -1 0", ("next", "1"): "0 1",
        ("last", "1"): "-1 0", ("older", "1"): "-2", ("next", "0"): "0",
    }  # fmt: skip
    for (operator, said), subjects in expected.items():
        tree = Group("all", (Condition("due_at", operator, said),))
        compiled = compile_filter(tree, kind_of("activities"), Context(there))
        assert not compiled.problems and found(compiled.condition) == subjects, (operator, said)
    days = (
        Activity.objects.annotate(day=period_of(FIELD, "day"))
        .order_by("due_at")
        .values_list("day", flat=True)
    )  # type: ignore[arg-type]
    assert [(day - DAY).days for day in days] == [-2, -1, 0, 1, 2]


def test_pages_show_it_on_its_day(there: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for hour in (time(0, 30), time(12), time(23, 30)):
        now = timezone.make_aware(datetime.combine(DAY, hour))
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        day = my_day(there)
        assert [one.activity.subject for one in day.overdue] == ["-2", "-1"]
        assert [one.activity.subject for one in day.today] == ["0"]
        assert [one.activity.subject for _day, ones in day.coming for one in ones] == ["1", "2"]
        assert sorted(hint.of[1] for hint in find_promises(there, 9)) == [1, 2]
    page = client_of(there).get(f"/activities/calendar/?who=all&span=month&on={DAY}").content.decode()
    for days in range(-2, 3):
        cell = page.split(f'data-day="{DAY + timedelta(days=days)}"')[1].split("data-day=")[0]
        assert [number for number in range(-2, 3) if f">{number}<" in cell] == [days]
    text = calendar_for(there).decode()
    assert [
        text.count(f"DTSTART;VALUE=DATE:{DAY + timedelta(days=days):%Y%m%d}") for days in range(-2, 3)
    ] == [1] * 5


def test_a_meeting_of_a_day_is_told_in_the_morning_and_goes_out_as_its_day(there: User) -> None:
    Activity.objects.all().delete()
    fair = plan(
        [], "meeting", "Fair", by=there, due_at=whole_day(DAY), duration=2 * 24 * 60, reminder="10080"
    )
    nine = timezone.make_aware(datetime.combine(DAY - timedelta(days=7), time(9)))
    assert remind(nine - timedelta(minutes=1)) == 0
    assert remind(nine) == 1
    assert Reminder.objects.get(activity=fair).user == there
    for on in (DAY, DAY + timedelta(days=1)):
        page = client_of(there).get(f"/activities/calendar/?who=all&span=day&on={on}").content.decode()
        assert "Fair" in page, on
    for on in (DAY - timedelta(days=1), DAY + timedelta(days=2)):
        page = client_of(there).get(f"/activities/calendar/?who=all&span=day&on={on}").content.decode()
        assert "Fair" not in page, on
