"""Rapport's own PostgreSQL comes up, stays up and leaves, whatever is done to it."""

import contextlib
import os
import stat
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE, Popen

import psutil
import psycopg
import pytest

from rapport.runtime.errors import Refusal
from rapport.runtime.postgres.conftest import postmaster, until
from rapport.runtime.postgres.layout import layout_for
from rapport.runtime.postgres.server import Server

pytestmark = pytest.mark.slow
Start = Callable[..., Popen[str]]


def rows(server: Server) -> int:
    with psycopg.connect(server.ensure()) as connection:
        return connection.execute("SELECT count(*) FROM kept").fetchone()[0]


def fill(server: Server) -> None:
    with psycopg.connect(server.ensure()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")


def kill(*processes: psutil.Process) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # it may leave by itself at the same moment
            process.kill()


def answers(server: Server) -> bool:
    try:
        psycopg.connect(server.url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def test_starting_again_finds_everything(base: Path) -> None:
    fill(Server(base))
    assert Server(base).stop(even_if_used=True)
    assert Server(base).layout.living() == []
    assert rows(Server(base)) == 1000


def test_only_its_owner_reaches_the_data(base: Path) -> None:
    server = Server(base, durable=False)
    server.ensure()
    for folder in (server.layout.data, server.layout.run, server.layout.log):
        assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
        assert folder.stat().st_uid == server.layout.account.uid != 0
    rules = (server.layout.data / "pg_hba.conf").read_text()
    assert "trust" not in rules
    assert "host" not in rules


@pytest.mark.parametrize("name", ["with space", "with'quote", 'with"both, and comma', "long-" * 20])
def test_any_path_will_do(base: Path, name: str) -> None:
    server = Server(base / name, durable=False)
    try:
        assert answers(server) is False
        server.ensure()
        assert answers(server)
        assert stat.S_IMODE(server.layout.run.stat().st_mode) == 0o700
    finally:
        server.stop(even_if_used=True)


def test_four_processes_and_four_threads_start_at_once(base: Path, user_process: Start) -> None:
    processes = [user_process(base) for _ in range(4)]
    assert len({process.stdout.readline() for process in processes}) == 1
    problems: list[Exception] = []

    def use() -> None:
        try:
            Server(base).ensure()
        except Exception as error:  # noqa: BLE001 - whatever it is, it fails the test
            problems.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_the_folder_is_made_by_several_that_start_at_the_same_moment(base: Path) -> None:
    for number in range(20):
        layout = layout_for(base / f"base-{number}")
        with ThreadPoolExecutor(8) as starters:
            list(starters.map(lambda _starter, layout=layout: layout.prepare(), range(8)))
        assert sorted(one.name for one in layout.base.iterdir()) == ["log", "run"]
        assert layout.log.stat().st_uid == layout.account.uid
    assert len(list(base.iterdir())) == 20


def test_the_server_leaves_when_nobody_uses_it(made: Path, user_process: Start) -> None:
    process = user_process(made)
    process.stdout.readline()
    server = Server(made)
    assert server.is_used()
    process.kill()
    until(lambda: not server.is_supervised())
    assert server.layout.living() == []


def test_a_kept_server_stays_without_users(made: Path, user_process: Start) -> None:
    process = user_process(made)
    process.stdout.readline()
    server = Server(made)
    server.keep()
    process.kill()
    until(lambda: not server.is_used())
    threading.Event().wait(2.5)
    assert answers(server)
    assert not server.stop(even_if_kept=False)
    assert server.stop()
    assert not answers(server)


def test_a_used_server_is_not_stopped_by_others(made: Path, user_process: Start) -> None:
    user_process(made).stdout.readline()
    assert Server(made).stop() is False
    assert answers(Server(made))


def test_a_killed_postmaster_comes_back_by_itself(made: Path) -> None:
    server = Server(made)
    fill(server)
    victim = postmaster(server)
    victim.kill()
    until(lambda: answers(server) and postmaster(server).pid != victim.pid)
    assert rows(server) == 1000


def test_a_killed_supervisor_takes_the_server_with_it_and_the_next_start_has_everything(made: Path) -> None:
    server = Server(made)
    fill(server)
    postmaster(server).parent().kill()
    until(lambda: not server.layout.living())
    assert rows(server) == 1000


def test_everything_killed_at_once_starts_again(made: Path, user_process: Start) -> None:
    server = Server(made)
    fill(server)
    server.release()
    user_process(made, "durable").stdout.readline()
    first = postmaster(server)
    kill(first.parent(), first, *first.children())
    assert rows(server) == 1000


def test_a_dead_postmaster_that_nobody_collected_does_not_count_as_running(made: Path) -> None:
    server = Server(made)
    fill(server)
    first = postmaster(server)
    supervisor = first.parent()
    supervisor.suspend()  # it cannot collect its child now
    first.kill()
    until(lambda: first.status() == psutil.STATUS_ZOMBIE)
    until(lambda: not server.layout.living())
    supervisor.kill()
    assert rows(server) == 1000


@pytest.mark.parametrize("left", ["{pid}\n{data}\n1700000000\n5432\n\n\n\n", "", "12"])
def test_a_stale_pid_file_is_no_obstacle(made: Path, left: str) -> None:
    server = Server(made)
    fill(server)
    server.stop(even_if_used=True)
    # The number belongs to a living process that is no PostgreSQL, as after the restart of a container.
    note = left.format(pid=os.getpid(), data=server.layout.data)
    (server.layout.data / "postmaster.pid").write_text(note)
    assert rows(server) == 1000


def test_a_creation_that_was_killed_leaves_nothing_behind(base: Path, user_process: Start) -> None:
    process = user_process(base)
    until(lambda: list(base.glob("data.new-*/base")))
    family = psutil.Process(process.pid).children(recursive=True)
    kill(psutil.Process(process.pid), *family)
    psutil.wait_procs(family, 5)
    assert list(base.glob("data.new-*"))
    assert not (base / "data").exists()
    server = Server(base)
    server.ensure()
    assert answers(server)
    assert not list(base.glob("data.new-*"))


def test_a_database_of_another_version_is_refused(made: Path) -> None:
    server = Server(made, durable=False)
    (server.layout.data / "PG_VERSION").write_text("19\n")
    with pytest.raises(Refusal, match="made by PostgreSQL 19"):
        server.ensure()
    assert server.layout.living() == []


def test_a_server_that_cannot_start_says_why(made: Path) -> None:
    server = Server(made, durable=False)
    (server.layout.base / "local.conf").write_text("shared_buffers = 'a lot'\n")
    with pytest.raises(Refusal, match="does not start"):
        server.ensure()
    (server.layout.base / "local.conf").write_text("work_mem = '5MB'\n")
    with psycopg.connect(server.ensure()) as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("5MB",)


WRITER = """
import sys, time
from pathlib import Path
import psycopg
from rapport.runtime.errors import Refusal
from rapport.runtime.postgres.server import Server
server = Server(Path(sys.argv[1]))
n = int(sys.argv[2])
while True:
    try:
        with psycopg.connect(server.ensure(), autocommit=True) as connection:
            while True:
                n += 1
                connection.execute("INSERT INTO kept VALUES (%s)", [n])
                print(n, flush=True)  # only what the server has confirmed
    except (psycopg.Error, Refusal):
        time.sleep(0.05)
"""


def test_nothing_that_was_confirmed_is_ever_lost(made: Path) -> None:
    server = Server(made)
    fill(server)
    confirmed: set[int] = set(range(1, 1001))
    for round_number in range(1, 5):
        start = round_number * 1_000_000
        command = [sys.executable, "-c", WRITER, str(made), str(start)]
        writer = Popen(command, stdout=PIPE, text=True, cwd=Path(__file__).parents[3])
        until(lambda start=start: rows_above(server, start) > 50)
        first = postmaster(server)
        victims = {1: [first], 2: [first.parent()], 3: [first.parent(), first], 4: [first, *first.children()]}
        kill(*victims[round_number])
        if round_number % 2:
            until(lambda start=start: rows_above(server, start) > 200)  # the writer got on by itself
        writer.kill()
        confirmed |= {int(line) for line in writer.communicate()[0].split()}
    with psycopg.connect(server.ensure()) as connection:
        stored = {row[0] for row in connection.execute("SELECT n FROM kept")}
    assert confirmed - stored == set()
    assert len(confirmed) > 1400


def rows_above(server: Server, number: int) -> int:
    try:
        with psycopg.connect(server.url, connect_timeout=3) as connection:
            return connection.execute("SELECT count(*) FROM kept WHERE n > %s", [number]).fetchone()[0]
    except psycopg.OperationalError:
        return 0


def test_a_folder_that_others_can_enter_is_not_used(made: Path) -> None:
    server = Server(made, durable=False)
    server.layout.run.chmod(0o755)
    with pytest.raises(Refusal, match="not a private folder"):
        Server(made).ensure()
    server.layout.run.chmod(0o700)
