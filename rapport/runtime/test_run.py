"""`rapport run` and its companions as a stranger uses them: real processes, killed and started again."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from rapport.runtime.postgres.conftest import postmaster, remove, until
from rapport.runtime.postgres.server import Server

pytestmark = pytest.mark.slow
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
        self.process: subprocess.Popen[str] | None = None

    def command(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rapport", *map(str, arguments)], env=self.environment, cwd="/", check=False,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180,
        )  # fmt: skip

    def start(self) -> None:
        log = open(self.data.with_name(self.data.name + ".log"), "a+")  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rapport", "run"], env=self.environment, cwd="/", text=True,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        until(lambda: self.is_well() or self.process.poll() is not None, 120)
        assert self.process.poll() is None, self.said()

    def said(self) -> str:
        return self.data.with_name(self.data.name + ".log").read_text()

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


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder that was made once, to be copied."""
    folder = Path(f"/tmp/rapport-d-{os.urandom(4).hex()}")
    made = Rapport(folder)
    answer = made.command(
        "user", "add", "ada@example.com", "--role", "administrator", "--password", "Correct-horse-7"
    )
    assert answer.returncode == 0, answer.stderr
    until(lambda: not Server(folder / "postgres").is_supervised())
    yield folder
    remove(folder / "postgres")
    shutil.rmtree(folder)


@pytest.fixture
def rapport(finished: Path) -> Iterator[Rapport]:
    with installed_like(finished) as made:
        yield made


@pytest.fixture(scope="module")
def running(finished: Path) -> Iterator[Rapport]:
    """An installation at work, for tests behind which it is as well as before."""
    with installed_like(finished) as made:
        made.start()
        yield made


@contextmanager
def installed_like(finished: Path) -> Iterator[Rapport]:
    folder = Path(f"/tmp/rapport-d-{os.urandom(4).hex()}")
    subprocess.run(["cp", "-a", str(finished), str(folder)], check=True)
    installed = Rapport(folder)
    yield installed
    if installed.process and installed.process.poll() is None:
        installed.process.kill()
        installed.process.wait()
    remove(folder / "postgres")
    shutil.rmtree(folder)
    installed.data.with_name(folder.name + ".log").unlink(missing_ok=True)


