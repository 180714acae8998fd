"""A PostgreSQL cluster on disk: made whole or not at all, checked before each start."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from rapport.runtime.errors import Refusal
from rapport.runtime.postgres.account import Account, account_of
from rapport.runtime.postgres.binaries import Binaries
from rapport.runtime.postgres.layout import ROLE, Layout
from rapport.runtime.postgres.tuning import MB

NEEDED_TO_CREATE = 200 * MB
NEEDED_TO_START = 48 * MB  # three segments of the write-ahead log
ORPHANS_LEAVE_WITHIN = 15.0
# What every stop says, and what says no reason.
EVERYDAY = ("terminating connection", "the database system is", "PostgreSQL ends again")


def major_of(layout: Layout) -> int | None:
    """Return the PostgreSQL major version that made the cluster, None when there is none."""
    try:
        return int((layout.data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Refusal(f"The database in {layout.data} cannot be read: {error}.") from error


def finish_upgrade(layout: Layout) -> None:
    """Put the upgraded cluster into place when the upgrade was cut off between its two last steps."""
    upgraded = layout.base / "data.upgraded"
    if not layout.data.exists() and upgraded.exists():
        os.rename(upgraded, layout.data)
        sync_folder(layout.base)


def check_version(layout: Layout, binaries: Binaries) -> None:
    """Refuse to start a cluster of another PostgreSQL version."""
    made_by = major_of(layout)
    if made_by is None and layout.data.exists():
        raise Refusal(
            f"{layout.data} is no PostgreSQL database: move it away or name another folder in RAPPORT_DATA."
        )
    if made_by is not None and made_by != binaries.major:
        raise Refusal(
            f"The database in {layout.data} was made by PostgreSQL {made_by}, the programs here are version "
            f"{binaries.major}: run `rapport db upgrade --old-bin FOLDER` with the folder of version {made_by}'s "
            "programs, or restore a backup into a new data folder."
        )


def check_disk(layout: Layout) -> None:
    """Refuse to start on a full disk: a server that cannot write its log only crashes."""
    needed = NEEDED_TO_START if layout.data.exists() else NEEDED_TO_CREATE
    free = shutil.disk_usage(layout.base).free
    if free < needed:
        raise Refusal(
            f"The disk of {layout.base} is full: {free // MB} MB are free, {needed // MB} MB are needed. "
            "Nothing is lost; free some space and start again."
        )


def create(layout: Layout, binaries: Binaries, target: Path | None = None, *, checksums: bool = True) -> None:
    """Make the cluster beside its place and move it there when it is whole and on disk."""
    target = target or layout.data
    for leftover in layout.base.glob(f"{target.name}.new-*"):
        shutil.rmtree(leftover)
    if target.exists():
        return
    fresh = layout.base / f"{target.name}.new-{os.getpid()}"
    layout.make_private(fresh)
    command = [binaries.program("initdb"), "-D", str(fresh), "-U", ROLE, "--encoding=UTF8", "--locale=C"]
    command += ["--auth-local=peer", "--auth-host=scram-sha-256"]
    if binaries.major >= 17:  # sorts the same on every system
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if checksums:
        command += ["--data-checksums"]
    elif binaries.major >= 18:
        command += ["--no-data-checksums"]
    try:
        subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}, **layout.account.process_owner,
        )  # fmt: skip
        _write_access_rules(fresh, layout.account)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise Refusal(
            f"PostgreSQL could not make a database in {layout.base}: {last_line(error.stderr)}"
        ) from error
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise Refusal(
            f"PostgreSQL could not make a database in {layout.base}: {error.strerror or error}."
        ) from error
    os.rename(fresh, target)
    sync_folder(layout.base)


def _write_access_rules(data: Path, owner: Account) -> None:
    rules = (
        "# Only through the socket, only the accounts named in pg_ident.conf.\n"
        f"local all all peer map={ROLE}\nlocal replication all peer map={ROLE}\n"
    )
    write_durably(data / "pg_hba.conf", rules, owner)
    conf = data / "postgresql.conf"
    ours = "\ninclude_if_exists '../rapport.conf'\ninclude_if_exists '../local.conf'\n"
    write_durably(conf, conf.read_text(encoding="utf-8") + ours, owner)


def write_account_map(layout: Layout, data: Path | None = None) -> None:
    """Let the account that runs the server and the one that uses it be the database's owner."""
    names = {layout.account.name, account_of(os.geteuid()).name}
    text = "".join(f'{ROLE} "{name}" {ROLE}\n' for name in sorted(names))
    path = (data or layout.data) / "pg_ident.conf"
    if path.read_text(encoding="utf-8") != text:
        write_durably(path, text, layout.account)


def clear_stale_locks(layout: Layout) -> None:
    """Remove the lock files of a server that lives no more; only under the start or supervisor lock.

    PostgreSQL itself takes any process with the noted number for the old server: one that came after it, or the
    dead one that nobody has collected yet.
    """
    socket = layout.run / ".s.PGSQL.5432"
    notes = (layout.data / "postmaster.pid", socket.with_name(socket.name + ".lock"), socket)
    if not any(note.exists() for note in notes):
        return
    deadline = time.monotonic() + ORPHANS_LEAVE_WITHIN
    while alive := layout.living():  # children of a killed server leave by themselves within seconds
        if time.monotonic() > deadline:
            raise Refusal(f"The processes {alive} still use {layout.data}: end them and start again.")
        time.sleep(0.1)
    for note in notes:
        note.unlink(missing_ok=True)


def write_durably(path: Path, text: str, owner: Account | None = None) -> None:
    """Replace a small file so that a crash leaves the old or the new text; never follow a link laid there."""
    fresh = path.with_name(f"{path.name}.new-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if owner and owner.is_other:
            os.fchown(descriptor, owner.uid, owner.gid)
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    os.rename(fresh, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def last_line(text: str) -> str:
    """Return the last line that says something about an error."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"error|fatal|panic|could not", line, re.IGNORECASE)]
    return (telling or lines or ["it gave no reason."])[-1]


def log_tail(layout: Layout) -> str:
    """Return the last telling line of the server's logs."""
    logs = [*layout.log.glob("*.log"), layout.supervisor_log]
    newest = sorted(
        (path for path in logs if path.is_file()), key=lambda path: path.stat().st_mtime, reverse=True
    )
    for path in newest:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 4000))
            lines = file.read().decode(errors="replace").splitlines()
        telling = [found[1] for line in lines if (found := re.search(r"(?:FATAL|PANIC):\s+(.*)", line))]
        telling = [text for text in telling if not text.startswith(EVERYDAY)]
        if telling:
            return telling[-1].strip()
    return "its log says nothing."
