"""What can be done with activities: write one down, plan one, complete, reopen and reschedule it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.activities import participants
from rapport.activities.models import Activity, Kind, Outcome
from rapport.kernel.changes.sets import change_set, record_event
from rapport.kernel.records import Record, RuleError, action, save_record
from rapport.ui.days import clock_of

USUAL_OUTCOME = {Kind.MEETING: Outcome.HELD, Kind.CALL: Outcome.REACHED, Kind.TASK: Outcome.DONE}
FIRST_HOUR = time(9)


def log(
    about: Sequence[Record],
    type: str,
    subject: str = "",
    body: str = "",
    *,
    by: User,
    at: datetime | None = None,
    duration: int | None = None,
    outcome: str = "",
    direction: str = "out",
    people: Iterable[Any] | None = None,  # Any: records or their rows
    users: Iterable[User] = (),
) -> Activity:
    """Write down what has happened (now, or `at`). `people` are who takes part; else who belongs to `about`."""
    done_at = at or timezone.now()
    if done_at > timezone.now() + timedelta(minutes=1):
        raise RuleError(fields={"at": gettext("This lies in the future. Plan it instead.")})
    values = {
        "duration": duration,
        "outcome": outcome or ("" if type == Kind.NOTE else USUAL_OUTCOME.get(Kind(type), "")),
        "direction": direction or "out",
    }
    activity = Activity(done_at=done_at)
    return _write(activity, about, type, subject, body, values, by, people, users, "activity.logged")


def plan(
    about: Sequence[Record],
    type: str,
    subject: str = "",
    body: str = "",
    *,
    by: User,
    due_at: datetime | None = None,
    duration: int | None = None,
    owner: User | None = None,
    people: Iterable[Any] | None = None,  # Any: records or their rows
    users: Iterable[User] = (),
    place: str = "",
    reminder: str = "",
) -> Activity:
    """Plan a task, call or meeting."""
    if type == Kind.NOTE:
        raise RuleError(gettext("A note is written down, not planned."))
    values: dict[str, Any] = {"due_at": due_at, "duration": duration}
    values |= {name: said for name, said in (("place", place), ("reminder", reminder)) if said}
    if owner is not None:
        values["owner"] = owner
    return _write(Activity(), about, type, subject, body, values, by, people, users, "activity.planned")


def _write(
    activity: Activity,
    about: Sequence[Record],
    kind: str,
    subject: str,
    body: str,
    values: dict[str, Any],
    by: User,
    people: Iterable[Any] | None,
    users: Iterable[User],
    event: str,
) -> Activity:
    who = list(people) if people is not None else participants.people_of(about, by)
    named = subject.strip() or _first_line(body) or _usual_subject(kind, who)
    written = values | {"type": kind, "subject": named, "body": body}
    with change_set(by=by, label=lambda: f"{Kind(kind).label}: {named}"):
        participants.lock(one.pk for one in who)
        saved = save_record(activity, written, by=by, parts={"participants": participants.rows(who, users)})
        record_event(event)
    return saved


def _first_line(body: str) -> str:
    line = body.strip().partition("\n")[0].strip()
    return line if len(line) <= 80 else line[:79].rsplit(" ", 1)[0] + "…"


def _usual_subject(kind: str, who: Sequence[Any]) -> str:
    """What an activity without words is called; a note without words is none."""
    if kind in (Kind.NOTE, Kind.TASK) or not who:
        raise RuleError(fields={"subject": gettext("Write a few words.")})
    name = str(who[0])
    said = {
        Kind.CALL: gettext("Call with %(name)s") % {"name": name},
        Kind.MEETING: gettext("Meeting with %(name)s") % {"name": name},
    }
    return said[Kind(kind)]


def is_open(activity: Activity) -> bool:
    return activity.done_at is None


def can_reopen(activity: Activity) -> bool:
    return activity.done_at is not None and activity.type != Kind.NOTE


@action(
    Activity, _("Done"), when=is_open, icon="check", event="activity.completed", form=("outcome", "duration")
)
def complete(
    activity: Activity, *, by: User, outcome: str = "", note: str = "", duration: int | None = None
) -> Activity:
    """It is done now. `note` is added to its text. What comes next is `follow_up`."""
    values: dict[str, Any] = {
        "done_at": timezone.now(),
        "outcome": outcome or activity.outcome or USUAL_OUTCOME.get(Kind(activity.type), ""),
    }
    if duration is not None:
        values["duration"] = duration
    if note.strip():
        values["body"] = "\n\n".join(part for part in (activity.body, note.strip()) if part)
    return save_record(activity, values, by=by)


@action(Activity, _("Open again"), when=can_reopen, icon="rotate-ccw", event="activity.reopened")
def reopen(activity: Activity, *, by: User) -> Activity:
    """It is not done after all."""
    return save_record(activity, {"done_at": None, "outcome": ""}, by=by)


@action(
    Activity, _("Reschedule"), when=is_open, icon="calendar-clock", event="activity.rescheduled",
    form=("due_at",),
)  # fmt: skip
def reschedule(activity: Activity, *, by: User, due_at: datetime | None = None) -> Activity:
    """Do it at another time; without one it has no date any more."""
    return save_record(activity, {"due_at": due_at}, by=by)


def follow_up(activity: Activity, by: User) -> dict[str, Any]:
    """What the form for the next activity starts with: the same people, the next working day, the same hour."""
    people = participants.participants_of([activity.pk], by)[activity.pk]
    hour = clock_of(activity.due_at).time() if activity.due_at and activity.has_hour else FIRST_HOUR
    return {
        "type": Kind.CALL if activity.type == Kind.CALL else Kind.TASK,
        "subject": _next_subject(activity, people),
        "due_at": at_local(next_working_day(timezone.localdate()), hour),
        "records": [one for one in people if not isinstance(one, User)],
        "users": [one for one in people if isinstance(one, User)],
    }


def _next_subject(activity: Activity, people: Sequence[Any]) -> str:
    """Its own subject; where that is only the beginning of what was written, the name of who took part."""
    if not activity.body.startswith(activity.subject.rstrip("…")) or not people:
        return str(activity.subject)
    return gettext("Follow up with %(name)s") % {"name": people[0]}


def next_working_day(day: date) -> date:
    """The day after, but not a Saturday or Sunday."""
    day += timedelta(days=1)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def at_local(day: date, hour: time) -> datetime:
    """That day and hour in the user's time zone."""
    return timezone.make_aware(datetime.combine(day, hour))
