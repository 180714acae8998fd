"""Reads a task in plain English or German: "Call Ingrid tomorrow 14:00", "Angebot an Nordhavn am Freitag um 9"."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from rapport.activities.models import Kind
from rapport.activities.quick.days import Day, find_day
from rapport.activities.quick.hours import find_duration, find_range, find_time
from rapport.activities.quick.words import CHOICE, KINDS, MARK, plain
from rapport.ui.days import whole_day

LONGEST = 500


@dataclass(frozen=True)
class Said:
    """What was understood; what was not is still in the subject."""

    type: str
    subject: str
    due_at: datetime | None = None
    duration: int | None = None


def read(text: str, *, now: datetime | None = None) -> Said:
    """Read one line. A day without a time means some time that day; a time without a day the next such time."""
    whole, now = (
        " ".join(text[:LONGEST].replace("\x00", " ").replace(MARK, " ").split()),
        timezone.localtime(now),
    )
    rest, duration = find_duration(whole)
    rest, day = find_day(rest, now)
    hour = day.hour if day else None
    is_open = day is None and CHOICE.search(rest)  # of one of two days nobody knows the hour
    if hour is None and duration is None and not is_open:
        rest, hour, duration = find_range(rest)
    if hour is None and not is_open:
        rest, hour = find_time(rest, day.part if day else "")
    subject = " ".join(rest.replace(MARK, " ").split()).strip(" ,;.-–") or whole
    return Said(_kind(subject), subject, _moment(day, hour, now), duration)


def _moment(day: Day | None, hour: time | None, now: datetime) -> datetime | None:
    if day is None:
        if hour is None:
            return None
        day = Day(now.date() + timedelta(days=0 if hour > now.time() else 1))
    return whole_day(day.on) if hour is None else timezone.make_aware(datetime.combine(day.on, hour))


def _kind(subject: str) -> str:
    words = re.findall(r"\w+", plain(subject))
    first = [KINDS[word] for word in words[:1] + words[-1:] if word in KINDS]
    return first[0] if first else Kind.TASK
