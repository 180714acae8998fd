"""Entries that take several days, on each of their days in a month or a list."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import Q

from rapport.kernel.calendars.hours import LONGEST, WHOLE
from rapport.kernel.calendars.reader import Day, entries_of
from rapport.kernel.calendars.registry import CalendarRules
from rapport.kernel.calendars.spans import MONTH, Span
from rapport.kernel.filters.days import before_day
from rapport.kernel.filters.periods import midnight
from rapport.kernel.lists.state import ListState
from rapport.ui.days import clock_of

MOST = 100


def add_running(state: ListState, span: Span, rules: CalendarRules, whose: Q, days: list[Day]) -> None:
    """Put what began on an earlier day and still runs onto these days; one statement, and what its look costs."""
    if not rules.length:
        return
    one = state.kind.fields[state.by]
    name = one.attname
    near = before_day(name, span.end) & Q(**{f"{name}__gte": midnight(span.first) - LONGEST})
    rows = state.source().rows().filter(whose).filter(near, **{f"{rules.length}__gt": WHOLE})
    keys = list(rows.order_by(name, "pk").values_list("pk", flat=True)[:MOST])
    by_date = {day.date: day for day in days}
    for entry in entries_of(state, keys, rules, with_lines=span.kind != MONTH):
        if entry.at is None:
            continue
        clock = clock_of(entry.at)
        begin, last = clock.date(), (clock + timedelta(minutes=_minutes(entry.record, rules) - 1)).date()
        for number in range(1, (last - begin).days + 1):
            day = by_date.get(begin + timedelta(days=number))
            if day is not None:
                day.running.append(replace(entry, is_movable=False, at=None))


def _minutes(record: Any, rules: CalendarRules) -> int:  # Any: a record of the type
    return int(getattr(record, rules.length) or 0)
