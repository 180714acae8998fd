"""What is known of jobs that are over is forgotten after a while."""

from typing import Final

from django.db import connection

from rapport.runtime.jobs import job

DAYS: Final = {"succeeded": 2, "cancelled": 30, "aborted": 30, "failed": 90}
AT_ONCE = 5000
FORGET = """
with old as (
    select j.id from procrastinate_jobs j where j.status = %s::procrastinate_job_status and (
        select max(e.at) from procrastinate_events e where e.job_id = j.id
    ) < now() - make_interval(days => %s) order by j.id limit %s
) delete from procrastinate_jobs where id in (select id from old)
"""
LONE = "delete from runtime_jobfailure f where not exists (select 1 from procrastinate_jobs j where j.id = f.job)"


@job(one_at_a_time=True, every="35 * * * *")
def forget_old_jobs() -> None:
    """Remove them a few thousand at a time, so that nobody waits."""
    with connection.cursor() as cursor:
        for status, days in DAYS.items():
            while True:
                cursor.execute(FORGET, [status, days, AT_ONCE])
                if cursor.rowcount < AT_ONCE:
                    break
        cursor.execute(LONE)
