"""My day as an answer: after every deed on the page its lists are shown anew."""

from datetime import date
from urllib.parse import parse_qs, urlparse

from django.http import HttpRequest, HttpResponse

from rapport.activities.myday.day import day_of
from rapport.activities.myday.panels import panels_of
from rapport.kernel.attention.needs import needs_of
from rapport.kernel.pages.blocks import Context
from rapport.kernel.pages.context import user_of
from rapport.kernel.permissions import policy
from rapport.ui.answers import render_part

HOME = "activities/myday/home.html"


def home_context(request: HttpRequest, said: str = "", **more: object) -> Context:
    """What the page shows; `said` names the day of the agenda."""
    user = user_of(request)
    everything = parse_qs(_shown_query(request)).get("needs", [""])[0] == "all"
    may_create = policy(user, "activities", "create").reach != "none"
    needs, needs_count = needs_of(user, everything=everything)
    day = day_of(user, read_day(said))
    day.needs, day.needs_count = needs, needs_count
    return {
        "day": day,
        "may_create": may_create,
        "offer": None,
        "again": False,
        "panels": panels_of(request),
        "needs": needs,
        **more,
    }


def _shown_query(request: HttpRequest) -> str:
    """The query of the page that is shown: of a deed on it, where it was done."""
    return urlparse(request.headers.get("HX-Current-URL", "")).query or request.META.get("QUERY_STRING", "")


def read_day(said: str) -> date | None:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return None
    return found if 1900 < found.year < 2200 else None


def day_again(request: HttpRequest, **more: object) -> HttpResponse:
    """The lists as they are now, with the day of the agenda that the page had open."""
    open_day = parse_qs(_shown_query(request)).get("day", [""])[0]
    return HttpResponse(
        render_part(request, HOME, "day", home_context(request, open_day, again=True, **more))
    )
