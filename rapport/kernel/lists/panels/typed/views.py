"""A filter as it is typed: what could come next, what it means, what is wrong with it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.kernel.filters import FilterError, sentence_of
from rapport.kernel.filters.text import TextError, complete, parse_text
from rapport.kernel.filters.text.tokens import LONGEST_TEXT
from rapport.kernel.lists.views import state_of
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType


@page("<type:kind>/filter/complete/", name="list_filter_complete")
def complete_filter(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """The options for the place `at` of the text `said`, as a list box shows them, and a line about the whole."""
    context = state_of(request, kind).context
    said = request.GET.get("said", "").replace("\x00", "")[: LONGEST_TEXT + 1]
    place = request.GET.get("at", "")
    at = int(place) if place.isdecimal() and len(place) < 6 else len(said)
    suggestions = complete(said, at, kind, context)
    problem, meaning = "", ""
    try:
        meaning = sentence_of(parse_text(said, kind, context), kind, context) if said.strip() else ""
    except TextError as error:
        # what is merely not finished yet is no mistake
        begun = min([at, len(said.rstrip()), *(one.start for one in suggestions)])
        problem = str(error) if error.position < begun else ""
    except FilterError as error:
        problem = str(error)
    return render(
        request,
        "kernel/lists/panels/typed/suggestions.html",
        {"suggestions": suggestions, "problem": problem, "meaning": meaning},
    )
