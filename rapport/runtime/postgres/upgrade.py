"""Brings a cluster to a newer major version of PostgreSQL; the old one is kept until the new one is whole."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from rapport.runtime.errors import Refusal
from rapport.runtime.postgres import cluster
from rapport.runtime.postgres.binaries import Binaries, find_binaries, usable_by
from rapport.runtime.postgres.layout import ROLE, Layout
from rapport.runtime.postgres.locks import is_held, locked


def upgrade(layout: Layout, old_bin: Path, say: Callable[[str], None]) -> None:
    """Copy the cluster with pg_upgrade into one of the new version and put that in its place."""
    layout.prepare()
    with locked(layout.start_lock, say=say):
        if is_held(layout.super_lock) or layout.living():
            raise Refusal("The database is running: stop Rapport first.")
        new = usable_by(layout.account, find_binaries(), layout.base)
        old = Binaries(old_bin, "--old-bin")
        major = cluster.major_of(layout)
        if major is None or major >= new.major:
            raise Refusal(
                f"There is nothing to upgrade: the database is of version {major}, the programs {new.major}."
            )
        if old.major != major:
            raise Refusal(
                f"{old_bin} holds PostgreSQL {old.major}, but the database was made by version {major}."
            )
        needed = sum(path.stat().st_size for path in layout.data.rglob("*") if path.is_file())
        free = shutil.disk_usage(layout.base).free
        if free < needed * 1.2:
            raise Refusal(
                f"The upgrade copies {needed >> 20} MB and {free >> 20} MB are free: free some space first."
            )
        cluster.clear_stale_locks(layout)
        _copy(layout, old, new, say)


def _copy(layout: Layout, old: Binaries, new: Binaries, say: Callable[[str], None]) -> None:
    target, kept = layout.base / "data.upgraded", layout.base / f"data.{old.major}"
    work = layout.base / "upgrade.log.d"
    for leftover in (target, work):
        shutil.rmtree(leftover, ignore_errors=True)
    cluster.create(layout, new, target, checksums=_has_checksums(layout, old))
    for data in (layout.data, target):
        cluster.write_account_map(layout, data)
    layout.make_private(work)
    say(f"Copying the database from PostgreSQL {old.major} to {new.major} …")
    command = [new.program("pg_upgrade"), "-U", ROLE, "-b", str(old.bin), "-B", str(new.bin)]
    command += ["-d", str(layout.data), "-D", str(target), "-s", str(work)]
    answer = subprocess.run(
        command, cwd=work, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}, **layout.account.process_owner,
    )  # fmt: skip
    if answer.returncode:
        shutil.rmtree(target, ignore_errors=True)
        reason = cluster.last_line(answer.stdout + answer.stderr)
        raise Refusal(f"The upgrade failed and nothing was changed: {reason} Its logs are in {work}.")
    os.rename(layout.data, kept)
    os.rename(target, layout.data)
    cluster.sync_folder(layout.base)
    shutil.rmtree(work, ignore_errors=True)
    say(
        f"The database is of PostgreSQL {new.major} now. The old one is kept in {kept}; remove it when all is well."
    )


def _has_checksums(layout: Layout, old: Binaries) -> bool:
    answer = subprocess.run(
        [old.program("pg_controldata"), "-D", str(layout.data)], capture_output=True, text=True, check=False,
        env={"LC_ALL": "C"}, cwd="/", **layout.account.process_owner,
    )  # fmt: skip
    for line in answer.stdout.splitlines():
        name, _colon, value = line.partition(":")
        if name.strip() == "Data page checksum version":
            return value.strip() != "0"
    raise Refusal(f"The old database cannot be read: {cluster.last_line(answer.stderr)}")
