"""The worker: runs jobs, takes over those of dead workers, waits when the database is away."""

import asyncio
import logging
import os
import signal
import time

import django
import psycopg
from django.conf import settings
from django.db import DatabaseError
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app, connector_params
from procrastinate.exceptions import ConnectorException

from rapport.runtime.garbage import leave_what_is_loaded
from rapport.runtime.newer import Known
from rapport.runtime.observing.runs import observed
from rapport.runtime.observing.shared import Sharing
from rapport.runtime.processes import end_with_parent_if_supervised

logger = logging.getLogger(__name__)

CONCURRENCY = 4  # so that a long import does not hold up a reminder
HEARTBEAT = 4.0
DEAD_AFTER = 20.0
LONGEST_WAIT = 15.0
STOP_WITHIN = 25.0
PUT_BACK = 30.0  # seconds
PATIENCE = 8.0  # for a connection, as long as requests wait; then it says that the database is lost


class Worker:
    """One worker process."""

    def __init__(self) -> None:
        self.is_asked_to_stop = False
        self.running: asyncio.Task[None] | None = None
        self.begins_anew = False  # because the clock was put back

    async def run(self) -> None:
        """Work until a signal says stop; a lost database only means waiting."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        wait = 0.5
        while not self.is_asked_to_stop:
            begun = loop.time()
            try:
                self.running = asyncio.create_task(self.work())
                await self.running
                if not (self.is_asked_to_stop or self.begins_anew):
                    logger.error("the worker has lost the database and waits")
            except asyncio.CancelledError:
                if not (self.is_asked_to_stop or self.begins_anew):
                    raise
            except (ConnectorException, DatabaseError, psycopg.OperationalError) as error:
                logger.error("the worker has lost the database and waits: %s", _first_line(error))
            if self.is_asked_to_stop:
                return
            self.begins_anew = False
            wait = 0.5 if loop.time() - begun > 60 else min(wait * 2, LONGEST_WAIT)
            await asyncio.sleep(wait)

    def stop(self) -> None:
        """Finish the running jobs and leave."""
        self.is_asked_to_stop = True
        if self.running:
            self.running.cancel()

    async def work(self) -> None:
        """Run jobs until something ends it."""
        connector = PsycopgConnector(kwargs=connector_params(), timeout=PATIENCE)
        with app.replace_connector(connector) as working:
            working.tasks = Known(working.tasks)
            async with working.open_async():
                rescue = asyncio.create_task(self.rescue(working))
                try:
                    await working.run_worker_async(
                        concurrency=CONCURRENCY, install_signal_handlers=False, delete_jobs="never",
                        task_middleware=[observed],
                        update_heartbeat_interval=HEARTBEAT, stalled_worker_timeout=DEAD_AFTER,
                        shutdown_graceful_timeout=STOP_WITHIN,
                    )  # fmt: skip
                finally:
                    rescue.cancel()

    async def rescue(self, working: object) -> None:
        """Queue the jobs of dead workers again, as long as this worker lives."""
        manager = working.job_manager  # type: ignore[attr-defined]  # procrastinate has no types
        ahead = time.time() - time.monotonic()
        while True:
            before, ahead = ahead, time.time() - time.monotonic()
            if ahead < before - PUT_BACK and self.running:
                # What is done by the clock remembers its last moment and would wait until it is as late again.
                logger.warning("the clock was put back: the worker begins anew")
                self.begins_anew = True
                self.running.cancel()
                return
            try:
                await manager.prune_stalled_workers(DEAD_AFTER)
                for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
                    logger.warning(
                        "job %s of a dead worker is queued again: %s", stalled.id, stalled.task_name
                    )
                    await manager.retry_job(stalled)
            except ConnectorException:  # the worker itself notices, says so and waits
                logger.debug("cannot look for jobs of dead workers")
            await asyncio.sleep(HEARTBEAT)


def _first_line(error: BaseException) -> str:
    text = str(error.__cause__ or error).strip() or type(error).__name__
    return text.splitlines()[0]


def main() -> None:
    """Run the worker process."""
    end_with_parent_if_supervised()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.settings")
    django.setup()
    Sharing(settings.METRICS_FOLDER).begin()
    leave_what_is_loaded()
    asyncio.run(Worker().run())


if __name__ == "__main__":
    main()
