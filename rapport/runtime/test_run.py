"""`rapport run` and its companions as a stranger uses them: real processes, killed and started again."""

import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from rapport.runtime.conftest import Rapport, sentence
from rapport.runtime.postgres.conftest import postmaster, remove, until
from rapport.runtime.postgres.server import Server

pytestmark = pytest.mark.slow


def test_every_file_with_secrets_is_private(rapport: Rapport) -> None:
    for name in ("secret-key", "files", "mail"):
        assert (rapport.data / name).stat().st_mode & 0o077 == 0


def test_an_installation_at_work(rapport: Rapport) -> None:
    """One start for all that is looked at while it runs; each step leaves it as well as before."""
    rapport.start()
    until(lambda: f"Rapport is ready: http://127.0.0.1:{rapport.port}" in rapport.said())
    static_files_are_delivered_hashed_and_compressed(rapport)
    a_second_start_a_taken_port_and_a_restore_are_refused(rapport)
    the_doctor_is_content(rapport)
    a_killed_child_is_started_again(rapport, "rapport.runtime.web", "web server")
    a_killed_child_is_started_again(rapport, "rapport.runtime.worker", "worker")
    assert rapport.stop() == 0
    assert not Server(rapport.data / "postgres").is_supervised()
    assert "Traceback" not in rapport.said()


def static_files_are_delivered_hashed_and_compressed(running: Rapport) -> None:
    found = re.search(r"/static/dist/style\.[0-9a-f]{12}\.css", running.ask("/sign-in/")[1])
    assert found
    request = urllib.request.Request(
        f"http://127.0.0.1:{running.port}{found[0]}", headers={"Accept-Encoding": "br"}
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]


def a_second_start_a_taken_port_and_a_restore_are_refused(running: Rapport) -> None:
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


def the_doctor_is_content(running: Rapport) -> None:
    time.sleep(1)
    answer = running.command("doctor")
    assert answer.returncode == 0, answer.stdout
    assert "1 alive" in answer.stdout


def a_killed_child_is_started_again(running: Rapport, module: str, name: str) -> None:
    victims = [process for process in running.whole.children() if module in process.cmdline()]
    victims[0].kill()
    psutil.wait_procs(victims, 10)
    until(lambda: [p for p in running.whole.children() if module in p.cmdline() and p.pid != victims[0].pid])
    until(running.is_well)
    assert re.search(f"The {name} has ended .* is started again", running.said())


def test_whatever_is_killed_is_found_again(rapport: Rapport) -> None:
    """First the database alone, then everything at once, then the parent alone."""
    rapport.start()
    a_request_without_database_gets_a_sentence_and_it_comes_back_by_itself(rapport)
    all_is_killed_at_once_and_the_next_start_finds_everything(rapport)
    a_killed_parent_takes_its_children_along(rapport)


def a_request_without_database_gets_a_sentence_and_it_comes_back_by_itself(rapport: Rapport) -> None:
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


def all_is_killed_at_once_and_the_next_start_finds_everything(rapport: Rapport) -> None:
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
    assert "Traceback" not in rapport.said()


def a_killed_parent_takes_its_children_along(running: Rapport) -> None:
    children = [
        process for process in running.family()[1:] if "supervisor" not in " ".join(process.cmdline())
    ]
    assert len(children) >= 3
    running.whole.kill()
    _gone, alive = psutil.wait_procs(children, 20)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []
    until(lambda: not Server(running.data / "postgres").is_supervised())


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
