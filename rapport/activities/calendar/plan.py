"""What a person writes into the form that plans an activity: when, how long, with whom, where, and how it repeats."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.activities.actions import plan
from rapport.activities.composer.draft import Draft
from rapport.activities.models import Activity, Ahead, Kind
from rapport.activities.participants import participants_of
from rapport.activities.recurring import rules
from rapport.activities.recurring.deeds import Guests, begin
from rapport.activities.recurring.occurrences import local_of, told_of
from rapport.activities.recurring.words import in_words
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.changes.sets import change_set
from rapport.kernel.fields import Context
from rapport.kernel.fields.links import parse_id
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.records import Record, RuleError
from rapport.kernel.registry import type_of_model
from rapport.ui.days import day_of

PLANS = (Kind.MEETING, Kind.CALL, Kind.TASK)
ENDS = ("never", "until", "count")
OTHER = "other"  # a rule that another program has made: kept as it is


@dataclass
class Plan(Draft):
    """The form: as it was offered, or as it came back with what is wrong with it."""

    place: str = ""
    reminder: str = ""
    repeats: str = ""
    step: str = "1"
    weekdays: list[str] = field(default_factory=list)
    month_on: str = "day"
    ends: str = "never"
    until: str = ""
    count: str = "10"
    which: str = "following"
    has_people: bool = True  # who takes part stands in the form

    @classmethod
    def offered(cls, query: QueryDict, user: User) -> "Plan":
        """The empty form for a slot of a calendar."""
        made = cls(Kind.MEETING, owner=user)
        kind = query.get("type", "")
        made.kind = kind if kind in PLANS else made.kind
        try:
            at = datetime.fromisoformat(query.get("due_at", "")[:16])
            made.day = at.date().isoformat()
            made.hour = f"{at:%H:%M}" if at.time() != time() else ""
        except ValueError:
            made.day = timezone.localdate().isoformat()
        minutes = query.get("duration", "")
        made.duration = minutes if minutes.isdigit() and len(minutes) < 6 else "30"
        other = parse_id(query.get("who", ""))
        made.owner = User.objects.filter(pk=other, is_active=True).first() or user if other else user
        return made

    @classmethod
    def of_series(cls, activity: Activity, user: User) -> "Plan":
        """The form that changes a series, as it is now; what the user must not see stays empty."""
        series = activity.series
        assert series is not None and activity.occurs_at is not None
        local = local_of(series, activity.occurs_at)
        known = told_of(series, user)
        texts = {name: known.get(name, "") for name in ("subject", "body", "place", "reminder")}
        made = cls(series.type, **texts)
        made.day = local.date().isoformat()
        made.hour = f"{local:%H:%M}" if series.hour else ""
        made.duration = str(known.get("duration") or "")
        made.has_people = "participants" in seen_by(type_of_model(Activity), user).editable_parts()
        if made.has_people:
            people = participants_of([activity.pk], user)[activity.pk]
            made.records = [one for one in people if not isinstance(one, User)]
            made.users = [one for one in people if isinstance(one, User)]
        rule = rules.read_rule(series.rule, series.day, series.hour)
        if rule is None:
            return replace(made, repeats=OTHER)
        made.repeats, made.step, made.month_on = rule.every, str(rule.step), rule.on
        made.weekdays = [str(day) for day in rule.weekdays]
        if rule.until is not None:
            made.ends, made.until = "until", rule.until.isoformat()
        if rule.count is not None:
            made.ends, made.count = "count", str(rule.count)
        return made

    @classmethod
    def read(cls, data: QueryDict, user: User, allowed: Sequence[str] = PLANS) -> "Plan":
        made = super().read(data, user, allowed)
        assert isinstance(made, Plan)
        for name in ("place", "reminder", "repeats", "step", "month_on", "ends", "until", "count", "which"):
            setattr(made, name, data.get(name, "").replace("\x00", "").strip()[:500])
        made.weekdays = [one for one in data.getlist("weekdays") if one in "0123456" and len(one) == 1]
        made.reminder = made.reminder if made.reminder in Ahead.values else ""
        made.ends = made.ends if made.ends in ENDS else "never"
        made.plans_only = True
        made.has_people = "people_sent" in data or "people" in data
        return made

    def guests(self, activity: Activity, user: User) -> Guests | None:
        """Who joins and who leaves, against who takes part in the occurrence from which the form was opened."""
        if not self.has_people:
            return None
        said: list[AnyRecord | User] = [*self.records, *self.users]
        there = participants_of([activity.pk], user)[activity.pk]
        known, wanted = {one.pk for one in there}, {one.pk for one in said}
        joined = [one for one in said if one.pk not in known]
        return Guests(joined, [one.pk for one in there if one.pk not in wanted])

    def rule(self, start: date) -> rules.Rule | None:
        """The rule that was chosen; None when it does not repeat. What is wrong stands in `errors`."""
        if self.repeats not in rules.EVERY:
            return None
        step = self._number("step", rules.LARGEST_STEP)
        days = tuple(sorted({int(one) for one in self.weekdays})) or (start.weekday(),)
        rule = rules.Rule(self.repeats, step, days, self.month_on if self.month_on in rules.ON else "day")
        if self.ends == "until":
            try:
                until = Activity._meta.get_field("due_at").parse(self.until, Context())
            except ValidationError as problem:
                self.errors["until"] = " ".join(problem.messages)
                return None
            last = day_of(until) if until else None
            if last is None or last < start:
                self.errors["until"] = _("Give a day behind the first one.")
                return None
            rule = replace(rule, until=last)
        if self.ends == "count":
            rule = replace(rule, count=self._number("count", rules.MOST_TIMES))
        return rule

    def _number(self, name: str, most: int) -> int:
        said = getattr(self, name)
        if said.isdigit() and len(said) < 6 and 0 < int(said) <= most:
            return int(said)
        self.errors[name] = _("Give a number from 1 to %(most)s.") % {"most": most}
        return 1

    @property
    def sentence(self) -> str:
        """How it repeats, in words."""
        try:
            start = date.fromisoformat(self.day)
        except ValueError:
            return ""
        trial = replace(self, errors={})
        rule = trial.rule(start)
        return in_words(rule, start) if rule is not None and not trial.errors else ""

    def save(self, about: Sequence[Record], by: User, label: str = "") -> tuple[Activity, UUID] | None:
        """Plan it, once or as a series; None when something must be mended."""
        values, when, rule = self.checked(by)
        if self.errors:
            return None
        people: list[Any] = [*about, *self.records]
        owner = self.owner or by
        try:
            with change_set(by=by, label=label or values["subject"][:200]) as opened:
                if rule and when:
                    made = begin(
                        rule,
                        about,
                        by=by,
                        due_at=when,
                        values=values,
                        owner=owner,
                        people=people,
                        users=self.users,
                    )
                else:
                    made = plan(
                        about, self.kind, by=by, due_at=when, owner=owner, people=people, users=self.users,
                        **{name: value for name, value in values.items() if name != "type"},
                    )  # fmt: skip
        except RuleError as problem:
            self.errors = problem.fields or {"": problem.sentence}
            return None
        return made, opened.id

    def checked(self, by: User) -> tuple[dict[str, Any], datetime | None, str]:  # Any: values of fields
        """The values, the moment and the rule; what is wrong stands in `errors`."""
        found = self._values(Context(by))
        when = found.pop("when")
        values = {name: found.get(name) for name in ("subject", "body", "duration")}
        values |= {"type": self.kind, "place": self.place[:300], "reminder": self.reminder}
        if not self.subject.strip():
            self.errors.setdefault("subject", _("Write a few words."))
        rule = ""
        if self.repeats in rules.EVERY:
            if when is None:
                self.errors.setdefault("day", _("What repeats needs a first day."))
            else:
                chosen = self.rule(day_of(when))
                rule = chosen.text(day_of(when)) if chosen else ""
        return values, when, rule
