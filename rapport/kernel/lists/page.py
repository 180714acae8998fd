"""What the template of a list shows, worked out from its state."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from markupsafe import Markup, escape

from rapport.kernel.filters import Group, Words, words_of
from rapport.kernel.lists.arranged import Division, date_fields, division_of, lane_fields, layouts_of
from rapport.kernel.lists.cells import Cells
from rapport.kernel.lists.columns import Column, columns_for, needed_fields
from rapport.kernel.lists.counting import Count, count_rows
from rapport.kernel.lists.groups import OPEN_AT_ONCE, Grouped, read_groups
from rapport.kernel.lists.reader import Page, read_page
from rapport.kernel.lists.rows import cell_class, phone_areas, rows_html, shape_of
from rapport.kernel.lists.sorting import Sort, sortable_fields
from rapport.kernel.lists.state import ListState
from rapport.kernel.registry import RecordType
from rapport.kernel.views.models import BOARD, CALENDAR, View
from rapport.ui.formats import noun as noun

FIRST_PAGE, NEXT_PAGES = 60, 100
OFFERED = ("month", "quarter", "year")  # periods to group by
MOST_DROPPED = 6  # so many conditions are tried when nothing matches


@dataclass
class Head:
    """One head cell."""

    column: Column
    css: str
    href: str = ""
    sort: str = ""


@dataclass
class Order:
    """One line of the sort menu."""

    label: str
    hint: str
    href: str
    is_current: bool


@dataclass
class Chip:
    """One condition above the list, with the address without it."""

    words: Words
    icon: str
    href_without: str
    is_new: bool


def columns_of(state: ListState) -> list[Column]:
    return columns_for(state.kind, state.columns, state.context)


def load_page(state: ListState, cursor: str) -> tuple[Page, Markup]:
    """Read a page of the list and draw its rows."""
    columns = columns_of(state)
    names, joined = needed_fields(state.kind, columns)
    size = NEXT_PAGES if cursor else FIRST_PAGE
    page = read_page(state.source(), shape_of(names, joined), cursor, size)
    query = state.query()
    within = "" if state.group is None else "&" + urlencode([("by", state.by), ("group", state.group)])
    cells = Cells(
        state.kind, columns, state.context, str(escape("?" + urlencode({"list": query or "view=all"})))
    )
    more = ""
    if page.next_cursor:
        more = (
            f"?{query}{within}&cursor={page.next_cursor}"
            if query or within
            else f"?cursor={page.next_cursor}"
        )
    return page, rows_html(page.rows, cells, more)


def heads(state: ListState) -> list[Head]:
    columns = columns_of(state)
    areas = phone_areas(columns)
    found = []
    for column in columns:
        head = Head(column, cell_class(column, areas))
        if column.is_sortable:
            is_current = column.key == state.sort.field.name
            if is_current:
                head.sort = "descending" if state.sort.descending else "ascending"
            head.href = state.address(sort=_turned(state, column) if is_current else first_direction(column))
        found.append(head)
    return found


def first_direction(column: Column) -> str:
    """Text begins with A; times and numbers with the newest and the largest."""
    down = column.field is not None and column.field.kind in ("moment", "money", "number", "percent")
    return f"-{column.key}" if down else column.key


def _turned(state: ListState, column: Column) -> str:
    return column.key if state.sort.descending else f"-{column.key}"


def orders(state: ListState) -> list[Order]:
    """The sort menu: every field with an index, each with both directions."""
    found, address = [], state.address_before("sort")
    kinds = {"moment": "time", "date": "time", "text": "text", "email": "text"}
    for name, one in sortable_fields(state.kind).items():
        label, kind = one.label, kinds.get(one.kind, "number")
        for key in (name, f"-{name}"):
            hint = _direction(kind, key.startswith("-"))
            found.append(Order(label, hint, address + key, key == state.sort.key))
    return found


def _direction(kind: str, down: bool) -> str:
    match kind:
        case "time":
            return gettext("newest first") if down else gettext("oldest first")
        case "text":
            return gettext("Z to A") if down else gettext("A to Z")
    return gettext("largest first") if down else gettext("smallest first")


def forms(state: ListState) -> list[tuple[str, str, str]]:
    """(key, label, address) of the forms in which these records can be shown."""
    return [(one, form_label(one), state.in_layout(one)) for one in layouts_of(state.kind)]


def form_label(layout: str) -> str:
    return {BOARD: gettext("Board"), CALENDAR: gettext("Calendar")}.get(layout, gettext("Table"))


def by_label(state: ListState) -> str:
    """What the list is arranged by; "" for a plain table."""
    one = division_of(state.kind, state.by)
    if one is not None:
        return one.label
    return state.kind.fields[state.by].label if state.by in state.kind.fields else ""


def bys(state: ListState) -> list[tuple[str, str, str]]:
    """(key, label, address) of what this form of the list can be arranged by."""
    kind = state.kind
    if state.layout == BOARD:
        found = [(name, one.label) for name, one in lane_fields(kind).items()]
    elif state.layout == CALENDAR:
        found = [(name, one.label) for name, one in date_fields(kind).items()]
    else:
        found = [("", gettext("No groups")), *((name, one.label) for name, one in lane_fields(kind).items())]
        parts = [Division(kind, one, period) for one in date_fields(kind).values() for period in OFFERED]
        found += [(one.key, one.label) for one in parts]
    address = state.place + state.address_before("by")
    return [(key, label, address + key) for key, label in found]


def sort_label(sort: Sort) -> str:
    return sort.field.label


def chips(state: ListState) -> list[Chip]:
    """The conditions as chips; those that the saved view does not have stand out."""
    from rapport.kernel.lists.columns import ICONS

    saved = _saved_nodes(state.view)
    found = []
    for words in words_of(state.filter, state.kind, state.context):
        one = state.kind.fields.get(getattr(words.node, "field", ""))
        icon = ICONS.get(one.kind, "type") if one is not None else "brackets"
        is_new = state.view is not None and words.node not in saved
        found.append(Chip(words, icon, state.without(words.node), is_new))
    return found


def _saved_nodes(view: View | None) -> tuple[Any, ...]:  # Any: conditions and groups
    from rapport.kernel.filters import FilterError, from_json

    try:
        return from_json(view.filter).parts if view is not None else ()
    except FilterError:
        return ()


@dataclass(frozen=True)
class Drop:
    """A condition of a list where nothing matches: how many rows there are without it, and where."""

    condition: str
    count: Count
    address: str


def best_to_drop(state: ListState) -> Drop | None:
    """Where nothing matches: the condition without which there are most rows; None when nothing helps."""
    nodes = list(state.filter.parts)[:MOST_DROPPED]
    others = [
        (str(words), Group("all", tuple(node for node in nodes if node is not words.node)), state.search,
         state.without(words.node))
        for words in words_of(state.filter, state.kind, state.context)[:MOST_DROPPED]
    ]  # fmt: skip
    if state.search:
        others.append((state.search, state.filter, "", state.address(search="")))
    best: Drop | None = None
    for condition, left, search, address in others:
        other = ListState(state.kind, state.context, state.view, left, search, state.sort)
        count = count_rows(other.source().rows())
        if count.number and (best is None or count.number > best.count.number):
            best = Drop(condition, count, address)
    return best


def address_or_none(name: str, *args: object) -> str:
    """The address of a page that another area may have; "" when it has not."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def remembered_columns(request: HttpRequest, kind: RecordType) -> dict[str, list[str]]:
    """The columns that this user chose last, by view ("" for all records)."""
    found = request.session.get("list_columns", {}).get(kind.key, {})
    return found if isinstance(found, dict) else {}


def remember_columns(request: HttpRequest, kind: RecordType, view: View | None, columns: list[str]) -> None:
    """Keep the choice of columns for the next visit; an empty one forgets it."""
    every = dict(request.session.get("list_columns", {}))
    own = dict(every.get(kind.key, {}))
    key = str(view.pk) if view is not None else ""
    if columns:
        own[key] = columns
    else:
        own.pop(key, None)
    every[kind.key] = own
    request.session["list_columns"] = every


def load_groups(state: ListState) -> tuple[Grouped, dict[str, Markup]]:
    """The groups of the table, and the rows of the first ones."""
    grouped = read_groups(state, columns_of(state))
    rows = {}
    for one in grouped.groups[:OPEN_AT_ONCE]:
        rows[one.key] = load_page(replace(state, group=one.key), "")[1]
    return grouped, rows
