"""PostgreSQL runs unprivileged, whoever starts Rapport and wherever the checkout lies."""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from rapport.runtime.errors import Refusal
from rapport.runtime.postgres import layout as layouts
from rapport.runtime.postgres.account import account_for
from rapport.runtime.postgres.binaries import find_binaries, usable_by
from rapport.runtime.postgres.conftest import postmaster, remove
from rapport.runtime.postgres.server import Server

pytestmark = pytest.mark.slow
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def private_home() -> Iterator[Path]:
    """A folder that only root may enter, as /root is."""
    home = Path(f"/tmp/rapport-home-{os.urandom(4).hex()}")
    home.mkdir(mode=0o700)
    yield home
    for link in home.rglob("postgres"):
        if link.is_symlink() and link.exists():
            target = link.resolve()
            remove(link)
            shutil.rmtree(target, ignore_errors=True)
    shutil.rmtree(home)


@needs_root
def test_root_hands_the_server_to_an_account_that_exists(base: Path) -> None:
    before = Path("/etc/passwd").read_text()
    server = Server(base, durable=False)
    server.ensure()
    first = postmaster(server)
    assert first.uids().effective == server.layout.account.uid != 0
    assert first.gids().effective == server.layout.account.gid
    groups = Path(f"/proc/{first.pid}/status").read_text().split("Groups:")[1].split("\n")[0].split()
    assert groups == [str(server.layout.account.gid)]
    assert Path("/etc/passwd").read_text() == before


@needs_root
def test_the_account_can_be_named(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_PG_USER", "nobody")
    Server(base, durable=False).ensure()
    monkeypatch.delenv("RAPPORT_PG_USER")
    assert account_for(base).name == "nobody"  # a cluster stays with its owner


@needs_root
@pytest.mark.parametrize(("name", "sentence"), [("root", "names root"), ("nosuchuser", "does not exist")])
def test_an_account_that_will_not_do_is_refused(
    base: Path, monkeypatch: pytest.MonkeyPatch, name: str, sentence: str
) -> None:
    monkeypatch.setenv("RAPPORT_PG_USER", name)
    with pytest.raises(Refusal, match=sentence):
        Server(base).ensure()


@needs_root
def test_a_data_folder_below_a_private_home_works_and_the_home_stays_private(private_home: Path) -> None:
    wanted = private_home / "shop" / "data" / "postgres"
    wanted.parent.mkdir(parents=True)
    server = Server(wanted, durable=False)
    with psycopg.connect(server.ensure()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert wanted.is_symlink()
    assert server.layout.base.parent == layouts.SHARED_HOME
    assert private_home.stat().st_mode & 0o777 == 0o700
    assert Server(wanted).layout.base == server.layout.base


@needs_root
def test_a_database_folder_that_has_gone_is_not_replaced_by_an_empty_one(private_home: Path) -> None:
    wanted = private_home / "postgres"
    wanted.symlink_to(layouts.SHARED_HOME / "gone")
    with pytest.raises(Refusal, match="which is gone"):
        Server(wanted)


@needs_root
def test_programs_below_a_private_home_are_copied(
    base: Path, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = find_binaries().package
    assert package is not None
    for folder in (package, package.with_name(package.name + ".libs")):
        shutil.copytree(folder, private_home / folder.name, symlinks=True)
    from rapport.runtime.postgres import binaries

    monkeypatch.setattr(
        binaries.importlib.util, "find_spec",
        lambda name: type("Spec", (), {"submodule_search_locations": [str(private_home / package.name)]}),
    )  # fmt: skip
    found = find_binaries()
    assert found.bin.is_relative_to(private_home)
    base.mkdir(mode=0o755)
    account = account_for(base)
    assert not account.can_use(found.bin / "postgres")
    copied = usable_by(account, found, base)
    assert copied.bin.is_relative_to(base)
    for program in ("postgres", "initdb", "pg_dump"):
        asked = [copied.program(program), "--version"]
        assert subprocess.run(asked, check=False, **account.process_owner).returncode == 0
    assert usable_by(account, found, base) == copied


def python_for(name: str) -> str:
    """Return a Python of our version that this account can run; ours may lie below a private home."""
    version = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    for program in (sys.executable, "/usr/bin/python3"):
        try:
            subprocess.run(
                [program, "-c", version], user=name, group=name_group(name), extra_groups=[], check=True
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return program
    pytest.skip("there is no Python that an ordinary user can run")


def name_group(name: str) -> int:
    return pwd.getpwnam(name).pw_gid


@needs_root
def test_an_ordinary_user_runs_it_as_himself(
    base: Path, user_process: Callable[..., subprocess.Popen[str]]
) -> None:
    nobody = pwd.getpwnam("nobody")
    base.mkdir()
    os.chown(base, nobody.pw_uid, nobody.pw_gid)
    own = base / "db"
    process = user_process(
        own, python=python_for("nobody"), user="nobody", group=nobody.pw_gid, extra_groups=[],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert process.stdout.readline().startswith("postgresql://"), process.stderr.read()
    owners = {
        found.info["uids"].real
        for found in psutil.process_iter(["cwd", "uids"])
        if found.info["cwd"] == str(own / "data")
    }
    assert owners == {nobody.pw_uid}
    with pytest.raises(Refusal, match="belongs to another user"):
        Server(own).ensure()
    process.kill()


def test_a_name_for_the_user_number_is_needed(base: Path) -> None:
    from rapport.runtime.postgres.account import account_of

    with pytest.raises(Refusal, match="has no name"):
        account_of(3_999_999)
