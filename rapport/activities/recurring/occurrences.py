"""The occurrences of a series as activities: which there are, and making those that come up."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities import participants
from rapport.activities.models import Activity, Participant, Series
from rapport.activities.recurring.rules import moments
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.permissions.veil import tells
from rapport.kernel.records import save_record
from rapport.kernel.records.loading import update_columns
from rapport.kernel.registry import type_of_model
from rapport.ui.days import clock_of

AHEAD = timedelta(days=60)  # so far ahead occurrences are activities
AT_LEAST = 2  # and so many that come up, however rare they are
AT_MOST = 80  # of one series at a time
BEHIND = timedelta(days=31)  # what a rule says longer ago is not made up for


def moments_of(series: Series, *, after: datetime | None = None) -> Iterator[datetime]:
    return moments(series.rule, series.day, series.hour, series.time_zone, after=after)


def local_of(series: Series, moment: datetime) -> datetime:
    """What the clock shows at that moment where the series is kept; without a zone, as rules are worked out."""
    return clock_of(moment, series.time_zone)


KEPT = ("type", "subject", "body", "place", "duration", "reminder")


def told_of(series: Series, user: User) -> dict[str, Any]:  # Any: values of fields
    """What it is about, as far as this user may know these fields of activities."""
    kind = type_of_model(Activity)
    return {name: getattr(series, name) for name in KEPT if tells(kind, user, name)}


def keeper_of(series: Series) -> User:
    """Who goes on with it: the owner of its newest occurrence, which may have been handed over."""
    rows = Activity.objects.filter(series=series, deleted_at=None, owner__is_active=True)
    newest = rows.select_related("owner").order_by("-occurs_at").first()
    return newest.owner if newest is not None and newest.owner is not None else series.owner


def values_of(series: Series, moment: datetime) -> dict[str, Any]:  # Any: values of fields
    """What an occurrence begins with."""
    return {
        "type": series.type,
        "subject": series.subject,
        "body": series.body,
        "place": series.place,
        "duration": series.duration,
        "reminder": series.reminder,
        "owner": series.owner,
        "due_at": moment,
    }


def wanted(series: Series, *, since: datetime | None = None) -> list[datetime]:
    """The moments that have to become activities now; of one that is new those since a moment."""
    now = timezone.now()
    after = series.filled_until or since or now - BEHIND
    horizon = max(now, _begins(series)) + AHEAD
    coming = Activity.objects.filter(series=series, deleted_at=None, done_at=None, occurs_at__gte=now).count()
    found: list[datetime] = []
    there = set(Activity.objects.filter(series=series, deleted_at=None).values_list("occurs_at", flat=True))
    for moment in moments_of(series, after=after):
        if moment in there:
            continue
        if len(found) >= AT_MOST or (moment > horizon and coming >= AT_LEAST):
            break
        found.append(moment)
        coming += moment >= now
    return found


def _begins(series: Series) -> datetime:
    return next(moments_of(series), timezone.now())


def fill(
    series: Series, *, by: User, people: list[dict[str, Any]] | None = None, since: datetime | None = None
) -> list[Activity]:
    """Make the occurrences that come up; idempotent: what was made, or left out by people, is behind `filled_until`."""
    due = wanted(series, since=since)
    if not due:
        return []
    rows = people if people is not None else people_of(series, by)
    owner = series.owner if people is not None else keeper_of(series)
    participants.lock(one["record"] for one in rows if "record" in one)
    made = []
    for moment in due:
        activity = Activity(series=series, occurs_at=moment)
        made.append(
            save_record(
                activity,
                {**values_of(series, moment), "owner": owner},
                by=by,
                parts={"participants": rows} if rows else None,
            )
        )
    series.filled_until = due[-1]
    Series.objects.filter(pk=series.pk).update(filled_until=due[-1])
    return made


def belong_to(series: Series, rows: Sequence[Activity]) -> None:
    """These activities, read and locked, are occurrences of that series at the moments that stand on them."""
    for row in rows:
        row.series = series
    update_columns(type_of_model(Activity), rows, ("series_id", "occurs_at"))


def people_of(series: Series, by: User) -> list[dict[str, Any]]:
    """Who takes part, as in the newest of its occurrences: people are merged and replaced meanwhile."""
    newest = Activity.objects.filter(series=series, deleted_at=None).order_by("-occurs_at").first()
    if newest is None:
        return []
    pairs = list(
        Participant.objects.filter(activity=newest).order_by("id").values_list("record_id", "user_id")
    )
    seen = set(
        AnyRecord.objects.visible_to(by)
        .filter(pk__in=[key for key, _u in pairs if key])
        .values_list("pk", flat=True)
    )
    rows: list[dict[str, Any]] = [{"record": key} for key, _user in pairs if key in seen]
    return rows + [{"user": user} for _record, user in pairs if user]


def left_out(series: Series) -> list[datetime]:
    """Moments of the rule at which nothing is planned any more: somebody has deleted that one."""
    if series.filled_until is None:
        return []
    there = set(Activity.objects.filter(series=series, deleted_at=None).values_list("occurs_at", flat=True))
    first = min((one for one in there if one), default=None)
    found = []
    for moment in moments_of(series):
        if moment > series.filled_until:
            break
        if moment not in there and (first is None or moment > first):
            found.append(moment)
    return found
