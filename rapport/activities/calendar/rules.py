"""What activities add to their calendar: how long they take, whose they are, how they look, how they are moved."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.models import Activity, Participant
from rapport.activities.recurring.deeds import ONE, change
from rapport.activities.shown import show
from rapport.kernel.calendars.registry import CalendarRules, Look, Moved, add_calendar
from rapport.kernel.records import save_record, unchanged_since

PLAIN_HUE = "sky"
MORNING, LAST_HOUR = 9, 23
ICONS = {"call": "phone", "meeting": "calendar", "task": "check-check", "note": "notebook-pen"}


def belongs(users: Sequence[UUID]) -> Q:
    """Those of which somebody is the owner, and those in which he takes part."""
    invited = Participant.objects.filter(user__in=users).values("activity_id")
    return Q(owner__in=users) | Q(pk__in=invited)


def look(records: Sequence[Any], user: User) -> Mapping[UUID, Look]:  # Any: activities
    return {
        one.id: Look(
            one.hue or PLAIN_HUE,
            ICONS.get(one.activity.type, ""),
            one.names,
            not one.is_planned,
            one.activity.series_id is not None,
        )
        for one in show(records, user)
    }


def move(activity: Activity, moved: Moved, user: User) -> Activity:
    """To another hour; of a series this one, those from here on, or all that are open."""
    length = {"duration": moved.minutes}
    values = {"due_at": moved.at, **length}
    if moved.which != ONE and activity.series_id is not None:
        unchanged_since(activity, values, moved.version)
        return change(activity, moved.which, by=user, due_at=moved.at, values=length)
    return save_record(activity, values, by=user, version=moved.version)


def new_address(at: date | datetime, who: str) -> str:
    """The form that plans one on that day, for whose calendar it is."""
    said = at.isoformat()[:16] if isinstance(at, datetime) else f"{at.isoformat()}T{_first_hour(at):02}:00"
    values = {"due_at": said} | ({"who": who} if who not in ("", "me", "team") else {})
    return f"{reverse('activity_plan')}?{urlencode(values)}"


def _first_hour(day: date) -> int:
    """Nine in the morning, or today the next full hour."""
    now = timezone.localtime()
    return min(max(MORNING, now.hour + 1), LAST_HOUR) if day == now.date() else MORNING


def register() -> None:
    add_calendar(
        CalendarRules("activities", "due_at", "duration", belongs, look, move, new_address, ("owner",))
    )
