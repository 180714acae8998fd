"""The tests' PostgreSQL: RAPPORT_DATABASE_URL when it is set, else a server of their own that leaves with them."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.utils import timezone, translation

from rapport.runtime import addresses
from rapport.runtime.garbage import leave_what_is_loaded
from rapport.runtime.postgres.locks import is_held
from rapport.runtime.postgres.server import Server

# One browser for all tests: Playwright runs once in a process, so its fixtures are known here and nowhere else.
from rapport.ui.testing.browser import chromium, visit  # noqa: F401 - fixtures are found by name

FOLDER = "RAPPORT_TEST_CLUSTER"  # set by the first pytest process, inherited by those of xdist
PREFIX = "rapport-test-"

# Tests start Rapport a hundred times: it is compiled once, also where the environment says to keep nothing compiled.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The same attempts each time, however slow the machine is: a test fails for what was changed and not by chance.
hypothesis.settings.register_profile("rapport", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("rapport")


def pytest_configure(config: pytest.Config) -> None:
    """Agree on one folder before xdist starts its workers; nothing is started yet."""
    if os.environ.get("RAPPORT_DATABASE_URL") or FOLDER in os.environ:
        return
    _remove_leftovers()
    os.environ[FOLDER] = str(Path(tempfile.gettempdir(), f"{PREFIX}{os.getpid()}-{os.urandom(3).hex()}"))
    config.add_cleanup(_remove_cluster)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test with real transactions empties the database after it: the next one gets back what migrations put in.

    Those that start processes of their own begin, so that nobody waits for them alone at the end.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None or uses_database(item))
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction") and "serialized_rollback" not in marker.kwargs:
            item.add_marker(pytest.mark.django_db(**marker.kwargs, serialized_rollback=True), append=False)


def pytest_collection_finish() -> None:
    """As in a process that serves: what was loaded until now is not looked through for garbage again and again."""
    leave_what_is_loaded()


def uses_database(item: pytest.Item) -> bool:
    """Whether it uses the tests' database in this process."""
    named = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(named & {"db", "transactional_db"})


@pytest.fixture(scope="session", autouse=True)
def _pages_do_not_listen() -> None:
    """Streams keep a thread reading the database between tests; those about them switch them on."""
    settings.LIVE = False


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """A server of our own leaves with its databases: dropping them would only wait for whoever still looks at one."""
    return FOLDER in os.environ or bool(request.config.getvalue("reuse_db"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """What migrations put in comes back behind each test with real transactions, whichever test is next.

    Playwright's event loop gives the thread another connection than the one that the database was made with: what
    Django notes on the connection is noted on its class.
    """
    from django.db import connections

    made = connections["default"]
    kind: Any = type(made)
    if hasattr(made, "_test_serialized_contents"):  # a test with real transactions is among those that run
        kind._test_serialized_contents = made._test_serialized_contents
        kind.creation_class.deserialize_db_from_string = lambda creation, data: None  # it is back already
        kind.ops_class.execute_sql_flush = _and_put_back(kind.ops_class.execute_sql_flush)


def _and_put_back(empty: Callable[[Any, list[str]], None]) -> Callable[[Any, list[str]], None]:
    """Empty the tables, again when a request of a page that has just been closed was still reading; then fill them."""
    from django.db import OperationalError

    def flush(operations: Any, statements: list[str]) -> None:
        for attempt in range(10):
            try:
                empty(operations, statements)
                break
            except OperationalError as error:
                if "deadlock" not in str(error) or attempt == 9:
                    raise
        _put_back(operations.connection)

    return flush


def _put_back(connection: Any) -> None:
    """One statement for each model; what waits for a worker goes: Django does not know those tables as its own."""
    from django.core import serializers
    from django.core.management.color import no_style
    from django.db import transaction

    rows: dict[Any, list[Any]] = {}  # Any: model classes and their objects
    for one in serializers.deserialize("json", connection._test_serialized_contents, using=connection.alias):
        assert not any((one.m2m_data or {}).values()), "not known here"
        rows.setdefault(type(one.object), []).append(one.object)
    with transaction.atomic(), connection.constraint_checks_disabled():
        for model, objects in rows.items():
            model._base_manager.bulk_create(objects)
        with connection.cursor() as cursor:
            cursor.execute("truncate procrastinate_jobs cascade")
            for statement in connection.ops.sequence_reset_sql(no_style(), list(rows)):
                cursor.execute(statement)


@pytest.fixture(autouse=True)
def _custom_fields_are_forgotten() -> Iterator[None]:
    """A test's custom fields leave with its transaction; the process must not remember them."""
    yield
    schema = sys.modules.get("rapport.kernel.custom.schema")
    if schema is not None:
        schema.forget()


@pytest.fixture(autouse=True)
def _nobody_speaks_any_more() -> Iterator[None]:
    """The language and time zone of the last request of a test are not those of the next test."""
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Start the server when the first test needs a database."""
    folder = os.environ.get(FOLDER)
    if not folder:
        yield
        return
    server = Server(Path(folder), durable=False)
    database = addresses.database(server.ensure())
    settings.DATABASES["default"].update({name: database[name] for name in ("NAME", "USER", "HOST", "PORT")})
    yield
    server.release()


def _remove_cluster() -> None:
    folder = Path(os.environ.pop(FOLDER))
    if folder.exists():
        Server(folder).stop(even_if_used=True)
        shutil.rmtree(folder)


def _remove_leftovers() -> None:
    """Remove clusters of test runs that were killed; their servers have left by themselves."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            is_old = time.time() - folder.stat().st_mtime > 3600
            if is_old and os.access(folder, os.W_OK) and not is_held(folder / "super.lock"):
                shutil.rmtree(folder)
        except OSError:  # somebody else is removing it
            continue
