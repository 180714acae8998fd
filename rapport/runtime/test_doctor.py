"""`rapport doctor` against broken installations: each breakage has a line of what is wrong and what to do."""

import argparse
import os
import socket
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings

from rapport.accounts.background.testing import make_job
from rapport.accounts.models import User
from rapport.api.testing import make_webhook
from rapport.kernel.changes.triggers import install
from rapport.runtime import upgrades
from rapport.runtime.commands import checkups, doctor
from rapport.runtime.commands.application import say
from rapport.runtime.commands.doctor import inside_database
from rapport.runtime.conftest import Rapport
from rapport.runtime.errors import Refusal
from rapport.runtime.folders import DataFolder


def wrong(said: str) -> list[str]:
    return [line.strip().removeprefix("WRONG ") for line in said.splitlines() if line.startswith("  WRONG")]


@pytest.mark.slow
def test_a_broken_installation_is_told_line_by_line(rapport: Rapport) -> None:
    """The key is gone, a folder is none, the mail server is away, and a job waits for nobody."""
    waits = "insert into procrastinate_jobs (queue_name, task_name) values ('default', 'rapport.tests.x')"
    assert rapport.command("db", "shell", "--", "-c", waits).returncode == 0
    (rapport.data / "secret-key").unlink()
    (rapport.data / "static").write_text("no folder")
    rapport.environment["RAPPORT_MAIL_URL"] = "smtp://user:very-secret@127.0.0.1:1"
    answer = rapport.command("doctor")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr + answer.stdout
    assert "very-secret" not in answer.stdout
    key, static, mail, worker = wrong(answer.stdout)
    assert key.startswith("secret key:") and "put it back" in key
    assert "static cannot be written" in static and "must be a folder" in static
    assert mail.startswith("mail server: smtp://user:***@127.0.0.1:1 cannot be used (Connection refused)")
    assert worker.startswith("worker: 0 alive, 1 jobs wait") and "start `rapport worker`" in worker


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("postgresql://rapport@127.0.0.1:1/rapport", "start PostgreSQL there"),
        ("mysql://rapport@127.0.0.1/rapport", "must look like postgresql://"),
    ],
)
def test_a_wrong_address_of_the_database_is_told_with_what_to_correct(
    tmp_path_factory: pytest.TempPathFactory, url: str, what: str
) -> None:
    broken = Rapport(tmp_path_factory.mktemp("doctor") / "data")
    broken.environment["RAPPORT_DATABASE_URL"] = url
    answer = broken.command("doctor")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr + answer.stdout
    assert [line for line in wrong(answer.stdout) if what in line], answer.stdout


def findings() -> dict[str, checkups.Finding]:
    return {one.what: one for one in inside_database()}


@pytest.mark.django_db
def test_inside_a_database_that_is_well_nothing_is_wrong(administrator: User) -> None:
    make_webhook(administrator)
    found = findings()
    assert [one for one in found.values() if not one.is_well] == []
    assert found["sealed secrets"].detail == "1 can be opened"


@pytest.mark.django_db
def test_missing_and_unknown_migrations_are_told(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'runtime'")
    assert "1 are missing: run `rapport migrate`" in findings()["migrations"].detail
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into django_migrations (app, name, applied) values ('kernel', '9999_future', now())"
        )
    with pytest.raises(Refusal, match="9999_future"):
        findings()


@pytest.mark.django_db
def test_a_trigger_that_was_dropped_or_switched_off_is_told_and_made_anew(db: None) -> None:
    assert findings()["triggers"].is_well
    with connection.cursor() as cursor:
        cursor.execute(
            "drop trigger changed on parties_party; alter table sales_deal disable trigger inserted"
        )
    told = findings()["triggers"]
    assert not told.is_well
    assert told.detail.startswith("changed on parties_party, inserted on sales_deal are missing")
    assert "run `rapport migrate`" in told.detail
    install()
    assert findings()["triggers"].is_well


@pytest.mark.django_db
def test_an_index_that_was_never_finished_is_told(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("create index half_made on accounts_user (name)")
        cursor.execute("update pg_index set indisvalid = false where indexrelid = 'half_made'::regclass")
    told = findings()["indexes"]
    assert not told.is_well
    assert (
        told.detail.startswith("half_made cannot be used")
        and "REINDEX INDEX CONCURRENTLY half_made" in told.detail
    )


@pytest.mark.django_db
def test_a_server_that_is_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrades, "OLDEST_SERVER", 99)
    with pytest.raises(Refusal, match="Rapport needs 99 or newer: upgrade that server"):
        findings()


def test_a_port_that_another_program_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        monkeypatch.setenv("RAPPORT_PORT", str(other.getsockname()[1]))
        monkeypatch.setattr(checkups, "PATIENCE", 0.05)
        (told,) = checkups.port()
    assert not told.is_well
    assert "is used by another program" in told.detail and "choose another one" in told.detail
    (told,) = checkups.port()
    assert told.is_well


@pytest.mark.django_db
def test_a_user_without_rights_is_told_what_he_needs() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"create role weak_{os.getpid()}; set local role weak_{os.getpid()}")
    found = checkups.rights()
    assert not found.is_well
    assert f"weak_{os.getpid()} may not read and write" in found.detail


@pytest.mark.django_db
def test_clocks_that_differ_are_told_with_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checkups.clocks().is_well
    monkeypatch.setattr(time, "time", lambda now=time.time: now() - 3600)
    found = checkups.clocks()
    assert not found.is_well
    assert "3600 s behind" in found.detail


@pytest.mark.django_db
def test_secrets_sealed_with_another_key_are_counted(administrator: User) -> None:
    make_webhook(administrator)
    with override_settings(SECRET_KEY="another one, much too short"):
        found = checkups.secrets()
    assert not found.is_well
    assert found.detail.startswith("1 of api.subscription.secret cannot be opened")


@pytest.mark.django_db
def test_jobs_that_wait_too_long_or_for_nobody_are_told() -> None:
    assert checkups.worker(is_running=False).is_well
    make_job()
    assert "start `rapport worker`" in checkups.worker(is_running=False).detail
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers default values")
        cursor.execute("update procrastinate_events set at = at - interval '1 hour'")
    assert "the oldest for 60 minutes" in checkups.worker(is_running=True).detail


def test_a_full_or_closed_folder_is_told(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.create()
    assert list(checkups.places(folder)) == []
    full = DataFolder(tmp_path / "full")
    full.path.mkdir()
    full.files.symlink_to("/dev/full/nothing")  # no folder at all
    full.mail.symlink_to("/proc/self")  # a folder in which nobody may write
    (told,) = checkups.places(full)
    assert "mail cannot be written" in told.detail


def test_a_data_folder_of_somebody_else_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAPPORT_DATA", "/proc/rapport")  # where not even root may make one
    monkeypatch.setattr(doctor, "CHECKS", (doctor.folder,))
    assert doctor.doctor(argparse.Namespace()) == 1
    (told,) = wrong(capsys.readouterr().out)
    assert told.startswith("Data folder: The data folder /proc/rapport cannot be written")
    assert "give this user the right to write there" in told


def test_advice_is_given_for_what_databases_say() -> None:
    assert "user and password" in checkups.advice('FATAL: password authentication failed for user "x"')
    assert "createdb" in checkups.advice('FATAL: database "x" does not exist')
    assert "correct the host" in checkups.advice("failed to resolve host 'x': Name or service not known")
    assert checkups.advice("something else") == ""


def test_who_reads_only_the_first_lines_sees_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        say("one")
        say("two")
