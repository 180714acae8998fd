"""A filter as it is typed: what could come next, what it means, what is wrong with it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from rapport.kernel.fields import Context
from rapport.kernel.filters import FilterError, Refusal, nothing_refused, refused, sentence_of
from rapport.kernel.filters.text import TextError, complete, parse_text
from rapport.kernel.filters.text.tokens import LONGEST_TEXT
from rapport.kernel.lists.views import state_of
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType


@page("<type:kind>/filter/complete/", name="list_filter_complete")
def complete_filter(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """The options for the place `at` of the text `said`, as a list box shows them, and a line about the whole."""
    return suggested(request, kind, state_of(request, kind).context)


def suggested(
    request: HttpRequest, kind: RecordType, context: Context, refusal: Refusal = nothing_refused
) -> HttpResponse:
    """The same for a filter that may not speak of everything."""
    values = _suggested(request.GET, kind, context, refusal)
    return render(request, "kernel/lists/panels/typed/suggestions.html", values)


# Any: what the template shows
def _suggested(data: QueryDict, kind: RecordType, context: Context, refusal: Refusal) -> dict[str, Any]:
    said = data.get("said", "").replace("\x00", "")[: LONGEST_TEXT + 1]
    place = data.get("at", "")
    at = int(place) if place.isdecimal() and len(place) < 6 else len(said)
    suggestions = complete(said, at, kind, context, refusal)
    problem, meaning = "", ""
    try:
        if said.strip():
            tree = parse_text(said, kind, context)
            problem, meaning = refused(tree, refusal), sentence_of(tree, kind, context)
    except TextError as error:
        # what is merely not finished yet is no mistake
        begun = min([at, len(said.rstrip()), *(one.start for one in suggestions)])
        problem = str(error) if error.position < begun else ""
    except FilterError as error:
        problem = str(error)
    return {"suggestions": suggestions, "problem": problem, "meaning": meaning}
