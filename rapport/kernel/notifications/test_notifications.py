"""Users are told what they should know: once, in their language, and never of what they must not see."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.changes.sets import change_set
from rapport.kernel.notifications import Kind, Mail, add_kind, notify
from rapport.kernel.notifications.following import follow
from rapport.kernel.notifications.jobs import send_bundles, send_notifications
from rapport.kernel.notifications.models import Notification, NotificationChoice
from rapport.kernel.notifications.speaking import speaking
from rapport.kernel.notifications.telling import due_at
from rapport.kernel.notifications.watching import tell_followers
from rapport.kernel.records import save_record
from rapport.kernel.testing.make import make
from rapport.sales.install import install
from rapport.sales.models import Deal, Stage
from rapport.ui.formats import format_lasting

pytestmark = pytest.mark.django_db
KIND = "test.told"


@pytest.fixture(autouse=True)
def _kind() -> None:
    add_kind(Kind(KIND, "Test", _("%(by)s commented on %(record)s."), mail=Mail.AT_ONCE))


@pytest.fixture
def deal(administrator: User) -> Deal:
    return make(Deal, owner=administrator, name="Night trains")


def test_one_is_told_in_the_page_and_by_mail_in_ones_own_language(
    administrator: User, member: User, deal: Deal
) -> None:
    User.objects.filter(pk=member.pk).update(language="de")
    assert notify([member], KIND, deal, "Please look.", by=administrator) == 1
    send_notifications()
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == ([member.email], "Ada Administrator hat Night trains kommentiert.")
    assert "Please look." in sent.body
    assert f"/deals/{deal.pk}/" in sent.body
    [shown] = sent.alternatives  # type: ignore[attr-defined]  # an EmailMultiAlternatives
    assert (
        shown.mimetype == "text/html" and f"/deals/{deal.pk}/" in shown.content and "<style>" in shown.content
    )
    assert 'class="end"' not in shown.content  # beside the words its moment would take half of a phone
    client = Client()
    client.force_login(member)
    assert b"Night trains" in client.get("/notifications/panel/").content


def test_moments_are_told_from_now_in_the_page_and_by_date_in_a_mail(administrator: User, deal: Deal) -> None:
    add_kind(Kind("test.at", "Test", _("%(record)s, %(at)s"), mail=Mail.AT_ONCE))
    then = timezone.now() - timedelta(days=1)
    notify([administrator], "test.at", deal, values={"at": then})
    send_notifications()
    [sent] = mail.outbox
    with speaking(administrator):
        assert sent.subject == f"Night trains, {format_lasting(then)}"
    client = Client()
    client.force_login(administrator)
    assert "Night trains, yesterday" in client.get("/notifications/").content.decode()


def test_a_mail_is_sent_once_whatever_runs_twice(administrator: User, member: User, deal: Deal) -> None:
    for _again in range(2):
        notify([member], KIND, deal, by=administrator, key="the same thing")
    for _again in range(2):
        send_notifications()
        send_bundles()
    assert len(mail.outbox) == 1


def test_nobody_is_told_of_his_own_deed_nor_of_what_he_cannot_see(
    administrator: User, stranger: User, deal: Deal
) -> None:
    assert notify([administrator, stranger], KIND, deal, by=administrator) == 0
    assert not Notification.objects.exists()


def test_what_one_cannot_see_any_more_is_neither_shown_nor_mailed(
    administrator: User, restricted: User, deal: Deal
) -> None:
    save_record(deal, {"owner": restricted}, by=administrator)
    notify([restricted], KIND, deal, by=administrator)
    save_record(deal, {"owner": administrator}, by=administrator)
    send_notifications()
    client = Client()
    client.force_login(restricted)
    assert b"Night trains" not in client.get("/notifications/").content
    assert client.get("/notifications/count/").json() == {"unread": 0}
    row = Notification.objects.get(user=restricted)
    assert client.post(f"/notifications/{row.pk}/").status_code == 404
    assert mail.outbox == []


def test_what_is_bundled_comes_in_one_mail_with_what_was_not_read(
    administrator: User, member: User, deal: Deal
) -> None:
    NotificationChoice.objects.create(user=member, kind=KIND, mail=Mail.HOURLY)
    for number in range(3):
        notify([member], KIND, deal, f"Number {number}", by=administrator)
    send_bundles()
    assert mail.outbox == []
    Notification.objects.filter(text="Number 0").update(read_at=timezone.now())
    Notification.objects.update(mail_due_at=timezone.now() - timedelta(minutes=1))
    send_bundles()
    [sent] = mail.outbox
    assert "2 things are new" in sent.subject
    assert ("Number 0" in sent.body, "Number 2" in sent.body) == (False, True)


def test_bundles_of_a_day_are_due_at_seven_in_the_time_of_the_user(member: User) -> None:
    member.time_zone = "America/New_York"
    now = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)  # eight in the morning there
    assert due_at(Mail.DAILY, member, now) == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert due_at(Mail.HOURLY, member, now) == datetime(2026, 11, 22, 14, 0, tzinfo=UTC)


def test_everybody_chooses_for_each_kind_and_reads_one_or_all(
    administrator: User, member: User, deal: Deal, client: Client
) -> None:
    client.force_login(member)
    assert client.post("/settings/notifications/", {f"mail_{KIND}": "never"}).status_code == 303
    assert notify([member], KIND, deal, by=administrator) == 0
    client.post("/settings/notifications/", {f"mail_{KIND}": "never", f"page_{KIND}": "on"})
    notify([member], KIND, deal, by=administrator)
    notify([member], KIND, deal, by=administrator)
    row = Notification.objects.filter(user=member).latest("at")
    assert client.post(f"/notifications/{row.pk}/").headers["Location"] == deal.get_absolute_url()
    assert client.get("/notifications/count/").json() == {"unread": 1}
    client.post("/notifications/read/")
    assert client.get("/notifications/count/").json() == {"unread": 0}
    client.post(f"/notifications/{row.pk}/mark/")
    assert b"is-new" in client.get("/notifications/?new=1").content
    assert client.get("/settings/notifications/").status_code == 200


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_followers_learn_from_the_log_who_owns_a_record_and_where_it_stands(
    administrator: User, member: User, stranger: User
) -> None:
    install()
    first, second = Stage.objects.order_by("pipeline", "position")[:2]
    deal = make(Deal, owner=administrator, name="Night trains", pipeline=first.pipeline, stage=first)
    follow(deal.pk, stranger)  # he cannot see it any more
    tell_followers()  # from now on
    save_record(deal, {"stage": second}, by=member)
    save_record(deal, {"owner": member}, by=administrator)
    save_record(deal, {"name": "Day trains"}, by=member)
    for _again in range(2):
        tell_followers()
    client = Client()
    client.force_login(administrator)
    [told] = Notification.objects.filter(user=administrator)
    assert (told.kind, told.values) == ("record.stage", {"was": first.name, "now": second.name})
    assert (
        f"moved Day trains from {first.name} to {second.name}."
        in client.get("/notifications/").content.decode()
    )
    assert list(Notification.objects.exclude(pk=told.pk).values_list("user__name", "kind")) == [
        ("Mara Member", "record.mine")
    ]
    with change_set(by=administrator):
        for number in range(6):
            made = make(
                Deal, owner=administrator, name=f"Deal {number}", pipeline=first.pipeline, stage=first
            )
            save_record(made, {"owner": member}, by=administrator)
    tell_followers()
    assert Notification.objects.get(kind="record.mine.many").values == {"count": 6}


def test_the_page_of_a_record_names_its_owner_first_and_then_who_follows_by_name(
    administrator: User, member: User, restricted: User, deal: Deal, client: Client
) -> None:
    User.objects.filter(pk=administrator.pk).update(name="Zoe")
    for user, name in ((restricted, "ben"), (member, "Carl")):
        User.objects.filter(pk=user.pk).update(name=name)
        follow(deal.pk, user)
    client.force_login(administrator)
    for _owner_follows in (False, True):
        page = client.get(f"/deals/{deal.pk}/").content.decode()
        block = page[page.index('id="followers"') :]
        shown = re.findall(r'<span title="([^"]+)"', block[: block.index("</form>")])
        assert shown == ["Zoe", "ben", "Carl"]
        follow(deal.pk, administrator)
