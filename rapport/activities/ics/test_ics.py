"""Calendar files and feeds: what is written is read back, what comes twice is there once, secrets stay secret."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from rapport.accounts.models import User
from rapport.activities.actions import plan, reschedule
from rapport.activities.ics.feed import renew
from rapport.activities.ics.files import import_file
from rapport.activities.ics.writing import series_events
from rapport.activities.models import Activity, Feed, Series
from rapport.activities.recurring.deeds import begin, remove
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.records import RuleError
from rapport.kernel.testing import make
from rapport.parties.models import Person
from rapport.ui.days import whole_day

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
DAY = timezone.localdate() + timedelta(days=3)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
def user(member: User) -> User:
    User.objects.filter(pk=member.pk).update(time_zone="Europe/Berlin")
    return User.objects.get(pk=member.pk)


FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Somebody//EN
BEGIN:VEVENT
UID:one
SUMMARY:Visit\\, with cake
DESCRIPTION:First line\\nsecond
LOCATION:Harbor 3
DTSTART;TZID=Europe/Berlin:{day}T140000
DTEND;TZID=Europe/Berlin:{day}T151500
ATTENDEE;CN=Ingrid:mailto:Ingrid@Example.com
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT28M
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:days
SUMMARY:Trade fair
DTSTART;VALUE=DATE:{day}
DTEND;VALUE=DATE:{end}
END:VEVENT
BEGIN:VEVENT
UID:weekly
SUMMARY:Stand-up
DTSTART;TZID=W. Europe Standard Time:{day}T090000
DURATION:PT15M
RRULE:FREQ=WEEKLY;COUNT=4
END:VEVENT
BEGIN:VEVENT
UID:weekly
SUMMARY:Stand-up\\, later
RECURRENCE-ID;TZID=Europe/Berlin:{next}T090000
DTSTART;TZID=Europe/Berlin:{next}T100000
DURATION:PT15M
END:VEVENT
BEGIN:VTODO
UID:todo
SUMMARY:Send offer
DUE:{day}T100000Z
END:VTODO
BEGIN:VEVENT
UID:odd
SUMMARY:Every second
DTSTART:{day}T100000Z
RRULE:FREQ=SECONDLY
END:VEVENT
END:VCALENDAR
""".format(
    day=f"{DAY:%Y%m%d}", end=f"{DAY + timedelta(days=2):%Y%m%d}", next=f"{DAY + timedelta(days=7):%Y%m%d}"
)


def here() -> dict[str, Activity]:
    return {one.subject: one for one in Activity.objects.filter(deleted_at=None).order_by("-due_at")}


def test_a_file_becomes_activities_once_however_often_it_comes(user: User) -> None:
    ingrid = make(Person, by=user, given_name="Ingrid", email="ingrid@example.com")
    with timezone.override(BERLIN):
        first = import_file(FILE.replace("\n", "\r\n").encode(), by=user, name="all.ics")
        assert (first.new, first.changed, len(first.left)) == (4, 0, 1)
        found = here()
        visit = found["Visit, with cake"]
        assert (visit.due_at, visit.duration, visit.place, visit.reminder) == (at(14), 75, "Harbor 3", "30")
        assert visit.body == "First line\nsecond" and visit.type == "meeting"
        assert [one.record_id for one in visit.participants.all()] in ([ingrid.pk], [])
        assert (found["Trade fair"].due_at, found["Trade fair"].duration) == (whole_day(DAY), 2880)
        assert found["Send offer"].type == "task"
        assert found["Stand-up, later"].due_at == at(10, day=DAY + timedelta(days=7))
        assert Activity.objects.filter(series__uid="weekly").count() == 4
        again = import_file(FILE.encode(), by=user)
        assert (again.new, again.changed, again.same) == (0, 0, 4)
        changed = (
            FILE.replace("Visit\\, with cake", "Visit")
            .replace("T140000", "T143000")
            .replace("COUNT=4", "COUNT=5")
        )
        third = import_file(changed.encode(), by=user)
        assert (third.new, third.changed, third.same) == (0, 2, 2)
        assert here()["Visit"].due_at == at(14, 30) and here()["Visit"].duration == 45
        assert Activity.objects.filter(series__uid="weekly", deleted_at=None).count() == 5
    revert(ChangeSet.objects.get(pk=first.change_set), by=user)
    assert "Send offer" not in here()


