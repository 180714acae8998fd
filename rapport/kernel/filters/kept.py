"""Values as a filter keeps them: whoever typed them in which language, everybody who opens the view means the same."""

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


def period_named(said: str) -> str:
    """ "this_month" for “this month”, and for “diesen Monat” where German is spoken; "" for anything else."""
    word = " ".join(said.casefold().replace("_", " ").split())
    known = {
        name: key for key, label in PERIODS.items() for name in (key.replace("_", " "), str(label).casefold())
    }
    return known.get(word, "")


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
