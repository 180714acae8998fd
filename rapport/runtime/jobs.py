"""Jobs: work that is done later by a worker, queued in the transaction that needs it.

A job is a function in a module called `jobs.py`:

    @job()
    def send_reminder(*, reminder_id: str) -> None: ...

    send_reminder.defer(reminder_id=str(reminder.id))

`defer` writes the job into the caller's transaction: it runs after the commit, and never when that rolls back.
A job must be idempotent: it runs again when its worker died, so it looks first at what is done already.
Its arguments are JSON: text, numbers, yes or no, lists; give the id of a record and not the record.
It is tried again when the database was away or chose it as a deadlock's victim, and when the disk was full; any other
error is final.
"""

import errno
from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, ParamSpec

import psycopg
from django.db import InterfaceError, OperationalError, transaction
from procrastinate import RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

P = ParamSpec("P")

LOST = (
    OperationalError,
    InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    ConnectorException,
)


class Again(RetryStrategy):
    """Ten times, with growing pauses, when the database was away or the disk full."""

    # Any: its own job
    def get_retry_decision(self, *, exception: BaseException, job: Any) -> RetryDecision | None:
        """When to try again; None for never."""
        is_full = isinstance(exception, OSError) and exception.errno in (errno.ENOSPC, errno.EDQUOT)
        if not (is_full or isinstance(exception, LOST)):
            return None
        return super().get_retry_decision(exception=exception, job=job)


AGAIN = Again(max_attempts=10, wait=2, linear_wait=5)


_first: list[Callable[[], None]] = []


def before_each_job(deed: Callable[[], None]) -> None:
    """Do this before every job that a worker runs, e.g. look whether what the process remembers still holds."""
    _first.append(deed)


class Job(Generic[P]):
    """A function that a worker can run later; called like a function it runs at once."""

    def __init__(self, function: Callable[P, None], *, one_at_a_time: bool, every: str | None) -> None:
        self.function = function
        self.name = f"{function.__module__}.{function.__qualname__}"
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__
        self.lock = self.name if one_at_a_time else None
        # A periodic job is called with the moment it was due, which our jobs do not need.
        called = _prepared(_without_timestamp(function) if every else function)
        self.task: Any = app.task(name=self.name, retry=AGAIN, lock=self.lock)(called)  # Any: no types there
        if every:
            app.periodic(cron=every)(self.task)

    def __call__(self, *args: P.args, **values: P.kwargs) -> None:
        """Run the job here and now."""
        self.function(*args, **values)

    def defer(self, *args: P.args, **values: P.kwargs) -> None:
        """Queue the job in the current transaction."""
        if args:
            raise TypeError("A job takes its values by name.")
        self.task.configure().defer(**values)

    def defer_once(self, key: str, *args: P.args, **values: P.kwargs) -> bool:
        """Queue the job unless one with this key waits already; say whether it was queued."""
        if args:
            raise TypeError("A job takes its values by name.")
        try:
            with transaction.atomic():
                self.task.configure(queueing_lock=f"{self.name}:{key}").defer(**values)
        except AlreadyEnqueued:
            return False
        return True


def job(*, one_at_a_time: bool = False, every: str | None = None) -> Callable[[Callable[P, None]], Job[P]]:
    """Make a function a job. `every` is a cron line; `one_at_a_time` never runs two of this job side by side."""

    def declare(function: Callable[P, None]) -> Job[P]:
        return Job(function, one_at_a_time=one_at_a_time, every=every)

    return declare


def _prepared(function: Callable[..., None]) -> Callable[..., None]:
    @wraps(function)
    def run(*args: object, **values: object) -> None:
        for deed in _first:
            deed()
        function(*args, **values)

    return run


def _without_timestamp(function: Callable[..., None]) -> Callable[..., None]:
    def run(timestamp: int = 0, **values: object) -> None:  # who queues it by hand names no moment
        function(**values)

    return run