def sentence(answer: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence with which a command refused."""
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stderr.count("\n") == 1
    return answer.stderr


def test_it_finds_everything_again_whether_it_was_stopped_or_killed(rapport: Rapport) -> None:
    rapport.start()
    first = postmaster(Server(rapport.data / "postgres"))
    for process in (*rapport.family(), first, *first.children()):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    rapport.process.wait()
    rapport.start()
    assert json.loads(rapport.ask()[1]) == {"status": "ok", "database": "ok"}
    assert rapport.ask("/sign-in/")[0] == 200
    assert "already" in sentence(
        rapport.command("user", "add", "ada@example.com", "--password", "Correct-horse-7")
    )
    assert rapport.stop() == 0
    assert not Server(rapport.data / "postgres").is_supervised()
    assert "Traceback" not in rapport.said()
    assert f"Rapport is ready: http://127.0.0.1:{rapport.port}" in rapport.said()


def test_every_file_with_secrets_is_private(rapport: Rapport) -> None:
    for name in ("secret-key", "files", "mail"):
        assert (rapport.data / name).stat().st_mode & 0o077 == 0


def test_static_files_are_delivered_hashed_and_compressed(running: Rapport) -> None:
    found = re.search(r"/static/dist/style\.[0-9a-f]{12}\.css", running.ask("/sign-in/")[1])
    assert found
    request = urllib.request.Request(
        f"http://127.0.0.1:{running.port}{found[0]}", headers={"Accept-Encoding": "br"}
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_second_start_a_taken_port_and_a_restore_while_running_are_refused(running: Rapport) -> None:
    assert "running already" in sentence(running.command("run"))
    other = Rapport(running.data.with_name(running.data.name + "-other"))
    other.environment["RAPPORT_PORT"] = str(running.port)
    try:
        assert f"Port {running.port}" in sentence(other.command("run"))
    finally:
        shutil.rmtree(other.data)
    backup = running.data / "now.backup"
    assert running.command("backup", backup).returncode == 0
    assert "stop it first" in sentence(running.command("restore", backup, "--replace"))
    assert running.is_well()


def test_the_doctor_is_content_with_a_running_installation(running: Rapport) -> None:
    time.sleep(1)
    answer = running.command("doctor")
    assert answer.returncode == 0, answer.stdout
    assert "1 alive" in answer.stdout


@pytest.mark.parametrize("module", ["rapport.runtime.web", "rapport.runtime.worker"])
def test_a_killed_child_is_started_again(running: Rapport, module: str) -> None:
    victims = [process for process in running.whole.children() if module in process.cmdline()]
    victims[0].kill()
    psutil.wait_procs(victims, 10)
    until(lambda: [p for p in running.whole.children() if module in p.cmdline() and p.pid != victims[0].pid])
    until(running.is_well)
    assert "is started again" in running.said()


def test_a_killed_parent_takes_its_children_along(rapport: Rapport) -> None:
    rapport.start()
    children = [
        process for process in rapport.family()[1:] if "supervisor" not in " ".join(process.cmdline())
    ]
    assert len(children) >= 3
    rapport.whole.kill()
    _gone, alive = psutil.wait_procs(children, 20)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    until(lambda: not Server(rapport.data / "postgres").is_supervised())


def test_a_request_without_database_gets_a_sentence_and_it_comes_back_by_itself(rapport: Rapport) -> None:
    rapport.start()
    base = rapport.data / "postgres"
    conf = base / "local.conf"
    conf.write_text("shared_buffers = 'broken'\n")  # it cannot come back for now
    postmaster(Server(base)).kill()  # in the moment in which it says that it is ready
    until(lambda: rapport.ask()[0] == 503, 120)
    code, page = rapport.ask("/sign-in/")
    assert code == 503
    assert "cannot reach its database" in page
    time.sleep(12)  # longer than anything waits for a connection
    conf.unlink()
    until(rapport.is_well, 120)
    assert rapport.ask("/sign-in/")[0] == 200
    assert "has ended" not in rapport.said()
    assert "Traceback" not in rapport.said()


def test_a_database_of_a_newer_version_is_refused_and_untouched(rapport: Rapport) -> None:
    newer = "INSERT INTO django_migrations (app, name, applied) VALUES ('kernel', '9999_future', now())"
    assert rapport.command("db", "shell", "--", "-c", newer).returncode == 0
    assert "newer version of Rapport" in sentence(rapport.command("run"))
    assert "newer version of Rapport" in sentence(rapport.command("migrate"))
    doctor = rapport.command("doctor")
    assert doctor.returncode == 1
    assert "9999_future" in doctor.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "cannot be written" in sentence(Rapport(tmp_path / "data").command("run"))


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert "cannot be written" in sentence(Rapport(tmp_path / "data").command("run"))


@pytest.fixture
def small_disk() -> Iterator[Callable[[int], Path]]:
    """Mount a small disk; only root can."""
    mounted: list[Path] = []

    def mount(megabytes: int) -> Path:
        folder = Path(f"/tmp/rapport-m-{os.urandom(4).hex()}")
        folder.mkdir(mode=0o755)
        command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)]
        if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
            folder.rmdir()
            pytest.skip("a small disk cannot be mounted here")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        if (folder / "data" / "postgres").exists():
            remove(folder / "data" / "postgres")
        subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()


def test_a_full_disk_is_refused_before_anything_is_made(small_disk: Callable[[int], Path]) -> None:
    installed = Rapport(small_disk(100) / "data")
    assert "is full" in sentence(installed.command("run"))
    assert not (installed.data / "postgres" / "data").exists()


def test_a_disk_that_fills_up_loses_nothing_and_goes_on_when_there_is_space(
    small_disk: Callable[[int], Path],
) -> None:
    installed = Rapport(small_disk(400) / "data")
    installed.start()
    filler = installed.data / "filler"
    try:
        with open(filler, "wb") as file:
            while True:
                file.write(b"\0" * 1_000_000)
    except OSError:
        pass
    server = Server(installed.data / "postgres")
    grow = "CREATE TABLE big AS SELECT g, repeat(g::text, 50) FROM generate_series(1, 2000000) g"
    assert installed.command("db", "shell", "--", "-c", grow).returncode != 0
    filler.unlink()
    until(installed.is_well, 90)
    assert installed.stop() == 0
    assert "Traceback" not in installed.said()
    assert server.layout.living() == []


def test_a_setting_that_cannot_be_read_is_named(rapport: Rapport) -> None:
    rapport.environment["RAPPORT_PORT"] = "eighty"
    assert "RAPPORT_PORT='eighty' cannot be read" in sentence(rapport.command("run"))


def test_an_outside_server_that_does_not_answer_is_named_without_its_password(rapport: Rapport) -> None:
    rapport.environment["RAPPORT_DATABASE_URL"] = "postgresql://rapport:hidden-word@127.0.0.1:1/rapport"
    said = sentence(rapport.command("migrate"))
    assert "cannot be reached" in said
    assert "hidden-word" not in said
