"""For tests: jobs in every state."""

from django.db import connection


def make_job(
    task: str = "rapport.tests.jobs.mail", status: str = "todo", values: str = "{}", problem: str = ""
) -> int:
    """A job in that state; with a problem, why it failed is known."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args) values ('default', %s, %s) returning id",
            [task, values],
        )
        job_id: int = cursor.fetchone()[0]
        if status != "todo":
            cursor.execute("update procrastinate_jobs set status = 'doing' where id = %s", [job_id])
        if status not in ("todo", "doing"):
            cursor.execute("update procrastinate_jobs set status = %s where id = %s", [status, job_id])
        if problem:
            kind, _colon, text = problem.partition(": ")
            trace = f'Traceback (most recent call last):\n  File "rapport/tests/jobs.py", line 7, in mail\n{problem}'
            cursor.execute(
                "insert into runtime_jobfailure values (%s, now(), 1, %s, %s, %s)",
                [job_id, kind, text, trace],
            )
    return job_id
