"""Life-cycle rules in the background: what changed at once, everything at night, a rule when it is switched on."""

from django.db import connection, transaction
from django.utils import timezone

from rapport.kernel.changes.models import Cursor
from rapport.kernel.changes.reader import changed_records
from rapport.parties.life_cycle.engine import parties_touched, run
from rapport.parties.life_cycle.models import LifeCycleRule, StagePin
from rapport.runtime.jobs import job

READER = "life cycle"
BATCH = 5_000


@job(one_at_a_time=True, every="* * * * *")
def follow_changes() -> None:
    """Let the rules look at whoever changed; idempotent. After a crash it goes on where it stood."""
    if not LifeCycleRule.objects.filter(is_on=True).exists():
        _skip_to_now()
        return
    while True:
        with transaction.atomic():
            changed = changed_records(READER, most=BATCH)
            run(parties_touched(changed))
        if len(changed) < BATCH // 10:
            return


def _skip_to_now() -> None:
    """While no rule is on nothing is read; who switches one on starts with everything there is."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1")
        seen = cursor.fetchone()[0]
    Cursor.objects.update_or_create(name=READER, defaults={"transaction": seen})


@job(one_at_a_time=True, every="40 2 * * *")
def run_all_rules() -> None:
    """Every rule over every party, because time passes without changes; idempotent."""
    StagePin.objects.filter(until__lt=timezone.localdate()).delete()
    run()


@job(one_at_a_time=True)
def run_rule(*, rule_id: str) -> None:
    """A rule that was switched on or changed, over every party."""
    rule = LifeCycleRule.objects.filter(pk=rule_id, is_on=True).first()
    if rule is not None:
        run(only=rule)
