"""A PostgreSQL cluster on disk: made whole or not at all, checked before each start."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from rapport.runtime.errors import Refusal
from rapport.runtime.postgres.account import account_of
from rapport.runtime.postgres.binaries import Binaries
from rapport.runtime.postgres.layout import ROLE, Layout
from rapport.runtime.postgres.tuning import MB

NEEDED_TO_CREATE = 200 * MB
NEEDED_TO_START = 48 * MB  # three segments of the write-ahead log
ORPHANS_LEAVE_WITHIN = 15.0


def major_of(layout: Layout) -> int | None:
    """Return the PostgreSQL major version that made the cluster, None when there is none."""
    try:
        with layout.account.acting():
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
        with layout.account.acting():
            _write_access_rules(fresh)
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


def _write_access_rules(data: Path) -> None:
    write_durably(
        data / "pg_hba.conf",
        "# Only through the socket, only the accounts named in pg_ident.conf.\n"
        f"local all all peer map={ROLE}\nlocal replication all peer map={ROLE}\n",
    )
    with open(data / "postgresql.conf", "a", encoding="utf-8") as file:
        file.write("\ninclude_if_exists '../rapport.conf'\ninclude_if_exists '../local.conf'\n")
        file.flush()
        os.fsync(file.fileno())


def write_account_map(layout: Layout) -> None:
    """Let the account that runs the server and the one that uses it be the database's owner."""
    names = {layout.account.name, account_of(os.geteuid()).name}
    text = "".join(f'{ROLE} "{name}" {ROLE}\n' for name in sorted(names))
    path = layout.data / "pg_ident.conf"
    with layout.account.acting():
        if path.read_text(encoding="utf-8") != text:
            write_durably(path, text)


def clear_stale_pid_file(layout: Layout) -> None:
    """Remove a postmaster.pid that no living server stands behind; only under the start or supervisor lock."""
    path = layout.data / "postmaster.pid"
    with layout.account.acting():
        if not path.exists():
            return
    deadline = time.monotonic() + ORPHANS_LEAVE_WITHIN
    while alive := layout.living():  # children of a killed server leave by themselves within seconds
        if time.monotonic() > deadline:
            raise Refusal(f"The processes {alive} still use {layout.data}: end them and start again.")
        time.sleep(0.1)
    with layout.account.acting():
        path.unlink(missing_ok=True)


def write_durably(path: Path, text: str) -> None:
    """Replace a small file so that a crash leaves the old or the new text."""
    fresh = path.with_name(f"{path.name}.new-{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
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
    newest: list[tuple[float, Path]] = []
    with layout.account.acting():
        for path in layout.log.glob("*.log"):
            newest.append((path.stat().st_mtime, path))
    if layout.supervisor_log.exists():
        newest.append((layout.supervisor_log.stat().st_mtime, layout.supervisor_log))
    for _moment, path in sorted(newest, reverse=True):
        owner = layout.account if path.parent == layout.log else account_of(os.geteuid())
        with owner.acting(), open(path, encoding="utf-8", errors="replace") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 4000))
            text = file.read()
        telling = [line for line in text.splitlines() if re.search(r"FATAL|PANIC", line)]
        if telling:
            return telling[-1].strip()
    return "its log says nothing."
