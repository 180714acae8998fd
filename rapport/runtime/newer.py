"""Jobs of a newer version: a worker that does not know them yet leaves them to one that does.

While an upgrade is under way the web processes may be newer than the worker, and queue jobs that it has never heard of.
"""

import logging
from collections.abc import Mapping
from typing import Any

from procrastinate import RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.tasks import Task

logger = logging.getLogger(__name__)

FIRST, LONGEST = 15, 3600  # seconds between two looks: each pause is twice the one before
GIVEN_UP = 30  # looks: after a day nobody is expected any more who knows it


class UnknownJob(Exception):
    """No function of this version is called like that job."""


class UntilKnown(RetryStrategy):
    """Puts a job off for a day; it fails when still no worker knows it.

    Few looks, as they count as tries: the job itself shall have some left for the day when the database is away.
    """

    # Any: its own job
    def get_retry_decision(self, *, exception: BaseException, job: Any) -> RetryDecision | None:
        """When to look again."""
        if job.attempts >= GIVEN_UP:
            return None
        return RetryDecision(retry_in={"seconds": min(FIRST * 2**job.attempts, LONGEST)})


async def _wait(**_values: object) -> None:
    raise UnknownJob("This version does not know the job; it waits for a worker of a newer one.")


STRANGER: Any = Task(
    _wait, blueprint=app, name="rapport.runtime.newer.unknown", queue="default", retry=UntilKnown()
)


class Known(dict[str, Any]):  # Any: tasks, which have no types
    """The jobs that this worker knows; any other one waits."""

    def __init__(self, tasks: Mapping[str, Any]) -> None:
        super().__init__(tasks)

    def get(self, name: str, default: Any = None) -> Any:  # Any: as above
        """The job of that name, else one that waits."""
        if name in self:
            return self[name]
        logger.warning("the job %s is not known to this version: it waits for a newer worker", name)
        return STRANGER
