"""How many rows a list has: exact while that is cheap, else about, from what the planner expects."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.translation import gettext

from rapport.kernel.lists.reader import Rows
from rapport.ui import formats

EXACT_UP_TO = 10_000
AFFORDABLE = 40_000.0  # planner's cost; about a tenth of a second


@dataclass(frozen=True)
class Count:
    """A number of rows, and whether it is counted or estimated."""

    number: int
    is_exact: bool = True

    def __str__(self) -> str:
        shown = formats.format_number(self.number)
        return shown if self.is_exact else gettext("about %(number)s") % {"number": shown}


def count_rows(rows: Rows, up_to: int = EXACT_UP_TO) -> Count:
    """Count up to that many rows; beyond, or where counting would be slow, say about how many."""
    try:  # worked out once for both questions: a row of tabs counts a dozen lists
        sql, parameters = rows.order_by().values("pk")[: up_to + 1].query.sql_with_params()
    except EmptyResultSet:  # a condition that nothing can fulfil needs no database
        return Count(0)
    plan = _plan(sql, parameters)
    estimate = max(_estimate(plan), 0)
    if plan.get("Total Cost", 0.0) > AFFORDABLE:
        return Count(rounded(estimate), is_exact=False)
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from ({sql}) as capped", parameters)  # noqa: S608  # Django's own SQL
        number = cursor.fetchone()[0]
    if number <= up_to:
        return Count(number)
    return Count(rounded(max(estimate, number)), is_exact=False)


def about(rows: Rows) -> Count:
    """What the planner expects, without counting."""
    try:
        plan = explain(rows.order_by().values("pk"))
    except EmptyResultSet:
        return Count(0)
    return Count(rounded(max(_estimate(plan), 0)), is_exact=False)


def count_all(rows: Rows) -> Count:
    """Count every row, however long it takes."""
    return Count(rows.order_by().count())


def explain(rows: Rows) -> dict[str, Any]:  # Any: the plan as the database describes it
    """Return the plan of a query; costs a tenth of a millisecond."""
    return _plan(*rows.query.sql_with_params())


def _plan(sql: str, parameters: Sequence[Any]) -> dict[str, Any]:  # Any: as above
    with connection.cursor() as cursor:
        cursor.execute(f"explain (format json) {sql}", parameters)
        found = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan


def _estimate(plan: dict[str, Any]) -> int:  # Any: as above
    """How many rows there would be without the limit."""
    inner = plan
    while inner.get("Node Type") == "Limit" and inner.get("Plans"):
        inner = inner["Plans"][0]
    return int(inner.get("Plan Rows", 0))


def rounded(number: int) -> int:
    """An estimate does not pretend to know every digit: 12,437 becomes 12,400."""
    step: int = 10 ** max(len(str(number)) - 3, 0)
    return round(number / step) * step
