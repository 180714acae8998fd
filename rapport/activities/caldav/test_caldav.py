"""Two calendars in step: a real Radicale and ours, both ways, with conflicts, deletions and cut-off runs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from rapport.accounts.models import User
from rapport.activities.actions import complete, plan, reschedule
from rapport.activities.caldav import jobs
from rapport.activities.caldav.client import Dav, DavProblem, parse
from rapport.activities.caldav.sync import Done, connect, sync
from rapport.activities.caldav.testing import NAME, PASSWORD, radicale
from rapport.activities.models import Activity, CalendarAccount
from rapport.activities.recurring.deeds import begin, remove
from rapport.kernel.notifications.models import Notification
from rapport.kernel.records import delete_record, save_record

pytestmark = pytest.mark.django_db
SOON = (timezone.now() + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Somebody//EN
BEGIN:VEVENT
UID:{uid}
DTSTAMP:{stamp}
LAST-MODIFIED:{stamp}
DTSTART:{start}
DTEND:{end}
SUMMARY:{summary}
{more}END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with radicale(tmp_path_factory.mktemp("radicale")) as address:
        yield address


class There:
    """The other calendar, as another program sees it."""

    def __init__(self, server: str, name: str) -> None:
        self.dav = Dav(server, NAME, PASSWORD)
        self.address = f"{server}{NAME}/{name}/"
        self.dav.ask("MKCALENDAR", self.address)

    def put(
        self, uid: str, summary: str, at: datetime = SOON, *, more: str = "", stamp: datetime | None = None
    ) -> None:
        said = {"start": at, "end": at + timedelta(minutes=45), "stamp": stamp or timezone.now()}
        times = {name: f"{one.astimezone(UTC):%Y%m%dT%H%M%SZ}" for name, one in said.items()}
        text = EVENT.format(uid=uid, summary=summary, more=more, **times).replace("\n", "\r\n")
        place = self.address + f"{uid}.ics"
        tag = self.dav.tag_of(place) if place in self.tags() else ""
        assert self.dav.write(place, text.encode(), tag) is not None

    def tags(self) -> dict[str, str]:
        return self.dav.news(self.address, "").changed

    def entries(self) -> dict[str, Any]:
        """{summary: event} of all that stands there."""
        texts = self.dav.read(self.address, list(self.tags())).values()
        events = [one for _tag, text in texts for one in Calendar.from_ical(text).walk("VEVENT")]
        return {str(one["summary"]): one for one in events}


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_CALDAV_NETWORKS", "127.0.0.0/8")


@pytest.fixture
def there(server: str, allowed: None, request: pytest.FixtureRequest) -> There:
    return There(server, "".join(one for one in request.node.name if one.isalnum())[-40:])


@pytest.fixture
def account(there: There, member: User, server: str) -> CalendarAccount:
    User.objects.filter(pk=member.pk).update(time_zone="Europe/Berlin")
    made, calendars = connect(User.objects.get(pk=member.pk), server, NAME, PASSWORD)
    assert there.address in dict(calendars)
    made.calendar = there.address
    made.save()
    return made


def run(account: CalendarAccount) -> Done:
    """As a worker that knows nothing but what is kept."""
    return sync(CalendarAccount.objects.select_related("user").get(pk=account.pk))


def here() -> dict[str, Activity]:
    return {one.subject: one for one in Activity.objects.filter(deleted_at=None).order_by("due_at")}


def test_new_changed_and_deleted_entries_go_both_ways_and_not_in_circles(
    account: CalendarAccount, there: There, member: User
) -> None:
    there.put(
        "a-1", "Dentist", more="LOCATION:Main street\r\nX-SPECIAL:kept\r\nATTENDEE:mailto:x@example.com\r\n"
    )
    there.put("a-2", "Secret", more="CLASS:PRIVATE\r\n")
    mine = plan([], "meeting", "Workshop", by=member, due_at=SOON + timedelta(hours=3), duration=60)
    plan([], "task", "Some day", by=member)
    assert run(account) == Done(taken=1, sent=1)
    dentist = here()["Dentist"]
    assert (dentist.due_at, dentist.duration, dentist.place, dentist.owner) == (
        SOON,
        45,
        "Main street",
        member,
    )
    assert set(there.entries()) == {"Dentist", "Secret", "Workshop"} and "Secret" not in here()
    assert run(account) == Done()

    save_record(dentist, {"subject": "Dentist, moved", "due_at": SOON + timedelta(days=1)}, by=member)
    there.put(f"{mine.pk}@rapport", "Workshop longer", SOON + timedelta(hours=4))
    assert run(account) == Done(taken=1, sent=1)
    event = there.entries()["Dentist, moved"]
    assert str(event["x-special"]) == "kept" and event.decoded("dtstart") == SOON + timedelta(days=1)
    mine.refresh_from_db()
    assert (mine.subject, mine.due_at, mine.duration) == ("Workshop longer", SOON + timedelta(hours=4), 45)
    assert run(account) == Done()

    delete_record(dentist, by=member)
    place = next(one for one in there.tags() if str(mine.pk) in one)
    there.dav.delete(place, "")
    assert run(account) == Done(deleted_here=1, deleted_there=1)
    assert "Workshop longer" not in here() and set(there.entries()) == {"Secret"}
    assert run(account) == Done()


@pytest.mark.parametrize("newer", ["there", "here"])
def test_where_both_have_changed_the_newer_wins_and_the_other_is_told(
    account: CalendarAccount, there: There, member: User, newer: str
) -> None:
    there.put("b-1", "Lunch", stamp=timezone.now() - timedelta(days=1))
    run(account)
    hour = timedelta(hours=1)
    there.put("b-1", "Lunch there", stamp=timezone.now() + (hour if newer == "there" else -hour))
    save_record(here()["Lunch"], {"subject": "Lunch here"}, by=member)
    done = run(account)
    assert done.conflicts == 1
    won, lost = f"Lunch {newer}", "Lunch here" if newer == "there" else "Lunch there"
    assert list(here()) == [won] and list(there.entries()) == [won]
    told = Notification.objects.get(user=member, kind="calendar_conflict")
    assert lost in told.text
    assert run(account) == Done()


def test_what_each_side_has_changed_by_itself_is_kept_from_both(
    account: CalendarAccount, there: There, member: User
) -> None:
    there.put("e-1", "Lunch", more="DESCRIPTION:Bring cake\r\n")
    assert run(account).taken == 1
    save_record(here()["Lunch"], {"place": "Harbor 3"}, by=member)
    there.put("e-1", "Lunch", SOON + timedelta(hours=1), more="DESCRIPTION:Bring plates\r\n")
    assert run(account).conflicts == 0
    lunch, event = here()["Lunch"], there.entries()["Lunch"]
    assert (lunch.place, lunch.body, lunch.due_at) == ("Harbor 3", "Bring plates", SOON + timedelta(hours=1))
    assert (str(event["location"]), event.decoded("dtstart")) == ("Harbor 3", lunch.due_at)
    assert run(account) == Done() and not Notification.objects.filter(kind="calendar_conflict").exists()
    save_record(here()["Lunch"], {"place": "Harbor 4"}, by=member)
    there.put("e-1", "Lunch", more="LOCATION:Station\r\n", stamp=timezone.now() + timedelta(hours=1))
    assert run(account).conflicts == 1
    assert "Harbor 4" in Notification.objects.get(kind="calendar_conflict").text


def test_series_go_both_ways_with_their_exceptions(
    account: CalendarAccount, there: There, member: User
) -> None:
    week = timedelta(days=7)
    gone = f"{SOON + week:%Y%m%dT%H%M%SZ}"
    there.put("c-1", "Choir", more=f"RRULE:FREQ=WEEKLY;COUNT=5\r\nEXDATE:{gone}\r\n")
    done = run(account)
    assert done.taken == 1
    choir = Activity.objects.filter(subject="Choir", deleted_at=None).order_by("due_at")
    assert [(one.due_at - SOON).days // 7 for one in choir] == [0, 2, 3, 4]
    assert run(account) == Done()
    reschedule(choir[1], by=member, due_at=choir[1].due_at + timedelta(hours=2))
    remove(choir[3], "one", by=member)
    assert run(account).sent == 1
    texts = [text for _tag, text in there.dav.read(there.address, list(there.tags())).values()]
    events = Calendar.from_ical(texts[0]).walk("VEVENT")
    assert len(events) == 2 and len(events[0]["exdate"].dts) == 2
    assert events[1].decoded("dtstart") == SOON + 2 * week + timedelta(hours=2)
    assert run(account) == Done()
    mine = begin(
        "FREQ=DAILY;COUNT=3", [], by=member, due_at=SOON, values={"type": "call", "subject": "Daily"}
    )
    assert run(account).sent == 1
    assert there.entries()["Daily"]["rrule"]["COUNT"] == [3]
    place = next(one for one in there.tags() if "rapport" in one)
    there.dav.delete(place, "")
    assert run(account).deleted_here == 1
    assert not Activity.objects.filter(series__uid=mine.series.uid, deleted_at=None).exists()


def test_a_run_that_is_cut_off_is_gone_on_with(
    account: CalendarAccount, there: There, member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan([], "meeting", "One", by=member, due_at=SOON)
    plan([], "meeting", "Two", by=member, due_at=SOON)
    real, calls = Dav.write, []

    def cut_off(self: Dav, place: str, data: bytes, tag: str) -> str | None:
        calls.append(place)
        tag_now = real(self, place, data, tag)
        if len(calls) == 2:
            raise DavProblem("The line is dead.")  # written there, never heard of here
        return tag_now

    monkeypatch.setattr(Dav, "write", cut_off)
    assert jobs.run(str(member.pk)) is False
    account.refresh_from_db()
    assert account.problem == "The line is dead." and account.failures == 1
    assert jobs.run(str(member.pk)) is False  # not before its turn
    monkeypatch.setattr(Dav, "write", real)
    CalendarAccount.objects.update(next_at=timezone.now())
    assert jobs.run(str(member.pk)) is True
    assert sorted(there.entries()) == ["One", "Two"] == sorted(here())
    CalendarAccount.objects.update(token="http://radicale.org/ns/sync/unknown")
    assert run(account) == Done()  # a token that the server has forgotten


def test_an_account_is_made_on_the_settings_page_and_its_password_is_sealed(
    client: Client, member: User, there: There, server: str
) -> None:
    client.force_login(member)
    wrong = client.post("/settings/calendar/", {"url": server, "username": NAME, "password": "wrong"})
    assert wrong.status_code == 422 and "does not accept" in wrong.content.decode()
    said = {"url": server, "username": NAME, "password": PASSWORD}
    assert client.post("/settings/calendar/", said).status_code == 302
    page = client.get("/settings/calendar/choose/").content.decode()
    assert there.address in page and PASSWORD not in page
    assert (
        client.post("/settings/calendar/choose/", {"calendar": "http://127.0.0.1/other"}).status_code == 422
    )
    assert client.post("/settings/calendar/choose/", {"calendar": there.address}).status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("select password from activities_calendaraccount")
        assert PASSWORD not in cursor.fetchone()[0]
    assert CalendarAccount.objects.get().password == PASSWORD
    client.post("/settings/calendar/end/")
    assert not CalendarAccount.objects.exists()


def test_no_server_leads_into_our_own_network_or_takes_the_password_elsewhere(
    server: str, member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAPPORT_CALDAV_NETWORKS", raising=False)
    with pytest.raises(DavProblem, match="private network"):
        connect(member, server, NAME, PASSWORD)
    with pytest.raises(DavProblem, match="another one"):
        Dav("https://cloud.example.com/dav", NAME, PASSWORD).within("https://elsewhere.example.org/")
    with pytest.raises(DavProblem):
        parse(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')


def test_what_is_done_here_stays_in_the_calendar(
    account: CalendarAccount, there: There, member: User
) -> None:
    call = plan([], "call", "Ring", by=member, due_at=SOON, duration=15)
    run(account)
    complete(call, by=member)
    assert run(account) == Done() and "Ring" in there.entries()
