"""The panels over a list: the filter builder and the column chooser. Both are forms that lead to another address."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.kernel.fields import FieldType, Operator
from rapport.kernel.filters import Condition, Group, Node, compile_filter, filterable_fields
from rapport.kernel.filters.words import operator_label
from rapport.kernel.lists import page as shown
from rapport.kernel.lists.columns import available_columns, columns_for, known_columns
from rapport.kernel.lists.counting import count_rows
from rapport.kernel.lists.panels.operands import (
    Operand,
    operand_of,
    problem_of,
    read_conditions,
    shown_operator,
)
from rapport.kernel.lists.state import ListState
from rapport.kernel.lists.views import state_of
from rapport.kernel.pages.context import context_of
from rapport.kernel.pages.records import grouped
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType
from rapport.ui.answers import go_to


@dataclass
class Line:
    """One condition in the builder."""

    number: str
    field: FieldType
    operator: Operator
    operators: list[tuple[str, str]]
    operand: Operand
    problem: str = ""
    is_open: bool = False


def _line(request: HttpRequest, kind: RecordType, said: Condition, number: str) -> Line | None:
    context = context_of(request)
    one = filterable_fields(kind, context).get(said.field)
    if one is None:
        return None
    operator = shown_operator(one, said.operator)
    operators = [(other.key, operator_label(other)) for other in one.operators]
    return Line(number, one, operator, operators, operand_of(one, operator, said.said, context))


def _fields(request: HttpRequest, kind: RecordType) -> list[tuple[str, list[FieldType]]]:
    """The fields to filter by, in groups, those of the list first."""
    fields = filterable_fields(kind, context_of(request)).values()
    listed = [one for one in fields if one.flags.listed]
    rest = [(label, [one for one in group if not one.flags.listed]) for label, group in grouped(kind, fields)]
    return [(_("In the list"), listed), *((label, group) for label, group in rest if group)]


@page("<type:kind>/filter/", name="list_filter")
def filter_panel(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """The builder with the conditions of the list; `at` says which of them is meant."""
    state = state_of(request, kind)
    lines, groups = [], []
    for number, node in enumerate(state.filter.parts):
        line = _line(request, kind, node, str(number)) if isinstance(node, Condition) else None
        if line is not None and isinstance(node, Condition):
            line.problem = problem_of(node, kind, state.context)
            line.is_open = request.GET.get("at") == str(number)
            lines.append(line)
        else:
            groups.append(node)
    if not lines and not groups:
        first = next(iter(filterable_fields(kind, state.context).values()))
        usual = next(
            (one for one in kind.listed_fields().values() if one.kind in ("choice", "option")), first
        )
        blank = _line(request, kind, Condition(usual.name, usual.operators[0].key), "0")
        lines = [blank] if blank is not None else []
    return render(
        request,
        "kernel/lists/panels/filter.html",
        {
            "kind": kind,
            "state": state,
            "lines": lines,
            "groups": [_group_words(state, node) for node in groups],
            "fields": _fields(request, kind),
            "next": max((int(line.number) for line in lines), default=-1) + 1,
            "list_query": state.query(),
            "noun": shown.noun,
        },
    )


def _group_words(state: ListState, node: Node) -> tuple[str, str]:
    from rapport.kernel.filters import words_of

    return str(words_of(Group("all", (node,)), state.kind, state.context)[0]), state.without(node)


@page("<type:kind>/filter/line/", name="list_filter_line")
def filter_line(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """One line of the builder: a new one, or another comparison for a line whose field or comparison changed."""
    number = request.GET.get("line", "0")[:6]
    number = number if number.isdigit() else "0"
    said = read_conditions(_only(request, number), kind)
    fields = filterable_fields(kind, context_of(request))
    condition = said[0] if said else Condition(next(iter(fields)), "")
    line = _line(request, kind, condition, number)
    context = {
        "kind": kind,
        "lines": [line],
        "fields": _fields(request, kind),
        "list_query": "",
        "noun": shown.noun,
    }
    return render(request, "kernel/lists/panels/line.html", context)


def _only(request: HttpRequest, number: str) -> Any:  # Any: a changed QueryDict
    data = request.GET.copy()
    data.setlist("n", [number])
    return data


@page("<type:kind>/filter/apply/", name="list_filter_apply")
def apply_filter(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """From the builder's form to the address of the filtered list; `preview` answers with the count only."""
    state = state_of(request, kind)
    fields = filterable_fields(kind, state.context)
    kept = [
        node for node in state.filter.parts if not isinstance(node, Condition) or node.field not in fields
    ]
    conditions = [one for one in read_conditions(request.GET, kind) if _is_said(one, kind)]
    tree = Group("all", (*conditions, *kept))
    if request.GET.get("preview"):
        compiled = compile_filter(tree, kind, state.context)
        if compiled.problems:
            return HttpResponse("")
        before = count_rows(state.source().rows())
        other = ListState(kind, state.context, state.view, tree, state.search, state.sort)
        after = count_rows(other.source().rows())
        return render(
            request,
            "kernel/lists/panels/preview.html",
            {"kind": kind, "before": before, "after": after, "noun": shown.noun},
        )
    return go_to(request, reverse("list", args=[kind.key]) + state.address(filter=tree))


def _is_said(said: Condition, kind: RecordType) -> bool:
    """Half-filled lines are no conditions yet."""
    operator = shown_operator(kind.fields[said.field], said.operator)
    return operator.operand == "none" or bool(said.said.strip(" .|"))


@page("<type:kind>/columns/", name="list_columns")
def columns_panel(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """The column chooser: the shown columns in their order, then the others."""
    state = state_of(request, kind)
    available = available_columns(kind)
    chosen = columns_for(kind, state.columns)
    rest = [one for key, one in available.items() if key not in state.columns]
    return render(
        request,
        "kernel/lists/panels/columns.html",
        {"kind": kind, "state": state, "chosen": chosen, "rest": rest, "list_query": state.query()},
    )


@page("<type:kind>/columns/apply/", name="list_columns_apply")
def apply_columns(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Show the chosen columns and remember them for this view."""
    query = request.GET.copy()
    wanted = known_columns(kind, query.pop("show", []))
    query.pop("columns", None)
    state = state_of(request, kind, query)
    if request.GET.get("usual") or not wanted:
        shown.remember_columns(request, kind, state.view, [])
        return go_to(request, reverse("list", args=[kind.key]) + state_of(request, kind, query).address())
    shown.remember_columns(request, kind, state.view, wanted)
    return go_to(request, reverse("list", args=[kind.key]) + state_of(request, kind, query).address())
