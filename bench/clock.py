"""Timing: one figure is the middle of many runs, beside the bare SQL of the same rows in the same run."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass(frozen=True)
class Figure:
    """Milliseconds of one operation and of its floor, at p50 and p95, and how many queries it runs."""

    name: str
    p50: float
    p95: float
    floor: float
    queries: int

    @property
    def ratio(self) -> float:
        return self.p50 / self.floor if self.floor else 0.0

    @property
    def over(self) -> float:
        """Milliseconds above three times the floor; a list page has four of them."""
        return self.p50 - 3 * self.floor


def timed(run: Callable[[], Any], times: int) -> list[float]:
    """Milliseconds of each run after one to warm up, in order of length."""
    run()
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        run()
        found.append((time.perf_counter() - begin) * 1000)
    return sorted(found)


def bare(sql: str, values: Sequence[Any] = ()) -> Callable[[], Any]:
    """The statement as the driver runs it, all rows fetched: no model, no page."""

    def run() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    return run


def figure(name: str, run: Callable[[], Any], floor: Callable[[], Any], times: int = 30) -> Figure:
    """Measure an operation and its floor in turns, so that both see the same machine."""
    with CaptureQueriesContext(connection) as captured:
        run()
    found, floors = timed(run, times), timed(floor, times)
    return Figure(
        name,
        statistics.median(found),
        found[int(len(found) * 0.95)],
        statistics.median(floors),
        len(captured),
    )


def table(figures: Sequence[Figure]) -> str:
    lines = [f"{'':34} {'p50 ms':>8} {'p95 ms':>8} {'SQL ms':>8} {'ratio':>7} {'over 3x':>8} {'queries':>8}"]
    lines += [
        f"{one.name:34} {one.p50:8.1f} {one.p95:8.1f} {one.floor:8.2f} {one.ratio:7.1f} {one.over:8.1f} {one.queries:8}"
        for one in figures
    ]
    return "\n".join(lines)
