"""Values as a filter keeps them: whoever typed them in which language, everybody who opens the view means the same."""

import re
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateparse import parse_datetime

from rapport.kernel.fields import Context, FieldType, Operator
from rapport.kernel.fields.base import AT_LEAST
from rapport.kernel.fields.numbers import currency_named
from rapport.kernel.filters.operators import DATES, NUMBERS, day_said
from rapport.kernel.filters.periods import DAYS, PERIODS
from rapport.ui.days import clock_of
from rapport.ui.formats import parse_date

_ENDING = re.compile(r"e[mnrs]?\b")  # in diesem Monat, dieser Monat, diesen Monat
_MONTH = re.compile(r"([^\W\d]+)\.? (\d{4})")
_QUARTER = re.compile(r"q([1-4])[ /-]?(\d{4})", re.ASCII)


def period_named(said: str) -> str:
    """ "this_month" for “this month”, and for “diesen Monat” where German is spoken; "" for anything else.

    Months and quarters as people write them, too: "2026-05" for “May 2026”.
    """
    word = " ".join(said.casefold().replace("_", " ").split())
    known = {
        _ENDING.sub("", name): key
        for key, label in PERIODS.items()
        for name in (key.replace("_", " "), str(label).casefold())
    }
    return known.get(_ENDING.sub("", word)) or _month_or_quarter(word)


def _month_or_quarter(word: str) -> str:
    if found := _QUARTER.fullmatch(word):
        return f"{found[2]}-Q{found[1]}"
    if found := _MONTH.fullmatch(word):
        try:
            return f"{parse_date(f'1 {found[1]} {found[2]}'):%Y-%m}"
        except ValueError:
            return ""
    return ""


def kept(field: FieldType, said: str, context: Context) -> str:
    """The value of a comparison as the tree keeps it; ValidationError, ValueError or ArithmeticError say what is wrong.

    Choices by their key, links by their id, days and numbers as they are written everywhere, “today” by its name.
    """
    if field.kind in DATES and period_named(said) in DAYS:
        return period_named(said)
    if field.kind in NUMBERS:
        return _number(field.parse_operand(AT_LEAST, said, context))
    value = field.parse_asked([said] if field.is_multiple else said, context)
    if isinstance(value, models.Model):
        return str(value.pk)
    if field.is_multiple and value:
        return str(value[0])
    if field.kind in ("choice", "country", "language"):
        return str(value)
    if isinstance(value, datetime):
        return _moment(value, said.strip())
    return field.input(value) if field.kind == "date" else said


def kept_value(field: FieldType, operator: Operator, said: str, context: Context) -> str:
    """The same for what the form of a filter says of a number or day; what is none stays as it was said."""
    if field.kind not in (*NUMBERS, *DATES) or operator.operand not in ("value", "range"):
        return said
    try:
        return "..".join(kept(field, part, context) if part.strip() else "" for part in said.split("..", 1))
    except (ValidationError, ValueError, ArithmeticError):
        return said


def _moment(value: datetime, said: str) -> str:
    """As it was said, with seconds and time zone, where everybody reads it alike; a day goes without an hour."""
    if (day := day_said(said, value)) is not None:
        return day.isoformat()
    return said if parse_datetime(said) else clock_of(value).isoformat(" ", "minutes")


def _number(value: Decimal) -> str:
    """Without marks between thousands; three digits behind the point would be read as such."""
    text = f"{value.normalize():f}"
    whole = f"{text}0" if len(text.partition(".")[2]) == 3 else text
    return f"{whole} {currency_named(value)}".strip()
