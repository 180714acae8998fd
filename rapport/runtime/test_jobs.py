"""Jobs are queued with the caller's transaction, run once it commits, and survive their worker."""

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.runtime.jobs import AGAIN, job
from rapport.runtime.models import JobFailure
from rapport.runtime.observing.jobs import forget_old_jobs
from rapport.runtime.observing.runs import observed
from rapport.runtime.postgres.conftest import until

ran: list[str] = []
CHECKOUT = Path(__file__).parents[2]


@job()
def remember(*, what: str) -> None:
    """Note that the job has run."""
    ran.append(what)


def test_a_worker_knows_the_jobs_of_all_modules() -> None:
    """In a process of its own: here other tests have imported some of them."""
    look = (
        "import django; django.setup(); from procrastinate.contrib.django import app; "
        "app.perform_import_paths(); print(*app.tasks, *(name for name, _ in app.periodic_registry.periodic_tasks))"
    )
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", look], capture_output=True, text=True, cwd=CHECKOUT
    )
    known = told.stdout.split()
    assert "rapport.kernel.imports.jobs.run_file" in known, told.stderr
    assert known.count("rapport.kernel.search.jobs.learn_words") == 2  # as a job, and as one of every minute


@pytest.mark.django_db
def test_what_is_done_by_the_clock_can_be_queued_by_hand(db: None) -> None:
    for moment in ((), (1_700_000_000,)):  # the clock names the moment that it was due
        forget_old_jobs.task(*moment)


def test_a_job_is_tried_again_after_a_lost_database_or_a_full_disk_and_nothing_else() -> None:
    again = SimpleNamespace(attempts=3)
    for error in (OperationalError("gone"), OSError(errno.ENOSPC, "No space left on device")):
        assert AGAIN.get_retry_decision(exception=error, job=again)
    for other in (
        FileNotFoundError(errno.ENOENT, "none"),
        ValueError("wrong"),
        ConnectionRefusedError(111, "no"),
    ):
        assert AGAIN.get_retry_decision(exception=other, job=again) is None
    again.attempts = 10
    assert AGAIN.get_retry_decision(exception=OperationalError("gone"), job=again) is None


@pytest.mark.django_db
def test_a_thread_of_the_worker_gets_another_connection_where_its_own_broke() -> None:
    seen: list[int] = []

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            seen.append(cursor.fetchone()[0])

    def break_off() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(pg_backend_pid())")

    def work() -> None:
        context = SimpleNamespace(
            job=SimpleNamespace(id=7, task_name="tests.ask", attempts=0, task_kwargs={})
        )
        try:
            observed(ask, context, None)
            observed(ask, context, None)
            with pytest.raises(OperationalError):
                break_off()
            observed(ask, context, None)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    first, second, third = seen
    assert first == second != third


def waiting() -> list[dict[str, object]]:
    return list(ProcrastinateJob.objects.filter(status="todo").values_list("args", flat=True))


@pytest.mark.django_db
def test_a_job_is_queued_in_the_transaction_that_needs_it() -> None:
    with transaction.atomic():
        remember.defer(what="yes")
    try:
        with transaction.atomic():
            remember.defer(what="no")
            raise InterruptedError
    except InterruptedError:
        pass
    assert waiting() == [{"what": "yes"}]
    assert ran == []


@pytest.mark.django_db
def test_a_job_that_waits_already_is_not_queued_twice_and_the_transaction_goes_on() -> None:
    with transaction.atomic():
        assert remember.defer_once("key", what="first")
        assert not remember.defer_once("key", what="second")
        assert remember.defer_once("other", what="third")
    assert waiting() == [{"what": "first"}, {"what": "third"}]


