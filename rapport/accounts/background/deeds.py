"""Trying a failed job again, and cancelling one that waits: under a lock, so that nothing is ever run twice at once."""

from django.db import IntegrityError, connection, transaction
from django.utils import timezone


class WaitsAlready(Exception):
    """The same job waits already: trying the old one again would do it twice."""


def retry(job_id: int) -> bool:
    """Let a failed job wait for a worker again; False when it is not (or no longer) a failed one."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "select 1 from procrastinate_jobs where id = %s and status = 'failed' for update", [job_id]
            )
            if cursor.fetchone() is None:
                return False
            # Without a moment it would be due at once as well, but would not tell since when.
            cursor.execute(
                "select procrastinate_retry_job_v2(%s, %s, null, null, null)", [job_id, timezone.now()]
            )
    except IntegrityError as error:
        raise WaitsAlready from error
    return True


def retry_all(task: str) -> tuple[int, int]:
    """Try all failed ones of this kind again; how many, and of how many the same waits already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from procrastinate_jobs where status = 'failed' and task_name = %s order by id", [task]
        )
        failed = [row[0] for row in cursor.fetchall()]
    again = waiting = 0
    for job_id in failed:
        try:
            again += retry(job_id)
        except WaitsAlready:
            waiting += 1
    return again, waiting


def cancel(job_id: int) -> bool:
    """Cancel a job that waits; False when it does not wait (any more)."""
    with connection.cursor() as cursor:
        cursor.execute("select procrastinate_cancel_job_v1(%s, false, false)", [job_id])
        return cursor.fetchone()[0] is not None
