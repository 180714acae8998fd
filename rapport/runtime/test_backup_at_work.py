"""A backup that is made while people work: what is restored is one moment of the whole, byte for byte."""

import hashlib
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from rapport.runtime.conftest import Rapport
from rapport.runtime.postgres.conftest import remove, until
from rapport.runtime.postgres.server import Server

pytestmark = pytest.mark.slow
LEDGERS = "create table ledger (n int primary key, name text, sum text); create table copy (n int)"


class Work(threading.Thread):
    """Stores files with their rows, two tables in one transaction, and deletes older ones again, without a pause."""

    def __init__(self, url: str, files: Path) -> None:
        super().__init__(daemon=True)
        self.url, self.files = url, files / "work"
        self.number, self.is_over = 0, False

    def run(self) -> None:
        self.files.mkdir()
        with psycopg.connect(self.url) as connection:
            while not self.is_over:
                self.store(connection)
                if self.number % 3 == 0:
                    self.delete(connection, self.number // 2)

    def store(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        number = self.number + 1
        content = os.urandom(20_000)
        (self.files / f"{number}.bin").write_bytes(content)
        said = [number, f"work/{number}.bin", hashlib.sha256(content).hexdigest()]
        connection.execute("insert into ledger values (%s, %s, %s)", said)
        connection.execute("insert into copy values (%s)", [number])
        connection.commit()
        self.number = number

    def delete(self, connection: psycopg.Connection[tuple[object, ...]], number: int) -> None:
        connection.execute("delete from ledger where n = %s", [number])
        connection.execute("delete from copy where n = %s", [number])
        connection.commit()
        (self.files / f"{number}.bin").unlink(missing_ok=True)


def sums(url: str) -> dict[str, object]:
    """The checksum of every table that nobody writes to meanwhile."""
    own = ("ledger", "copy")
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select tablename from pg_tables where schemaname = 'public' order by 1"
        ).fetchall()
        return {
            name: connection.execute(
                f"select count(*), md5(string_agg(t::text, '' order by t::text)) from \"{name}\" t"
            ).fetchone()
            for (name,) in tables
            if name not in own
        }


@contextmanager
def database(installed: Rapport) -> Iterator[str]:
    """The installation's PostgreSQL, with nothing else beside it."""
    server = Server(installed.data / "postgres")
    yield server.ensure()
    server.release()


def test_what_is_restored_is_one_moment_of_the_whole(rapport: Rapport) -> None:
    target = rapport.data.with_name(rapport.data.name + ".backup")
    with database(rapport) as url:
        with psycopg.connect(url) as connection:
            connection.execute(LEDGERS)
        work = Work(url, rapport.data / "files")
        work.start()
        until(lambda: work.number > 10)
        before = work.number
        answer = rapport.command("backup", target)
        work.is_over = True
        work.join()
        wanted = sums(url)
    assert answer.returncode == 0, answer.stderr
    assert work.number > before + 20, "nobody worked meanwhile"
    assert not list(rapport.data.glob(".backup-*"))
    other = Rapport(rapport.data.with_name(rapport.data.name + "-new"))
    try:
        answer = other.command("restore", target)
        assert answer.returncode == 0, answer.stderr
        with database(other) as url:
            assert sums(url) == wanted
            with psycopg.connect(url) as connection:
                rows = connection.execute("select n, name, sum from ledger order by n").fetchall()
                copies = connection.execute("select n from copy order by n").fetchall()
        assert [row[0] for row in rows] == [row[0] for row in copies]
        assert rows[-1][0] >= before
        for _number, name, told in rows:
            assert hashlib.sha256((other.data / "files" / str(name)).read_bytes()).hexdigest() == told
    finally:
        remove(other.data / "postgres")
        shutil.rmtree(other.data)
        target.unlink()
