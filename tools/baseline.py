"""Writes rapport/baseline.sql: what all migrations, one after the other, make of an empty database.

`make baseline` runs it on a PostgreSQL of its own. tests/test_baseline.py holds both ways against each other.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

HEAD = """\
-- What these migrations make of an empty database, in one go. Written by `make baseline`, never by hand;
-- docs/decisions/a-new-database-in-one-go.md says how it is used.
"""
# Functions may name tables that come behind them. Nothing else of the session matters: all names are whole.
BEGIN = "\nSET LOCAL check_function_bodies = false;\n\n"
UUID = re.compile(r"'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'")
PASSWORD = re.compile(r"^\\(?:un)?restrict .*\n", re.MULTILINE)  # another one in each dump, for psql
# What was said about the session, who owns extensions, and sequences that have not begun.
NOISE = re.compile(
    r"^(?:SET \w+ = .*|SELECT pg_catalog\.set_config\(.*|COMMENT ON EXTENSION .*|"
    r"SELECT pg_catalog\.setval\(.*, 1, false\)|-- Dumped .*);?\n+",
    re.MULTILINE,
)
TITLE = re.compile(r"^--\n-- .*\n--\n+", re.MULTILINE)
GAP = re.compile(r"\n{3,}")


def take_every_step(until: int | None = None) -> int:
    """Apply the migrations that the database does not have, or those before the given one; how many there were."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from rapport.runtime.garbage import hardly_ever

    with hardly_ever():  # thousands of classes are made anew with each step
        executor = MigrationExecutor(connection)
        targets = executor.loader.graph.leaf_nodes()
        plan = executor.migration_plan(targets)
        executor.migrate(targets, plan=plan[:until])
    return len(plan)


def applied() -> list[tuple[str, str]]:
    """The migrations that the database has, in their order."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    return list(MigrationRecorder(connection).migration_qs.order_by("id").values_list("app", "name"))


def dump() -> str:
    """All that the database holds but its migrations; ids of rows are numbers, in the order they come in."""
    from rapport.runtime import clients, upgrades

    command = [
        clients.program("pg_dump", upgrades.server_version()),
        "--inserts",
        "--no-owner",
        "--no-privileges",
    ]
    command += ["--exclude-table-data=django_migrations*"]
    done = subprocess.run(command, env=clients.environment(), capture_output=True, text=True, check=True)
    known: dict[str, str] = {}
    lines = PASSWORD.sub("", done.stdout).split("\n")
    for place, line in enumerate(lines):
        if line.startswith("INSERT INTO "):
            lines[place] = UUID.sub(lambda one: known.setdefault(one[0], f"'<id {len(known) + 1}>'"), line)
    return "\n".join(lines)


def text() -> str:
    """The database as it stands, as the text of the baseline."""
    sql = GAP.sub("\n\n", NOISE.sub("", TITLE.sub("", dump()))).strip()
    return HEAD + "".join(f"-- {area}.{name}\n" for area, name in applied()) + BEGIN + sql + "\n"


@contextmanager
def another_database(name: str) -> Iterator[None]:
    """An empty database beside the one that the settings name, which is used meanwhile."""
    from django.db import connection

    usual = connection.settings_dict["NAME"]

    def use(database: str, *commands: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = database
        with connection.cursor() as cursor:
            for command in commands:
                cursor.execute(command)

    use(usual, f'drop database if exists "{name}"', f'create database "{name}" template template0')
    use(name)
    try:
        yield
    finally:
        use(usual, f'drop database "{name}"')


def main() -> None:
    """Write the file."""
    from rapport.runtime.postgres.server import Server

    folder = Path(tempfile.gettempdir(), f"rapport-baseline-{os.getpid()}")  # sockets need short names
    server = Server(folder, durable=False)
    try:
        os.environ["RAPPORT_DATABASE_URL"] = server.ensure()
        django.setup()
        take_every_step()
        from rapport.runtime import baseline

        baseline.FILE.write_text(text())
    finally:
        server.stop(even_if_used=True)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.settings")
    main()
