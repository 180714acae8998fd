"""What is done by the clock: when it was done last, when it comes next."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from croniter import croniter
from django.db import connection
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from rapport.accounts.background.reading import Run, one, short
from rapport.ui.formats import format_time

LAST = """
select distinct on (task_name) task_name, defer_timestamp, job_id from procrastinate_periodic_defers
order by task_name, defer_timestamp desc
"""
CLOCK = re.compile(r"(\d+) (\d+) \* \* (\*|[0-6])")


@dataclass(frozen=True)
class Line:
    """One job that comes again and again."""

    task: str
    cron: str
    last: datetime | None
    run: Run | None
    next: datetime

    @property
    def name(self) -> str:
        return short(self.task)

    @property
    def words(self) -> str:
        """When it comes, in words."""
        return in_words(self.cron, self.next)


def in_words(cron: str, following: datetime) -> str:
    """A cron line in words, for the kinds that we have. The job system reads it in UTC; what it says here is the time
    of who reads it, as his clock has it the next time."""
    if cron == "* * * * *":
        return _("Every minute")
    if found := re.fullmatch(r"\*/(\d+) \* \* \* \*", cron):
        return _("Every %(count)s minutes") % {"count": found[1]}
    if found := re.fullmatch(r"(\d+) \* \* \* \*", cron):
        return _("Every hour at minute %(minute)s") % {"minute": found[1]}
    if found := CLOCK.fullmatch(cron):
        clock = format_time(following)
        if found[3] == "*":
            return _("Every day at %(time)s") % {"time": clock}
        day = WEEKDAYS[timezone.localtime(following).weekday()]
        return _("Every week on %(day)s at %(time)s") % {"day": day, "time": clock}
    return cron


def schedule() -> list[Line]:
    """All jobs that come by the clock, by name."""
    app.perform_import_paths()  # type: ignore[no-untyped-call]  # workers find jobs so; here they may not be known yet
    with connection.cursor() as cursor:
        cursor.execute(LAST)
        last = {task: (datetime.fromtimestamp(moment, UTC), job) for task, moment, job in cursor.fetchall()}
    now, lines = timezone.now(), []
    for periodic in app.periodic_registry.periodic_tasks.values():
        name = periodic.task.name
        at, job = last.get(name, (None, None))
        following = croniter(periodic.cron, now.astimezone(UTC)).get_next(datetime)
        lines.append(Line(name, periodic.cron, at, one(job) if job else None, following))
    return sorted(lines, key=lambda line: line.name)
