"""Every night the occurrences that come up become activities."""

import logging
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone, translation

from rapport.accounts.models import Company, User
from rapport.activities.models import Activity, Series
from rapport.activities.recurring.occurrences import AHEAD, fill, keeper_of, wanted
from rapport.kernel.changes.models import Cause
from rapport.kernel.changes.sets import change_set
from rapport.kernel.records import Refused, RuleError
from rapport.runtime.jobs import job

logger = logging.getLogger(__name__)


@job(one_at_a_time=True, every="17 2 * * *")
def fill_series() -> None:
    """Go on with every series of which an occurrence is left. Idempotent: what was made is behind its mark."""
    fill_all()


def fill_all() -> int:
    """The same; returns how many activities were made."""
    alive = Activity.objects.filter(series=OuterRef("pk"), deleted_at=None)
    soon = Q(filled_until=None) | Q(filled_until__lt=timezone.now() + AHEAD + timedelta(days=1))
    rows = Series.objects.filter(soon, Exists(alive)).select_related("owner")
    made = 0
    for series in list(rows.order_by("pk")):
        if not wanted(series):
            continue
        keeper = keeper_of(series)
        if keeper.is_active:
            with translation.override(keeper.language or Company.current().language):
                made += _go_on(series, keeper)
    return made


def _go_on(series: Series, keeper: User) -> int:
    try:
        with change_set(by=keeper, cause=Cause.JOB, label=str(series)[:200]):
            return len(fill(series, by=keeper))
    except (
        RuleError,
        Refused,
    ) as problem:  # its owner may not plan any more, or a rule of the company has changed
        logger.warning("the series %s does not go on: %s", series.pk, problem)
        return 0
