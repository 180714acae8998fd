"""Reads a page of a list by keyset: as fast on the thousandth page as on the first, for narrow and wide rights.

Whoever sees everything walks the index of the order. Whoever sees his own and his team's records gets one ordered
index scan for each of these, merged: walking the order's index would read the whole table to find his fifty rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from django.db.models import Q

from rapport.kernel.lists.cursors import Cursor, after, read_cursor, write_cursor
from rapport.kernel.lists.sorting import FILLED, Sort, sort_expression
from rapport.kernel.permissions import policy
from rapport.kernel.registry import RecordType

if TYPE_CHECKING:
    from rapport.accounts.models import User

Rows: TypeAlias = Any  # a query set of records of whatever type
Shape: TypeAlias = Callable[[Rows], Rows]


@dataclass
class Page:
    """Some rows of a list and where the next ones begin ("" at the end)."""

    rows: list[Any] = field(default_factory=list)  # Any: records of the type
    next_cursor: str = ""


@dataclass(frozen=True)
class Source:
    """The rows of one list: what this user sees of the type, filtered, in an order."""

    kind: RecordType
    user: "User"
    condition: Q
    sort: Sort
    act: str = "read"

    def rows(self) -> Rows:
        """All rows of the list, without an order."""
        rows = self.kind.visible_to(self.user).filter(self.condition)
        return (
            rows if self.act == "read" else rows.filter(policy(self.user, self.kind.key, self.act).condition)
        )

    def parted(self) -> tuple[Rows, Sequence[Q]]:
        """The same rows as a query set that an index can deliver in order, under one or several of these conditions."""
        reading = policy(self.user, self.kind.key, "read")
        if reading.reach == "all":
            return self.rows(), [Q()]
        everything = self.kind.model.objects.get_queryset().read_by(self.user)
        everything = everything.filter(self.condition, deleted_at=None)
        if self.act != "read":
            everything = everything.filter(policy(self.user, self.kind.key, self.act).condition)
        return everything, reading.principals


def read_page(source: Source, shape: Shape, cursor: str = "", size: int = 100) -> Page:
    """Return the page behind the cursor (page one for an empty or strange one).

    `shape` adds what the rows are shown with (only, select_related).
    """
    place = read_cursor(source.kind, source.sort, cursor)
    rows = read_rows(source, shape, place, size + 1)
    if len(rows) <= size:
        return Page(rows)
    rows = rows[:size]
    return Page(rows, write_cursor(source.kind, source.sort, cursor_of(source.sort, rows[-1])))


def read_rows(source: Source, shape: Shape, place: Cursor | None, size: int) -> list[Any]:  # Any: records
    """Return up to that many rows behind the place, segment by segment."""
    found: list[Any] = []  # Any: records
    segments = source.sort.segments
    if place is not None:
        segments = segments[segments.index(place.segment) :]
    parted = source.parted()  # once: a short list reads all segments, and rules take time to be worked out
    for segment in segments:
        begin = place if place is not None and place.segment == segment else None
        found += _segment(source, shape, segment, begin, size - len(found), parted)
        if len(found) >= size:
            break
    return found


def cursor_of(sort: Sort, row: Any) -> Cursor:  # Any: a record that the reader has read
    """The place of a row in the list."""
    value = row.sort_value
    is_empty = value is None or (sort.is_text and value == "")
    return Cursor("empty" if is_empty else FILLED, value, row.pk)


def place_of(source: Source, record_id: UUID) -> Cursor | None:
    """The place at which this record stands, None when the user does not see it in this list."""
    value = sort_expression(source.sort.field)
    row = source.rows().filter(pk=record_id).annotate(sort_value=value).only("pk").first()
    return None if row is None else cursor_of(source.sort, row)


def _segment(
    source: Source, shape: Shape, segment: str, place: Cursor | None, size: int, of: tuple[Rows, Sequence[Q]]
) -> list[Any]:
    sort, (everything, parts) = source.sort, of
    rows = _ordered(everything, sort, segment, place)
    if len(parts) == 1:
        return list(shape(rows.filter(parts[0]))[:size])
    keys = _merged([rows.filter(part).values_list("sort_value", "pk")[:size] for part in parts], sort, size)
    if not keys:  # so a short list need not work out how the rows of its last segment would be read
        return []
    first = source.kind.model.objects.get_queryset().read_by(source.user).filter(pk__in=keys)
    return list(_annotated(shape(first), sort).order_by(*sort.order()))


def _ordered(rows: Rows, sort: Sort, segment: str, place: Cursor | None) -> Rows:
    rows = _annotated(rows.filter(sort.condition(segment)), sort)
    if place is not None:
        rows = rows.filter(after(sort, place))
    return rows.order_by(*sort.order())


def _annotated(rows: Rows, sort: Sort) -> Rows:
    return rows.annotate(sort_value=sort_expression(sort.field))


def _merged(scans: Sequence[Rows], sort: Sort, size: int) -> list[UUID]:
    """The ids of the first rows of all scans together (a union removes those that are in several)."""
    first, *others = scans
    sign = "-" if sort.runs_down else ""
    merged = first.union(*others).order_by(f"{sign}sort_value", f"{sign}pk")[:size]
    return [key for _value, key in merged]
