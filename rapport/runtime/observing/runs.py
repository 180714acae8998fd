"""One line in the log and one figure for each run of a job; why it failed is kept for administrators."""

import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from rapport.runtime.observing import measures
from rapport.runtime.observing.context import Work
from rapport.runtime.observing.statements import watched

logger = logging.getLogger("rapport.job")
LONGEST = 20_000  # characters of a traceback: its end tells most
UNREMARKABLE = 1.0  # seconds

KEEP = """
insert into runtime_jobfailure (job, at, attempt, kind, text, trace) values (%s, %s, %s, %s, %s, %s)
on conflict (job) do update set at = excluded.at, attempt = excluded.attempt, kind = excluded.kind,
    text = excluded.text, trace = excluded.trace
"""


def observed(run: Callable[[], Any], context: Any, _worker: object) -> Any:  # Any: procrastinate has no types
    """Run a job and tell of it, whatever becomes of it; in the thread of the job."""
    job = context.job
    work = Work(job=job.id, task=job.task_name, attempt=job.attempts + 1)
    begun = perf_counter()
    renew()
    with watched(work):
        try:
            answer = run()
        except Exception as error:
            told(work, "failed", perf_counter() - begun, error, level=logging.ERROR)
            keep(work, error)
            raise
        # The clock starts some jobs each minute, mostly with nothing to do: such lines would hide all others.
        is_routine = "timestamp" in job.task_kwargs and perf_counter() - begun < UNREMARKABLE
        told(work, "done", perf_counter() - begun, level=logging.DEBUG if is_routine else logging.INFO)
    return answer


def renew() -> None:
    """A thread of the worker lives longer than the database: where its connection broke, the next use opens another."""
    if connection.connection is not None and not connection.in_atomic_block and not connection.is_usable():
        connection.close()


def told(work: Work, outcome: str, seconds: float, error: Exception | None = None, *, level: int) -> None:
    """Write the line, count the run."""
    measures.JOBS.labels(work.task, outcome).observe(seconds)
    facts = {
        "outcome": outcome, "ms": round(seconds * 1000, 1), "queries": work.queries,
        "db_ms": round(work.database_seconds * 1000, 1),
    }  # fmt: skip
    logger.log(level, "job", extra={"facts": facts}, exc_info=error)


def keep(work: Work, error: Exception) -> None:
    """Keep why it failed; while the database is away it is only in the log."""
    trace = "".join(traceback.format_exception(error))[-LONGEST:].replace("\0", "")
    text = str(error)[:LONGEST].replace("\0", "")
    try:
        renew()
        with connection.cursor() as cursor:
            kind = type(error).__name__[:200]
            cursor.execute(KEEP, [work.job, datetime.now(UTC), work.attempt, kind, text, trace])
    except (DatabaseError, InterfaceError):
        logger.warning("why the job failed cannot be kept")
