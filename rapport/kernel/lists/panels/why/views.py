"""Why is this record in the list, or why is it not?"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from rapport.kernel.filters.explain import explain_record, why_words
from rapport.kernel.lists.state import read_state
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.records import record_or_404
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType

LONGEST_QUERY = 8_000


@page("<type:kind>/<uuid:record_id>/why/", name="record_why")
def why(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """The filter of the list that `list` names (its query string), answered for this record."""
    record = record_or_404(kind, record_id, user_of(request))
    context = context_of(request)
    said = request.GET.get("list", "").removeprefix("?")[:LONGEST_QUERY]
    state = read_state(kind, context, QueryDict(said))
    reason = explain_record(state.filter, record, kind, context)
    shown = {
        "kind": kind,
        "record": record,
        "state": state,
        "reason": reason,
        "sentence": why_words(reason),
        "title": str(getattr(record, kind.title)),
    }
    return render(request, "kernel/lists/panels/why/why.html", shown)
