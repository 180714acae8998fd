"""What each process counts. Other areas may add figures of the state as it is: `measured_by`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
LONG: Final = (0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0)

OWN = CollectorRegistry()  # of this process
REQUESTS = Histogram(
    "rapport_request_seconds", "Requests by route, method and status, and how long they took.",
    ("route", "method", "status"), buckets=SECONDS, registry=OWN,
)  # fmt: skip
DATABASE = Counter(
    "rapport_request_database_seconds",
    "Time that requests waited for the database.",
    ("route",),
    registry=OWN,
)
QUERIES = Counter("rapport_request_queries", "Statements of requests.", ("route",), registry=OWN)
JOBS = Histogram(
    "rapport_job_seconds", "Runs of jobs by task and outcome, and how long they took.", ("task", "outcome"),
    buckets=LONG, registry=OWN,
)  # fmt: skip
SLOW = Counter(
    "rapport_slow_statements", "Statements that took longer than RAPPORT_SLOW_QUERY_MS, by route or task.",
    ("place",), registry=OWN,
)  # fmt: skip
REPLICA = Counter(
    "rapport_long_readings", "Long readings while a replica is set, by where they were done (replica, primary).",
    ("where",), registry=OWN,
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One figure of the state as it is, read when somebody asks."""

    name: str
    help: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


_readers: list[Callable[[], Iterable[Figure]]] = []


def measured_by(reader: Callable[[], Iterable[Figure]]) -> Callable[[], Iterable[Figure]]:
    """Ask this function, too, when figures are asked for; it may read the database."""
    _readers.append(reader)
    return reader


def readers() -> tuple[Callable[[], Iterable[Figure]], ...]:
    """Who reads figures of the state as it is."""
    return tuple(_readers)
