"""An installation of its own in a folder: run by `rapport run`, and broken on purpose."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from bench.load.clock import Clock

READY_WITHIN = 180
HOUR = 3600


class Installation:
    """`rapport run` on a data folder."""

    def __init__(self, data: Path, web: int, clock: Clock | None = None) -> None:
        self.data, self.web, self.clock = data, web, clock
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = data.with_suffix(".log")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start everything and wait until it answers."""
        environment = dict(os.environ) | {
            "RAPPORT_DATA": str(self.data), "RAPPORT_PORT": str(self.port), "RAPPORT_WEB": str(self.web),
            "RAPPORT_LOG": "json",
        }  # fmt: skip
        environment |= self.clock.environment("processes") if self.clock else {}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "rapport", "run"], env=environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + READY_WITHIN
        while not self.is_well():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"Rapport does not start; see {self.log}")
            time.sleep(0.2)

    def is_well(self) -> bool:
        """Whether it says so."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=10) as answer:  # noqa: S310 - ours
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def wait_until_well(self) -> float:
        """Wait until it answers again; how many seconds that took."""
        begun = time.monotonic()
        while not self.is_well():
            if time.monotonic() - begun > READY_WITHIN:
                raise SystemExit(f"Rapport does not come back; see {self.log}")
            time.sleep(0.1)
        return time.monotonic() - begun

    def stop(self) -> None:
        """Stop everything in order."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(90)

    def children(self, module: str) -> list[psutil.Process]:
        """The processes of one module, the parent first."""
        assert self.process
        return [
            one
            for child in psutil.Process(self.process.pid).children()
            if module in child.cmdline()
            for one in (child, *child.children(recursive=True))
        ]

    # -- what breaks -----------------------------------------------------------------------------------------------
    def kill_worker(self) -> None:
        """No farewell."""
        self.children("rapport.runtime.worker")[0].kill()

    def kill_web(self) -> None:
        """One of the processes that answer."""
        self.children("rapport.runtime.web")[-1].kill()

    def crash_database(self) -> None:
        """PostgreSQL ends in the middle of what it does."""
        pid = int((self.data / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGQUIT)

    def move_clock(self, seconds: float) -> None:
        """The whole machine is an hour ahead, and put right again; then it alone, beside its database."""
        assert self.clock
        for wrong in (("processes", "database"), ("processes",)):
            for moved in (HOUR, 0):
                self.clock.move(moved, *wrong)
                time.sleep(seconds / 4)
                self.wait_until_well()

    def fill_disk(self, seconds: float) -> None:
        """No byte is left for some seconds."""
        filler = self.data / "filler"
        try:
            with filler.open("wb") as file:
                while True:
                    file.write(b"\0" * 1_000_000)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        time.sleep(seconds)
        filler.unlink()
