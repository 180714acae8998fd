"""Rapport's own PostgreSQL for the application: start when needed, use, let go, stop."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rapport.runtime.errors import Refusal
from rapport.runtime.folders import CHECKOUT
from rapport.runtime.postgres import cluster
from rapport.runtime.postgres.binaries import Binaries, find_binaries, usable_by
from rapport.runtime.postgres.layout import DATABASE, ROLE, Layout, layout_for, place
from rapport.runtime.postgres.locks import Lock, is_held, locked

MOST_LAUNCHES = 3
LOG_LIMIT = 1_000_000


def silent(text: str) -> None:
    """Say nothing."""


class Server:
    """One cluster as a process sees it. Using it keeps it alive; the death of the process lets go."""

    def __init__(self, base: Path, *, durable: bool = True, say: Callable[[str], None] = silent) -> None:
        if sys.platform == "win32":
            raise Refusal("Rapport's own PostgreSQL does not run on Windows: set RAPPORT_DATABASE_URL.")
        self.layout: Layout = layout_for(place(base))
        self.durable = durable
        self.say = say
        self._use: Lock | None = None

    @property
    def url(self) -> str:
        """The address of the application's database."""
        return self.layout.url()

    def ensure(self, timeout: float = 900, *, may_create: bool = True) -> str:
        """Start the server when it does not run, wait until it answers, return the database's address."""
        layout = self.layout
        if not may_create and not layout.data.exists():
            raise Refusal(f"The database {layout.data} is gone: bring the folder back, then start again.")
        layout.prepare()
        if self._use is None:
            self._use = Lock(layout.users_lock)
            self._use.take(shared=True)
        binaries = usable_by(layout.account, find_binaries(), layout.base)
        with locked(layout.start_lock, say=self.say):
            cluster.finish_upgrade(layout)
            cluster.check_version(layout, binaries)
            if self.state(binaries) != "ready":
                cluster.check_disk(layout)
                if not layout.data.exists():
                    self.say("Making the database …")
                cluster.create(layout, binaries)
                self._start(binaries, timeout)
            self._ensure_database(binaries)
        return self.url

    def release(self) -> None:
        """Stop using the server; it leaves after a while when nobody else does."""
        if self._use:
            self._use.close()
            self._use = None

    def is_supervised(self) -> bool:
        """Whether a living supervisor looks after the server."""
        return is_held(self.layout.super_lock)

    def is_used(self) -> bool:
        """Whether any process uses the database (this one included)."""
        return is_held(self.layout.users_lock)

    def state(self, binaries: Binaries | None = None) -> str:
        """Return ready, starting or down."""
        binaries = binaries or find_binaries()
        asked = [binaries.program("pg_isready"), "-q", "-h", str(self.layout.run), "-t", "3"]
        asked += ["-U", ROLE, "-d", "postgres"]
        answer = subprocess.run(asked, check=False, env={"LC_ALL": "C"}, cwd="/").returncode
        return {0: "ready", 1: "starting"}.get(answer, "down")

    def keep(self) -> None:
        """Let the server stay up without users."""
        self.layout.keep.touch()

    def stop(self, *, even_if_used: bool = False, even_if_kept: bool = True, timeout: float = 150) -> bool:
        """Stop the server now; return False when it stays because somebody uses it."""
        self.release()
        layout = self.layout
        if not layout.super_lock.exists():
            return True
        if layout.keep.exists() and not even_if_kept:
            return False
        if self.is_used() and not even_if_used:
            return False
        layout.keep.unlink(missing_ok=True)
        deadline = time.monotonic() + timeout
        asked = 0
        while self.is_supervised():
            number = self._supervisor()
            if number and number != asked:
                os.kill(number, signal.SIGTERM)
                asked = number
            if time.monotonic() > deadline:
                raise Refusal(
                    f"PostgreSQL has not stopped for {timeout:.0f} seconds: {cluster.log_tail(layout)}"
                )
            time.sleep(0.05)
        return True

    def _supervisor(self) -> int:
        lock = Lock(self.layout.super_lock)
        try:
            return int(lock.read() or 0)
        finally:
            lock.close()

    def _start(self, binaries: Binaries, timeout: float) -> None:
        """Launch supervisors until the server answers; they leave by themselves when one is there."""
        layout = self.layout
        begun = told = time.monotonic()
        launches, launched = 0, None
        while (state := self.state(binaries)) != "ready":
            now = time.monotonic()
            if not self.is_supervised() and not layout.living():
                if launches == MOST_LAUNCHES or (launched and launched.poll()):
                    raise Refusal(f"PostgreSQL does not start: {cluster.log_tail(layout)}")
                launches += 1
                launched = self._launch()
            if now - begun > timeout:
                raise Refusal(
                    f"PostgreSQL is {state} after {timeout:.0f} seconds: {cluster.log_tail(layout)}"
                )
            if now - told > 5:
                self.say(f"The database is {state}, {now - begun:.0f} seconds so far …")
                told = now
            time.sleep(0.05)

    def _launch(self) -> "subprocess.Popen[bytes]":
        """Launch a supervisor; it leaves with an error code when it gives up."""
        log = self.layout.supervisor_log
        mode = "wb" if log.exists() and log.stat().st_size > LOG_LIMIT else "ab"
        command = [sys.executable, "-P", "-m", "rapport.runtime.postgres.supervisor", str(self.layout.base)]
        if not self.durable:
            command.append("--not-durable")
        paths = [str(CHECKOUT), os.environ.get("PYTHONPATH", "")]
        with open(log, mode) as out:
            process = subprocess.Popen(
                command, start_new_session=True, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/",
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
            )  # fmt: skip
        while not self.is_supervised() and process.poll() is None:
            time.sleep(0.02)
        _detached.append(process)
        return process

    def _ensure_database(self, binaries: Binaries) -> None:
        """Create the application's database in a fresh cluster."""
        base = [
            binaries.program("psql"),
            "-X",
            "-q",
            "-A",
            "-t",
            "-h",
            str(self.layout.run),
            "-U",
            ROLE,
            "-d",
            "postgres",
        ]
        asked = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"  # noqa: S608 - our own constant
        for _attempt in range(3):  # a server that was just killed may answer once more
            there = subprocess.run([*base, "-c", asked], capture_output=True, text=True, cwd="/", check=False)
            if there.returncode == 0:
                break
            time.sleep(1)
        else:
            raise Refusal(f"PostgreSQL does not let us in: {cluster.last_line(there.stderr)}")
        if not there.stdout.strip():
            made = [*base, "-c", f"CREATE DATABASE {DATABASE} OWNER {ROLE}"]
            answer = subprocess.run(made, capture_output=True, text=True, cwd="/", check=False)
            if answer.returncode:
                raise Refusal(f"The database cannot be created: {cluster.last_line(answer.stderr)}")


# Kept so that Python collects them when they end; a supervisor outlives whoever launched it.
_detached: list[subprocess.Popen[bytes]] = []
