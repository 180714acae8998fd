"""At the end: is everything there that was said to be saved, and nothing twice?"""

import time
from collections import Counter

from django.db import connection

from bench.load.people import Tally
from rapport.kernel.imports.models import Import, State

PATIENCE = 120  # seconds for the worker to finish what waits


def wait_for_the_worker() -> int:
    """Wait until nothing is due any more; how many jobs are left."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from procrastinate_jobs where status in ('todo', 'doing')"
                " and coalesce(scheduled_at, now()) <= now() and task_name like '%%imports%%'"
            )
            left: int = cursor.fetchone()[0]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.5)


def titles(run: str) -> Counter[str]:
    """How often each name of this run is there."""
    with connection.cursor() as cursor:
        cursor.execute("select title from kernel_record where title like %s", [f"Load{run} %"])
        return Counter(row[0] for row in cursor.fetchall())


def losses(run: str, tally: Tally, imports: dict[str, str], rows: int) -> list[str]:
    """What was lost or done twice, in sentences."""
    found = titles(run)
    problems = [f"{name} was saved and is not there" for name in tally.told_yes if not found[name]]
    problems += [f"{name} of a program is not there" for name in tally.again if not found[name]]
    problems += [f"{name} is there {count} times" for name, count in found.items() if count > 1]
    unknown = set(found) - tally.asked - tally.again
    problems += [
        f"{name} is there and nobody asked"
        for name in unknown
        if not any(word in name for word in ("File", "Program", "Reminder"))
    ]
    for one in Import.objects.filter(pk__in=list(imports)):
        there = sum(1 for name in found if name.startswith(imports[str(one.pk)]))
        if one.state == State.DONE and there != rows:
            problems.append(f"import {one.pk} is done with {there} of {rows} rows")
        elif one.state in (State.CHECKING, State.RUNNING, State.FAILED):
            problems.append(f"import {one.pk} ended as {one.state}: {one.message}")
    problems += broken_links()
    return problems


# What triggers keep must agree with what it is made of, whatever was killed.
AGREE = {
    "parties without their row of all records":
        "select count(*) from parties_party p where not exists (select 1 from kernel_record r where r.id = p.id)",
    "activities without their row of all records":
        "select count(*) from activities_activity a where not exists (select 1 from kernel_record r where r.id = a.id)",
    "jobs that run and belong to no living worker":
        "select count(*) from procrastinate_jobs j where status = 'doing' and not exists ("
        "select 1 from procrastinate_workers w where w.id = j.worker_id"
        " and w.last_heartbeat > now() - interval '1 min')",
    "jobs that failed":
        "select count(*) from procrastinate_jobs where status = 'failed'",
}  # fmt: skip


def broken_links() -> list[str]:
    """What does not agree."""
    problems = []
    with connection.cursor() as cursor:
        for what, sql in AGREE.items():
            cursor.execute(sql)
            if count := cursor.fetchone()[0]:
                problems.append(f"{count} {what}")
    return problems
