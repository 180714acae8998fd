"""The way of one party through the life cycle: each stage with its dates, how long, and what moved it there."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import Cause, ChangeSet
from rapport.kernel.permissions import can
from rapport.kernel.records import Refused, RuleError, save_record
from rapport.parties.life_cycle.models import StagePin
from rapport.parties.models import Party, Stage

MOST = 100


@dataclass
class Step:
    """One stage of the way; `because` says who or what moved it there."""

    stage: Stage
    since: date | None
    until: date | None = None
    because: str = ""
    by_rule: bool = False

    @property
    def days(self) -> int | None:
        if self.since is None:
            return None
        return ((self.until or timezone.localdate()) - self.since).days


def way_of(party: Party) -> list[Step]:
    """All stages, the present one first."""
    periods = [
        one for one in party.stage_periods.order_by("-until", "-id")[:MOST] if one.stage in Stage.values
    ]
    told = _told({one.change_set_id for one in periods if one.change_set_id})
    steps = [Step(Stage(party.stage), party.stage_since)]
    for period in periods:
        words, by_rule = told.get(period.change_set_id, ("", False))
        steps[-1].because, steps[-1].by_rule = words, by_rule
        steps.append(Step(Stage(period.stage), period.since, period.until))
    return steps


def _told(keys: set[UUID]) -> dict[UUID | None, tuple[str, bool]]:
    sets = ChangeSet.objects.filter(pk__in=keys).select_related("actor")
    return {
        one.pk: (_("Rule: %(rule)s") % {"rule": one.label}, True)
        if one.cause == Cause.LIFE_CYCLE
        else (str(one.actor or "") or str(one.get_cause_display()), False)
        for one in sets
    }


def pin_of(party: Party) -> StagePin | None:
    """That a person has decided the stage, while it holds."""
    return StagePin.objects.filter(party=party.pk, until__gte=timezone.localdate()).first()


def take_back(party: Party, *, by: User) -> Party:
    """Put the party back where a rule has found it; that is a person's decision, so it is pinned."""
    way = way_of(party)
    if len(way) < 2 or not way[0].by_rule:
        raise RuleError(_("No rule has moved it there."))

    def label() -> str:
        return _("Taken back: %(stage)s of %(what)s") % {"stage": way[0].stage.label, "what": party}

    return save_record(party, {"stage": way[1].stage.value}, by=by, label=label)


def leave_to_rules(party: Party) -> None:
    """The stage is nobody's decision (any more): rules may move the party."""
    StagePin.objects.filter(party=party.pk).delete()


def release(party: Party, *, by: User) -> None:
    """Let the rules decide again."""
    if not can(by, "edit", party):
        raise Refused
    leave_to_rules(party)
