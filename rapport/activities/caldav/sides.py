"""Our side of a calendar that is kept in step: what belongs into it, as it would be written, and whether it changed."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from icalendar import Calendar, Event, Todo

from rapport.accounts.models import User
from rapport.activities.ics.uids import uids_of
from rapport.activities.ics.writing import calendar_of, event_of, series_events
from rapport.activities.models import Activity, CalendarItem, Kind, Series

BEHIND = timedelta(days=30)  # what was over longer ago is not sent
MOST = 5_000
TIMES = ("DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "CREATED")
OURS = {
    "SUMMARY", "DESCRIPTION", "LOCATION", "DTSTART", "DTEND", "DURATION", "DUE", "RRULE", "EXDATE", "RECURRENCE-ID",
    "UID", "STATUS", "COMPLETED", "PERCENT-COMPLETE", "X-RAPPORT-TYPE", *TIMES,
}  # fmt: skip


@dataclass
class Mine:
    """One entry of ours: a single activity or a series."""

    uid: str
    events: list[Event]
    changed_at: datetime
    activity_id: UUID | None = None
    is_series: bool = False

    @property
    def digest(self) -> str:
        """The same as long as it says the same."""
        lines = [
            line
            for event in self.events
            for line in event.to_ical().decode().split("\r\n")
            if not line.startswith(TIMES)
        ]
        return sha256("\n".join(lines).encode()).hexdigest()


def mine_of(activity: Activity, user: User) -> Mine:
    """A single activity."""
    uid = uids_of([activity.pk], user)[activity.pk]
    return Mine(uid, [event_of(activity, uid)], activity.changed_at, activity.pk)


def mine_of_series(series: Series, user: User) -> Mine:
    changed = Activity.objects.filter(series=series).aggregate(at=Max("changed_at"))["at"]
    return Mine(series.uid, series_events(series, user), changed or series.created_at, None, True)


def belongs(activity: Activity) -> bool:
    """Appointments, and tasks that have an hour: a task of some day would only fill the calendar."""
    if activity.due_at is None or activity.type == Kind.NOTE:
        return False
    return activity.type != Kind.TASK or activity.has_hour


def ours(user: User) -> Iterable[Mine]:
    """Everything of the user that belongs into his calendar, from a month ago on."""
    since = timezone.now() - BEHIND
    rows = Activity.objects.visible_to(user).filter(owner=user, due_at__gte=since)
    singles = [one for one in rows.filter(series=None).order_by("due_at", "pk")[:MOST] if belongs(one)]
    known = uids_of([one.pk for one in singles], user)
    for one in singles:
        yield Mine(known[one.pk], [event_of(one, known[one.pk])], one.changed_at, one.pk)
    keys = set(rows.filter(series__isnull=False).values_list("series", flat=True))
    newest: dict[str, Series] = {}
    for series in Series.objects.filter(pk__in=keys).order_by("created_at", "pk"):
        newest[series.uid] = series
    for series in newest.values():
        yield mine_of_series(series, user)


def text_for(mine: Mine, item: CalendarItem | None) -> bytes:
    """The entry as it is written: ours, with everything of the other side that we know nothing of."""
    events = mine.events
    if item is not None and item.raw:
        there = {_key(one): one for one in _parts(item.raw)}
        events = [_joined(one, there[_key(one)]) if _key(one) in there else one for one in events]
    return calendar_of(events)


def _parts(raw: str) -> list[Any]:  # Any: components of icalendar
    try:
        return [one for one in Calendar.from_ical(raw).walk() if one.name in ("VEVENT", "VTODO")]
    except (ValueError, TypeError, KeyError, IndexError):
        return []


def _key(part: Any) -> str:  # Any: a component
    return str(part["recurrence-id"].dt) if "recurrence-id" in part else ""


def _joined(mine: Event, theirs: Any) -> Any:  # Any: a component
    """Ours with their guests, links, alarms and whatever else they keep."""
    made: Any = deepcopy(mine)
    if theirs.name == "VTODO":
        made = Todo()
        for name in ("UID", "SUMMARY", "DESCRIPTION", "LOCATION", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE"):
            if name in mine:
                made[name] = mine[name]
        if "dtstart" in mine:
            made["due"] = mine["dtstart"]
    for name, value in theirs.items():
        if name.upper() not in OURS:
            made[name] = value
    made["sequence"] = max(int(mine.get("sequence", 0)), int(theirs.get("sequence", 0)) + 1)
    if not any(one.name == "VALARM" for one in made.subcomponents):
        made.subcomponents += [one for one in theirs.subcomponents if one.name == "VALARM"]
    return made
