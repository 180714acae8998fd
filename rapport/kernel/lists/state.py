"""What a list shows just now: everything stands in its address; a saved view is where it begins."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import QueryDict
from django.utils.http import urlencode

from rapport.accounts.grants import has_rules
from rapport.kernel.fields import Context
from rapport.kernel.filters import (
    EVERYTHING,
    Compiled,
    FilterError,
    Group,
    Node,
    TooExpensive,
    bounded,
    checked,
    compile_filter,
    from_json,
    from_query,
    to_pairs,
)
from rapport.kernel.filters.limits import LONGEST
from rapport.kernel.filters.text import parse_text
from rapport.kernel.filters.text.tokens import LONGEST_TEXT
from rapport.kernel.lists.arranged.fields import division_of, known_by
from rapport.kernel.lists.columns import default_columns, known_columns
from rapport.kernel.lists.reader import Source
from rapport.kernel.lists.search import text_condition
from rapport.kernel.lists.sorting import Sort, read_sort
from rapport.kernel.registry import RecordType
from rapport.kernel.views.models import LAYOUTS, TABLE, View, place_of

LONGEST_SEARCH = 200
BESIDES = (
    "in",
    "owner",
    "quick",
    "month",
    "span",
    "who",
)  # what boards and calendars have in their addresses besides
TYPED = "="  # a search that begins so is a filter as people type it


@dataclass
class ListState:
    """View, filter, text, order and columns of one list, as its address says; its form and what it is arranged by."""

    kind: RecordType
    context: Context
    view: View | None = None
    filter: Group = EVERYTHING
    search: str = ""
    sort: Sort = None  # type: ignore[assignment]  # always set by read_state
    columns: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    layout: str = TABLE
    by: str = ""
    group: str | None = None  # of a table in groups: only the rows of this one
    besides: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def compiled(self) -> Compiled:
        """The filter as SQL; with problems it finds nothing."""
        found = compile_filter(self.filter, self.kind, self.context)
        if self.problems:
            return Compiled(Q(pk__in=[]), [*self.problems, *found.problems])
        return found

    @contextmanager
    def reading(self, seconds: float = LONGEST) -> Iterator[None]:
        """Read this list inside; one that is more than an index walked may take so long, then raises TooExpensive."""
        is_plain = not (self.is_filtered or self.by) and not (
            self.context.user and has_rules(self.context.user)
        )
        with nullcontext() if is_plain else bounded(seconds):
            yield

    def refuse(self, problem: TooExpensive) -> None:
        """Show why there are no rows instead of the rows."""
        self.problems.append(str(problem))
        self.__dict__.pop("compiled", None)

    @property
    def condition(self) -> Q:
        """The filter and the text that is searched for."""
        condition = self.compiled.condition & self._of_group
        if not self.search or self.context.user is None or self.search.startswith(TYPED):
            return condition
        return condition & text_condition(self.kind, self.search, self.context.user)

    @property
    def _of_group(self) -> Q:
        division = division_of(self.kind, self.by) if self.group is not None else None
        if self.group is None or division is None or self.context.user is None:
            return Q()
        found = division.condition(self.group, self.context.user)
        return Q(pk__in=[]) if found is None else found

    def source(self, act: str = "read") -> Source:
        """The rows of this list, for the reader."""
        assert self.context.user is not None
        return Source(self.kind, self.context.user, self.condition, self.sort, act)

    @property
    def is_filtered(self) -> bool:
        return bool(self.filter or self.search or self.problems)

    @property
    def is_grouped(self) -> bool:
        """Is it a table in groups, and not the rows of one of them?"""
        return self.layout == TABLE and bool(self.by) and self.group is None

    @property
    def is_edited(self) -> bool:
        """Does the list differ from its saved view?"""
        return self.view is not None and bool(self.changed)

    # -- the address ----------------------------------------------------------------------------------------
    def pairs(self, **changes: Any) -> list[tuple[str, str]]:  # Any: filter, search, sort, columns, view
        """The pieces of the query string, with some of them changed."""
        view = changes.get("view", self.view)
        wanted: list[tuple[str, str]] = [("view", str(view.pk))] if view is not None else []
        search = changes.get("search", self.search)
        if search:
            wanted.append(("q", search))
        changed = self.changed | set(changes)
        if "filter" in changed:
            tree = changes.get("filter", self.filter)
            if tree or (view is not None and view.filter):
                wanted += to_pairs(tree)
        if "by" in changed and (changes.get("by", self.by) or view is not None):
            wanted.append(("by", changes.get("by", self.by)))
        if "sort" in changed:
            wanted.append(("sort", changes.get("sort", self.sort.key)))
        if "columns" in changed:
            wanted.append(("columns", ",".join(changes.get("columns", self.columns))))
        besides: list[tuple[str, str]] = changes.get("besides", self.besides)
        return wanted + besides

    def query(self, **changes: Any) -> str:  # Any: as above
        """The query string without its question mark."""
        return urlencode(self.pairs(**changes))

    def address(self, **changes: Any) -> str:  # Any: as above
        """The address of this list, or of the list with some changes; on the page that shows it."""
        return f"?{self.query(**changes) or 'view=all'}"

    def address_before(self, name: str) -> str:
        """The address of this list without the value of one parameter: for menus that offer many of them."""
        others = [pair for pair in self.pairs() if pair[0] != name]
        return f"?{urlencode([*others, (name, '')])}"

    @property
    def place(self) -> str:
        """The page that shows this list in its form."""
        return place_of(self.kind.key, self.layout)

    @property
    def form_pairs(self) -> list[tuple[str, str]]:
        """For pages that belong to lists of every form: the address and the form."""
        return self.pairs() + ([("layout", self.layout)] if self.layout != TABLE else [])

    @property
    def form_query(self) -> str:
        return urlencode(self.form_pairs)

    def in_layout(self, layout: str) -> str:
        """The same records in another form."""
        pairs = [(name, said) for name, said in self.pairs(besides=[]) if name != "by"]
        return f"{place_of(self.kind.key, layout)}?{urlencode(pairs) or 'view=all'}"

    def without(self, node: Node) -> str:
        """The address with one condition dropped."""
        parts = list(self.filter.parts)
        return self.address(filter=self.filter.without(parts.index(node)))

    def as_view_values(self) -> dict[str, Any]:  # Any: JSON
        """What a view must keep to show this list again."""
        from rapport.kernel.filters import to_json

        shown = [] if self.columns == default_columns(self.kind) else self.columns
        return {
            "filter": to_json(self.filter) if self.filter else {},
            "sort": self.sort.key,
            "columns": shown,
            "layout": self.layout,
            "by": self.by,
        }


def read_state(
    kind: RecordType,
    context: Context,
    query: QueryDict,
    views: Iterable[View] | None = None,
    remembered: Mapping[str, Sequence[str]] | None = None,
    layout: str = "",
) -> ListState:
    """Return the list that the query string says; whatever it says wrongly is left out or becomes a sentence.

    `remembered` are the columns that this user chose last, by the view's id ("" for all records).
    """
    state = ListState(kind, context, view=_view(kind, context, query.get("view", ""), views))
    _arrange(state, query, layout)
    saved_filter, saved_sort, saved_columns = _saved(state)
    state.filter = saved_filter
    if "f" in query or "g" in query:
        state.filter, problems = from_query(query)
        state.problems += problems
        if state.filter != saved_filter:
            state.changed.add("filter")
    state.sort = read_sort(query.get("sort", "") or saved_sort, kind)
    if state.sort.key != read_sort(saved_sort, kind).key:
        state.changed.add("sort")
    _search(state, query.get("q", "").replace("\x00", ""))
    said = [part for piece in query.getlist("columns") for part in piece.split(",")]
    own = (remembered or {}).get(str(state.view.pk) if state.view else "", ())
    state.columns = known_columns(kind, said, context) or known_columns(kind, own, context) or saved_columns
    if state.columns != saved_columns:
        state.changed.add("columns")
    return state


def _arrange(state: ListState, query: QueryDict, layout: str) -> None:
    """The form of the list, and what it is arranged by: as the address says, else as the view was saved."""
    said = layout or query.get("layout", "")
    state.layout = said if said in LAYOUTS else TABLE
    if state.layout != TABLE:
        said_besides = [(name, value) for name in BESIDES for value in query.getlist(name)[:9]]
        state.besides = [(name, value[:100].replace("\x00", "")) for name, value in said_besides if value]
    view = state.view
    saved = known_by(state.kind, state.layout, view.by if view and view.layout == state.layout else "")
    state.by = known_by(state.kind, state.layout, query.get("by", "")) if "by" in query else saved
    if state.layout == TABLE and state.by and "group" in query:
        state.group = query.get("group", "")[:100].replace("\x00", "")
    if state.by != saved:
        state.changed.add("by")
    if view is not None and view.layout != state.layout:
        state.changed.add("layout")


def _search(state: ListState, said: str) -> None:
    """The text that is searched for; what is typed as a filter narrows the list and is no search any more."""
    if not said.lstrip().startswith(TYPED):
        state.search = " ".join(said.split())[:LONGEST_SEARCH]
        return
    try:
        # the sign is left in place as a space, so that the places in messages are right
        tree = parse_text(said.replace(TYPED, " ", 1), state.kind, state.context)
        parts = tree.parts if tree.join == "all" else (tree,)
        own = state.filter.parts if state.filter.join == "all" else (state.filter,)
        state.filter = checked(Group("all", tuple(dict.fromkeys((*own, *parts)))))
        state.changed.add("filter")
    except FilterError as problem:
        state.search = said[:LONGEST_TEXT]
        state.problems.append(str(problem))


def _view(kind: RecordType, context: Context, said: str, views: Iterable[View] | None) -> View | None:
    try:
        key = UUID(said)
    except ValueError:
        return None
    if views is None:
        if context.user is None:
            return None
        views = View.objects.visible_to(context.user).filter(type=kind.key, pk=key)
    return next((one for one in views if one.pk == key), None)


def _saved(state: ListState) -> tuple[Group, str, list[str]]:
    """Filter, order and columns of the saved view; of all records without one."""
    view, usual = state.view, default_columns(state.kind)
    if view is None:
        return EVERYTHING, state.kind.default_sort, usual
    try:
        saved = from_json(view.filter)
    except FilterError as problem:
        saved = EVERYTHING
        state.problems.append(str(problem))
    columns = view.columns if isinstance(view.columns, list) else []
    return (
        saved,
        view.sort or state.kind.default_sort,
        known_columns(state.kind, columns, state.context) or usual,
    )
