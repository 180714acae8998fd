"""Long reading on a real streaming replica: as fresh as the primary, with the same rights, and never written to."""

import logging
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import Error, connection, connections, transaction
from django.db.models import Q
from django.db.utils import load_backend

from rapport.accounts.models import Company, User
from rapport.accounts.testing import make_user
from rapport.kernel.exports.table import ExportTable, exported_fields
from rapport.kernel.fields import Context
from rapport.kernel.lists.reader import Source
from rapport.kernel.lists.sorting import read_sort
from rapport.kernel.records import save_record
from rapport.kernel.registry import type_by_key
from rapport.parties.models import Person
from rapport.runtime import addresses, archives, options, replica
from rapport.runtime.commands import checkups
from rapport.runtime.errors import Refusal
from rapport.runtime.observing import measures, state
from rapport.runtime.postgres.binaries import find_binaries
from rapport.runtime.postgres.conftest import remove, until
from rapport.runtime.postgres.server import Server

pytestmark = pytest.mark.slow


@dataclass
class Pair:
    """A primary and the replica that follows it."""

    server: Server
    url: str

    def __post_init__(self) -> None:
        self.layout = self.server.layout
        self.data, self.run = self.layout.base / "standby", self.layout.base / "standby-run"
        self.layout.make_private(self.run)
        self.process: subprocess.Popen[bytes] | None = None
        self.replica_url = self.url.replace(str(self.layout.run), str(self.run))

    def program(self, name: str) -> str:
        return find_binaries().program(name)

    def copy(self) -> None:
        self.layout.make_private(self.data)
        command = [
            self.program("pg_basebackup"),
            "-D",
            str(self.data),
            "-h",
            str(self.layout.run),
            "-U",
            "rapport",
        ]
        command += ["-R", "--checkpoint=fast", "--no-sync", "--no-manifest"]
        owner: dict[str, Any] = self.layout.account.process_owner
        subprocess.run(command, check=True, cwd="/", capture_output=True, **owner)

    def start(self) -> None:
        settings = ("logging_collector=off", "hot_standby_feedback=on", f"unix_socket_directories={self.run}")
        said = [part for one in settings for part in ("-c", one)]
        owner: dict[str, Any] = self.layout.account.process_owner
        self.process = subprocess.Popen(
            [self.program("postgres"), "-D", str(self.data), *said], cwd="/", stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"LC_ALL": "C"}, **owner,
        )  # fmt: skip
        ready = [self.program("pg_isready"), "-q", "-h", str(self.run)]
        until(lambda: subprocess.run(ready, check=False).returncode == 0)

    def stop(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGINT)  # whoever reads is sent away
            self.process.wait(30)
            self.process = None

    def ask(self, sql: str) -> Any:  # Any: what a query answers
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]


@pytest.fixture(scope="module")
def pair(finished: Path) -> Iterator[Pair]:
    base = Path(f"/tmp/rapport-t-{os.urandom(4).hex()}")
    subprocess.run(["cp", "-a", f"{finished}/postgres", str(base)], check=True)
    server = Server(base, durable=False)
    two = Pair(server, server.ensure())
    two.copy()
    two.start()
    yield two
    two.stop()
    shutil.rmtree(two.run, ignore_errors=True)
    server.release()
    remove(base)


@pytest.fixture(autouse=True)
def _settings(
    pair: Pair, settings: Any, monkeypatch: pytest.MonkeyPatch, django_db_blocker: Any
) -> Iterator[None]:
    """This thread's database is the primary, and its replica is set."""
    before = connections["default"]
    entry = before.settings_dict | addresses.database(pair.url)
    settings.REPLICA, settings.REPLICA_WAIT = addresses.replica(pair.replica_url), 10
    monkeypatch.setenv(options.REPLICA_URL.name, pair.replica_url)
    monkeypatch.setattr(replica, "memory", replica._Memory())
    entry["OPTIONS"] |= {"options": "-c synchronous_commit=on"}  # as elsewhere; servers of tests do without
    connections["default"] = load_backend(entry["ENGINE"]).DatabaseWrapper(entry, "default")
    with django_db_blocker.unblock():
        yield
        connections["default"].close()
    connections["default"] = before


def is_replica() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select pg_is_in_recovery()")
        return bool(cursor.fetchone()[0])


@pytest.fixture
def administrator() -> User:
    Company.objects.get_or_create(id=1, defaults={"name": "Halden Cycles", "language": "en"})
    return User.objects.get(email="ada@example.com")


def exported(user: User) -> list[str]:
    kind = type_by_key("people")
    assert kind is not None
    source = Source(kind, user, Q(), read_sort("name", kind))
    return [row[0] for row in ExportTable(source, Context(user), exported_fields(kind, ["name"])).rows()]


