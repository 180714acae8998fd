"""How a deal went through its stages: since when and by whom, and how long it stayed in each."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from rapport.accounts.models import User
from rapport.activities.shown import first_name
from rapport.sales.deals.models import Deal, Outcome, StageMove
from rapport.sales.pipelines.models import Stage
from rapport.ui.formats import format_day


def moves_of(deal: Deal) -> list[StageMove]:
    """Its moves from the first on, loaded once per page."""
    prefetch_related_objects([deal], "moves")
    return list(deal.moves.all())


def opened(deal: Deal) -> str:
    """How long ago it was opened and by whom: "opened 74 days ago by Mara"; empty where no move tells it."""
    first = next(iter(moves_of(deal)), None)
    if first is None:
        return ""
    by = User.objects.filter(pk=first.actor_id).first() if first.actor_id else None
    days = max((timezone.localdate() - timezone.localdate(first.at)).days, 0)
    said = {"num": days, "name": first_name(by.name) if by else ""}
    if days == 0:
        return (gettext("opened today by %(name)s") if by else gettext("opened today")) % said
    if by is None:
        return ngettext("opened %(num)s day ago", "opened %(num)s days ago", days) % said
    return ngettext("opened %(num)s day ago by %(name)s", "opened %(num)s days ago by %(name)s", days) % said


def time_in_stages(deal: Deal) -> dict[UUID, timedelta]:
    """How long the deal was open in each stage, all visits together."""
    moves = moves_of(deal)
    ends = [one.at for one in moves[1:]] + [timezone.now()]
    found: dict[UUID, timedelta] = {}
    for move, end in zip(moves, ends, strict=True):
        if move.to_stage_id is not None and move.outcome == Outcome.OPEN:
            found[move.to_stage_id] = found.get(move.to_stage_id, timedelta()) + (end - move.at)
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
