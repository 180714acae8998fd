"""What the change log needs while Rapport runs for months."""

from django.db import connection

from rapport.kernel.changes import runs
from rapport.runtime.jobs import job


@job(one_at_a_time=True, every="20 3 * * *")
def make_partitions() -> None:
    """Make the partitions of the coming months; idempotent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select kernel_change_partitions(current_date, (current_date + interval '6 months')::date)"
        )


@job()
def go_on(*, run_id: str) -> None:
    """Do an act on very many records, or what is left of it."""
    runs.work(run_id)
