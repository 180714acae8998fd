"""What `rapport doctor` looks at in a database that answers, and around it: each with what to do about it."""

import errno
import http.client
import os
import smtplib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rapport.runtime import options
from rapport.runtime.addresses import EVERYWHERE, require_free_port
from rapport.runtime.errors import Refusal
from rapport.runtime.folders import DataFolder

MOST_SKEW = 5.0  # seconds
STUCK_AFTER = 15 * 60  # seconds
LOOKED_AT = 1000  # secrets of a kind
WORKER_SILENT_AFTER = 30
PATIENCE = 3.0  # seconds for whoever listens at our port


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    is_well: bool
    what: str
    detail: str


_more: list[Callable[[], Iterator[Finding]]] = []


def looked_at_by(check: Callable[[], Iterator[Finding]]) -> None:
    """Let an area look, too; its check may read the database, which is up to date then."""
    _more.append(check)


def of_areas() -> Iterator[Finding]:
    """What the areas look at."""
    for check in _more:
        yield from check()


def places(folder: DataFolder) -> Iterator[Finding]:
    """Whether what is stored can be stored."""
    for path in (folder.files, folder.mail, folder.static, folder.metrics):
        if not path.exists():
            continue
        probe = path / f".probe-{os.getpid()}"
        try:
            probe.write_bytes(b"probe" * 1000)  # on a full disk an empty file would still do
            probe.unlink()
        except OSError as error:
            if path.is_dir():
                probe.unlink(missing_ok=True)
            advice = "it must be a folder in which the user that runs Rapport may write"
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                advice = "free some space"
            yield Finding(False, "data folder", f"{path} cannot be written ({error.strerror}): {advice}")


def key_is_there(folder: DataFolder, *, is_new: bool) -> Iterator[Finding]:
    """Without the key that everything was signed with, people sign in anew and secrets stay closed."""
    if options.SECRET_KEY.value() or folder.secret_key.exists() or is_new:
        return
    yield Finding(
        False, "secret key", f"{folder.secret_key} is missing: put it back from your copy. The next start makes a new "
        "one, with which everybody signs in anew and sealed secrets cannot be opened",
    )  # fmt: skip


def rights() -> Finding:
    """Whether the database user may do what Rapport does."""
    from django.db import connection  # needs Django's settings

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, has_schema_privilege(current_schema(), 'CREATE'), (SELECT count(*) FROM pg_class"
            " WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"
            " AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')"
            " AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')))"
        )
        user, may_create, closed = cursor.fetchone()
    if closed:
        return Finding(
            False, "rights", f"the user {user} may not read and write {closed} tables: "
            f"let an administrator of the server make it their owner (`REASSIGN OWNED BY … TO {user}`)",
        )  # fmt: skip
    if not may_create:
        return Finding(
            False, "rights", f"the user {user} may not make tables, which new versions need: "
            f"`GRANT CREATE ON SCHEMA public TO {user}`",
        )  # fmt: skip
    return Finding(True, "rights", f"{user} may read, write and make tables")


def indexes() -> Iterator[Finding]:
    """Indexes that were begun and never finished, or broke: they cost every write and help no reader."""
    from django.db import connection  # needs Django's settings

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class c ON c.oid = indexrelid"
            " WHERE NOT (indisvalid AND indisready) AND c.relnamespace = current_schema()::regnamespace"
            " AND indexrelid NOT IN (SELECT index_relid FROM pg_stat_progress_create_index) ORDER BY 1"
        )
        broken = [row[0] for row in cursor.fetchall()]
    if broken:
        yield Finding(
            False, "indexes", f"{', '.join(broken)} cannot be used, so pages are slow: "
            f"`rapport db shell -- -c 'REINDEX INDEX CONCURRENTLY {broken[0]}'`",
        )  # fmt: skip


def clocks() -> Finding:
    """Whether this machine and the database agree on what time it is."""
    from django.db import connection  # needs Django's settings

    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        theirs = cursor.fetchone()[0]
    skew = theirs - (before + time.time()) / 2
    if abs(skew) < MOST_SKEW:
        return Finding(True, "clocks", "this machine and the database agree")
    return Finding(
        False, "clocks", f"the clock of this machine is {abs(skew):.0f} s {'behind' if skew > 0 else 'ahead of'} that "
        "of the database, so reminders come at the wrong time and dead workers are not noticed: let both machines "
        "follow a time server (`timedatectl set-ntp true`)",
    )  # fmt: skip


def secrets() -> Finding:
    """Whether what is sealed in the database can be opened with this key."""
    from django.apps import apps  # needs Django's settings
    from django.db import connection

    from rapport.runtime.secrets import CannotBeOpened, SealedText, unseal

    closed: dict[str, int] = {}
    opened = 0
    sealed = [(m, f) for m in apps.get_models() for f in m._meta.concrete_fields if isinstance(f, SealedText)]
    for model, one in sealed:
        table, column = (connection.ops.quote_name(name) for name in (model._meta.db_table, str(one.column)))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> '' LIMIT {LOOKED_AT}")  # noqa: S608
            for (text,) in cursor.fetchall():
                try:
                    unseal(text, one.purpose)
                    opened += 1
                except CannotBeOpened:
                    closed[one.purpose] = closed.get(one.purpose, 0) + 1
    if not closed:
        return Finding(True, "sealed secrets", f"{opened} can be opened")
    which = ", ".join(f"{count} of {purpose}" for purpose, count in sorted(closed.items()))
    return Finding(
        False, "sealed secrets", f"{which} cannot be opened: the secret key is another one than when they were sealed. "
        "Put the old key back (file secret-key of the data folder, or RAPPORT_SECRET_KEY), or enter them anew",
    )  # fmt: skip


