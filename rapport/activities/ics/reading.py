"""Reads iCalendar from anybody: events and tasks as plain facts, or a sentence why it is none."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Component, Event

from rapport.activities.models import Kind
from rapport.activities.recurring.rules import STAMP, end_of, joined, last_day, new_parts_of
from rapport.kernel.records import RuleError
from rapport.ui.days import whole_day

BROKEN = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError,
)  # fmt: skip  # what icalendar and dates raise about entries of other programs
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
LARGEST = 5_000_000
MOST = 5_000
LONGEST_SUBJECT, LONGEST_BODY = 500, 20_000
ENTRY = re.compile(
    r"^BEGIN:VEVENT\r?$.*?^END:VEVENT\r?$|^BEGIN:VTODO\r?$.*?^END:VTODO\r?$", re.MULTILINE | re.DOTALL
)
KINDS = (Kind.CALL.value, Kind.MEETING.value, Kind.TASK.value)


@dataclass
class Facts:
    """What one event or task says. `at` is None for a task without a date."""

    uid: str
    type: str
    subject: str
    body: str = ""
    place: str = ""
    at: datetime | None = None
    minutes: int | None = None
    is_whole: bool = False
    zone: str = "UTC"
    # What clocks show there, as it is said: they may leave that hour out on the first day.
    hour: time | None = None
    modified: datetime | None = None
    reminder: str = ""
    is_canceled: bool = False
    is_done: bool = False
    emails: list[str] = field(default_factory=list)
    rule: str = ""
    occurs_at: datetime | None = None  # of a single occurrence that differs
    left_out: list[datetime] = field(default_factory=list)
    others: list["Facts"] = field(default_factory=list)
    problem: str = ""


def read_file(data: bytes) -> list[Facts]:
    """What stands in the file; those that belong to one UID together. RuleError where it is no calendar."""
    if len(data) > LARGEST:
        raise RuleError(_("This file is too large for a calendar."))
    found: dict[str, Facts] = {}
    differing = []
    for number, part in enumerate(_parts(_text_of(data))):
        try:
            facts = facts_of(part)
        except BROKEN:  # one that cannot be read keeps nobody from the others
            found[f"broken-{number}"] = Facts("", KINDS[-1], _said(part, "summary") or _("No title"))
            found[f"broken-{number}"].problem = _("This entry cannot be read.")
            continue
        if facts.occurs_at is not None:
            differing.append(facts)
        else:
            found[facts.uid] = facts
    for one in differing:
        master = found.get(one.uid)
        if master is not None and master.rule:
            master.others.append(one)
            master.problem = master.problem or one.problem
        elif master is None:  # an invitation to one date of a series
            one.uid, one.occurs_at = f"{one.uid}#{one.occurs_at:%Y%m%dT%H%M%S}", None
            found[one.uid] = one
    return list(found.values())


def _text_of(data: bytes) -> str:
    """The file as text: UTF-8 as it should be, or what old programs write."""
    if data[:2] in (BOM_UTF16_LE, BOM_UTF16_BE):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _parts(text: str) -> list[Any]:  # Any: components of icalendar
    """The events and tasks; where the file as a whole cannot be read those that can be read by themselves."""
    calendars: list[Any] = []  # Any: components of icalendar
    try:
        calendars += Calendar.from_ical(text, multiple=True)
    except BROKEN as problem:
        for block in ENTRY.findall(text[:LARGEST]):
            try:
                calendars.append(Component.from_ical(block))
            except BROKEN:
                calendars.append(_broken(block))
        if not calendars:
            raise RuleError(_("This is not a calendar file that can be read.")) from problem
    parts = [one for calendar in calendars for one in calendar.walk() if one.name in ("VEVENT", "VTODO")]
    if len(parts) > MOST:
        raise RuleError(_("More than %(most)s entries stand in this file.") % {"most": MOST})
    return parts


def _broken(block: str) -> Event:
    """An entry that says its title only, and a date that is none."""
    entry, title = Event(), re.search(r"^SUMMARY[^:\r\n]*:([^\r\n]*)", block, re.MULTILINE)
    entry["summary"], entry["recurrence-id"] = title.group(1) if title else "", ""
    return entry


def _said(part: Any, name: str) -> str:  # Any: a component of icalendar
    """What a property says; the first of those that must stand there once and do not."""
    value = part.get(name, "")
    return str(value[0] if isinstance(value, list) else value).replace("\x00", "").strip()


def facts_of(part: Any) -> Facts:  # Any: a component of icalendar
    uid = _said(part, "uid")[:250]
    is_task = part.name == "VTODO"
    said = _said(part, "x-rapport-type").lower()
    kind = said if said in KINDS else Kind.TASK.value if is_task else Kind.MEETING.value
    subject = " ".join(_said(part, "summary").split())[:LONGEST_SUBJECT]
    facts = Facts(uid, kind, subject or _("No title"))
    facts.body = _said(part, "description")[:LONGEST_BODY]
    facts.place = " ".join(_said(part, "location").split())[:LONGEST_SUBJECT]
    begin = part.decoded("dtstart", None) or part.decoded("due", None)
    if begin is not None:
        facts.at, facts.is_whole, facts.zone = _moment(begin)
        if not FIRST < facts.at < LAST:
            raise ValueError(f"no date of people: {facts.at}")
        facts.minutes = _minutes(part, begin, facts)
        facts.hour = _hour(begin, facts)
    modified = part.decoded("last-modified", None) or part.decoded("dtstamp", None)
    facts.modified = modified if isinstance(modified, datetime) and modified.tzinfo else None
    facts.is_canceled = _said(part, "status").upper() == "CANCELLED"
    facts.is_done = is_task and (_said(part, "status").upper() == "COMPLETED" or "completed" in part)
    facts.emails = _emails(part)
    facts.reminder = _reminder(part)
    if "recurrence-id" in part:
        facts.occurs_at = _moment(part.decoded("recurrence-id"), facts.zone)[0]
        if "RANGE" in part["recurrence-id"].params:  # it and all that follow
            facts.problem = _("This rule of repetition is not known here.")
    if not uid:
        facts.uid = f"none-{subject[:80]}-{facts.at:%Y%m%dT%H%M}" if facts.at else f"none-{subject[:80]}"
    if "rrule" in part and facts.at is not None:
        _repeat(part, facts)
    if any(one != facts.at for one in _moments_in(part, "rdate", facts.zone)):
        facts.problem = _("This rule of repetition is not known here.")
    return facts


def _moments_in(part: Any, name: str, zone: str) -> list[datetime]:  # Any: a component of icalendar
    """The moments that a property lists, which may stand there several times."""
    said = part.get(name, [])
    lists = said if isinstance(said, list) else [said]
    values = [each.dt for one in lists for each in one.dts]
    return [_moment(one[0] if isinstance(one, tuple) else one, zone)[0] for one in values]


def _moment(value: Any, zone: str = "") -> tuple[datetime, bool, str]:  # Any: a date or datetime
    """(moment, whole day, time zone); what says no zone is meant where the user is."""
    own = zone or timezone.get_current_timezone_name()
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.replace(tzinfo=ZoneInfo(own)).astimezone(UTC), False, own
        key = getattr(value.tzinfo, "key", "") or ""
        if key in ("", "UTC", "Etc/UTC", "GMT"):
            key = own
        return value.astimezone(UTC), False, key
    if isinstance(value, date):
        return whole_day(value), True, own
    raise ValueError(f"no moment: {value!r}")


def _hour(begin: Any, facts: Facts) -> time | None:  # Any: a date or datetime
    if facts.at is None or facts.is_whole:
        return None
    zone = ZoneInfo(facts.zone)
    is_local = begin.tzinfo is None or getattr(begin.tzinfo, "key", "") == facts.zone
    return (begin if is_local else facts.at.astimezone(zone)).time().replace(second=0, microsecond=0)


def _minutes(part: Any, begin: Any, facts: Facts) -> int | None:  # Any: a component, a date or datetime
    end, lasts = part.decoded("dtend", None), part.decoded("duration", None)
    if end is None and isinstance(lasts, timedelta):
        end = begin + lasts
    if end is None or facts.at is None or part.name == "VTODO":
        return None
    if facts.is_whole and isinstance(end, date):
        days = (end if not isinstance(end, datetime) else end.date()) - begin
        return days.days * 1440 if 1 < days.days < 60 else None
    minutes = int((_moment(end, facts.zone)[0] - facts.at).total_seconds() // 60)
    return minutes if 0 < minutes <= 100_000 else None


def _emails(part: Any) -> list[str]:  # Any: a component
    said = part.get("attendee", [])
    listed = said if isinstance(said, list) else [said]
    found = [str(one).strip() for one in listed[:50]]
    return [one[7:].lower() for one in found if one.lower().startswith("mailto:")]


def _reminder(part: Any) -> str:  # Any: a component
    """The first alarm before it begins, as one of the times that can be chosen here."""
    from rapport.activities.models import Ahead

    choices = sorted(int(one) for one in Ahead.values if one.isdigit())
    for alarm in part.walk("VALARM"):
        trigger = alarm.decoded("trigger", None)
        if isinstance(trigger, timedelta) and trigger <= timedelta():
            minutes = -trigger.total_seconds() // 60
            return str(min(choices, key=lambda one: abs(one - minutes)))
    return ""


def _repeat(part: Any, facts: Facts) -> None:  # Any: a component
    said = part.get("rrule")
    text = (said[0] if isinstance(said, list) else said).to_ical().decode()
    try:
        pairs = new_parts_of(text)
    except RuleError as problem:
        facts.problem = problem.sentence
        return
    if "UNTIL" in pairs:
        pairs["UNTIL"] = _until(pairs["UNTIL"], facts)
    facts.rule = joined(pairs)
    facts.left_out = _moments_in(part, "exdate", facts.zone)


def _until(said: str, facts: Facts) -> str:
    """The end of a rule as series keep it: the last day to which it belongs at the clock of its time zone."""
    if len(said) == 8:
        return f"{said}T235959"
    moment = datetime.strptime(said.rstrip("Z"), STAMP)  # noqa: DTZ007 - made aware below
    if said.endswith("Z"):
        moment = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(facts.zone))
    return end_of(last_day(moment.strftime(STAMP), facts.hour))
