"""Followers learn what others change on a record, and whoever is given one learns it from its beginning."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.actions import plan
from rapport.kernel.changes.sets import change_set
from rapport.kernel.notifications import Mail
from rapport.kernel.notifications.edits import EDITED, FEW, tell_edits
from rapport.kernel.notifications.following import follow
from rapport.kernel.notifications.jobs import send_bundles
from rapport.kernel.notifications.models import Notification, NotificationChoice
from rapport.kernel.notifications.watching import tell_followers
from rapport.kernel.records import save_record
from rapport.kernel.testing.make import make
from rapport.sales.install import install
from rapport.sales.models import Deal, Stage

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def deal(administrator: User) -> Deal:
    install()
    deal = make(Deal, owner=administrator, name="Night trains", next_step="Call", amount=900)
    tell_edits()  # from now on
    tell_followers()
    return deal


def told(kind: str = EDITED) -> list[tuple[str, str]]:
    rows = Notification.objects.filter(kind=kind).order_by("user__name", "pk")
    return [(str(name), text) for name, text in rows.values_list("user__name", "text")]


def test_followers_read_what_was_changed_each_in_his_own_language(
    administrator: User, member: User, stranger: User, deal: Deal
) -> None:
    User.objects.filter(pk=administrator.pk).update(language="de")
    for user in (member, stranger):  # the stranger cannot see it
        follow(deal.pk, user)
    save_record(deal, {"next_step": "Send the offer"}, by=member)
    tell_edits()
    assert told() == [("Ada Administrator", "Nächster Schritt: Call → Send the offer")]
    save_record(deal, {"amount": 1200, "next_step": ""}, by=member)
    for _again in range(2):
        tell_edits()
    [(_name, text)] = told()
    assert text.startswith("Nächster Schritt: Call → Send the offer; ") and "Send the offer → –" in text
    Notification.objects.update(read_at=timezone.now())
    save_record(deal, {"next_step": "Wait"}, by=member)
    tell_edits()
    assert [text for _name, text in told()][-1] == "Nächster Schritt: Wait"


def test_where_it_stands_and_who_owns_it_is_told_only_once(
    administrator: User, member: User, deal: Deal
) -> None:
    other = Stage.objects.filter(pipeline=deal.stage.pipeline).exclude(pk=deal.stage_id)[0]
    save_record(deal, {"stage": other, "owner": member}, by=member)
    tell_edits()
    tell_followers()
    assert told() == []
    assert told("record.stage") != []


def test_of_many_at_once_and_of_what_is_new_followers_are_not_told(
    administrator: User, member: User, deal: Deal
) -> None:
    deals = [make(Deal, owner=administrator, name=f"Deal {number}") for number in range(FEW + 1)]
    with change_set(by=member):
        for one in deals:
            save_record(one, {"next_step": "Call"}, by=member)
    tell_edits()
    assert told() == []


def test_a_task_made_for_a_colleague_is_given_to_him(administrator: User, member: User, deal: Deal) -> None:
    plan([deal], "task", "Send the offer", owner=member, by=administrator)
    plan([deal], "task", "Wait", owner=administrator, by=administrator)
    for _again in range(2):
        tell_followers()
        tell_edits()
    [row] = Notification.objects.all()
    assert (row.user, row.kind, row.record and row.record.title) == (member, "record.mine", "Send the offer")


def test_what_waits_for_a_mail_heeds_a_new_choice(
    administrator: User, member: User, deal: Deal, client: Client
) -> None:
    NotificationChoice.objects.create(user=administrator, kind=EDITED, mail=Mail.DAILY)
    save_record(deal, {"next_step": "Wait"}, by=member)
    tell_edits()
    client.force_login(administrator)
    client.post("/settings/notifications/", {f"mail_{EDITED}": "never", f"page_{EDITED}": "on"})
    assert Notification.objects.get().mail_due_at is None
    Notification.objects.update(mail_due_at=timezone.now() + timedelta(hours=9))
    client.post("/settings/notifications/", {f"mail_{EDITED}": "at_once", f"page_{EDITED}": "on"})
    send_bundles()
    [sent] = mail.outbox
    assert sent.subject == "Mara Member changed Night trains."
    assert "Next step: Call → Wait" in sent.body


def test_what_happens_next_is_told_in_the_new_way_though_the_last_one_was_not_read(
    administrator: User, member: User, deal: Deal, client: Client
) -> None:
    save_record(deal, {"next_step": "Wait"}, by=member)
    tell_edits()
    client.force_login(administrator)
    client.post("/settings/notifications/", {f"mail_{EDITED}": "at_once", f"page_{EDITED}": "on"})
    save_record(deal, {"next_step": "Write"}, by=member)
    tell_edits()
    send_bundles()
    assert [one.body.count("Wait → Write") for one in mail.outbox] == [1]
    client.post("/settings/notifications/", {f"mail_{EDITED}": "never"})
    save_record(deal, {"next_step": "Call again"}, by=member)
    tell_edits()
    send_bundles()
    assert not any("Call again" in text for _name, text in told()) and len(mail.outbox) == 1