@pytest.mark.django_db
def test_what_is_over_is_forgotten_after_a_while_and_what_waits_never() -> None:
    ages = (("succeeded", 3), ("succeeded", 1), ("failed", 100), ("failed", 10), ("todo", 400))
    with connection.cursor() as cursor:
        for status, days in ages:
            cursor.execute(
                "insert into procrastinate_jobs (queue_name, task_name) values ('', 'tests.old') returning id"
            )
            said = [days, cursor.fetchone()[0]]
            cursor.execute("update procrastinate_jobs set status = %s where id = %s", [status, said[1]])
            cursor.execute(
                "update procrastinate_events set at = now() - make_interval(days => %s) where job_id = %s",
                said,
            )
        cursor.execute("insert into runtime_jobfailure values (0, now(), 1, '', '', '')")
    forget_old_jobs()
    left = (
        ProcrastinateJob.objects.filter(task_name="tests.old").values_list("status", flat=True).order_by("id")
    )
    assert list(left) == ["succeeded", "failed", "todo"]
    assert not JobFailure.objects.exists()


@pytest.mark.django_db
def test_a_job_takes_its_values_by_name_and_runs_at_once_when_called() -> None:
    with pytest.raises(TypeError):
        remember.defer("no")  # type: ignore[call-arg]
    remember(what="now")
    assert ran.pop() == "now"
    assert remember.name in app.tasks


@pytest.fixture
def worker() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Workers on the test's database; killed afterwards."""
    workers: list[subprocess.Popen[bytes]] = []
    yield workers
    for process in workers:
        process.kill()
        process.wait()


WORKER = """
import asyncio, sys, time
sys.path.insert(0, {checkout!r})
import django; django.setup()
from django.db import connection
from rapport.runtime import worker
from rapport.runtime.jobs import AGAIN, job
from rapport.runtime.models import JobFailure
from rapport.runtime.observing.jobs import forget_old_jobs
from rapport.runtime.observing.runs import observed
worker.HEARTBEAT, worker.DEAD_AFTER = 0.5, 2.0

def slow(*, seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO job_runs VALUES (%s)", [seconds])
    time.sleep(seconds)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO job_runs VALUES (-1)")

slow.__module__ = "tests"
job()(slow)
asyncio.run(worker.Worker().run())
"""


def start_worker() -> subprocess.Popen[bytes]:
    entry = settings.DATABASES["default"]
    password = f":{entry['PASSWORD']}" if entry["PASSWORD"] else ""
    url = f"postgresql://{entry['USER']}{password}@/{connection.settings_dict['NAME']}?host={entry['HOST']}"
    if entry["PORT"]:
        url += f"&port={entry['PORT']}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    environment |= {"RAPPORT_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "rapport.settings"}
    return subprocess.Popen([sys.executable, "-c", WORKER.format(checkout=str(CHECKOUT))], env=environment)


def runs() -> list[float]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM job_runs")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_job_whose_worker_was_killed_is_run_again_by_the_next(
    worker: list[subprocess.Popen[bytes]],
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS job_runs (seconds double precision)")
    try:
        app.configure_task("tests.slow", allow_unknown=True).defer(seconds=3)
        worker.append(start_worker())
        until(lambda: runs() == [3], 60)
        worker[0].kill()
        worker.append(start_worker())
        until(lambda: runs() == [3, 3, -1], 60)
        until(lambda: ProcrastinateJob.objects.get(task_name="tests.slow").status == "succeeded")
        worker[1].send_signal(signal.SIGTERM)
        assert worker[1].wait(40) == 0
    finally:
        for process in worker:
            process.kill()
            process.wait()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE job_runs")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_stopping_worker_finishes_its_job(worker: list[subprocess.Popen[bytes]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS job_runs (seconds double precision)")
    try:
        app.configure_task("tests.of_a_newer_version", allow_unknown=True).defer(what="later")
        app.configure_task("tests.slow", allow_unknown=True).defer(seconds=2)
        worker.append(start_worker())
        until(lambda: runs() == [2], 60)
        worker[0].send_signal(signal.SIGTERM)
        assert worker[0].wait(40) == 0
        assert runs() == [2, -1]
        unknown = ProcrastinateJob.objects.get(task_name="tests.of_a_newer_version")
        assert (unknown.status, unknown.attempts) == ("todo", 1)  # it waits for a worker that knows it
    finally:
        for process in worker:
            process.kill()
            process.wait()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE job_runs")
