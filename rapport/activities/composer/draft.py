"""What a person writes into the composer or the follow-up form, until it is an activity."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from secrets import token_hex
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.activities import participants
from rapport.activities.actions import log, plan
from rapport.activities.models import Activity, Kind
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.changes.sets import change_set
from rapport.kernel.fields import Context
from rapport.kernel.fields.links import parse_id
from rapport.kernel.records import Record, RuleError
from rapport.ui.days import begins_at, clock_of, is_whole_day

MOST_PEOPLE = 50
DURATIONS = (5, 15, 30, 60)


@dataclass
class Draft:
    """The form of one activity: as it was offered, or as it came back with what is wrong with it."""

    kind: str = Kind.NOTE
    subject: str = ""
    body: str = ""
    day: str = ""
    hour: str = ""
    duration: str = ""
    outcome: str = ""
    direction: str = "out"
    records: list[AnyRecord] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    owner: User | None = None
    then_next: bool = False
    plans_only: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    token: str = field(default_factory=lambda: token_hex(3))  # makes the ids of its controls unique

    @classmethod
    def about(cls, kind: str, record: Record, user: User) -> "Draft":
        return cls(kind, records=participants.people_of([record], user), owner=user)

    @classmethod
    def following(cls, offer: dict[str, Any], user: User) -> "Draft":
        """The form for the next activity; `offer` is what `actions.follow_up` proposes."""
        due = timezone.localtime(offer["due_at"])
        return cls(
            offer["type"],
            offer["subject"],
            day=due.date().isoformat(),
            hour=f"{due:%H:%M}",
            records=offer["records"],
            users=offer["users"],
            owner=user,
        )

    @classmethod
    def of(cls, activity: Activity) -> "Draft":
        """The form that moves an activity to another time."""
        due = clock_of(activity.due_at) if activity.due_at else None
        hour = f"{due:%H:%M}" if due and activity.has_hour else ""
        return cls(activity.type, activity.subject, day=due.date().isoformat() if due else "", hour=hour)

    @classmethod
    def read(cls, data: QueryDict, user: User, allowed: Sequence[str] = Kind.values) -> "Draft":
        """Take what was sent; what cannot be read stands in `errors`."""
        kind = data.get("kind", "")
        draft = cls(kind if kind in allowed else allowed[0])
        for name in ("subject", "body", "day", "hour", "duration", "outcome", "direction"):
            setattr(draft, name, data.get(name, "").replace("\x00", ""))
        draft.then_next = bool(data.get("then_next"))
        draft.records = participants.records_of(_ids(data.getlist("people")), user)
        draft.users = list(User.objects.filter(pk__in=_ids(data.getlist("people")), is_active=True))
        owner = parse_id(data.get("owner", ""))
        draft.owner = User.objects.filter(pk=owner, is_active=True).first() if owner else user
        return draft

    def save(self, about: Sequence[Record], by: User, label: str = "") -> tuple[Activity, UUID] | None:
        """Write it down or plan it, and return it with its change set; None when something must be mended."""
        values = self._values(Context(by))
        if self.errors:
            return None
        when = values.pop("when")
        people: list[Any] = [*about, *self.records]
        try:
            with change_set(by=by, label=label) as opened:
                if self._is_plan(when):
                    activity = plan(
                        about, self.kind, by=by, due_at=when, people=people, users=self.users,
                        owner=self.owner or by, **{name: values[name] for name in ("subject", "body", "duration")},
                    )  # fmt: skip
                else:
                    if when is not None and is_whole_day(when):
                        when = min(when, timezone.now())  # today, without an hour
                    activity = log(
                        about, self.kind, by=by, at=when, people=people, users=self.users, **values
                    )
                opened.row.label = opened.row.label or str(activity)
                opened.row.save(update_fields=["label"])
        except RuleError as problem:
            self.errors = problem.fields or {"": problem.sentence}
            return None
        return activity, opened.id

    def read_when(self, by: User) -> datetime | None:
        """The moment that was chosen; None when none was, or it cannot be read (see `errors`)."""
        return self._moment(Context(by))

    def _is_plan(self, when: datetime | None) -> bool:
        """A task is planned; a call or meeting when it lies in the future."""
        if self.kind == Kind.NOTE:
            return False
        return (
            self.plans_only
            or self.kind == Kind.TASK
            or (when is not None and begins_at(when) > timezone.now() + timedelta(minutes=1))
        )

    def _values(self, context: Context) -> dict[str, Any]:
        """The typed values; errors in words of the fields."""
        values: dict[str, Any] = {}
        for name in ("subject", "body", "duration", "outcome", "direction"):
            one: Any = Activity._meta.get_field(name)
            try:
                values[name] = one.parse(getattr(self, name), context)
                if not one.is_empty(values[name]):
                    values[name] = one.clean(values[name], None)
            except ValidationError as problem:
                self.errors[name] = " ".join(problem.messages)
        if self.kind == Kind.TASK and not self.subject.strip() and not self.body.strip():
            self.errors.setdefault("subject", _("Write a few words."))
        if self.kind == Kind.NOTE and not self.body.strip():
            self.errors.setdefault("body", _("Write a few words."))
        values["when"] = self._moment(context)
        if self.kind == Kind.NOTE:
            values |= {"when": None, "duration": None, "outcome": "", "direction": "out"}
        return values

    def _moment(self, context: Context) -> datetime | None:
        try:
            day: datetime | None = Activity._meta.get_field("due_at").parse(self.day, context)
            hour = time.fromisoformat(self.hour.strip()) if self.hour.strip() else None
        except ValidationError as problem:
            self.errors["day"] = " ".join(problem.messages)
            return None
        except ValueError:
            self.errors["day"] = _("Write the time like 14:30.")
            return None
        if day is None:
            return None if hour is None else _at(timezone.localdate(), hour)
        local = clock_of(day)
        return day if hour is None and is_whole_day(day) else _at(local.date(), hour or local.time())


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour.replace(tzinfo=None)))


def _ids(said: Sequence[str]) -> list[UUID]:
    return [key for one in said[:MOST_PEOPLE] if (key := parse_id(one))]


def quick_days() -> list[tuple[str, str]]:
    """(day, word) of the buttons beside a date."""
    today = timezone.localdate()
    monday = today + timedelta(days=7 - today.weekday())
    tomorrow = today + timedelta(days=1)
    days = {today: _("Today"), tomorrow: _("Tomorrow")}
    if tomorrow.weekday() > 4:
        days = {today: _("Today"), monday: _("Monday")}
    days.setdefault(monday, _("Next week"))
    return [(day.isoformat(), word) for day, word in days.items()]
