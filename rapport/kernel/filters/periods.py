"""Relative dates: what "this month", "last week" or "in the next 3 months" means today."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, npgettext
from django.utils.translation import gettext_lazy as _

from rapport.ui import formats

PERIODS: Final[dict[str, Promise]] = {
    "today": _("today"),
    "yesterday": _("yesterday"),
    "tomorrow": _("tomorrow"),
    "this_week": _("this week"),
    "last_week": _("last week"),
    "next_week": _("next week"),
    "this_month": _("this month"),
    "last_month": _("last month"),
    "next_month": _("next month"),
    "this_quarter": _("this quarter"),
    "last_quarter": _("last quarter"),
    "next_quarter": _("next quarter"),
    "this_year": _("this year"),
    "last_year": _("last year"),
    "next_year": _("next year"),
}
DAYS: Final = {"yesterday": -1, "today": 0, "tomorrow": 1}
UNITS: Final = {"d": 1, "w": 7}
MONTHS: Final = {"m": 1, "q": 3, "y": 12}
MOST_DAYS: Final = 36_500
_SPAN = re.compile(r"(\d{1,6})\s*([dwmqy]?)", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-?q([1-4])", re.ASCII | re.IGNORECASE)
_YEAR = re.compile(r"\d{4}", re.ASCII)


@dataclass(frozen=True)
class Span:
    """A length of time: 90 days, 3 weeks, 2 months."""

    count: int
    unit: str = "d"

    def before(self, day: date) -> date:
        return self._moved(day, -1)

    def after(self, day: date) -> date:
        return self._moved(day, 1)

    def _moved(self, day: date, sign: int) -> date:
        if self.unit in UNITS:
            return day + timedelta(days=sign * self.count * UNITS[self.unit])
        return add_months(day, sign * self.count * MONTHS[self.unit])

    def __str__(self) -> str:
        said = {
            "d": npgettext("after a comparison", "%(count)s day", "%(count)s days", self.count),
            "w": npgettext("after a comparison", "%(count)s week", "%(count)s weeks", self.count),
            "m": npgettext("after a comparison", "%(count)s month", "%(count)s months", self.count),
            "q": npgettext("after a comparison", "%(count)s quarter", "%(count)s quarters", self.count),
            "y": npgettext("after a comparison", "%(count)s year", "%(count)s years", self.count),
        }
        return said[self.unit] % {"count": self.count}


def add_months(day: date, months: int) -> date:
    """The same day some months later, or the last one of that month."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def read_span(said: str) -> Span:
    """Return the length of time that "90" (days) or "3w", "2m", "1y" stands for."""
    found = _SPAN.fullmatch(said.strip().casefold())
    if found is None:
        raise ValidationError(_("Give a number of days, e.g. 90."))
    span = Span(int(found[1]), found[2] or "d")
    if span.count * (UNITS.get(span.unit) or 31 * MONTHS.get(span.unit, 1)) > MOST_DAYS:
        raise ValidationError(_("This is more than a hundred years."))
    return span


def read_period(said: str) -> tuple[date, date]:
    """Return first day and the day after the last of "this_month", "2026", "2026-05", "2026-Q2" or a single day."""
    word = said.strip().casefold().replace(" ", "_")
    today = timezone.localdate()
    if word in DAYS:
        day = today + timedelta(days=DAYS[word])
        return day, day + timedelta(days=1)
    which, _line, unit = word.partition("_")
    if word in PERIODS:
        return _around(today, {"last": -1, "this": 0, "next": 1}[which], unit)
    try:
        return _named(word)
    except (ValueError, OverflowError) as problem:
        raise ValidationError(
            _("“%(said)s” is no period. Say “this month”, “last week”, 2026 or 2026-05."),
            params={"said": said[:40]},
        ) from problem


def _around(today: date, step: int, unit: str) -> tuple[date, date]:
    if unit == "week":
        start = today - timedelta(days=today.weekday()) + timedelta(days=7 * step)
        return start, start + timedelta(days=7)
    size = {"month": 1, "quarter": 3, "year": 12}[unit]
    start = add_months(date(today.year, (today.month - 1) // size * size + 1, 1), step * size)
    return start, add_months(start, size)


def _named(word: str) -> tuple[date, date]:
    if _YEAR.fullmatch(word):
        start = date(int(word), 1, 1)
        return start, add_months(start, 12)
    if quarter := _QUARTER.fullmatch(word):
        start = date(int(quarter[1]), int(quarter[2]) * 3 - 2, 1)
        return start, add_months(start, 3)
    if month := _MONTH.fullmatch(word):
        start = date(int(month[1]), int(month[2]), 1)
        return start, add_months(start, 1)
    day = formats.parse_date(word)
    return day, day + timedelta(days=1)


def period_words(said: str) -> str:
    """A period as a sentence has it."""
    word = said.strip().casefold().replace(" ", "_")
    if word in PERIODS:
        return str(PERIODS[word])
    start, end = read_period(said)
    if end - start == timedelta(days=1):
        return formats.format_date(start)
    if quarter := _QUARTER.fullmatch(word):
        return gettext("quarter %(quarter)s of %(year)s") % {"quarter": quarter[2], "year": quarter[1]}
    return said.strip()


def read_day(said: str) -> date | None:
    """The day that "today", "yesterday" or "tomorrow" means; None for anything else."""
    step = DAYS.get(said.strip().casefold())
    return None if step is None else timezone.localdate() + timedelta(days=step)


def midnight(day: date) -> datetime:
    """The moment at which a day begins where the user is."""
    return timezone.make_aware(datetime.combine(day, time()))
