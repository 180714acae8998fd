"""Restoring a backup: unpacked and checked beside the present state, then swapped, never half.

The swap renames two databases and two folders. A note on disk says that it has begun; whoever comes next after
a crash finishes it, so there is either the old state or the whole new one.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
from django.db import connection, connections
from psycopg import sql

from rapport.runtime import archives, clients, upgrades
from rapport.runtime.errors import Refusal
from rapport.runtime.folders import DataFolder
from rapport.runtime.postgres.cluster import sync_folder, write_durably

NOTE = "restore.json"
Say = Callable[[str], None]


def restore(source: Path, folder: DataFolder, say: Say, *, replace: bool) -> None:
    """Replace database and files by those of a backup."""
    refuse_if_in_use(replace=replace)
    staging = folder.path / "restore"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    name = str(connection.settings_dict["NAME"])
    fresh = f"{name}_restore"
    try:
        say("Checking the backup …")
        manifest = archives.unpack(source, staging / "dump", staging / "files")
        refuse_newer(manifest)
        say("Reading the database …")
        fill(fresh, staging / "dump")
        note = {"name": name, "fresh": fresh, "old": f"{name}_before_restore"}
        drop(note["old"])
        write_durably(folder.path / NOTE, json.dumps(note))  # from here on it will be finished
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    finish(folder, note)
    say(f"Restored the backup of {manifest.made_at} (Rapport {manifest.version}).")


def refuse_if_in_use(*, replace: bool) -> None:
    """Refuse to pull the database away from somebody, or to replace what may be wanted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        others = cursor.fetchone()[0]
        cursor.execute("SELECT to_regclass('accounts_user') IS NOT NULL")
        is_there = cursor.fetchone()[0]
        if is_there:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM accounts_user)")
            is_there = cursor.fetchone()[0]
    if others:
        raise Refusal(f"{others} other connections use the database: stop Rapport first, on every machine.")
    if is_there and not replace:
        raise Refusal(
            "There is data already, which the restore would replace: repeat the command with --replace."
        )


def refuse_newer(manifest: archives.Manifest) -> None:
    """Refuse a backup that knows more than this version."""
    strange = upgrades.strangers(set(manifest.migrations))
    if strange:
        raise Refusal(
            f"The backup was made by the newer Rapport {manifest.version}; it knows {strange[-1]}, which is unknown "
            "here. Nothing was changed: install that version and restore again."
        )


def fill(fresh: str, dump: Path) -> None:
    """Make a database of that name from a dump."""
    drop(fresh)
    try:
        run(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(fresh)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise Refusal(
            "The database user may not create databases, which a restore needs: "
            "let an administrator of the server run `ALTER ROLE … CREATEDB`. Nothing was changed."
        ) from error
    command = [clients.program("pg_restore", upgrades.server_version()), "--exit-on-error", "--no-owner"]
    command += ["--no-privileges", "--single-transaction", f"--dbname={fresh}", str(dump)]
    clients.call(command, "The backup's database cannot be read", database=fresh)


def finish_interrupted(folder: DataFolder, say: Say) -> None:
    """Finish a restore whose swap was interrupted; remove what one left that never got so far."""
    note = folder.path / NOTE
    if not note.exists():
        return
    say("Finishing the restore that was interrupted …")
    finish(folder, json.loads(note.read_text(encoding="utf-8")))


def finish(folder: DataFolder, note: dict[str, str]) -> None:
    """Swap what is not swapped yet; every step may have been done before."""
    connections.close_all()
    present = existing()
    if note["fresh"] in present:
        if note["old"] in present:
            drop(note["name"])  # empty: the start after the crash found none of that name and made one
        elif note["name"] in present:
            rename(note["name"], note["old"])
        rename(note["fresh"], note["name"])
    staged, old = folder.path / "restore" / "files", folder.path / "files.before-restore"
    if staged.exists():
        if folder.files.exists() and not old.exists():
            os.rename(folder.files, old)
        os.rename(staged, folder.files)
        sync_folder(folder.path)
    (folder.path / NOTE).unlink()
    drop(note["old"])
    shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(folder.path / "restore", ignore_errors=True)


def run(statement: sql.Composed) -> list[tuple[object, ...]]:
    """Run a statement outside the application's database, which is about to be renamed."""
    entry = connection.settings_dict
    values = {
        "host": entry["HOST"],
        "port": entry["PORT"],
        "user": entry["USER"],
        "password": entry["PASSWORD"],
    }
    given = {name: value for name, value in entry["OPTIONS"].items() if name != "pool"}
    given |= {name: value for name, value in values.items() if value}
    try:
        with psycopg.connect(dbname="postgres", autocommit=True, **given) as outside:
            cursor = outside.execute(statement)
            return cursor.fetchall() if cursor.description else []
    except psycopg.OperationalError as error:
        raise Refusal(
            f"A restore needs the server's database `postgres`: {str(error).splitlines()[0]}"
        ) from error


def existing() -> set[object]:
    """Return the names of the server's databases."""
    return {row[0] for row in run(sql.SQL("SELECT datname FROM pg_database").format())}


def rename(name: str, new: str) -> None:
    """Rename a database, whoever still looks at it."""
    run(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new)))


def drop(name: str) -> None:
    """Drop a database if it is there."""
    run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
