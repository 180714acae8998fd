"""Backup and restore: whole or not at all, never over what is in use or wanted."""

import json
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rapport.runtime.conftest import Rapport, installed_like, sentence
from rapport.runtime.postgres.conftest import remove, until
from rapport.runtime.postgres.server import Server

pytestmark = pytest.mark.slow
PASSWORD = "Correct-horse-7"


def users(installed: Rapport) -> list[str]:
    asked = ("db", "shell", "--", "-At", "-c", "SELECT email FROM accounts_user ORDER BY email")
    return installed.command(*asked).stdout.split()


def offer_in(installed: Rapport) -> Path:
    offer = installed.data / "files" / "2026" / "offer.pdf"
    offer.parent.mkdir(parents=True)
    offer.write_bytes(b"offer" * 1000)
    return offer


@pytest.fixture(scope="session")
def written(finished: Path) -> Iterator[Path]:
    """A backup that was written once, to be copied."""
    with installed_like(finished) as made:
        offer_in(made)
        target = made.data.with_name(made.data.name + ".backup")
        answer = made.command("backup", target)
        assert answer.returncode == 0, answer.stderr
        assert target.stat().st_mode & 0o077 == 0
        yield target
        target.unlink()


@pytest.fixture
def backup(rapport: Rapport, written: Path) -> Path:
    """A backup of this installation."""
    offer_in(rapport)
    return Path(shutil.copy2(written, rapport.data.with_name(rapport.data.name + ".backup")))


@pytest.fixture(autouse=True)
def _clean(backup: Path) -> Iterator[None]:
    yield
    backup.unlink(missing_ok=True)


def test_a_restore_brings_back_rows_and_files_and_asks_before_it_replaces(
    rapport: Rapport, backup: Path
) -> None:
    assert rapport.command("user", "add", "bob@example.com", "--password", PASSWORD).returncode == 0
    (rapport.data / "files" / "2026" / "offer.pdf").write_bytes(b"changed")
    (rapport.data / "files" / "later.txt").write_text("later")
    assert "repeat the command with --replace" in sentence(rapport.command("restore", backup))
    assert users(rapport) == ["ada@example.com", "bob@example.com"]
    answer = rapport.command("restore", backup, "--replace")
    assert answer.returncode == 0, answer.stderr
    assert users(rapport) == ["ada@example.com"]
    assert (rapport.data / "files" / "2026" / "offer.pdf").read_bytes() == b"offer" * 1000
    assert not (rapport.data / "files" / "later.txt").exists()
    names = rapport.command(
        "db", "shell", "--", "-At", "-c", "SELECT datname FROM pg_database"
    ).stdout.split()
    assert sorted(names) == ["postgres", "rapport", "template0", "template1"]


def test_a_backup_starts_a_new_installation_elsewhere(rapport: Rapport, backup: Path) -> None:
    other = Rapport(rapport.data.with_name(rapport.data.name + "-new"))
    try:
        answer = other.command("restore", backup)
        assert answer.returncode == 0, answer.stderr
        assert users(other) == ["ada@example.com"]
        assert (other.data / "files" / "2026" / "offer.pdf").exists()
        assert other.command("migrate").returncode == 0
    finally:
        remove(other.data / "postgres")
        shutil.rmtree(other.data)


def test_a_damaged_or_cut_or_foreign_archive_changes_nothing(rapport: Rapport, backup: Path) -> None:
    whole = backup.read_bytes()
    at = whole.index(b"offeroffer")
    damaged = whole[:at] + b"OFFER" + whole[at + 5 :]
    for content in (damaged, whole[: len(whole) // 2], b"no archive at all" * 1000, b""):
        backup.write_bytes(content)
        assert "Nothing was changed" in sentence(rapport.command("restore", backup, "--replace"))
    assert users(rapport) == ["ada@example.com"]
    assert (rapport.data / "files" / "2026" / "offer.pdf").read_bytes() == b"offer" * 1000
    assert not (rapport.data / "restore").exists()


def rewritten(backup: Path, name: str = "", **changes: object) -> None:
    """Change the manifest of an archive, or add a member."""
    unpacked = backup.with_suffix(".dir")
    with tarfile.open(backup) as archive:
        archive.extractall(unpacked)
    manifest = json.loads((unpacked / "manifest.json").read_text()) | changes
    (unpacked / "manifest.json").write_text(json.dumps(manifest))
    with tarfile.open(backup, "w") as archive:
        for member in ("database.dump", "files/2026/offer.pdf", "manifest.json"):
            archive.add(unpacked / member, arcname=member)
        if name:
            archive.add(unpacked / "database.dump", arcname=name)
    shutil.rmtree(unpacked)


def test_a_backup_of_a_newer_version_is_refused(rapport: Rapport, backup: Path) -> None:
    rewritten(backup, migrations=["kernel.9999_future"])
    assert "newer Rapport" in sentence(rapport.command("restore", backup, "--replace"))
    rewritten(backup, format=2)
    assert "newer Rapport" in sentence(rapport.command("restore", backup, "--replace"))
    assert users(rapport) == ["ada@example.com"]


def test_an_archive_cannot_write_outside_the_folder_of_files(rapport: Rapport, backup: Path) -> None:
    rewritten(backup, name="files/../../outside")
    assert "no backup of Rapport holds" in sentence(rapport.command("restore", backup, "--replace"))
    assert not (rapport.data.parent / "outside").exists()


def test_a_swap_that_was_cut_off_is_finished_by_whoever_comes_next(rapport: Rapport, backup: Path) -> None:
    assert rapport.command("user", "add", "bob@example.com", "--password", PASSWORD).returncode == 0
    # The state after a crash between the two renames of databases: the old one moved away, the new one not in place.
    (rapport.data / "restore" / "files").mkdir(parents=True)
    (rapport.data / "restore" / "files" / "new.txt").write_text("new")
    note = {"name": "rapport", "fresh": "rapport_restore", "old": "rapport_before_restore"}
    for statement in (
        "CREATE DATABASE rapport_restore TEMPLATE rapport",
        "ALTER DATABASE rapport RENAME TO rapport_before_restore",
    ):
        sql = ("--", "-d", "postgres", "-c", statement)
        answer = rapport.command("db", "shell", *sql)
        assert answer.returncode == 0, answer.stderr
    (rapport.data / "restore.json").write_text(json.dumps(note))
    until(lambda: not Server(rapport.data / "postgres").is_supervised())
    answer = rapport.command("migrate")
    assert answer.returncode == 0, answer.stderr
    assert users(rapport) == ["ada@example.com", "bob@example.com"]
    assert [path.name for path in (rapport.data / "files").iterdir()] == ["new.txt"]
    assert not (rapport.data / "restore.json").exists()


def test_a_backup_never_overwrites_by_accident(rapport: Rapport, backup: Path) -> None:
    assert "is there already" in sentence(rapport.command("backup", backup))
    assert rapport.command("backup", backup, "--replace").returncode == 0