def test_what_was_just_written_is_read_there_with_the_rights_of_the_reader(administrator: User) -> None:
    own = make_user("Rita", role="restricted")
    save_record(Person(), {"name": "Of everybody"}, by=administrator)
    for number in range(5):
        name = f"Own {number}"
        save_record(Person(), {"name": name}, by=own)
        assert replica.read(lambda: (is_replica(), Person.objects.visible_to(own).count())) == (
            True,
            number + 1,
        )
        assert not is_replica()
    # What is committed and not yet on disk is seen by others: by the reader, too.
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit = off")
    save_record(Person(), {"name": "Own 5"}, by=own)
    assert replica.read(lambda: (is_replica(), Person.objects.visible_to(own).count())) == (True, 6)
    before = measures.REPLICA.labels("replica")._value.get()
    assert exported(own) == [f"Own {number}" for number in range(6)]
    assert "Of everybody" in exported(administrator)
    assert measures.REPLICA.labels("replica")._value.get() == before + 2


def test_nothing_is_written_through_it(administrator: User) -> None:
    count = Person.objects.count()
    with pytest.raises(Error, match="read-only"):
        replica.read(lambda: save_record(Person(), {"name": "Nowhere"}, by=administrator))
    assert Person.objects.count() == count
    entry = addresses.replica(options.REPLICA_URL.value())
    assert entry is not None
    there = load_backend(entry["ENGINE"]).DatabaseWrapper(
        entry | {"HOST": connection.settings_dict["HOST"]}, "default"
    )
    with (
        there.cursor() as cursor,
        pytest.raises(Error, match="read-only"),
    ):  # even if it should become a primary
        cursor.execute("create table nothing (n int)")
    there.close()


def test_a_transaction_reads_what_it_has_written_itself(administrator: User) -> None:
    with transaction.atomic():
        save_record(Person(), {"name": "Not yet told"}, by=administrator)
        assert replica.read(lambda: (is_replica(), Person.objects.filter(name="Not yet told").count())) == (
            False,
            1,
        )


def test_a_backup_is_dumped_there(administrator: User, tmp_path: Path) -> None:
    with open(tmp_path / "dump", "w+b") as out:
        archives.dump_database(out)
        assert out.seek(0) == 0 and out.read(5) == b"PGDMP"
    assert not replica.memory.problem


def findings() -> list[checkups.Finding]:
    return list(checkups.replica())


def figures() -> dict[str, float]:
    return {one.name: one.value for one in state.the_replica()}


def test_one_that_lags_is_waited_for_and_then_left_alone(
    pair: Pair, administrator: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REPLICA_WAIT = 0.05
    assert findings()[0].is_well and figures()["rapport_replica_usable"] == 1
    replica.read(lambda: pair.ask("select 1"))
    there = load_backend(settings.REPLICA["ENGINE"]).DatabaseWrapper(settings.REPLICA, "default")
    with there.cursor() as cursor:
        cursor.execute("select pg_wal_replay_pause()")
        save_record(Person(), {"name": "Late"}, by=administrator)
        with caplog.at_level(logging.WARNING, "rapport.replica"):
            for _time in range(2):
                assert replica.read(lambda: (is_replica(), Person.objects.filter(name="Late").count())) == (
                    False,
                    1,
                )
        assert caplog.messages == ["the replica is not read, the primary is: it is more than 0.05 s behind"]
        (told,) = findings()
        assert "more than 0.05 s behind" in told.detail and "pg_stat_wal_receiver" in told.detail
        seen = figures()
        assert seen["rapport_replica_usable"] == 0 and seen["rapport_replica_behind_bytes"] > 0
        cursor.execute("select pg_wal_replay_resume()")
    there.close()
    settings.REPLICA_WAIT = 10
    assert not replica.read(is_replica)  # for half a minute nobody waits for it again
    replica.memory.leave_alone_until = 0
    assert replica.read(is_replica)


def test_what_it_breaks_off_is_read_again_from_the_primary(pair: Pair) -> None:
    tries = []

    def work() -> bool:
        tries.append(is_replica())
        if tries[-1]:
            pair.stop()
        return is_replica()

    assert replica.read(work) is False
    assert tries == [True, False]
    (told,) = findings()
    assert not told.is_well and "cannot be reached" in told.detail and "Start it" in told.detail
    assert figures()["rapport_replica_usable"] == 0
    pair.start()
    assert findings()[0].is_well


def test_what_is_no_replica_of_this_database_is_not_read(pair: Pair, settings: Any) -> None:
    for url, what in (
        (pair.url, "it takes writes"),
        (pair.replica_url.replace("/rapport?", "/postgres?"), "a replica of another database"),
    ):
        settings.REPLICA = addresses.replica(url)
        assert what in findings()[0].detail
    with pytest.raises(Refusal, match="RAPPORT_REPLICA_URL must look like"):
        addresses.replica("mysql://x/y")
    with pytest.raises(Refusal, match="not a pooler"):
        addresses.replica("postgresql://db.example/rapport?pooler=transaction")
