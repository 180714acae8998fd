"""What is done with a series: begin one, change or delete this occurrence and those that follow, or all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.activities import participants
from rapport.activities.models import Activity, Kind, Participant, Series
from rapport.activities.recurring import rules
from rapport.activities.recurring.occurrences import KEPT, belong_to, fill, left_out, local_of, moments_of
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.changes.sets import change_set, record_event
from rapport.kernel.records import Record, RuleError, delete_record, save_record
from rapport.runtime.ids import uuid7
from rapport.ui.days import clock_of

ONE, FOLLOWING, ALL = "one", "following", "all"
MOST = 400  # occurrences that one deed may touch


def begin(
    rule: str,
    about: Sequence[Record],
    *,
    by: User,
    due_at: datetime,
    values: dict[str, Any],  # Any: values of fields
    owner: User | None = None,
    people: Iterable[Any] | None = None,  # Any: records or their rows
    users: Iterable[User] = (),
    uid: str = "",
    hour: time | None = None,
) -> Activity:
    """Plan something that repeats; returns its first occurrence. `due_at` is the first time, at the user's clock.

    `hour` is what the clock shall show where `due_at` does not say it: in the night that leaves this hour out.
    """
    if values.get("type") == Kind.NOTE:
        raise RuleError(_("A note is written down, not planned."))
    rules.new_parts_of(rule)
    local = clock_of(due_at)
    who = list(people) if people is not None else participants.people_of(about, by)
    named = {name: values[name] for name in KEPT if values.get(name) not in (None, "")}
    with change_set(by=by, label=lambda: f"{Kind(values['type']).label}: {values['subject']}"):
        series = make_series(
            owner=owner or by, rule=rule, day=local.date(), hour=hour or _hour(local), uid=uid or f"{uuid7()}@rapport",
            time_zone=timezone.get_current_timezone_name(), **named,
        )  # fmt: skip
        since = None if uid else due_at - timedelta(seconds=1)  # what comes from elsewhere may be years old
        made = fill(series, by=by, people=participants.rows(who, users), since=since)
        if not made:
            raise RuleError(_("By this rule it never happens."))
        record_event("activity.planned")
    return made[0]


def make_series(**values: Any) -> Series:  # Any: the columns of a series
    """A new series that begins on the day of its first occurrence, which the rule may let be a later one."""
    series = Series(**values)
    first = next(moments_of(series), None)
    if first is None:
        raise RuleError(_("By this rule it never happens."))
    series.day = local_of(series, first).date()
    series.save(force_insert=True)
    return series


def _hour(local: datetime) -> time | None:
    return local.time().replace(second=0, microsecond=0) if local.time() != time() else None


@dataclass(frozen=True)
class Guests:
    """Who joins the occurrences, and the ids of who leaves them."""

    joined: Sequence[AnyRecord | User] = ()
    left: Sequence[UUID] = ()


Parts = dict[str, list[dict[str, Any]]]  # Any: values of the rows of parts


@dataclass
class Chosen:
    """The open occurrences that a deed is about, in their order; `others` are those before them and those done."""

    series: Series
    rows: list[Activity]
    others: list[UUID] = field(default_factory=list)


def chosen(activity: Activity, which: str, by: User) -> Chosen:
    """Which occurrences "following" or "all" means; locked, so that nobody else changes the series meanwhile."""
    if activity.series_id is None or activity.occurs_at is None:
        raise RuleError(_("This does not repeat."))
    series = Series.objects.select_for_update().get(pk=activity.series_id)
    every = Activity.objects.filter(series=series, deleted_at=None)
    rows = Activity.objects.visible_to(by).filter(series=series, done_at=None).order_by("occurs_at")
    if which == FOLLOWING:
        rows = rows.filter(occurs_at__gte=activity.occurs_at)
    found = list(rows.select_for_update(of=("self",))[:MOST])
    if not found:
        raise RuleError(_("Nothing of it is open any more."))
    picked = {one.pk for one in found}
    return Chosen(series, found, [key for key in every.values_list("pk", flat=True) if key not in picked])


def change(
    activity: Activity,
    which: str,
    *,
    by: User,
    due_at: datetime | None = None,
    values: dict[str, Any] | None = None,  # Any: values of fields
    rule: str = "",
    people: Guests | None = None,
) -> Activity:
    """Change this occurrence and those that follow, or all that are open: their hour, what they are, their rule.

    `people` join or leave each of them; who takes part in single ones only stays.
    """
    values = dict(values or {})
    with change_set(by=by, label=lambda: _("Changed: %(what)s") % {"what": str(activity)[:150]}):
        picked = chosen(activity, which, by)
        old, first = picked.series, picked.rows[0]
        assert first.occurs_at is not None and activity.occurs_at is not None
        local = local_of(old, first.occurs_at)
        shift = local_of(old, due_at) - local_of(old, activity.occurs_at) if due_at else None
        begins = local + shift if shift is not None else local
        new = _next_series(picked, rule, begins, values)
        _close(picked, new)
        _rewrite(picked, new, values, by, anew=bool(rule), people=people or Guests())
        fill(new, by=by)
        record_event("activity.rescheduled")
        kept = Activity.objects.filter(pk=activity.pk, deleted_at=None).first()
    return (
        kept or Activity.objects.filter(series=new, deleted_at=None).order_by("occurs_at").first() or activity
    )


def _next_series(picked: Chosen, rule: str, begins: datetime, values: dict[str, Any]) -> Series:
    """The series of the chosen occurrences from now on."""
    old, first = picked.series, picked.rows[0]
    assert first.occurs_at is not None
    local = local_of(old, first.occurs_at)
    before = sum(1 for one in _until(old, first.occurs_at))
    text = rule or rules.shifted(rules.going_on(old.rule, before), local.date(), begins.date())
    (rules.new_parts_of if rule else rules.parts_of)(text)
    kept = {name: values.get(name, getattr(old, name)) for name in KEPT}
    return make_series(
        owner=values.get("owner") or old.owner, rule=text, day=begins.date(),
        hour=_hour(begins), time_zone=old.time_zone,
        uid=f"{uuid7()}@rapport" if picked.others else old.uid, **kept,
    )  # fmt: skip


def _until(series: Series, moment: datetime) -> list[datetime]:
    """The moments of the rule before that one."""
    found = []
    for one in moments_of(series):
        if one >= moment:
            break
        found.append(one)
    return found


def _close(picked: Chosen, new: Series | None) -> None:
    """The occurrences before, and those done, stay in a series like the old one that ends with them."""
    old, first = picked.series, picked.rows[0]
    if not picked.others:
        return
    assert first.occurs_at is not None
    ends = local_of(old, first.occurs_at)
    kept = {
        name: getattr(old, name) for name in (*KEPT, "owner", "day", "hour", "time_zone", "uid", "created_at")
    }
    closed = Series.objects.create(
        rule=rules.ending_before(old.rule, ends), filled_until=old.filled_until, **kept
    )
    rows = Activity.objects.filter(pk__in=picked.others).select_for_update(of=("self",))
    belong_to(closed, list(rows.order_by("pk")))


def _rewrite(
    picked: Chosen, new: Series, values: dict[str, Any], by: User, *, anew: bool, people: Guests
) -> None:
    """Each occurrence gets its moment of the new series; what was left out of the old one stays left out."""
    first = picked.rows[0]
    assert first.occurs_at is not None
    old_moments = [one.occurs_at for one in picked.rows if one.occurs_at]
    if not anew:
        gaps = [one for one in left_out(picked.series) if one >= first.occurs_at]
        old_moments = sorted({*old_moments, *gaps})
    places = {moment: place for place, moment in enumerate(old_moments)}
    new_moments: list[datetime] = []
    for one in moments_of(new):
        if len(new_moments) >= len(old_moments):
            break
        new_moments.append(one)
    kept = []
    for row in picked.rows:
        place = places[row.occurs_at or first.occurs_at]
        if place < len(new_moments):
            row.occurs_at = new_moments[place]
            kept.append(row)
        else:
            delete_record(row, by=by)
    belong_to(new, kept)
    guests = _guests_of(kept, people)
    for row in kept:
        save_record(row, {**values, "due_at": row.occurs_at}, by=by, parts=guests.get(row.pk))
    if new_moments:
        new.filled_until = new_moments[-1]
        Series.objects.filter(pk=new.pk).update(filled_until=new.filled_until)


def _guests_of(rows: Sequence[Activity], people: Guests) -> dict[UUID, Parts]:
    """For each occurrence who joins and who leaves, as the door takes it; nothing where nothing changes."""
    if not people.joined and not people.left:
        return {}
    participants.lock(one.pk for one in people.joined if not isinstance(one, User))
    # Occurrence -> who -> the row that says so.
    there: dict[UUID, dict[UUID, UUID]] = {row.pk: {} for row in rows}
    found = Participant.objects.filter(activity__in=there).values_list(
        "activity_id", "record_id", "user_id", "pk"
    )
    for activity, record, user, key in found:
        there[activity][record or user] = key
    wanted: dict[UUID, Parts] = {}
    for key, known in there.items():
        new = [one for one in people.joined if one.pk not in known]
        joined = participants.rows(
            [one for one in new if not isinstance(one, User)], [one for one in new if isinstance(one, User)]
        )
        left = [{"id": known[one], "remove": True} for one in people.left if one in known]
        if joined or left:
            wanted[key] = {"participants": [*left, *joined]}
    return wanted


def remove(activity: Activity, which: str, *, by: User) -> int:
    """Delete this occurrence and those that follow, or all that are open; the series ends with those before."""
    with change_set(by=by, label=lambda: _("Deleted: %(what)s") % {"what": str(activity)[:150]}):
        if which == ONE or activity.series_id is None:
            delete_record(activity, by=by)
            return 1
        picked = chosen(activity, which, by)
        _close(picked, None)
        for row in picked.rows:
            delete_record(row, by=by)
    return len(picked.rows)
