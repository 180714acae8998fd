"""Calendars on other servers are kept in step every few minutes."""

import logging
from datetime import timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from rapport.activities.caldav.client import DavProblem
from rapport.activities.caldav.sync import sync
from rapport.activities.models import CalendarAccount
from rapport.runtime.jobs import job

logger = logging.getLogger(__name__)
EVERY = timedelta(minutes=5)
BUSY = timedelta(minutes=15)  # so long nobody else takes it up when a run is cut off
LONGEST = timedelta(hours=6)


@job()
def sync_calendar(*, user_id: str) -> None:
    """One run, unless one is under way. Idempotent: every entry is compared with what was last the same."""
    run(user_id)


@job(every="*/5 * * * *")
def sync_calendars() -> None:
    """Queue those whose turn it is, each once."""
    due = CalendarAccount.objects.filter(is_on=True, next_at__lte=timezone.now(), user__is_active=True)
    for key in due.exclude(calendar="").values_list("pk", flat=True):
        sync_calendar.defer_once(str(key), user_id=str(key))


def run(user_id: str) -> bool:
    """One run; returns whether it came to its end."""
    now = timezone.now()
    rows = CalendarAccount.objects.filter(pk=UUID(user_id), is_on=True, user__is_active=True).exclude(
        calendar=""
    )
    if not rows.filter(next_at__lte=now).update(next_at=now + BUSY):
        return False
    account = rows.select_related("user").get()
    try:
        sync(account)
    except DavProblem as problem:
        wait = min(EVERY * 2 ** min(account.failures, 8), LONGEST)
        rows.update(problem=problem.sentence, failures=F("failures") + 1, next_at=now + wait)
        logger.warning("the calendar of %s is not in step: %s", account.user_id, problem.sentence)
        return False
    rows.update(problem="", failures=0, synced_at=timezone.now(), next_at=now + EVERY)
    return True
