"""Timing: one figure is the middle of many runs, beside the bare SQL of the same page in the same run."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass(frozen=True)
class Figure:
    """One operation: milliseconds at p50 and p95; `its_sql` is the time of exactly the statements that it runs,
    through the bare driver; `rows_sql` that of one hand-written statement for the same rows."""

    name: str
    p50: float
    p95: float
    its_sql: float
    rows_sql: float
    queries: int

    @property
    def ratio(self) -> float:
        return self.p50 / self.its_sql if self.its_sql else 0.0

    @property
    def over(self) -> float:
        """Milliseconds above three times its SQL; a list page has four of them."""
        return self.p50 - 3 * self.its_sql


def timed(runs: Sequence[Callable[[], Any]], times: int) -> list[list[float]]:
    """Milliseconds of each of these, in order of length. They run by turns, after one turn to warm up: a machine that
    is slow for a moment is slow for all of them."""
    found: list[list[float]] = [[] for _run in runs]
    for turn in range(times + 1):
        for run, took in zip(runs, found, strict=True):
            begin = time.perf_counter()
            run()
            if turn:
                took.append((time.perf_counter() - begin) * 1000)
    return [sorted(took) for took in found]


def bare(sql: str, values: Sequence[Any] = ()) -> Callable[[], Any]:
    """The statement as the driver runs it, all rows fetched: no model, no page."""

    def run() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    return run


def figure(name: str, run: Callable[[], Any], rows: Callable[[], Any], times: int = 30) -> Figure:
    """Measure an operation and its own SQL by turns, then the hand-written floor."""
    run()
    with CaptureQueriesContext(connection) as captured:
        run()
    statements = [one["sql"] for one in captured if one["sql"].lstrip("( \n")[:6].lower() == "select"]

    def replay() -> None:
        with connection.cursor() as cursor:
            for sql in statements:
                cursor.execute(sql)
                cursor.fetchall()

    whole, own = timed([run, replay], times)
    # By itself: some floors sort a million rows, which spoils the processors' caches.
    [floor] = timed([rows], times)
    middle = statistics.median
    return Figure(
        name, middle(whole), whole[int(len(whole) * 0.95)], middle(own), middle(floor), len(statements)
    )


HEAD = f"{'':34} {'p50 ms':>8} {'p95 ms':>8} {'its SQL':>8} {'ratio':>6} {'over 3x':>8} {'rows SQL':>9} {'queries':>8}"


def table(figures: Sequence[Figure]) -> str:
    lines = [
        f"{one.name:34} {one.p50:8.1f} {one.p95:8.1f} {one.its_sql:8.2f} {one.ratio:6.1f} {one.over:8.1f}"
        f" {one.rows_sql:9.2f} {one.queries:8}"
        for one in figures
    ]
    return "\n".join([HEAD, *lines])
