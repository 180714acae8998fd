"""The list of any record type, its further rows, and its status line."""

from typing import Any

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html, format_html_join

from rapport.kernel.currencies.totals import total as sum_of_money
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters import TooExpensive, bounded
from rapport.kernel.filters.limits import LONGEST
from rapport.kernel.lists import page as shown
from rapport.kernel.lists.bulk.deeds import bulk_deeds_of
from rapport.kernel.lists.counting import Count, about, count_all, count_rows
from rapport.kernel.lists.groups import Grouped, summed_fields
from rapport.kernel.lists.state import ListState, read_state
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import policy
from rapport.kernel.registry import RecordType
from rapport.kernel.views.models import TABLE, View

SUMMED_UP_TO = 20_000
MOST_TICKED = 1_000
EXACT_SECONDS = 30.0  # who asks for the exact number waits for it


def state_of(
    request: HttpRequest,
    kind: RecordType,
    query: QueryDict | None = None,
    views: list[View] | None = None,
    layout: str = "",
) -> ListState:
    """The list that the request (or another query string) asks for; no list for who may see none of its records."""
    if policy(user_of(request), kind.key, "read").reach == "none":
        raise Http404
    remembered = shown.remembered_columns(request, kind)
    said = request.GET if query is None else query
    return read_state(kind, context_of(request), said, views, remembered, layout)


@page("<type:kind>/", name="list")
def list_page(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """The list as a page; for htmx with a cursor only its next rows."""
    views = list(View.objects.filter(type=kind.key).visible_to(user_of(request)))
    state = state_of(request, kind, views=views, layout=TABLE)
    if state.is_grouped:
        return _in_groups(request, kind, state, views)
    cursor = request.GET.get("cursor", "")
    try:
        with state.reading():
            found, rows = shown.load_page(state, cursor)
    except TooExpensive as problem:
        state.refuse(problem)
        found, rows = shown.load_page(state, cursor)
    if (cursor or state.group is not None) and request.headers.get("HX-Request") == "true":
        answer = HttpResponse(rows)
    else:
        is_whole = not cursor and not found.next_cursor
        answer = render(
            request,
            "kernel/lists/list.html",
            {
                "kind": kind,
                "rows": rows,
                "grouped": None,
                "is_empty": not found.rows,
                "total": len(found.rows) if is_whole else None,
                **_around(request, state, views, is_empty=not found.rows),
            },
        )
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _in_groups(request: HttpRequest, kind: RecordType, state: ListState, views: list[View]) -> HttpResponse:
    """The list as a table in groups."""
    try:
        with state.reading():
            grouped, rows = shown.load_groups(state)
    except TooExpensive as problem:
        state.refuse(problem)
        grouped, rows = Grouped([]), {}
    is_empty = not grouped.groups
    context = {"kind": kind, "grouped": grouped, "rows": rows, "is_empty": is_empty, "total": None}
    return render(
        request, "kernel/lists/list.html", {**context, **_around(request, state, views, is_empty=is_empty)}
    )


def _around(request: HttpRequest, state: ListState, views: list[View], *, is_empty: bool) -> dict[str, Any]:
    """Everything around the rows (Any: what the template shows)."""
    return {
        **frame_of(request, state, views),
        "heads": shown.heads(state),
        "has_sums": bool(summed_fields(shown.columns_of(state))),
        "orders": shown.orders(state),
        "drop": _best_to_drop(state) if is_empty and state.is_filtered else None,
    }


def frame_of(request: HttpRequest, state: ListState, views: list[View]) -> dict[str, Any]:
    """What stands around a list in every form: views, filter, what can be done (Any: what the template shows)."""
    kind, user = state.kind, user_of(request)
    may = {
        act: policy(user, kind.key, act).reach != "none"
        for act in ("create", "edit", "delete", "export", "bulk")
    }
    return {
        "state": state,
        "views": views,
        "heads": [],
        "orders": [],
        "chips": shown.chips(state),
        "may": may,
        "deeds": bulk_deeds_of(kind, user),
        "may_change_view": state.view is not None and state.view.may_be_changed_by(user),
        "is_administrator": user.is_administrator,
        "new_url": shown.address_or_none("record_new", kind.key) if may["create"] else "",
        "import_url": shown.address_or_none("import_start") if may["create"] else "",
        "board_url": shown.address_or_none("board", kind.key) if kind.board else "",
        "forms": shown.forms(state),
        "now_form": shown.form_label(state.layout),
        "bys": shown.bys(state),
        "now_by": shown.by_label(state),
        "noun": shown.noun,
        "list_query": state.form_query,
    }


def _best_to_drop(state: ListState) -> shown.Drop | None:
    """The condition to drop where nothing matches; none where finding it out takes too long."""
    try:
        with state.reading(2):
            return shown.best_to_drop(state)
    except TooExpensive:
        return None


@page("<type:kind>/figures/")
def list_figures(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """The status line: how many rows, of how many, and the sums of the shown columns; of `ids` the sums alone."""
    state = state_of(request, kind)
    if "ids" in request.GET:
        return _sums_of_selection(request, state)
    is_exact = bool(request.GET.get("exact"))
    try:
        with state.reading(EXACT_SECONDS if is_exact else LONGEST):
            rows = state.source().rows()
            context = _figures(request, state, count_all(rows) if is_exact else count_rows(rows))
    except TooExpensive as problem:
        if is_exact:
            return HttpResponse(format_html("<span>{}</span>", str(problem)))
        context = _figures(request, state, about(state.source().rows()), is_dear=True)
    return render(request, "kernel/lists/figures.html", context)


def _sums_of_selection(request: HttpRequest, state: ListState) -> HttpResponse:
    """What the ticked rows add up to, in words."""
    keys = [
        key for said in request.GET["ids"].split(",")[:MOST_TICKED] if (key := parse_id(said)) is not None
    ]
    rows = state.kind.visible_to(user_of(request)).filter(pk__in=keys)
    try:
        with bounded(2):
            found = sums(state, rows, Count(len(keys)))
    except TooExpensive:
        found = []
    return HttpResponse(format_html_join(" ", "<span>{} <b>{}</b></span>", found))


def _figures(
    request: HttpRequest, state: ListState, count: Count, *, is_dear: bool = False
) -> dict[str, Any]:
    """What the status line shows (Any: counts, sums and words); of a dear filter no sums."""
    kind, rows = state.kind, state.source().rows()
    return {
        "kind": kind,
        "count": count,
        "every": count_rows(kind.visible_to(user_of(request))) if state.is_filtered else None,
        "sums": [] if is_dear else sums(state, rows, count),
        "exact_url": f"figures/?{state.query()}&exact=1",
        "noun": shown.noun,
    }


def sums(state: ListState, rows: Any, count: Count) -> list[tuple[str, str, str]]:  # Any: a query set
    """(label, "€ 1,200 and $ 300", what that holds) for shown amounts and numbers; nothing while it would be slow."""
    if count.number > SUMMED_UP_TO or count.number == 0:
        return []
    found = []
    for one in summed_fields(shown.columns_of(state)):
        if one.kind != "money":
            total = rows.order_by().aggregate(total=Sum(one.name))["total"]
            found += [(one.label, one.text(total), "")] if total is not None else []
        elif whole := sum_of_money(rows, one, state.context.currency):
            found.append((one.label, str(whole), whole.hint))
    return found
