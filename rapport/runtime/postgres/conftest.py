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

from rapport.runtime.postgres.locks import locked
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
    folder = new_folder()
    yield folder
    remove(folder)


@pytest.fixture
def made(base: Path, stopped: Path) -> Path:
    """The folder with a server in it that has been stopped, for tests about what comes after its making."""
    subprocess.run(["cp", "-a", str(stopped), str(base)], check=True)
    return base


@pytest.fixture(scope="session")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Such a folder, to be copied."""
    return made_once(tmp_path_factory, "stopped", _make)


def _make(target: Path) -> None:
    folder = new_folder()
    server = Server(folder)
    server.ensure()
    assert server.stop(even_if_used=True)
    subprocess.run(["mv", str(folder), str(target)], check=True)


def new_folder() -> Path:
    """A folder for a server: PostgreSQL's account cannot enter those of pytest."""
    return Path(f"/tmp/rapport-t-{os.urandom(4).hex()}")


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that the first of all processes of the tests to need it has made."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with locked(shared / f"{name}.lock", seconds=300):
        if not (shared / name).exists():
            make(shared / name)
    return shared / name


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
