"""Reminders: at their time, to those who take part, once, whatever becomes of workers and clocks."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.actions import complete, plan, reschedule
from rapport.activities.models import Activity, Reminder
from rapport.activities.reminders import sending
from rapport.activities.reminders.sending import remind
from rapport.kernel.notifications.models import Notification
from rapport.kernel.records import delete_record, save_record
from rapport.kernel.testing import make_user

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(second=0, microsecond=0)


def appointment(by: User, minutes: int = 10, **more: Any) -> Activity:
    return plan([], "meeting", "Workshop", by=by, due_at=NOW + timedelta(minutes=minutes), **more)


def told(user: User | None = None) -> int:
    rows = Notification.objects.filter(kind="reminder")
    return (rows.filter(user=user) if user else rows).count()


def test_everybody_who_takes_part_is_reminded_once_at_his_time(member: User, administrator: User) -> None:
    appointment(member, minutes=20, users=[administrator])
    assert remind(NOW) == 0
    assert remind(NOW + timedelta(minutes=5)) == 2
    assert told(member) == told(administrator) == 1
    assert remind(NOW + timedelta(minutes=6)) == 0
    found = Notification.objects.filter(user=member).get()
    assert found.mail_due_at is not None and found.address.endswith("/reminder/")


def test_an_activity_says_itself_how_long_before_and_a_user_for_all_others(
    client: Client, member: User
) -> None:
    early = appointment(member, minutes=1500)
    save_record(early, {"reminder": "1440"}, by=member)
    save_record(appointment(member, minutes=1), {"reminder": "never"}, by=member)
    plan([], "task", "Send it", by=member, due_at=NOW + timedelta(minutes=1))
    assert remind(NOW) == 0
    assert remind(NOW + timedelta(minutes=61)) == 1
    client.force_login(member)
    assert client.post("/settings/reminders/", {"appointments": "60", "tasks": "x"}).status_code == 422
    assert client.post("/settings/reminders/", {"appointments": "60", "tasks": "0"}).status_code == 302
    assert remind(NOW + timedelta(minutes=61)) == 1  # the task, an hour late


def test_who_was_away_is_told_what_is_still_open_and_not_too_old(member: User) -> None:
    save_record(appointment(member, minutes=-60), {"subject": "An hour ago"}, by=member)
    complete(appointment(member, minutes=-50), by=member)
    delete_record(appointment(member, minutes=-40), by=member)
    appointment(member, minutes=-3 * 1440)
    assert remind(NOW) == 1


def test_a_clock_that_is_moved_reminds_nobody_twice(member: User) -> None:
    meeting = appointment(member)
    assert remind(NOW) == 1
    assert remind(NOW - timedelta(hours=2)) == remind(NOW + timedelta(hours=2)) == remind(NOW) == 0
    reschedule(meeting, by=member, due_at=NOW + timedelta(days=1))
    assert remind(NOW) == 0 and remind(NOW + timedelta(days=1)) == 1


def test_a_worker_that_is_killed_between_row_and_telling_has_done_neither(
    member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    appointment(member)
    real = sending.notify

    def killed(*all_of_it: Any, **named: Any) -> int:
        real(*all_of_it, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(sending, "notify", killed)
    with pytest.raises(KeyboardInterrupt):
        remind(NOW)
    assert told() == 0 and not Reminder.objects.exists()
    monkeypatch.setattr(sending, "notify", real)
    assert remind(NOW) == 1 and remind(NOW) == 0 and told() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_once(company: Any) -> None:
    appointment(make_user("Mara"))
    ready = threading.Barrier(2)

    def work() -> None:
        ready.wait()
        remind(NOW)
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert told() == 1


def test_a_reminder_comes_again_when_it_is_put_off(client: Client, member: User, stranger: User) -> None:
    meeting = appointment(member)
    remind(NOW)
    client.force_login(member)
    page = client.get(f"/activities/{meeting.pk}/reminder/").content.decode()
    assert "Workshop" in page and "In an hour" in page
    assert client.post(f"/activities/{meeting.pk}/reminder/again/", {"at": "15"}).status_code == 302
    assert "again in 15 min" in client.get("/settings/reminders/").content.decode()
    until: datetime = Reminder.objects.get().snoozed_until or NOW
    assert remind(until - timedelta(minutes=1)) == 0
    assert remind(until) == 1 and remind(until) == 0 and told(member) == 2
    client.post(f"/activities/{meeting.pk}/reminder/again/", {"at": "tomorrow"})
    assert "again tomorrow 08:00" in client.get("/settings/reminders/").content.decode()
    reschedule(meeting, by=member, due_at=NOW + timedelta(days=3))
    # at its time, and it says the hour to which it was put off
    assert remind(NOW + timedelta(days=1, hours=12)) == 1
    last = Notification.objects.filter(user=member).latest("at")
    assert datetime.fromisoformat(last.values["at"]["moment"]) == NOW + timedelta(days=3)
    Reminder.objects.update(snoozed_until=None)
    complete(meeting, by=member)
    assert client.post(f"/activities/{meeting.pk}/reminder/again/", {"at": "5"}).status_code == 302
    assert Reminder.objects.get().snoozed_until is None
    client.force_login(stranger)
    assert client.get(f"/activities/{meeting.pk}/reminder/").status_code == 404
