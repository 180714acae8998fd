"""Jobs as the tables of the job system know them, and why one failed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

AT_ONCE = 50
# The states of a job for people, and those of the job system.
STATES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "failed": ("failed",),
    "waiting": ("todo",),
    "running": ("doing",),
    "done": ("succeeded",),
    "cancelled": ("cancelled", "aborted", "aborting"),
})  # fmt: skip
AWAY = {
    "OperationalError",
    "InterfaceError",
    "ConnectorException",
}  # such a job is tried again by itself, ten times
MOST_COUNTED = 10_000

JOBS = """
select j.id, j.task_name, j.status::text, j.attempts, j.scheduled_at, j.args::text,
    (select min(e.at) from procrastinate_events e where e.job_id = j.id and e.type = 'deferred'),
    (select max(e.at) from procrastinate_events e where e.job_id = j.id and e.type = 'started'),
    (select max(e.at) from procrastinate_events e where e.job_id = j.id
        and e.type in ('succeeded', 'failed', 'cancelled', 'aborted')),
    f.kind, f.text, f.trace
from procrastinate_jobs j left join runtime_jobfailure f on f.job = j.id
"""


@dataclass(frozen=True)
class Run:
    """One job."""

    id: int
    task: str
    status: str
    attempts: int
    due: datetime | None
    values: dict[str, Any]  # Any: JSON
    queued: datetime | None
    begun: datetime | None
    ended: datetime | None
    kind: str | None
    text: str | None
    trace: str | None

    @property
    def name(self) -> str:
        return short(self.task)

    @property
    def state(self) -> str:
        return next(name for name, statuses in STATES.items() if self.status in statuses)

    @property
    def at(self) -> datetime | None:
        """When that happened what its state says; for what waits: when it is due."""
        moments = {"waiting": self.due or self.queued, "running": self.begun}
        return moments.get(self.state, self.ended) or self.queued

    @property
    def is_tried_again(self) -> bool:
        return self.state == "waiting" and bool(self.kind)

    @property
    def problem(self) -> str:
        """Why it failed, in a sentence."""
        if not self.kind:
            return (
                _("Nothing is known of why it failed; the log may say more.")
                if self.state == "failed"
                else ""
            )
        if self.kind in AWAY:
            return _("The database was away, or another job was in its way.")
        if self.kind.startswith("SMTP") or self.kind in (
            "ConnectionRefusedError",
            "gaierror",
            "TimeoutError",
        ):
            return _("Another server could not be reached, or refused: %(text)s") % {
                "text": self.text or self.kind
            }
        if self.kind == "DoesNotExist":
            return _("What it was about is gone.")
        return _("An error in Rapport stopped it: %(kind)s.") % {"kind": self.kind}


def short(task: str) -> str:
    """The name of a task without what all of them begin with."""
    return task.removeprefix("rapport.").replace(".jobs.", ".")


def page(state: str, task: str, before: int | None) -> list[Run]:
    """One more than a page of jobs in that state, newest first."""
    asked: dict[str, object] = {"j.status = any(%s::procrastinate_job_status[])": list(STATES[state])}
    if task:
        asked["j.task_name = %s"] = task
    if before is not None:
        asked["j.id < %s"] = before
    return _read(f"where {' and '.join(asked)} order by j.id desc limit {AT_ONCE + 1}", list(asked.values()))


def one(job_id: int) -> Run | None:
    """One job; None when it is not known any more."""
    return next(iter(_read("where j.id = %s", [job_id])), None)


def _read(rest: str, values: list[Any]) -> list[Run]:  # Any: values of parameters
    with connection.cursor() as cursor:
        cursor.execute(JOBS + rest, values)
        rows = [list(row) for row in cursor.fetchall()]
    for row in rows:
        row[5] = json.loads(row[5])
    return [Run(*row) for row in rows]


@dataclass
class Counts:
    """How many jobs there are in a state, and the tasks of which there is one."""

    states: dict[str, int] = field(default_factory=dict)
    tasks: list[str] = field(default_factory=list)


def counts(state: str) -> Counts:
    """Counted to some thousands: what is done is a lot."""
    found = Counts()
    with connection.cursor() as cursor:
        for name, statuses in STATES.items():
            cursor.execute(
                "select count(*) from (select 1 from procrastinate_jobs"
                " where status = any(%s::procrastinate_job_status[]) limit %s) some_of_them",
                [list(statuses), MOST_COUNTED],
            )
            found.states[name] = cursor.fetchone()[0]
        cursor.execute(
            "select distinct task_name from procrastinate_jobs where status = any(%s::procrastinate_job_status[])"
            " order by 1",
            [list(STATES[state])],
        )
        found.tasks = [row[0] for row in cursor.fetchall()]
    return found
