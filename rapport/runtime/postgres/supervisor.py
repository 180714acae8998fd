"""The supervisor: one detached process, parent of PostgreSQL.

It collects the dead, restarts the server after a crash (with a bound), and stops it when nobody holds users.lock
any more. On Linux the server shuts down when the supervisor dies; elsewhere the next supervisor adopts it.
Run as `python -m rapport.runtime.postgres.supervisor BASE`.
"""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from rapport.runtime import options
from rapport.runtime.errors import Refusal
from rapport.runtime.postgres import cluster, tuning
from rapport.runtime.postgres.binaries import Binaries, find_binaries, usable_by
from rapport.runtime.postgres.layout import Layout, layout_for
from rapport.runtime.postgres.locks import Lock, is_held, locked
from rapport.runtime.processes import signal_on_parents_death

TICK = 0.2
MOST_CRASHES = 5
MOST_FALSE_STARTS = 2  # when it has never lived for LIVED seconds
LIVED = 5.0
CRASH_MEMORY = 120.0  # seconds after which a crash is forgotten
STOP_WITHIN = 120.0


class Supervisor:
    """Keeps one cluster's server alive while somebody uses it."""

    def __init__(self, layout: Layout, binaries: Binaries, *, durable: bool = True) -> None:
        self.layout = layout
        self.binaries = binaries
        self.durable = durable
        self.server: subprocess.Popen[bytes] | None = None
        self.crashes: list[float] = []
        self.started = 0.0
        self.has_lived = False
        self.is_asked_to_stop = False
        self.users = Lock(layout.users_lock)
        self.idle_since: float | None = None

    def supervise(self) -> None:
        """Start the server, or adopt a living one, and watch it until it is to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(self, "is_asked_to_stop", True))
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        if not self.layout.living():
            self.start()
        while not self.is_asked_to_stop:
            time.sleep(TICK)
            if not self.keeps_running():
                return
            if self.is_unused() and self.stopped_because_unused():
                return
        # Whoever is starting right now may finish first; but an order to stop does not wait for long.
        try:
            with locked(self.layout.start_lock, seconds=2):
                self.halt()
        except Refusal:
            self.halt()

    def start(self) -> None:
        """Start the server as our child."""
        layout = self.layout
        cluster.clear_stale_locks(layout)
        cluster.write_account_map(layout)
        conf = layout.base / "rapport.conf"
        conf.write_text(
            tuning.as_file(tuning.settings(self.binaries.major, durable=self.durable)), encoding="utf-8"
        )
        conf.chmod(0o644)
        self.started = time.monotonic()
        socket = str(layout.run).replace('"', '""')
        command = [self.binaries.program("postgres"), "-D", str(layout.data)]
        command += ["-c", f'unix_socket_directories="{socket}"', "-c", f"log_directory={layout.log}"]
        self.server = subprocess.Popen(
            command,
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "HOME": "/"},
            cwd="/",
            stdin=subprocess.DEVNULL,
            # It must come after the change of account, which clears it; subprocess calls it last.
            preexec_fn=signal_on_parents_death(signal.SIGINT),
            **layout.account.process_owner,
        )
        note(
            f"started PostgreSQL {self.binaries.major} from {self.binaries.bin} as process {self.server.pid}"
        )

    def keeps_running(self) -> bool:
        """Look after the server; False when there is nothing left to look after."""
        if self.server is None:
            return bool(self.layout.living())
        code = self.server.poll()
        if code is None:
            return True
        now = time.monotonic()
        self.has_lived = self.has_lived or now - self.started > LIVED
        self.crashes = [moment for moment in self.crashes if now - moment < CRASH_MEMORY] + [now]
        note(f"PostgreSQL ended with {code}, {len(self.crashes)} times lately")
        if len(self.crashes) > (MOST_CRASHES if self.has_lived else MOST_FALSE_STARTS):
            raise Refusal("PostgreSQL ends again and again; giving up until somebody starts it")
        time.sleep(min(2 ** len(self.crashes), 30) / 8)
        cluster.check_disk(self.layout)
        self.start()
        return True

    def is_unused(self) -> bool:
        """Whether nobody has used the database for a while."""
        if self.layout.keep.exists() or not self.users.take(wait=False):
            self.idle_since = None
            return False
        self.users.drop()
        now = time.monotonic()
        self.idle_since = self.idle_since or now
        return now - self.idle_since > options.PG_LINGER.value()

    def stopped_because_unused(self) -> bool:
        """Stop the server unless somebody comes in this moment."""
        if is_held(self.layout.start_lock):
            return False
        with locked(self.layout.start_lock):
            if not self.users.take(wait=False):
                self.idle_since = None
                return False
            note("nobody uses the database any more")
            self.halt()
            self.users.drop()
            return True

    def halt(self) -> None:
        """Stop the server as it likes to be stopped; never by the number in postmaster.pid."""
        if self.server is not None:
            if self.server.poll() is None:
                self.server.send_signal(signal.SIGINT)
                try:
                    self.server.wait(STOP_WITHIN)
                except subprocess.TimeoutExpired:
                    note(
                        f"FATAL: PostgreSQL did not stop within {STOP_WITHIN:.0f} seconds; ending it at once"
                    )
                    self.server.send_signal(signal.SIGQUIT)
                    self.server.wait()
        else:
            self.halt_adopted()
        note("stopped")

    def halt_adopted(self) -> None:
        """Stop a server that is not our child: the one process whose parent is not among them."""
        family = self.layout.living()
        for number in family:
            try:
                if psutil.Process(number).ppid() not in family:
                    os.kill(number, signal.SIGINT)
            except (psutil.NoSuchProcess, ProcessLookupError):
                continue
        deadline = time.monotonic() + STOP_WITHIN
        while self.layout.living() and time.monotonic() < deadline:
            time.sleep(0.1)


def note(text: str) -> None:
    """Write a line into the supervisor's log."""
    sys.stdout.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {text}\n")
    sys.stdout.flush()


def main(base: str, *, durable: bool = True) -> int:
    """Supervise the cluster in this folder unless somebody does already."""
    layout = layout_for(Path(base))
    lock = Lock(layout.super_lock)
    deadline = time.monotonic() + 3
    while not lock.take(wait=False):  # it may only be somebody who looks whether the lock is held
        if time.monotonic() > deadline:
            return 0
        time.sleep(0.02)
    lock.write(str(os.getpid()))
    try:
        Supervisor(
            layout, usable_by(layout.account, find_binaries(), layout.base), durable=durable
        ).supervise()
    except Refusal as refusal:
        note(f"FATAL: {refusal}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], durable="--not-durable" not in sys.argv))
