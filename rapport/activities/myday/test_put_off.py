"""What is put off is gone until its day, and comes back with its reason."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.actions import plan, reschedule
from rapport.activities.models import Activity
from rapport.activities.myday.day import day_of, promise_key
from rapport.kernel.attention.models import Snooze
from rapport.kernel.attention.needs import needs_of, put_off
from rapport.kernel.testing import make
from rapport.parties.models import Person
from rapport.ui.days import whole_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def promise(member: User) -> Activity:
    ingrid = make(Person, by=member, given_name="Ingrid", family_name="Solberg")
    then = whole_day(timezone.localdate() - timedelta(days=3))
    return plan([ingrid], "task", "Offer", by=member, due_at=then)


def test_a_promise_that_is_put_off_is_not_overdue_until_then(member: User, promise: Activity) -> None:
    today = timezone.localdate()
    assert len(day_of(member).overdue) == 1
    put_off(member, promise_key(promise.pk), today + timedelta(days=1), "waits for the board")
    assert day_of(member).overdue == [] and needs_of(member) == ([], 0)
    Snooze.objects.update(until=today)
    assert len(day_of(member).overdue) == 1
    [line], _count = needs_of(member)
    assert line.why == "Ingrid Solberg: 3 days overdue; you wrote: waits for the board"


def test_a_promise_that_gets_a_new_day_is_told_again_when_that_is_over(
    member: User, promise: Activity, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    put_off(member, promise_key(promise.pk), today + timedelta(days=30), "waits for the board")
    soon = timezone.now() + timedelta(days=3)
    for later in (0, 2):
        reschedule(promise, by=member, due_at=whole_day(today + timedelta(days=later)))
        with monkeypatch.context() as clock:
            clock.setattr(timezone, "now", lambda: soon)
            assert len(day_of(member).overdue) == 1
            [line], _count = needs_of(member)
            assert "you wrote" not in line.why
    # an earlier day is no news for who has put it off
    reschedule(promise, by=member, due_at=whole_day(today - timedelta(days=1)))
    assert day_of(member).overdue == [] and needs_of(member) == ([], 0)


def test_tomorrow_is_that_of_the_moment_at_which_it_is_said(client: Client, member: User) -> None:
    User.objects.filter(pk=member.pk).update(language="de")  # a key says it, in no language
    task = plan([], "task", "Report", by=member, due_at=whole_day(timezone.localdate()))
    client.force_login(member)
    client.post(f"/activities/{task.pk}/reschedule/?in=day", {"day": "tomorrow"})
    task.refresh_from_db()
    assert task.due_at == whole_day(timezone.localdate() + timedelta(days=1))


def test_putting_off_is_taken_back(client: Client, member: User, promise: Activity) -> None:
    client.force_login(member)
    day = (timezone.localdate() + timedelta(days=2)).isoformat()
    said = {"key": promise_key(promise.pk), "what": "Offer", "day": day, "reason": ""}
    client.post("/my-day/snooze/", said)
    answer = client.get("/")
    undo = f"/my-day/snooze/?key={promise_key(promise.pk)}&again=1"
    assert undo.replace("&", "&amp;") in answer.content.decode() and Snooze.objects.exists()
    client.post(undo)
    assert not Snooze.objects.exists()


def test_who_says_only_a_day_keeps_the_hour(client: Client, member: User) -> None:
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    task = plan([], "task", "Report", by=member, due_at=noon)
    client.force_login(member)
    day = (timezone.localtime(noon) + timedelta(days=1)).date().isoformat()
    client.post(f"/activities/{task.pk}/reschedule/?in=day", {"day": day})
    task.refresh_from_db()
    assert task.due_at == noon + timedelta(days=1)
    client.post(f"/activities/{task.pk}/reschedule/?in=day", {"day": day, "hour": ""})
    task.refresh_from_db()
    assert not task.has_hour
