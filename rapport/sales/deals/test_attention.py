"""My day says what needs a user and why; lines are put off with a reason, and the day comes by mail."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.actions import log, plan
from rapport.activities.models import Activity
from rapport.activities.myday.digest import is_due, send_due
from rapport.activities.myday.jobs import send_days
from rapport.kernel.attention.models import DigestChoice, Snooze
from rapport.kernel.attention.needs import needs_of
from rapport.kernel.records import save_record
from rapport.kernel.testing import make
from rapport.kernel.testing.known import client_of
from rapport.parties.growing.attention import next_time
from rapport.parties.models import Organization, Party, Person
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db


def days_ago(number: int) -> datetime:
    return timezone.now() - timedelta(days=number)


@pytest.fixture
def firm(member: User) -> Organization:
    return make(Organization, by=member, owner=member, name="Bäckerei Tiefenbach")


def said(user: User) -> dict[str, str]:
    return {one.key.split("-")[0]: f"{one.title} / {one.why}" for one in needs_of(user)[0]}


def test_what_needs_one_is_said_with_its_reason_and_ranked(
    member: User, stranger: User, firm: Organization
) -> None:
    today = timezone.localdate()
    deal = make(Deal, by=member, owner=member, name="Renewal", organization=firm, amount=58_900)
    Deal.objects.filter(pk=deal.pk).update(created_at=days_ago(30), expected_on=today)
    old = make(Organization, by=member, owner=member, name="Silent Ltd", stage="valued")
    Party.objects.filter(pk=old.pk).update(
        last_contact_at=days_ago(70), stage_since=today - timedelta(days=363)
    )
    plan([firm], "task", "Send the price table", by=member, due_at=days_ago(3))
    Party.objects.filter(pk=firm.pk).update(last_contact_at=days_ago(24))
    born = make(
        Person,
        by=member,
        owner=member,
        name="Sanne Groen",
        birthday=today.replace(year=1980) + timedelta(days=1),
    )
    save_record(Person(), {"email": "ingrid.solberg@example.com"}, by=member)
    lines, count = needs_of(member)
    assert [one.key.split("-")[0] for one in lines][:2] == ["deal", "promise"] and count == len(lines)
    words = said(member)
    assert (
        words["deal"] == "Renewal is going cold / Bäckerei Tiefenbach: 24 days silent, and nothing is planned"
    )
    assert words["promise"].endswith("3 days overdue") and "tomorrow" in words["birthday"]
    assert words["neglected"] == "Silent Ltd / Valued customer, no contact for 70 days"
    assert "for 1 year" in words["anniversary"] and "1 value to check" in words["check"]
    assert needs_of(stranger) == ([], 0)
    page = client_of(member).get("/").content.decode()
    assert "of € 59k possible" in page.replace("\u00a0", " ") and "Going quiet" not in page
    for days in (20, 25):
        log([born], "call", by=member, at=days_ago(days))
    assert "Going quiet" in client_of(member).get("/").content.decode()
    assert "Needs you" in page and "Renewal is going cold" in page


def test_a_line_is_planned_or_put_off_with_a_reason_and_comes_back(member: User, firm: Organization) -> None:
    deal = make(Deal, by=member, owner=member, name="Renewal", organization=firm, amount=900)
    client, today = client_of(member), timezone.localdate()
    line = {
        "key": f"deal-{deal.pk}",
        "what": "Renewal",
        "day": str(today + timedelta(days=2)),
        "reason": "board",
    }
    assert client.post("/my-day/snooze/", {**line, "day": str(today - timedelta(days=2))}).status_code == 422
    client.post("/my-day/snooze/", line)
    assert (Snooze.objects.get().reason, said(member)) == ("board", {})
    Snooze.objects.update(until=today)
    assert "no next step" in said(member)["deal"]
    address = f"/my-day/plan/deals/{deal.pk}/"
    assert client.post(address, {"kind": "task", "subject": "", "day": str(today)}).status_code == 422
    client.post(address, {"kind": "call", "subject": "Call Walter", "day": str(today + timedelta(days=1))})
    planned = Activity.objects.get()
    assert (planned.subject, planned.owner, planned.has_hour) == ("Call Walter", member, False)
    assert said(member) == {}


def test_the_day_comes_by_mail_once_at_ones_hour_in_ones_language(member: User, firm: Organization) -> None:
    make(Deal, by=member, owner=member, name="Renewal", organization=firm, amount=900)
    User.objects.filter(pk=member.pk).update(language="de", time_zone="Asia/Tokyo")
    client_of(member).post("/settings/my-day/", {"is_on": "yes", "hour": "7"})
    choice = DigestChoice.objects.get(user=member)
    monday = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
    assert is_due(choice, monday) and not is_due(choice, monday.replace(hour=6))
    assert not is_due(choice, monday.replace(hour=12))  # too late: the next day's
    choice.workdays_only = True
    assert not is_due(choice, monday - timedelta(days=1))
    hour = timezone.now().astimezone(ZoneInfo("Asia/Tokyo")).hour
    DigestChoice.objects.update(hour=hour, workdays_only=False)
    assert (send_due(), send_due()) == (1, 0)
    assert mail.outbox == []  # that it was written and the letter are one transaction; a job hands it over
    send_days()
    [sent] = mail.outbox
    assert sent.to == [member.email] and "Guten" in str(sent.body)
    [shown] = sent.alternatives  # type: ignore[attr-defined]  # an EmailMultiAlternatives
    for said in (str(sent.body), shown.content):
        assert "Renewal" in said and "http" in said


def test_the_day_of_a_leap_year_comes_round_every_year() -> None:
    leap = datetime(1980, 2, 29, tzinfo=UTC).date()
    assert next_time(leap, datetime(2026, 2, 20, tzinfo=UTC).date()).isoformat() == "2026-02-28"
    assert next_time(leap, datetime(2028, 2, 20, tzinfo=UTC).date()).isoformat() == "2028-02-29"
