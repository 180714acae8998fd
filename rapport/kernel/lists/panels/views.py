"""The panels over a list: the filter builder and the column chooser. Both are forms that lead to another address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from rapport.kernel.filters import FilterError, Group, TooExpensive, bounded
from rapport.kernel.lists import page as shown
from rapport.kernel.lists.columns import Column, available_columns, columns_for, known_columns
from rapport.kernel.lists.counting import about, count_rows
from rapport.kernel.lists.panels.building import asked_line, built, is_typed, kept_in_step, said_in_form
from rapport.kernel.lists.related import group_columns, related_groups
from rapport.kernel.lists.state import ListState
from rapport.kernel.lists.views import state_of
from rapport.kernel.pages.context import context_of
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType
from rapport.kernel.views.models import TABLE
from rapport.ui.answers import go_to


@page("<type:kind>/filter/", name="list_filter")
def filter_panel(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """The builder with the filter of the list; `at` says which of its parts is meant."""
    state = state_of(request, kind)
    values = built(state.filter, kind, state.context)
    for line in values["lines"]:
        line.is_open = request.GET.get("at") == line.number
    values |= {"kind": kind, "state": state, "list_query": state.form_query, "noun": shown.noun}
    return render(request, "kernel/lists/panels/filter.html", values)


@page("<type:kind>/filter/line/", name="list_filter_line")
def filter_line(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """One line of the builder: a new one (`new` says of what form), or one whose field or comparison changed."""
    line = asked_line(request.GET, kind, context_of(request))
    values = {"kind": kind, "line": line, "noun": shown.noun}
    return render(request, "kernel/lists/panels/new_line.html", values)


@page("<type:kind>/filter/apply/", name="list_filter_apply")
def apply_filter(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """From the builder's form to the address of the filtered list; `preview` answers with the count only."""
    state = state_of(request, kind)
    problem = ""
    try:
        tree = said_in_form(request.GET, kind, state.context)
    except FilterError as error:
        problem, tree = str(error), state.filter
    if request.GET.get("preview"):
        return _preview(request, state, tree, problem)
    if problem and is_typed(request.GET):
        typed = " ".join(request.GET.get("typed", "").split())
        return go_to(request, state.place + state.address(search=f"= {typed}"))
    return go_to(request, state.place + state.address(filter=tree))


def _preview(request: HttpRequest, state: ListState, tree: Group, problem: str) -> HttpResponse:
    """How many the filter would find, and how it is typed or built; or what is wrong with it."""
    kind = state.kind
    other = ListState(kind, state.context, state.view, tree, state.search, state.sort)
    in_step = {} if problem else kept_in_step(request.GET, tree, kind, state.context)
    problem = problem or next(iter(other.compiled.problems), "")
    context = {"kind": kind, "noun": shown.noun, "problem": problem, **in_step}
    if not problem:
        try:
            with bounded():
                context |= {
                    "before": count_rows(state.source().rows()),
                    "after": count_rows(other.source().rows()),
                }
        except TooExpensive:
            context |= {"before": about(state.source().rows()), "after": about(other.source().rows())}
        is_new = tree != state.filter or "filter" in state.changed or state.view is None
        if tree and is_new:
            form = f"&layout={state.layout}" if state.layout != TABLE else ""
            context["save_url"] = f"/{kind.key}/views/new/?{state.query(filter=tree)}{form}"
    return render(request, "kernel/lists/panels/preview.html", context)


@page("<type:kind>/columns/", name="list_columns")
def columns_panel(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """The column chooser: the shown columns in their order, then the others."""
    state = state_of(request, kind)
    available = available_columns(kind)
    chosen = columns_for(kind, state.columns, state.context)
    rest = [one for key, one in available.items() if key not in state.columns]
    related = [
        (group, None if group.columns is None else _others(group.columns, state))
        for group in related_groups(kind, state.context)
    ]
    return render(
        request,
        "kernel/lists/panels/columns.html",
        {
            "kind": kind,
            "state": state,
            "chosen": chosen,
            "rest": rest,
            "related": related,
            "list_query": state.query(),
        },
    )


def _others(columns: list[Column], state: ListState) -> list[Column]:
    return [one for one in columns if one.key not in state.columns]


@page("<type:kind>/columns/related/", name="list_columns_related")
def related_panel(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """What the column chooser offers behind one link (`of`), asked for when that is opened."""
    state = state_of(request, kind)
    columns = group_columns(kind, request.GET.get("of", ""), state.context)
    return render(request, "kernel/lists/panels/columns_related.html", {"columns": _others(columns, state)})


@page("<type:kind>/columns/apply/", name="list_columns_apply")
def apply_columns(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Show the chosen columns and remember them for this view."""
    query = request.GET.copy()
    wanted = known_columns(kind, query.pop("show", []), context_of(request))
    query.pop("columns", None)
    state = state_of(request, kind, query)
    if request.GET.get("usual") or not wanted:
        shown.remember_columns(request, kind, state.view, [])
        return go_to(request, reverse("list", args=[kind.key]) + state_of(request, kind, query).address())
    shown.remember_columns(request, kind, state.view, wanted)
    return go_to(request, reverse("list", args=[kind.key]) + state_of(request, kind, query).address())
