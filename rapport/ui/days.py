"""Whole days among moments: the same day of the calendar for everybody, whatever his time zone."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone

# What is due on a day, not at an hour, is kept as this moment of it. It lies within that day from Honolulu (UTC-10) to
# Auckland and the Chatham Islands (UTC+13:45), so that SQL which asks for the days of a user finds it there; for who is
# further east or west rapport/kernel/filters/days.py puts it there. The microsecond tells it from an hour that somebody
# has said.
MARK: Final = time(10, 0, 0, 1)
A_DAY: Final = 24 * 60  # minutes


def whole_day(day: date) -> datetime:
    """The moment that stands for all of that day."""
    return datetime.combine(day, MARK, UTC)


def is_whole_day(moment: datetime) -> bool:
    """Does it stand for a day, not for an hour of it?"""
    return (
        moment.microsecond == MARK.microsecond
        and moment.tzinfo is not None
        and moment.astimezone(UTC).time() == MARK
    )


def day_of(moment: datetime) -> date:
    """Its day: the same for everybody where it stands for one, else where the user is."""
    return clock_of(moment).date()


def clock_of(moment: datetime, zone: str = "") -> datetime:
    """What clocks show then, without a zone: there, else where the user is. A whole day begins at midnight."""
    if is_whole_day(moment):
        return datetime.combine(moment.astimezone(UTC).date(), time())
    local = timezone.localtime(moment, ZoneInfo(zone)) if zone else timezone.localtime(moment)
    return local.replace(tzinfo=None)


def begins_at(moment: datetime, hour: time = time(), zone: str = "") -> datetime:
    """When it begins there, else where the user is: a whole day does at that hour of the clock."""
    if not is_whole_day(moment):
        return moment
    return timezone.make_aware(datetime.combine(day_of(moment), hour), ZoneInfo(zone) if zone else None)


def ends_at(moment: datetime, minutes: int | None, usual: int) -> datetime:
    """When it is over for the user; without a length a whole day ends with itself."""
    if not is_whole_day(moment):
        return moment + timedelta(minutes=minutes or usual)
    days = max(1, (minutes or 0) // A_DAY)
    return begins_at(whole_day(day_of(moment) + timedelta(days=days)))
