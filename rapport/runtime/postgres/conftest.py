"""Clusters for the tests of the database server: real, in a folder of their own, gone afterwards."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from rapport.runtime.postgres.server import Server

HOLD = """
import sys, time
from pathlib import Path
from rapport.runtime.postgres.server import Server
print(Server(Path(sys.argv[1]), durable=sys.argv[2] == "durable").ensure(), flush=True)
time.sleep(600)
"""


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that does not exist yet; a server in it is stopped afterwards."""
    monkeypatch.setenv("RAPPORT_PG_LINGER", "1")
    folder = Path(f"/tmp/rapport-t-{os.urandom(4).hex()}")
    yield folder
    remove(folder)


def remove(folder: Path) -> None:
    if not folder.exists():
        return
    server = Server(folder)
    server.stop(even_if_used=True)
    for number in server.layout.living():
        psutil.Process(number).kill()
    shutil.rmtree(server.layout.run, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def user_process() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a process that uses a server until it is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(
        folder: Path, how: str = "fast", python: str = sys.executable, **given: object
    ) -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [python, "-c", HOLD, str(folder), how], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True, cwd=Path(__file__).parents[3], **given,
            )
        )  # fmt: skip
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def until(happens: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def postmaster(server: Server) -> psutil.Process:
    """Return the server's first process."""
    family = server.layout.living()
    return next(p for p in map(psutil.Process, family) if p.ppid() not in family)
