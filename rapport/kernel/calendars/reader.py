"""Reads the entries of a calendar: how many there are on each day, and the first ones of each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from rapport.kernel.boards.lines import lines_of
from rapport.kernel.calendars.spans import MONTH, Span
from rapport.kernel.fields import Choice, FieldType
from rapport.kernel.filters.periods import midnight
from rapport.kernel.lists.arranged import Division
from rapport.kernel.lists.cells import may_edit
from rapport.kernel.lists.state import ListState
from rapport.kernel.registry import RecordType

PER_DAY = {MONTH: 4, "week": 40}


@dataclass
class Entry:
    """One record on its day."""

    record: Any  # a record of the calendar's type
    title: str
    at: datetime | None
    hue: str
    lines: list[str]
    is_movable: bool


@dataclass
class Day:
    """One day of the page: its first entries, and how many there are."""

    date: date
    is_inside: bool
    is_today: bool
    count: int = 0
    entries: list[Entry] = field(default_factory=list)

    @property
    def more(self) -> int:
        return max(0, self.count - len(self.entries))


def empty_days(span: Span) -> list[Day]:
    today = timezone.localdate()
    return [Day(day, span.holds(day), day == today) for day in span.days()]


def read_days(state: ListState, span: Span) -> list[Day]:
    """The days with their entries, in three statements however many records there are."""
    kind, one = state.kind, state.kind.fields[state.by]
    rows = state.source().rows()
    days = empty_days(span)
    division = Division(kind, one, "day")
    within = rows.filter(_between(one, span.first, span.end))
    counted = within.order_by().values(day_key=division.expression()).annotate(n=Count("pk"))
    counts = {row["day_key"]: row["n"] for row in counted}
    for day in days:
        day.count = counts.get(day.date, 0)
    _fill(
        [day for day in days if day.count],
        rows,
        state,
        one,
        PER_DAY[span.kind],
        with_lines=span.kind != MONTH,
    )
    return days


def _between(one: FieldType, first: date, end: date) -> Q:
    low, high = (midnight(first), midnight(end)) if one.kind == "moment" else (first, end)
    return Q(**{f"{one.attname}__gte": low, f"{one.attname}__lt": high})


def _fill(
    days: list[Day], rows: Any, state: ListState, one: FieldType, most: int, *, with_lines: bool
) -> None:  # Any: a query set
    """Put the first entries onto each day: a short scan for each, and one statement for all records."""
    if not days:
        return
    kind = state.kind
    order = [one.attname, "pk"]
    found = [
        rows.filter(_between(one, day.date, day.date + timedelta(days=1)))
        .order_by(*order)
        .values_list("pk")[:most]
        for day in days
    ]
    keys = [pk for (pk,) in (found[0].union(*found[1:], all=True) if len(found) > 1 else found[0])]
    hue, joined = hue_of(kind)
    assert state.context.user is not None
    records = list(
        kind.visible_to(state.context.user).filter(pk__in=keys).select_related(*joined).order_by(*order)
    )
    edits = may_edit(kind, state.context, records)
    lines = lines_of(records, kind, (state.by,), state.context.user) if with_lines else {}
    by_date = {day.date: day for day in days}
    title = kind.fields[kind.title]
    for record in records:
        value = one.read(record)
        at = value if isinstance(value, datetime) else None
        day = by_date.get(timezone.localtime(at).date() if at is not None else value)
        if day is not None:
            entry = Entry(
                record,
                title.text(title.read(record)),
                at,
                hue(record),
                lines.get(record.pk, []),
                edits(record),
            )
            day.entries.append(entry)


def hue_of(kind: RecordType) -> tuple[Callable[[Any], str], list[str]]:
    """What gives entries their color (Any: a record): the choice by which the type has its board, else its first."""
    wanted = [kind.fields[kind.board]] if kind.board in kind.fields else []
    wanted += [one for one in kind.fields.values() if one.kind in ("choice", "option") and one.editable]
    first = next(iter(wanted), None)
    if isinstance(first, Choice):
        hues, read = first.hues, first.read
        return (lambda record: hues.get(read(record) or "", "petrol")), []
    if first is not None and first.kind == "option":
        return (lambda record: getattr(first.read(record), "hue", "petrol")), [first.name]
    return (lambda record: "petrol"), []


def moved_to(value: date | datetime | None, day: date, one: FieldType) -> date | datetime:
    """The value on another day: a moment keeps its time of the day."""
    if one.kind != "moment":
        return day
    clock = timezone.localtime(value).time() if isinstance(value, datetime) else time(9)
    return timezone.make_aware(datetime.combine(day, clock))
