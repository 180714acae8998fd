"""Activities as iCalendar (RFC 5545): single ones, and series with what differs in single occurrences."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from icalendar import Alarm, Calendar, Event, vDuration, vRecur

from rapport.accounts.models import User
from rapport.activities.ics.uids import uids_of
from rapport.activities.models import Activity, Outcome, Series
from rapport.activities.recurring.occurrences import KEPT, left_out, local_of, moments_of, told_of
from rapport.activities.recurring.rules import joined, parts_of
from rapport.kernel.calendars.hours import USUAL, WHOLE
from rapport.ui.days import day_of, is_whole_day

PRODUCT = "-//Rapport//Calendar//EN"


def calendar_of(events: Iterable[Event], name: str = "", *, is_feed: bool = False) -> bytes:
    """The file. It is the same as long as the activities are: no line says when it was made."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    if name:
        made.add("x-wr-calname", name)
    if is_feed:
        made.add("method", "PUBLISH")
        made.add("refresh-interval", vDuration(timedelta(minutes=15)), parameters={"VALUE": "DURATION"})
    for event in events:
        made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())


def events_of(activities: Sequence[Activity], user: User) -> list[Event]:
    """Each as an event; those of a series together as one that repeats."""
    single: list[Activity] = []
    grouped: dict[UUID, list[Activity]] = defaultdict(list)
    for one in activities:
        if one.due_at is not None:
            (grouped[one.series_id] if one.series_id else single).append(one)
    known = uids_of([one.pk for one in single], user)
    found = [event_of(one, known[one.pk]) for one in single]
    series = Series.objects.in_bulk(grouped)
    for key in grouped:
        found += series_events(series[key], user)
    return found


def event_of(activity: Activity, uid: str) -> Event:
    """One activity that does not repeat."""
    event = Event()
    event.add("uid", uid)
    _fill(event, activity, activity.changed_at, activity.version)
    _place(event, activity.due_at, activity.duration, timezone.get_current_timezone_name(), is_local=False)
    return event


def series_events(series: Series, user: User) -> list[Event]:
    """A series as the user may see it: the rule, what was left out, and the occurrences that differ from it."""
    rows = list(Activity.objects.visible_to(user).filter(series=series).order_by("occurs_at"))
    known = told_of(series, user)
    texts = SimpleNamespace(
        **{name: known.get(name) or ("" if name != "duration" else None) for name in KEPT}
    )
    changed = max((one.changed_at for one in rows), default=series.created_at)
    first = next(moments_of(series), None)
    master = Event()
    master.add("uid", series.uid)
    _fill(master, texts, changed, sum(one.version for one in rows))
    found = []
    if first is not None:
        _place(master, first, texts.duration, series.time_zone, is_local=True)
        begins = _value(first, series)
        if isinstance(begins, datetime) and isinstance(master.decoded("dtstart"), datetime):
            del master["dtstart"]
            # The clock of the rule, be the first one in an hour that is left out.
            master.add("dtstart", begins)
        master.add("rrule", vRecur.from_ical(_rule(series)))
        out = left_out(series)
        if out:
            master.add("exdate", [_value(one, series) for one in out])
        found.append(master)
    there = set(_within(series, rows))
    for row in rows:
        if row.occurs_at not in there:  # done out of turn, when the series ended before it
            found.append(event_of(row, f"{row.pk}@rapport"))
        elif differs(row, series, known):
            event = Event()
            event.add("uid", series.uid)
            event.add("recurrence-id", _value(row.occurs_at, series))
            _fill(event, row, row.changed_at, row.version)
            _place(event, row.due_at, row.duration, series.time_zone, is_local=True)
            found.append(event)
    return found


def _within(series: Series, rows: Sequence[Activity]) -> list[datetime]:
    """The moments of the rule up to the last of its rows."""
    last = max((one.occurs_at for one in rows if one.occurs_at), default=None)
    found: list[datetime] = []
    for one in moments_of(series) if last else ():
        if last is None or one > last:
            break
        found.append(one)
    return found


def differs(row: Activity, series: Series, known: dict[str, Any]) -> bool:  # Any: values of fields
    """Is this occurrence another one than its rule says, as far as the user knows?"""
    names = ("subject", "body", "place", "duration")
    other = any((getattr(row, name) or None) != (known[name] or None) for name in names if name in known)
    return other or row.due_at != row.occurs_at or row.outcome == Outcome.CANCELED


def _rule(series: Series) -> str:
    """The rule for others: the end of one with hours is a moment in UTC, of one without a day."""
    pairs = parts_of(series.rule)
    if "UNTIL" in pairs:
        local = datetime.strptime(pairs["UNTIL"][:15].ljust(15, "0"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
        if series.hour is None:
            pairs["UNTIL"] = local.strftime("%Y%m%d")
        else:
            moment = local.replace(tzinfo=ZoneInfo(series.time_zone)).astimezone(UTC)
            pairs["UNTIL"] = moment.strftime("%Y%m%dT%H%M%SZ")
    return joined(pairs)


def _value(moment: datetime, series: Series) -> date | datetime:
    """A moment as the series says it: its day, or its hour with the time zone, be it one that clocks leave out."""
    day = local_of(series, moment).date()
    return day if series.hour is None else datetime.combine(day, series.hour, ZoneInfo(series.time_zone))


def _fill(event: Event, one: Any, changed: datetime, version: int) -> None:  # Any: an activity or a series
    event.add("dtstamp", changed.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", changed.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", version)
    write_texts(event, one)
    if (one.reminder or "").isdigit():
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", one.subject)
        alarm.add("trigger", timedelta(minutes=-int(one.reminder)))
        event.add_component(alarm)


def write_texts(event: Any, one: Any) -> None:  # Any: a component; an activity or a series
    """What it is about, over what may stand there already."""
    canceled = getattr(one, "outcome", "") == Outcome.CANCELED
    values = {
        "summary": one.subject,
        "description": one.body or "",
        "location": one.place or "",
        "x-rapport-type": one.type,
        "status": "CANCELLED" if canceled else "CONFIRMED" if event.name == "VEVENT" else "",
    }
    for name, value in values.items():
        event.pop(name, None)
        if value:
            event.add(name, value)


def _place(event: Event, at: datetime, minutes: int | None, zone: str, *, is_local: bool) -> None:
    """When it begins and ends: days where it takes whole days, else moments, in its time zone where it repeats."""
    where = ZoneInfo(zone)
    local = at.astimezone(where)
    minutes = int(minutes) if minutes else None  # a number field holds decimals
    for name in ("dtstart", "dtend", "duration"):
        event.pop(name, None)
    if is_whole_day(at):
        event.add("dtstart", day_of(at))
        event.add("dtend", day_of(at) + timedelta(days=max(1, (minutes or WHOLE) // WHOLE)))
        return
    begin = local if is_local else at.astimezone(UTC)
    event.add("dtstart", begin)
    event.add("dtend", (at + timedelta(minutes=minutes or USUAL)).astimezone(begin.tzinfo))
