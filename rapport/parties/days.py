"""Days that come round every year, in a form that an index can hold."""

from typing import Any

from django.db.models.functions import ExtractDay, ExtractMonth


def month_and_day(field: str) -> Any:  # Any: an expression
    """SQL for the day in the year as a number: 1224 for the 24th of December of any year."""
    return ExtractMonth(field) * 100 + ExtractDay(field)
