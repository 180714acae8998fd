"""What a filter may cost: refused by the planner's estimate, or stopped by the database; always with a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from rapport.kernel.filters.tree import FilterError

LONGEST: Final = 5.0  # seconds that a page or a count may take
# The planner's cost. Measured: about ten seconds (docs/decisions/one-expression-language.md).
DEAREST: Final = 500_000.0
CANCELED: Final = "57014"  # SQLSTATE of a statement that ran into its time limit


class TooExpensive(FilterError):
    """A filter that would keep the database busy for too long."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This filter takes too long to answer. Add a condition that leaves fewer records, "
                "for example an owner, a stage or a date."
            )
        )


@contextmanager
def bounded(seconds: float = LONGEST) -> Iterator[None]:
    """Stop what is read inside after that time and raise TooExpensive instead of the database's error."""
    is_within = connection.in_atomic_block
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            before = _limit(cursor, f"{int(seconds * 1000)}ms")
            yield
            if is_within:  # else the limit ends with the transaction
                _limit(cursor, before)
    except OperationalError as problem:
        if getattr(problem.__cause__, "sqlstate", "") == CANCELED:
            raise TooExpensive from problem
        raise


def _limit(cursor: Any, value: str) -> str:  # Any: a cursor
    """Return the limit that was, and set it for this transaction only: a session's would travel on with the pool."""
    name = "statement_timeout"
    cursor.execute("select current_setting(%s), set_config(%s, %s, true)", [name, name, value])
    return str(cursor.fetchone()[0])


def check_cost(rows: Any) -> None:  # Any: a query set
    """Raise TooExpensive where the planner expects the query to cost too much; asking costs next to nothing."""
    from rapport.kernel.lists.counting import explain

    try:
        plan = explain(rows)
    except EmptyResultSet:
        return
    if plan.get("Total Cost", 0.0) > DEAREST:
        raise TooExpensive
