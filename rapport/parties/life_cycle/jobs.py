"""Life-cycle rules in the background: what changed at once, everything at night, a rule when it is switched on."""

from django.utils import timezone

from rapport.kernel.changes.log import now
from rapport.kernel.changes.reader import begin, unread
from rapport.parties.life_cycle.engine import parties_touched, run
from rapport.parties.life_cycle.models import LifeCycleRule, StagePin
from rapport.runtime.jobs import job

READER = "life cycle"
BATCH = 5_000


@job(one_at_a_time=True, every="* * * * *")
def follow_changes() -> None:
    """Let the rules look at whoever changed; idempotent. After a crash it goes on where it stood."""
    if not LifeCycleRule.objects.filter(is_on=True).exists():
        begin(READER, now())  # who switches one on starts with everything there is
        return
    while True:
        with unread(READER, most=BATCH) as part:
            run(parties_touched(part.records))
        if not part.has_more:
            return


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
