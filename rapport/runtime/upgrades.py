"""Whether the database and this version fit together, and bringing it up to date."""

from collections.abc import Callable

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from rapport.runtime.errors import Refusal
from rapport.runtime.garbage import leave_what_is_loaded
from rapport.runtime.version import VERSION

OLDEST_SERVER = 15
LOCK = 7_277_678  # any number that nobody else takes: one migration at a time, on however many machines

FORMER = (
    "sessions",
    "account",
)  # areas of libraries that earlier versions had; what they left is of no newer version


def known() -> set[tuple[str, str]]:
    """Return every migration that this version knows, replaced ones included."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    found = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        found.update((app, name) for app, name in migration.replaces)
    return found


def unknown() -> list[str]:
    """Return the migrations that the database has and this version does not know."""
    return strangers({f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()})


def strangers(applied: set[str]) -> list[str]:
    """Return those of the migrations, as area.name, that only a newer version can have applied."""
    strange = applied - {f"{app}.{name}" for app, name in known()}
    return sorted(one for one in strange if one.partition(".")[0] not in FORMER)


def missing() -> list[str]:
    """Return the migrations that this version has and the database does not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def server_version() -> int:
    """Return the major version of the PostgreSQL server."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10000


def refuse_newer() -> None:
    """Refuse a database of a newer version, and a server that is too old."""
    if server_version() < OLDEST_SERVER:
        raise Refusal(
            f"The PostgreSQL server is version {server_version()}, Rapport needs {OLDEST_SERVER} or newer: "
            "upgrade that server, or restore a backup into a newer one."
        )
    strange = unknown()
    if strange:
        raise Refusal(
            f"The database was used by a newer version of Rapport than this one ({VERSION}); "
            f"it knows {strange[-1]}, which is unknown here. Nothing was changed: install the newer version again, "
            "or restore a backup of this version."
        )


def require_current(*, may_migrate: bool) -> None:
    """Make sure that a command finds the tables it knows."""
    refuse_newer()
    if not missing():
        return
    if not may_migrate:
        raise Refusal("The database is of an older version: run `rapport migrate` first.")
    bring_up_to_date()


def bring_up_to_date(say: Callable[[str], None] = lambda text: None) -> None:
    """Apply what is missing; several machines may try at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            refuse_newer()
            count = len(missing())
            if count:
                say(f"Bringing the database up to date ({count} steps) …")
                leave_what_is_loaded()  # each step makes thousands of classes anew
            # Also without anything to do: areas install what they need after every migration.
            call_command("migrate", interactive=False, verbosity=0)
            if count:
                learn()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def learn() -> None:
    """Let the planner look at tables and indexes as they are now: at a sample, so it takes seconds at any size.

    Until it has, it knows nothing of new indexes over expressions, and old things of tables that were written anew.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
