"""A database of an older PostgreSQL is brought to the version of the programs here."""

from pathlib import Path

import psycopg
import pytest

from rapport.runtime.errors import Refusal
from rapport.runtime.postgres.binaries import OLDEST, find_binaries, major_version
from rapport.runtime.postgres.server import Server
from rapport.runtime.postgres.upgrade import upgrade

pytestmark = pytest.mark.slow


def older_programs() -> Path:
    """Return the programs of an older version that this machine happens to have."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin")):
        if (folder / "initdb").exists() and OLDEST <= major_version(
            folder / "postgres"
        ) < find_binaries().major:
            return folder
    pytest.skip("no older PostgreSQL is installed here")


def test_an_older_database_is_upgraded_and_kept(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = older_programs()
    monkeypatch.setenv("RAPPORT_PG_BIN", str(old))
    server = Server(base)
    with psycopg.connect(server.ensure()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'Zoë' AS name")
    with pytest.raises(Refusal, match="is running"):
        upgrade(server.layout, old, print)
    server.stop(even_if_used=True)
    monkeypatch.delenv("RAPPORT_PG_BIN")
    with pytest.raises(Refusal, match="rapport db upgrade --old-bin"):
        server.ensure()
    upgrade(server.layout, old, print)
    with psycopg.connect(server.ensure()) as connection:
        assert connection.execute("SELECT name FROM kept").fetchone() == ("Zoë",)
        assert connection.info.server_version // 10000 == find_binaries().major
    assert list(base.glob("data.[0-9]*"))
    with pytest.raises(Refusal, match=r"is running|nothing to upgrade"):
        upgrade(server.layout, old, print)


def test_an_upgrade_that_was_cut_off_at_its_end_is_finished(made: Path) -> None:
    server = Server(made, durable=False)
    with psycopg.connect(server.ensure()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    server.stop(even_if_used=True)
    (made / "data").rename(made / "data.upgraded")
    with psycopg.connect(server.ensure()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)
