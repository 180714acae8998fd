"""What a calendar says becomes activities: new ones, changes of those that are here, series with their exceptions."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities import participants
from rapport.activities.actions import complete, reschedule
from rapport.activities.ics.reading import Facts
from rapport.activities.ics.uids import keep_uid
from rapport.activities.models import Activity, Kind, Outcome, Series
from rapport.activities.recurring import deeds
from rapport.activities.recurring.occurrences import belong_to, fill, moments_of, values_of
from rapport.activities.recurring.rules import parts_of
from rapport.kernel.calendars.hours import USUAL
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.records import delete_record, save_record
from rapport.parties.models import ContactPoint
from rapport.ui.days import clock_of, ends_at

MOST_PEOPLE = 50


def create(facts: Facts, by: User) -> Activity:
    """A new activity. What is over took place; everything else is planned."""
    values = values_from(facts)
    records, users = people_of(facts.emails, by)
    rows = participants.rows(records, [one for one in users if one.pk != by.pk])
    activity = Activity()
    end = ends_at(facts.at, facts.minutes, USUAL) if facts.at else None
    if facts.is_done or (end is not None and end < timezone.now() and facts.type != Kind.TASK):
        activity.done_at = min(end or timezone.now(), timezone.now())
        values["outcome"] = Outcome.DONE if facts.type == Kind.TASK else Outcome.HELD
    if facts.is_canceled:
        activity.done_at, values["outcome"] = timezone.now(), Outcome.CANCELED
    saved = save_record(activity, values, by=by, parts={"participants": rows} if rows else None)
    keep_uid(saved.pk, facts.uid, by)
    return saved


def values_from(facts: Facts) -> dict[str, Any]:  # Any: values of fields
    values: dict[str, Any] = {
        "type": facts.type, "subject": facts.subject, "body": facts.body, "place": facts.place,
        "due_at": facts.at, "duration": facts.minutes,
    }  # fmt: skip
    return values | ({"reminder": facts.reminder} if facts.reminder else {})


def update(activity: Activity, facts: Facts, by: User) -> bool:
    """Let an activity say the same; returns whether it said something else."""
    before = activity.version
    values = values_from(facts)
    if facts.minutes is None and not facts.is_whole:
        values.pop("duration")  # it says no end
    changed = {name: value for name, value in values.items() if _read(activity, name) != (value or None)}
    if set(changed) == {"due_at"} and activity.done_at is None:
        activity = reschedule(activity, by=by, due_at=facts.at)
    elif changed:
        activity = save_record(activity, changed, by=by)
    if activity.done_at is None and (facts.is_done or facts.is_canceled):
        activity = complete(activity, by=by, outcome=Outcome.CANCELED if facts.is_canceled else "")
    return bool(activity.version != before)


def _read(activity: Activity, name: str) -> Any:  # Any: the value of a field
    return getattr(activity, name) or None


def people_of(emails: Sequence[str], by: User) -> tuple[list[AnyRecord], list[User]]:
    """The people and colleagues with these addresses, as far as exactly one of each is known and seen."""
    users = list(User.objects.filter(email__in=list(emails)[:MOST_PEOPLE], is_active=True))
    taken = {one.email.lower() for one in users}
    records: list[AnyRecord] = []
    for email in dict.fromkeys(list(emails)[:MOST_PEOPLE]):
        if email in taken:
            continue
        rows = ContactPoint.objects.filter(kind="email", normalized=email).values_list("party_id", flat=True)
        found = list(AnyRecord.objects.visible_to(by).filter(pk__in=list(rows[:9]), type="people")[:2])
        records += found if len(found) == 1 else []
    return records, users


# ---------- series


def series_of(uid: str, by: User) -> Series | None:
    """The series with this UID of which something is left."""
    rows = Activity.objects.filter(series__uid=uid, series__owner=by, deleted_at=None)
    newest = rows.select_related("series").order_by("-occurs_at", "-series__created_at").first()
    return newest.series if newest is not None else None


def was_series(uid: str, by: User) -> bool:
    return Series.objects.filter(uid=uid, owner=by).exists()


def apply_series(facts: Facts, by: User) -> bool:
    """Let a series say the same, or begin it; returns whether anything changed."""
    assert facts.at is not None
    old = series_of(facts.uid, by)
    if old is None:
        records, users = people_of(facts.emails, by)
        values = {name: value for name, value in values_from(facts).items() if name not in ("due_at",)}
        with timezone.override(ZoneInfo(facts.zone)):
            deeds.begin(
                facts.rule, [], by=by, due_at=facts.at, values=values, people=records,
                users=[one for one in users if one.pk != by.pk], uid=facts.uid, hour=facts.hour,
            )  # fmt: skip
        series, changed = series_of(facts.uid, by), True
    else:
        series, changed = old, False
        if not is_same(old, facts):
            series, changed = _replaced(old, facts, by), True
    return (_except(series, facts, by) if series is not None else False) or changed


def is_same(series: Series, facts: Facts) -> bool:
    """Do the rule, its first time and what it is about say the same?"""
    assert facts.at is not None
    first = next(moments_of(series), None)
    texts = (facts.type, facts.subject, facts.body, facts.place, facts.minutes)
    mine = (series.type, series.subject, series.body, series.place, series.duration)
    return bool(
        first == facts.at
        and series.hour == facts.hour
        and texts == mine
        and parts_of(series.rule) == parts_of(facts.rule)
    )


def _replaced(old: Series, facts: Facts, by: User) -> Series:
    """A series as the calendar says it, with the occurrences of the old one where they fit."""
    assert facts.at is not None
    local = clock_of(facts.at, facts.zone)
    values = {name: value for name, value in values_from(facts).items() if name != "due_at"}
    new = deeds.make_series(
        owner=by, uid=old.uid, rule=facts.rule, day=local.date(), time_zone=facts.zone,
        hour=facts.hour, created_at=old.created_at, **values,
    )  # fmt: skip
    found = Activity.objects.filter(series=old, deleted_at=None).select_for_update(of=("self",))
    rows = list(found.order_by("occurs_at"))
    times = [one.occurs_at for one in rows if one.occurs_at]
    free = _moments_between(new, min(times) - timedelta(days=7), max(times) + timedelta(days=7))
    homeless, fitting = [], []
    for row in rows:
        if row.done_at is not None or row.occurs_at in free:
            free.discard(row.occurs_at)
            fitting.append(row)
        else:
            homeless.append(row)
    for row, moment in zip(homeless, sorted(free), strict=False):
        row.occurs_at = moment
        fitting.append(row)
    belong_to(new, fitting)
    for row in homeless[len(free) :]:
        delete_record(row, by=by)
    for row in Activity.objects.filter(series=new, deleted_at=None, done_at=None).order_by("occurs_at"):
        save_record(row, _only_texts(values_of(new, row.occurs_at)), by=by)
    fill(new, by=by)
    return new


def _only_texts(values: dict[str, Any]) -> dict[str, Any]:  # Any: values of fields
    return {name: value for name, value in values.items() if name != "owner"}


def _moments_between(series: Series, first: datetime, last: datetime) -> set[Any]:  # Any: moments
    found = set()
    for one in moments_of(series, after=first):
        if one > last:
            break
        found.add(one)
    return found


def _except(series: Series, facts: Facts, by: User) -> bool:
    """Single occurrences: those left out go, those that differ say so, all others are as the rule says."""
    changed = False
    gone, others = set(facts.left_out), {one.occurs_at: one for one in facts.others}
    rows = Activity.objects.filter(series=series, deleted_at=None, done_at=None).order_by("occurs_at")
    for row in list(rows):
        other = others.get(row.occurs_at)
        if row.occurs_at in gone or (other is not None and other.is_canceled):
            delete_record(row, by=by)
            changed = True
        elif other is not None:
            changed |= update(row, other, by)
        else:
            usual = _only_texts(values_of(series, row.occurs_at))
            usual.pop("reminder")
            differing = {name: value for name, value in usual.items() if _read(row, name) != (value or None)}
            if differing:
                save_record(row, differing, by=by)
                changed = True
    return changed
