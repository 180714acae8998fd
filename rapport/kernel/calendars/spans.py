"""The days that a page of a calendar shows: a month in whole weeks, a week, a day, or four weeks as a list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext

from rapport.kernel.filters.periods import add_months
from rapport.ui import formats

MONTH, WEEK, DAY, LIST = "month", "week", "day", "list"
LENGTHS = {WEEK: 7, DAY: 1, LIST: 28}
EARLIEST, LATEST = date(1800, 1, 1), date(2500, 12, 31)


@dataclass(frozen=True)
class Span:
    """A month, a week, a day or some weeks from a day on."""

    kind: str
    on: date

    @property
    def first(self) -> date:
        """The first day on the page."""
        if self.kind in (DAY, LIST):
            return self.on
        start = self.on.replace(day=1) if self.kind == MONTH else self.on
        return start - timedelta(days=(start.weekday() - formats.first_weekday()) % 7)

    @property
    def end(self) -> date:
        """The day behind the last one on the page."""
        if self.kind != MONTH:
            return self.first + timedelta(days=LENGTHS[self.kind])
        after = add_months(self.on.replace(day=1), 1)
        days = (after - self.first).days
        return self.first + timedelta(days=-(-days // 7) * 7)

    def days(self) -> Iterator[date]:
        for number in range((self.end - self.first).days):
            yield self.first + timedelta(days=number)

    def holds(self, day: date) -> bool:
        """Does the day belong to what the page is about, or does it only fill the week?"""
        return self.kind != MONTH or (day.year, day.month) == (self.on.year, self.on.month)

    def moved(self, step: int) -> date:
        """A day in the span before (-1) or behind (1)."""
        if self.kind != MONTH:
            return _within(self.on + timedelta(days=LENGTHS[self.kind] * step))
        return _within(add_months(self.on.replace(day=1), step))

    @property
    def label(self) -> str:
        if self.kind == MONTH:
            return formats.format_month(self.on)
        if self.kind == DAY:
            said = {"weekday": formats.format_weekday(self.on), "date": formats.format_date(self.on)}
            return gettext("%(weekday)s, %(date)s") % said
        if self.kind == LIST:
            last = self.end - timedelta(days=1)
            said = {"first": formats.format_date(self.first), "last": formats.format_date(last)}
            return gettext("%(first)s to %(last)s") % said
        week = (self.first + timedelta(days=3)).isocalendar()
        return gettext("Week %(week)s of %(year)s") % {"week": week.week, "year": week.year}


def read_span(kind: str, on: str) -> Span:
    """The span that an address says; today's month where it says none."""
    try:
        day = _within(date.fromisoformat(on))
    except ValueError:
        day = timezone.localdate()
    return Span(kind if kind in LENGTHS else MONTH, day)


def _within(day: date) -> date:
    return min(max(day, EARLIEST), LATEST)
