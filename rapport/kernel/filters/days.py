"""Days of moments in queries, as the user's calendar has them; a whole day is that day wherever its moment lies."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db.models import Case, DateField, F, Q, When
from django.db.models.functions import Cast, Trunc, TruncTime
from django.db.models.lookups import Exact

from rapport.kernel.fields import FieldType
from rapport.kernel.filters.periods import midnight
from rapport.ui.days import MARK, whole_day

A_DAY: Final = timedelta(days=1)
NEAR: Final = 2  # days within which the moment of a whole day lies from where it belongs


def since_day(name: str, day: date) -> Q:
    """What is on that day or later."""
    return within(name, begin=midnight(day), first=day)


def before_day(name: str, day: date) -> Q:
    """What is on an earlier day."""
    return within(name, end=midnight(day), last=day - A_DAY)


def on_days(name: str, first: date, end: date) -> Q:
    """What is on these days; the last one is the day before `end`."""
    return since_day(name, first) & before_day(name, end)


def lies_on(field: FieldType, first: date, end: date) -> Q:
    """The same of a field with dates or moments."""
    name = str(field.attname)
    if field.kind == "moment":
        return on_days(name, first, end)
    return Q(**{f"{name}__gte": first, f"{name}__lt": end})


def within(
    name: str,
    *,
    begin: datetime | None = None,
    end: datetime | None = None,
    first: date | None = None,
    last: date | None = None,
) -> Q:
    """Moments from `begin` until before `end`, of whole days those from the first to the last.

    Only those beside the first and the last can lie on the wrong side (rapport/ui/days.py), so only these are named.
    """
    found = Q() if begin is None else Q(**{f"{name}__gte": begin})
    found &= Q() if end is None else Q(**{f"{name}__lt": end})
    missing, wrong = [], []
    for day in _near(first, last):
        moment = whole_day(day)
        belongs = (first is None or first <= day) and (last is None or day <= last)
        is_found = (begin is None or begin <= moment) and (end is None or moment < end)
        if belongs and not is_found:
            missing.append(moment)
        elif is_found and not belongs:
            wrong.append(moment)
    if missing:
        found |= Q(**{f"{name}__in": missing})
        # says nothing new, but in a way that an index understands
        found &= Q() if begin is None else Q(**{f"{name}__gte": min(begin, *missing)})
        found &= Q() if end is None else Q(**{f"{name}__lte": max(end, *missing)})
    return found & ~Q(**{f"{name}__in": wrong}) if wrong else found


def _near(first: date | None, last: date | None) -> list[date]:
    numbers = {
        one.toordinal() + step for one in (first, last) if one is not None for step in range(-NEAR, NEAR + 1)
    }
    return [date.fromordinal(one) for one in sorted(numbers) if 0 < one <= date.max.toordinal()]


def period_of(field: FieldType, period: str, name: str = "") -> Any:  # Any: a Django expression
    """The first day of the day, week, month, quarter or year in which a date or moment lies."""
    column = F(name or str(field.attname))
    first = Trunc(column, period, output_field=DateField())
    if field.kind != "moment":
        return first
    is_whole = Exact(TruncTime(column, tzinfo=UTC), MARK)
    there = Trunc(column, period, output_field=DateField(), tzinfo=UTC)
    return Cast(Case(When(is_whole, then=there), default=first), DateField())
