"""The entries of some days by their hours: what takes the whole day stands above, all else where its hours are."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from rapport.kernel.calendars.reader import Entry, entries_of
from rapport.kernel.calendars.registry import CalendarRules
from rapport.kernel.calendars.spans import Span
from rapport.kernel.filters.days import before_day, lies_on
from rapport.kernel.filters.periods import midnight
from rapport.kernel.lists.state import ListState
from rapport.ui.days import clock_of, is_whole_day

MOST = 600
USUAL = 30  # minutes that an entry takes which says nothing of it
LONGEST = timedelta(days=62)  # what began longer ago is not looked for
WHOLE = 24 * 60


@dataclass
class Piece:
    """An entry on one day: minutes since midnight, how many it takes there, and whether it begins and ends there."""

    entry: Entry
    start: int
    minutes: int
    begins: bool = True
    ends: bool = True

    @property
    def at(self) -> datetime | None:
        return self.entry.at if self.begins else None


@dataclass
class HourDay:
    """One day: what takes all of it, and what has hours."""

    date: date
    is_today: bool
    whole: list[Piece] = field(default_factory=list)
    timed: list[Piece] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(one.begins for one in [*self.whole, *self.timed])


@dataclass
class Hours:
    """The days of the page; `is_cut` where more stands on them than can be shown."""

    days: list[HourDay]
    is_cut: bool = False


def empty_hours(span: Span) -> Hours:
    today = timezone.localdate()
    return Hours([HourDay(day, day == today) for day in span.days()])


def read_hours(state: ListState, span: Span, rules: CalendarRules, whose: Q) -> Hours:
    """The entries of these days, in two statements and what their look costs."""
    found = empty_hours(span)
    one = state.kind.fields[state.by]
    rows = state.source().rows().filter(whose)
    wanted = lies_on(one, span.first, span.end)
    if rules.length:
        rows, runs = _running(rows, one.attname, rules.length, span.first)
        wanted |= runs
    keys = list(rows.filter(wanted).order_by(one.attname, "pk").values_list("pk", flat=True)[: MOST + 1])
    found.is_cut = len(keys) > MOST
    by_day = {day.date: day for day in found.days}
    for entry in entries_of(state, keys[:MOST], rules, with_lines=False):
        if entry.at is not None:
            _place(entry, _minutes(entry.record, rules), by_day)
    return found


def _running(rows: Any, name: str, length: str, first: date) -> tuple[Any, Q]:  # Any: a query set
    """The rows with their end, and the condition: begun before the first day and not over yet."""
    minutes = ExpressionWrapper(
        Coalesce(F(length), Value(0)) * Value(timedelta(minutes=1)), output_field=DurationField()
    )
    ends = ExpressionWrapper(F(name) + minutes, output_field=DateTimeField())
    begin = midnight(first)
    runs = Q(**{f"{name}__gte": begin - LONGEST, "ends_then__gt": begin})
    return rows.alias(ends_then=ends), before_day(name, first) & runs


def _minutes(record: Any, rules: CalendarRules) -> int | None:  # Any: a record of the type
    value = getattr(record, rules.length, None) if rules.length else None
    return int(value) if value else None


def _place(entry: Entry, minutes: int | None, days: dict[date, HourDay]) -> None:
    """Put an entry onto each of its days."""
    assert entry.at is not None
    begin = clock_of(entry.at)
    entry.minutes = minutes
    if is_whole(entry.at, minutes):
        count = max(1, (minutes or WHOLE) // WHOLE)
        for number in range(count):
            day = days.get(begin.date() + timedelta(days=number))
            if day is not None:
                day.whole.append(Piece(entry, 0, WHOLE, number == 0, number == count - 1))
        return
    end = timezone.localtime(entry.at + timedelta(minutes=minutes or USUAL))
    on = begin.date()
    while on <= end.date() and (on < end.date() or end.time() > time() or on == begin.date()):
        start = begin.hour * 60 + begin.minute if on == begin.date() else 0
        stop = end.hour * 60 + end.minute if on == end.date() else WHOLE
        if (day := days.get(on)) is not None:
            piece = Piece(entry, start, max(stop - start, 1), on == begin.date(), on == end.date())
            day.timed.append(piece)
        on += timedelta(days=1)


def is_whole(moment: datetime, minutes: int | None) -> bool:
    """A whole day; or midnight, which other dates mean by it, unless it takes another time than whole days."""
    return is_whole_day(moment) or (
        clock_of(moment).time() == time() and (not minutes or minutes % WHOLE == 0)
    )
