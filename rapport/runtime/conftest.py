"""Installations for tests: real processes in folders of their own, gone afterwards."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from rapport.runtime.postgres.conftest import made_once, remove, until
from rapport.runtime.postgres.server import Server

CHECKOUT = Path(__file__).parents[2]


class Rapport:
    """One installation in a folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        inherited = {
            k: v for k, v in os.environ.items() if not k.startswith(("RAPPORT_", "PYTEST_", "DJANGO_"))
        }
        self.environment = inherited | {
            "RAPPORT_DATA": str(data), "RAPPORT_PORT": str(self.port), "RAPPORT_PG_LINGER": "1",
            "PYTHONPATH": str(CHECKOUT),
        }  # fmt: skip
        self.log = data.with_name(data.name + ".log")
        self.process: subprocess.Popen[str] | None = None

    def command(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rapport", *map(str, arguments)], env=self.environment, cwd="/", check=False,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180,
        )  # fmt: skip

    def start(self) -> None:
        log = open(self.log, "a+")  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rapport", "run"], env=self.environment, cwd="/", text=True,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        until(lambda: self.is_well() or self.process.poll() is not None, 120)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self.log.read_text()

    def ask(self, path: str = "/health") -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def is_well(self) -> bool:
        return self.ask()[0] == 200

    def family(self) -> list[psutil.Process]:
        """Every process of this installation but PostgreSQL's."""
        return [self.whole, *self.whole.children(recursive=True)]

    @property
    def whole(self) -> psutil.Process:
        assert self.process is not None
        return psutil.Process(self.process.pid)

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def new_folder() -> Path:
    """A folder for an installation; PostgreSQL's account cannot enter those of pytest."""
    return Path(f"/tmp/rapport-d-{os.urandom(4).hex()}")


@contextmanager
def installed(folder: Path) -> Iterator[Rapport]:
    """An installation in this folder, whatever lies there; it is gone afterwards."""
    made = Rapport(folder)
    try:
        yield made
    finally:
        if made.process and made.process.poll() is None:
            made.process.kill()
            made.process.wait()
        remove(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)
        made.log.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder to be copied, made once for all processes of the tests."""
    return made_once(tmp_path_factory, "finished", _finish)


def _finish(target: Path) -> None:
    with installed(new_folder()) as made:
        answer = made.command(
            "user", "add", "ada@example.com", "--role", "administrator", "--password", "Correct-horse-7"
        )
        assert answer.returncode == 0, answer.stderr
        until(lambda: not Server(made.data / "postgres").is_supervised())
        subprocess.run(["mv", str(made.data), str(target)], check=True)


@pytest.fixture
def rapport(finished: Path) -> Iterator[Rapport]:
    """An installation of its own for a test."""
    with installed_like(finished) as made:
        yield made


@contextmanager
def installed_like(finished: Path) -> Iterator[Rapport]:
    """An installation that begins as a copy of another folder."""
    folder = new_folder()
    subprocess.run(["cp", "-a", str(finished), str(folder)], check=True)
    with installed(folder) as made:
        yield made


def sentence(answer: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence with which a command refused."""
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stderr.count("\n") == 1
    return answer.stderr
