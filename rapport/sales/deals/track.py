"""How a deal went through its stages: how long it stayed in each."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from rapport.sales.deals.models import Deal, Outcome
from rapport.sales.pipelines.models import Stage
from rapport.ui.formats import format_day


def time_in_stages(deal: Deal) -> dict[UUID, timedelta]:
    """How long the deal was open in each stage, all visits together."""
    moves = list(deal.moves.order_by("at", "id").values_list("at", "to_stage_id", "outcome"))
    ends = [at for at, _stage, _outcome in moves[1:]] + [timezone.now()]
    found: dict[UUID, timedelta] = {}
    for (at, stage, outcome), end in zip(moves, ends, strict=True):
        if stage is not None and outcome == Outcome.OPEN:
            found[stage] = found.get(stage, timedelta()) + (end - at)
    return found


def track(deal: Deal) -> list[dict[str, Any]]:  # Any: what the track macro takes
    """The stages of the deal's pipeline for the macro `track`, ending with how the deal ended or will."""
    spent, stages = time_in_stages(deal), list(Stage.objects.filter(pipeline=deal.pipeline))
    reached = next((number for number, one in enumerate(stages) if one.pk == deal.stage_id), 0)
    found = [_stage(deal, one, spent.get(one.pk), number - reached) for number, one in enumerate(stages)]
    return [{"stage": None} | step for step in (*found, _end(deal))]


# Any: as above
def _stage(deal: Deal, stage: Stage, spent: timedelta | None, distance: int) -> dict[str, Any]:
    days = None if spent is None else spent.days
    slow = days is not None and stage.expected_days is not None and days > stage.expected_days
    if distance == 0 and deal.is_open:
        state, hint = "now", _now(days or 0, stage.expected_days)
    elif days is not None and distance <= 0:
        state, hint = "done", ngettext("%(num)s day", "%(num)s days", days) % {"num": days}
    elif distance < 0 or not deal.is_open:
        state, hint = "done" if distance < 0 else "", gettext("skipped")
    else:
        state, hint = "", _usual(stage.expected_days)
    return {"label": stage.name, "hint": hint, "state": state + (" slow" if slow else ""), "stage": stage}


def _usual(days: int | None) -> str:
    return "" if days is None else ngettext("about %(num)s day", "about %(num)s days", days) % {"num": days}


def _now(days: int, usual: int | None) -> str:
    if usual is None:
        return gettext("day %(day)s") % {"day": days + 1}
    return gettext("day %(day)s of about %(usual)s") % {"day": days + 1, "usual": usual}


def _end(deal: Deal) -> dict[str, Any]:  # Any: as above
    if deal.outcome == Outcome.LOST:
        return {"label": gettext("Lost"), "hint": format_day(deal.closed_on), "state": "now lost"}
    won = deal.outcome == Outcome.WON
    day = deal.closed_on if won else deal.expected_on
    return {"label": gettext("Won"), "hint": format_day(day), "state": "now won" if won else ""}