def port() -> Iterator[Finding]:
    """Whether the web server could listen; one of ours that answers there already is as good."""
    where = f"{options.HOST.value()}:{options.PORT.value()}"
    try:
        require_free_port()
    except Refusal as refusal:
        if not _is_ours():
            yield Finding(False, "port", str(refusal))
            return
        yield Finding(True, "port", f"a web server of Rapport answers at {where}")
    else:
        yield Finding(True, "port", f"{where} is free")


def _is_ours() -> bool:
    host = options.HOST.value()
    asked = http.client.HTTPConnection(
        "127.0.0.1" if host in EVERYWHERE else host, options.PORT.value(), timeout=PATIENCE
    )
    try:
        asked.request("GET", "/health/live")
        return asked.getresponse().read(100) == b'{"status": "ok"}'
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def worker(*, is_running: bool) -> Finding:
    """Whether some worker has shown itself lately, and jobs do not wait for ever."""
    from django.db import connection  # needs Django's settings

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [WORKER_SILENT_AFTER],
        )
        alive = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*), coalesce(extract(epoch FROM now() - min(coalesce(j.scheduled_at, ("
            "SELECT min(at) FROM procrastinate_events e WHERE e.job_id = j.id)))), 0)::float8"
            " FROM procrastinate_jobs j WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
        )
        waiting, oldest = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        failed = cursor.fetchone()[0]
    detail = f"{alive} alive, {waiting} jobs wait, {failed} failed"
    if failed:
        detail += " (Settings → Jobs tells why)"
    if not alive and (is_running or waiting):
        return Finding(False, "worker", f"{detail}: start `rapport worker` or `rapport run`")
    if alive and oldest > STUCK_AFTER:
        return Finding(
            False,
            "worker",
            f"{detail}, the oldest for {oldest / 60:.0f} minutes: start more workers (RAPPORT_WORKERS)",
        )
    return Finding(True, "worker", detail)


def replica() -> Iterator[Finding]:
    """Whether long reading can be done on the replica that is set."""
    if not options.REPLICA_URL.value():
        return
    from rapport.runtime import replica as its  # needs Django's settings

    shown, seen = options.mask(options.REPLICA_URL.value()), its.look()
    if not seen.problem:
        yield Finding(True, "replica", f"{shown} shows what the database shows")
        return
    what = next((what for sign, what in REPLICA_ADVICE.items() if sign in seen.problem), "")
    how_far = f" ({seen.bytes_behind / 1e6:.1f} MB not replayed)" if seen.bytes_behind else ""
    yield Finding(
        False, "replica", f"{shown} is not read: {seen.problem}{how_far}. {what}. Meanwhile everything is read from "
        "the primary",
    )  # fmt: skip


REPLICA_ADVICE = {
    "cannot be reached": "Start it, or correct RAPPORT_REPLICA_URL",
    "takes writes": "Name a server that follows the primary (standby.signal, primary_conninfo), or take "
    "RAPPORT_REPLICA_URL away",
    "another database": "Correct RAPPORT_REPLICA_URL, or make the replica anew (`pg_basebackup -R`)",
    "behind": "Look into its log whether it still receives (`pg_stat_wal_receiver`), or raise RAPPORT_REPLICA_WAIT",
    "cannot be asked": "Let the user of the address execute pg_control_system() and pg_last_wal_replay_lsn()",
}


def mail() -> Iterator[Finding]:
    """Whether the mail server takes our mail."""
    if not options.MAIL_URL.value():
        return
    from django.core.mail import get_connection  # needs Django's settings

    shown = options.mask(options.MAIL_URL.value())
    try:
        server = get_connection(timeout=5)
        server.open()
        server.close()
    except smtplib.SMTPAuthenticationError:
        yield Finding(False, "mail server", f"{shown} refuses user or password: correct RAPPORT_MAIL_URL")
    except (OSError, smtplib.SMTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        yield Finding(
            False, "mail server", f"{shown} cannot be used ({reason}): correct RAPPORT_MAIL_URL, or let this machine "
            "reach it. No mail is lost meanwhile: it is tried again under Settings → Jobs",
        )  # fmt: skip
    else:
        yield Finding(True, "mail server", f"{shown} answers")


def advice(text: str) -> str:
    """What to do about what the database says when it cannot be reached."""
    known = {
        "password authentication failed": "correct user and password in RAPPORT_DATABASE_URL",
        "does not exist": "make it (`createdb`, `createuser`), or correct RAPPORT_DATABASE_URL",
        "could not translate host name": "correct the host in RAPPORT_DATABASE_URL",
        "failed to resolve host": "correct the host in RAPPORT_DATABASE_URL",
        "Connection refused": "start PostgreSQL there, or correct host and port in RAPPORT_DATABASE_URL",
        "timeout": "let this machine reach that server (network, firewall), or correct RAPPORT_DATABASE_URL",
        "no pg_hba.conf entry": "allow this user and machine in the server's pg_hba.conf",
        "permission denied": "give the database user the rights that docs/how-to/run-in-production.md names",
        "SSL": "correct sslmode and sslrootcert in RAPPORT_DATABASE_URL",
        "too many": "raise max_connections there, or put a pooler in between",
    }
    return next((what for sign, what in known.items() if sign in text), "")
