"""The funnel page: counts, durations and conversion of the life cycle over a period, and the moves behind a figure."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from rapport.kernel.filters import (
    EVERYTHING,
    Group,
    TooExpensive,
    compile_filter,
    from_query,
    to_pairs,
    words_of,
)
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.permissions.veil import tells
from rapport.kernel.registry import RecordType
from rapport.parties.life_cycle import funnel as figures
from rapport.parties.life_cycle.engine import kinds
from rapport.parties.models import Stage
from rapport.runtime import replica

TELLS = ("stage", "stage_since")


def _kinds(request: HttpRequest) -> list[RecordType]:
    """The kinds of party whose stage this user may know."""
    user = user_of(request)
    seen = [one for one in kinds() if policy(user, one.key, "read").reach != "none"]
    return [seen_by(one, user) for one in seen if tells(one, user, *TELLS)]


def _asked(request: HttpRequest) -> tuple[RecordType, int, Group]:
    found = _kinds(request)
    if not found:
        raise Http404
    said = request.GET.get("type", "")
    kind = next((one for one in found if one.key == said), found[-1])
    days = request.GET.get("days", "")
    tree, problems = from_query(request.GET)
    if problems or (tree and compile_filter(tree, kind, context_of(request)).problems):
        tree = EVERYTHING
    return kind, int(days) if days in map(str, figures.PERIODS) else 90, tree


def _address(name: str, kind: RecordType, days: int, tree: Group, **more: str) -> str:
    pairs = [("type", kind.key), ("days", str(days)), *((key, said) for key, said in more.items() if said)]
    return f"{reverse(name)}?{urlencode([*pairs, *(to_pairs(tree) if tree else [])])}"


@page("life-cycle/", name="life_cycle")
def life_cycle(request: HttpRequest) -> HttpResponse:
    """The funnel of one kind of party; `?type=`, `?days=`, `?by=` and a filter as in lists."""
    kind, days, tree = _asked(request)
    by = request.GET.get("by", "owner")
    by = by if by in figures.GROUPS and by in kind.fields else ""
    context = context_of(request)
    shown = _kinds(request)
    grouping = [key for key in figures.GROUPS if key in kind.fields]

    def here(one: RecordType = kind, period: int = days, chosen: Group = tree, group: str = by) -> str:
        return _address("life_cycle", one, period, chosen, by=group)

    values: dict[str, Any] = {  # Any: what the template shows
        "kind": kind, "days": days, "by": by, "stages": list(Stage), "problem": "", "funnel": None,
        "kinds": [(one.key, one.label_plural, one.icon, here(one, chosen=EVERYTHING)) for one in shown],
        "periods": [(one, here(period=one)) for one in figures.PERIODS],
        "groupings": [(key, kind.fields[key].label, here(group="none" if key == by else key)) for key in grouping],
        "chips": words_of(tree, kind, context) if tree else [], "everything": here(chosen=EVERYTHING),
        "moves": lambda here="", to="": _address("life_cycle_moves", kind, days, tree, here=here, to=to),
    }  # fmt: skip
    try:
        counted = partial(figures.funnel, kind, user_of(request), context, days, tree, by)
        values["funnel"] = replica.read(counted)
    except TooExpensive as problem:
        values["problem"] = str(problem)
    return render(request, "parties/life_cycle/funnel.html", values)


@page("life-cycle/moves/", name="life_cycle_moves")
def life_cycle_moves(request: HttpRequest) -> HttpResponse:
    """The moves behind a figure of the funnel, `?here=` from a stage and `?to=` a stage; only of whom the user sees."""
    kind, days, tree = _asked(request)
    here, to = request.GET.get("here", ""), request.GET.get("to", "")
    user, context = user_of(request), context_of(request)
    values: dict[str, Any] = {  # Any: as above
        "kind": kind, "days": days, "back": _address("life_cycle", kind, days, tree), "labels": dict(Stage.choices),
        "here": dict(Stage.choices).get(here, ""), "to": dict(Stage.choices).get(to, ""), "found": [], "problem": "",
    }  # fmt: skip
    try:
        found = figures.moves_shown(kind, user, context, days, tree, here, to)
        values |= {"found": found[: figures.MOVES_SHOWN], "has_more": len(found) > figures.MOVES_SHOWN}
    except TooExpensive as problem:
        values["problem"] = str(problem)
    return render(request, "parties/life_cycle/moves.html", values)