LAST_OF_MARCH = date(DAY.year + 1, 3, 31)
# There is no half past two on that day.
SPRING = LAST_OF_MARCH - timedelta(days=(LAST_OF_MARCH.weekday() + 1) % 7)
GAP = f"""BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:gap
SUMMARY:Night watch
DTSTART;TZID=Europe/Berlin:{SPRING:%Y%m%d}T023000
DTEND;TZID=Europe/Berlin:{SPRING:%Y%m%d}T040000
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE;TZID=Europe/Berlin:{SPRING + timedelta(days=7):%Y%m%d}T023000
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


def test_a_series_that_begins_in_an_hour_left_out_is_an_hour_later_on_that_day_only(user: User) -> None:
    def clocks() -> list[str]:
        rows = Activity.objects.filter(deleted_at=None, series__uid="gap").order_by("due_at")
        return [f"{one.due_at.astimezone(BERLIN):%H:%M}" for one in rows]

    expected = ["03:30", "02:30", "02:30"]
    assert import_file(GAP.encode(), by=user).new == 1 and clocks() == expected
    first = Activity.objects.filter(series__uid="gap").order_by("due_at")[0]
    [said] = series_events(first.series, user)
    assert f"DTSTART;TZID=Europe/Berlin:{SPRING:%Y%m%d}T023000" in said.to_ical().decode()
    assert import_file(GAP.encode(), by=user).same == 1
    Series.objects.filter(uid="gap").update(hour="03:30")  # as it was read once
    assert import_file(GAP.encode(), by=user).changed == 1 and clocks() == expected


BROKEN = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:nonsense\r\nEND:VEVENT\r\nEND:VCALENDAR"


@pytest.mark.parametrize("data", [b"", b"hello", BROKEN, b"\xff\xfe\x00"])
def test_what_is_no_calendar_gets_a_sentence_or_nothing(user: User, data: bytes) -> None:
    try:
        assert import_file(data, by=user).new == 0
    except RuleError as problem:
        assert problem.sentence
    assert not Activity.objects.exists()
    with pytest.raises(RuleError, match="no appointment"):
        import_file(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", by=user)


UNKNOWN = ("RDATE:20261203T090000Z,20261209T090000Z",
           "RRULE:FREQ=DAILY;COUNT=3\nRDATE;VALUE=PERIOD:20261209T090000Z/PT1H",
           "RRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\nBEGIN:VEVENT\nUID:x\nSUMMARY:Later\nDTSTART:20261203T100000Z\n"
           "RECURRENCE-ID;RANGE=THISANDFUTURE:20261203T090000Z")  # fmt: skip


@pytest.mark.parametrize("said", UNKNOWN)
def test_what_repeats_in_ways_that_are_not_known_here_is_named_and_not_taken_in_part(
    user: User, said: str
) -> None:
    event = f"BEGIN:VEVENT\nUID:x\nSUMMARY:Fair\nDTSTART:20261201T090000Z\n{said}\nEND:VEVENT"
    text = f"BEGIN:VCALENDAR\n{event}\nEND:VCALENDAR"
    assert [what for what, _why in import_file(text.encode(), by=user).left] == ["Fair"]
    assert not Activity.objects.exists()


HOSTILE = (
    "DTSTART;VALUE=DATE:00010101", "DTSTART:99991231T235959Z", "DTSTART:20261201T100000Z\nDURATION:P99999999D",
    "DTSTART:20261201T100000Z\nDTSTART:20261202T100000Z", "DTSTART:20261201T100000Z\nRECURRENCE-ID:foo",
    "DTSTART:20261201T100000Z\nRRULE:FREQ=MONTHLY;BYDAY=9MO",
    "DTSTART:20261201T100000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "DTSTART:20261201T100000Z\nBEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-P99999999999D\nEND:VALARM",
)  # fmt: skip


def test_what_cannot_be_read_is_named_and_keeps_nobody_from_the_others(user: User) -> None:
    entries = [
        f"BEGIN:VEVENT\nUID:{n}\nSUMMARY:Bad {n}\n{one}\nEND:VEVENT\n" for n, one in enumerate(HOSTILE)
    ]
    good = "BEGIN:VEVENT\nUID:good\nSUMMARY:Käse\nSUMMARY:Brot\nDTSTART:20261201T100000Z\nEND:VEVENT\n"
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{''.join(entries)}{good}END:VCALENDAR\n".replace("\n", "\r\n")
    taken = import_file(text.encode("cp1252"), by=user)
    assert taken.new == 1 and [one.subject for one in Activity.objects.all()] == ["Käse"]
    assert sorted(what for what, _why in taken.left) == [f"Bad {n}" for n in range(len(HOSTILE))]


def exported(client: Client, *chosen: Activity) -> bytes:
    keys = ",".join(str(one.pk) for one in chosen)
    answer = client.get(f"/activities/export/file/?ids={keys},x&format=ics")
    assert answer["Content-Type"].startswith("text/calendar")
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def test_what_is_written_is_read_back_by_others_and_by_us(client: Client, user: User, stranger: User) -> None:
    with timezone.override(BERLIN):
        call = plan(
            [],
            "call",
            "Ring; at once, Größe",
            body="a\nb",
            by=user,
            due_at=at(9),
            duration=20,
            place="Room 1, back",
        )
        whole = plan([], "meeting", "Holiday", by=user, due_at=at(0), duration=2880)
        begin(
            "FREQ=WEEKLY;COUNT=4", [], by=user, due_at=at(8), values={"type": "meeting", "subject": "Series"}
        )
        rows = list(Activity.objects.filter(subject="Series").order_by("due_at"))
        remove(rows[1], "one", by=user)
        reschedule(rows[2], by=user, due_at=rows[2].due_at + timedelta(hours=3))
    client.force_login(user)
    answer = client.get(f"/activities/{call.pk}/calendar.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''ring-at-once-gr%C3%B6%C3%9Fe.ics"
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert (str(event["summary"]), str(event["location"])) == ("Ring; at once, Größe", "Room 1, back")
    assert event.decoded("dtend") == at(9, 20)
    day = Calendar.from_ical(client.get(f"/activities/{whole.pk}/calendar.ics").content).walk("VEVENT")[0]
    assert (day.decoded("dtstart"), day.decoded("dtend")) == (DAY, DAY + timedelta(days=2))
    series = client.get(f"/activities/{rows[0].pk}/calendar.ics").content
    calendar = Calendar.from_ical(series)
    master, other = calendar.walk("VEVENT")
    assert calendar.walk("VTIMEZONE") and master["rrule"]["COUNT"] == [4]
    assert master["exdate"].dts[0].dt.astimezone(UTC) == rows[1].due_at
    assert other.decoded("recurrence-id").astimezone(UTC) == rows[2].occurs_at
    chosen = exported(client, call, whole)
    assert len(Calendar.from_ical(chosen).walk("VEVENT")) == 2
    with timezone.override(BERLIN):
        assert import_file(chosen, by=user).same == 2
    client.force_login(stranger)
    assert client.get(f"/activities/{call.pk}/calendar.ics").status_code == 404
    assert b"Ring" not in exported(client, call)


def test_a_feed_is_read_by_its_secret_only_and_sent_again_only_when_it_changed(
    client: Client, user: User, administrator: User
) -> None:
    plan([], "meeting", "Mine", by=user, due_at=at(9))
    plan([], "meeting", "Invited", by=administrator, due_at=at(10), users=[user])
    plan([], "meeting", "Foreign", by=administrator, due_at=at(11))
    address = f"/calendar/{renew(user).secret}.ics"
    first = client.get(address)
    said = first.content.decode()
    assert "SUMMARY:Mine" in said and "SUMMARY:Invited" in said and "Foreign" not in said
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content and again["ETag"] == first["ETag"]
    plan([], "task", "New", by=user, due_at=at(12))
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200
    client.force_login(user)
    assert address in client.get("/settings/calendar/").content.decode()
    assert client.post("/settings/calendar/feed/").status_code == 302
    assert client.get(address).status_code == 404
    address = f"/calendar/{Feed.objects.get(user=user).secret}.ics"
    assert client.get(address).status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(address).status_code == 404 == client.get("/calendar/nothing.ics").status_code


def test_a_file_is_taken_in_on_a_page_and_taken_back(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.post("/activities/import-calendar/").status_code == 422
    sent = SimpleUploadedFile("all.ics", FILE.encode(), "text/calendar")
    page = client.post("/activities/import-calendar/", {"file": sent}).content.decode()
    assert "4 new" in page and "Every second" in page and "/undo/" in page
