"""Each way of being told does what it says, for everything of which users are told: that once, and nothing else."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.actions import plan
from rapport.activities.caldav import sync as caldav
from rapport.activities.reminders.sending import remind
from rapport.api.proposals import telling as proposals
from rapport.kernel.changes.sets import change_set
from rapport.kernel.comments.store import add_comment
from rapport.kernel.notifications import notify
from rapport.kernel.notifications.following import follow
from rapport.kernel.notifications.jobs import send_bundles, send_notifications, watch_records
from rapport.kernel.notifications.kinds import kinds
from rapport.kernel.notifications.mails import UNCLEAR
from rapport.kernel.notifications.models import Notification
from rapport.kernel.records import save_record
from rapport.kernel.testing.make import make
from rapport.sales.install import install
from rapport.sales.models import Deal, Stage

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True)]
OF_TESTS = "test."
TOLD_OTHERWISE = (caldav.KEY, proposals.KEY, UNCLEAR)  # by programs; here as they tell it


def everything_happens(user: User, colleague: User, stranger: User) -> None:
    """Something of each kind, and the jobs that look for it, twice."""
    first, second = Stage.objects.order_by("pipeline", "position")[:2]
    deal = make(Deal, owner=colleague, name="Night trains", pipeline=first.pipeline, stage=first)
    follow(deal.pk, user)
    watch_records()
    plan([], "meeting", "Workshop", by=user, due_at=timezone.now() + timedelta(minutes=10))
    add_comment(deal, f"Look, @{user.name}", by=colleague, chosen=[user.pk])
    add_comment(deal, "Just so", by=colleague)
    save_record(deal, {"stage": second}, by=colleague)
    save_record(deal, {"name": "Day trains"}, by=colleague)
    save_record(deal, {"owner": stranger}, by=colleague)
    mine = make(Deal, owner=colleague, name="Mine", pipeline=first.pipeline, stage=first)
    save_record(mine, {"owner": user}, by=colleague)
    plan([], "task", "Ask", by=user, body=f"As @{stranger.name} said")
    with change_set(by=colleague):
        for number in range(6):
            made = make(Deal, owner=colleague, name=f"Deal {number}", pipeline=first.pipeline, stage=first)
            save_record(made, {"owner": user}, by=colleague)
    for kind in TOLD_OTHERWISE:
        notify([user], kind, text="Look", address="/", key="once")
        notify([user], kind, text="Look", address="/", key="once")
    for _again in range(2):
        remind()
        watch_records()


@pytest.mark.parametrize("in_page", [True, False])
@pytest.mark.parametrize("way", ["never", "at_once", "hourly", "daily"])
def test_exactly_what_was_chosen_happens_once(
    administrator: User, member: User, stranger: User, way: str, in_page: bool
) -> None:
    install()
    client = Client()
    client.force_login(member)
    choices = {f"mail_{one.key}": way for one in kinds()} | {
        f"page_{one.key}": "on" for one in kinds() if in_page
    }
    assert client.post("/settings/notifications/", choices).status_code == 303
    everything_happens(member, administrator, stranger)
    told = sorted(Notification.objects.filter(user=member).values_list("kind", flat=True))
    is_told = in_page or way != "never"
    assert told == (sorted(one.key for one in kinds() if not one.key.startswith(OF_TESTS)) if is_told else [])
    assert client.get("/notifications/count/").json() == {"unread": len(told) if in_page else 0}
    for _again in range(2):
        send_notifications()
        send_bundles()
    assert len(mails_to(member)) == (way == "at_once")
    Notification.objects.filter(mail_due_at__isnull=False).update(mail_due_at=timezone.now())
    for _again in range(2):
        send_bundles()
    assert len(mails_to(member)) == (way != "never")
    for one in mails_to(member):
        assert f"{len(told)} things are new" in one.subject


def mails_to(user: User) -> list[mail.EmailMessage]:
    return [one for one in mail.outbox if one.to == [user.email]]
