"""What must hold whatever happens: whole batches, every row once, everything can be taken back, only one's own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from rapport.accounts.models import Company, User
from rapport.kernel.changes.models import Change
from rapport.kernel.imports import command, deeds, engine, jobs, views
from rapport.kernel.imports.conftest import Importer
from rapport.kernel.imports.models import Import, State
from rapport.kernel.records import Refused, save_record
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing.make import make, make_user
from rapport.parties.models import ContactPoint, Organization, Person
from rapport.runtime.errors import Refusal

FILE = """Vorname;Nachname;E-Mail;Position;Firma
Anna;Muster;anna@example.com;Chefin;Neu AG
Bo;Lund;bo@example.com;Koch;Neu AG
"""


@pytest.mark.django_db
class TestTakingBack:
    def test_new_records_go_and_changed_values_return(self, importer: Importer, member: User) -> None:
        anna = make(Person, owner=member, name="Anna Muster", email="anna@example.com", position="Leiterin")
        one = importer.bring(FILE, on_duplicate="update")
        anna.refresh_from_db()
        assert anna.position == "Chefin" and anna.organization is not None
        self._take_back(importer, one)
        anna.refresh_from_db()
        assert (anna.position, anna.organization) == ("Leiterin", None)
        assert list(Person.objects.visible_to(member)) == [anna]
        assert not Organization.objects.visible_to(member).exists()

    def test_what_somebody_changed_since_stays(self, importer: Importer, member: User) -> None:
        anna = make(Person, owner=member, name="Anna Muster", email="anna@example.com", position="Leiterin")
        one = importer.bring(FILE, on_duplicate="update")
        save_record(Person.objects.get(pk=anna.pk), {"position": "Präsidentin"}, by=member)
        self._take_back(importer, one)
        anna.refresh_from_db()
        one.refresh_from_db()
        assert anna.position == "Präsidentin" and "changed since" in one.message

    def test_what_is_undone_while_it_runs_goes_no_further(
        self, importer: Importer, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "SIZE", 1)
        one = importer.check(importer.upload(FILE))
        assert client.post(f"/import/{one.pk}/rows/").status_code == 303
        commit = engine._commit

        def undone_after(*given: Any) -> bool:  # Any: what the engine hands over
            went_on = commit(*given)
            one.refresh_from_db()
            client.post(f"/undo/{one.change_set_id}/")
            return went_on

        monkeypatch.setattr(engine, "_commit", undone_after)
        jobs.run_file(import_id=str(one.pk))
        one.refresh_from_db()
        assert one.state == State.REVERTED
        assert not Person.objects.filter(deleted_at=None).exists()

    def test_the_columns_of_an_import_that_begins_meanwhile_stay_as_they_are(
        self, importer: Importer, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = importer.check(importer.upload(FILE))
        before = one.mapping

        def begins(*_given: Any) -> None:  # Any: what the page hands over
            importer.finish(one)

        monkeypatch.setattr(views, "change", begins)
        assert client.post(f"/import/{one.pk}/columns/", {"column-0": "", "tag": "late"}).status_code == 422
        one.refresh_from_db()
        assert (one.state, one.mapping, one.options.get("tag", "")) == (State.DONE, before, "")
        assert one.position and one.change_set_id is not None

    def test_an_import_taken_back_can_be_imported_again(self, importer: Importer, member: User) -> None:
        self._take_back(importer, importer.bring(FILE))
        one = importer.bring(FILE)
        assert one.counts["new"] == 2 and Person.objects.visible_to(member).count() == 2

    def _take_back(self, importer: Importer, one: Import) -> None:
        assert importer.client.post(f"/import/{one.pk}/do/", {"deed": "revert"}).status_code == 303
        jobs.revert_import(import_id=str(one.pk), by=str(one.created_by_id))
        one.refresh_from_db()
        assert one.state == State.REVERTED
        assert importer.client.get(f"/import/{one.pk}/").status_code == 200


@pytest.mark.django_db
def test_everything_of_an_import_is_one_change_set(importer: Importer, member: User) -> None:
    one = importer.bring(FILE)
    changes = Change.objects.filter(change_set_id=one.change_set_id)
    assert set(changes.values_list("cause", "actor_id")) == {("import", member.pk)}
    assert changes.filter(act="create", part="", type="people").count() == 2
    assert one.change_set is not None and one.change_set.label == "Import of people.csv"


@pytest.mark.django_db
def test_an_import_that_was_stopped_goes_on_where_it_stands(
    importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SIZE", 3)
    one = importer.check(importer.upload("E-Mail\n" + "".join(f"a{n}@example.com\n" for n in range(10))))
    importer.client.post(f"/import/{one.pk}/rows/")
    commit = engine._commit

    def once(*said: object) -> bool:
        done = commit(*said)  # type: ignore[arg-type]  # passed on
        Import.objects.filter(pk=one.pk).update(state=State.STOPPED)
        return done

    monkeypatch.setattr(engine, "_commit", once)
    jobs.run_file(import_id=str(one.pk))
    one.refresh_from_db()
    assert (one.done, Person.objects.count()) == (3, 3)
    assert "Stopped after 3 of 10" in importer.client.get(f"/import/{one.pk}/").content.decode()
    monkeypatch.setattr(engine, "_commit", commit)
    importer.client.post(f"/import/{one.pk}/do/", {"deed": "go_on"})
    jobs.run_file(import_id=str(one.pk))
    one.refresh_from_db()
    assert (one.state, one.done, one.counts["new"], Person.objects.count()) == (State.DONE, 10, 10, 10)


@pytest.mark.django_db
def test_a_job_that_runs_twice_writes_nothing_twice(importer: Importer) -> None:
    one = importer.bring(FILE)
    jobs.run_file(import_id=str(one.pk))
    Import.objects.filter(pk=one.pk).update(state=State.RUNNING)  # as if the worker had died at the very end
    jobs.run_file(import_id=str(one.pk))
    assert Person.objects.count() == 2


@pytest.mark.django_db
def test_a_row_that_the_database_refuses_does_not_take_the_others_with_it(
    importer: Importer,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "alter table parties_party add constraint nobody_is_called_bo check (given_name <> 'Bo')"
        )
    one = importer.bring(FILE)
    assert (one.counts["new"], one.counts["wrong"]) == (1, 1)
    assert one.rows.get(phase="run").problems[0][1] == "This was not saved: nobody is called bo."


@pytest.mark.django_db
class TestOnlyOnesOwn:
    ADDRESSES = ("", "columns/", "rows/", "problems.csv")

    def test_an_import_of_somebody_else_is_not_found(self, importer: Importer, stranger: User) -> None:
        one = importer.check(importer.upload(FILE))
        other = Client()
        other.force_login(stranger)
        for address in self.ADDRESSES:
            assert other.get(f"/import/{one.pk}/{address}").status_code == 404, address
        for address in ("columns/", "rows/"):
            assert other.post(f"/import/{one.pk}/{address}", {"then": "check"}).status_code == 404, address
        for deed in ("stop", "go_on", "revert", "columns", "forget"):
            assert other.post(f"/import/{one.pk}/do/", {"deed": deed}).status_code == 404, deed
        assert one.file_name not in other.get("/settings/imports/").content.decode()
        assert Import.objects.get(pk=one.pk).state == State.READY and not Person.objects.exists()

    def test_an_administrator_sees_all(self, importer: Importer, administrator: User) -> None:
        one = importer.bring(FILE)
        client = Client()
        client.force_login(administrator)
        assert one.file_name in client.get("/settings/imports/").content.decode()
        assert client.get(f"/import/{one.pk}/").status_code == 200

    def test_unknown_imports_and_deeds_are_not_found(self, importer: Importer) -> None:
        nothing = UUID(int=7)
        for address in self.ADDRESSES:
            assert importer.client.get(f"/import/{nothing}/{address}").status_code == 404
        one = importer.upload(FILE)
        assert importer.client.post(f"/import/{one.pk}/do/", {"deed": "destroy"}).status_code == 404

    def test_without_signing_in_nothing_is_shown(self, importer: Importer) -> None:
        one = importer.upload(FILE)
        for address in (
            "/import/",
            "/settings/imports/",
            *(f"/import/{one.pk}/{part}" for part in self.ADDRESSES),
        ):
            assert Client().get(address).status_code == 302, address

    def test_who_may_not_create_may_not_import(self, member: User, client: Client) -> None:
        member.roles.clear()
        client.force_login(member)
        assert client.get("/import/").status_code == 404
        kind = type_by_key("people")
        assert kind is not None
        with engine.speaking(User.objects.get(pk=member.pk)) as context, pytest.raises(Refused):
            deeds.take_in_path(kind, Path(__file__), context)


@pytest.mark.django_db
class TestTheCommand:
    def test_it_imports_and_writes_the_wrong_rows_beside_the_file(self, member: User, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_text(FILE + "Cara;Holm;cara@;;\n")
        said = command.import_file(path, "people", member)
        assert said.startswith("2 new, 0 completed, 0 left as they are, 1 not taken.")
        assert "cara@" in (tmp_path / "people.csv.problems.csv").read_text() and Person.objects.count() == 2

    def test_it_refuses_in_a_sentence(self, member: User, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_bytes(b"%PDF-")
        with pytest.raises(Refusal, match="not a table"):
            command.import_file(path, "people", member)
        with pytest.raises(Refusal, match="no type ducks"):
            command.import_file(path, "ducks", member)


# A worker that begins anew for each line that it reads, without loading everything again.
WORKER = """
import os, sys, django
django.setup()
from rapport.kernel.imports import engine, jobs
engine.SIZE = 200
for _line in sys.stdin:
    child = os.fork()
    if not child:
        jobs.run_file(import_id=sys.argv[1])
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("ended", flush=True)
"""


def _rows(count: int) -> str:
    lines = (
        f"Person {n} Nummer{n};p{n}@example.com;+4930{10_000_000 + n};Firma {n % 50} GmbH\n"
        for n in range(count)
    )
    return "Name;E-Mail;Telefon;Firma\n" + "".join(lines)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_import_whose_worker_is_killed_goes_on_and_has_every_row_once(tmp_path: Path) -> None:
    Company.objects.get_or_create(id=1, defaults={"name": "Halden Cycles"})
    user = make_user("Ada", role="administrator")
    path = tmp_path / "people.csv"
    path.write_text(_rows(6_000))  # so many that two kills meet it at work
    kind = type_by_key("people")
    assert kind is not None
    with engine.speaking(user) as context:
        one = deeds.take_in_path(kind, path, context)
    deeds.start_check(one)
    jobs.check_file(import_id=str(one.pk))
    deeds.start_run(one)
    database = connection.settings_dict
    # The host may be a socket's folder.
    place = urlencode({"host": database["HOST"], "port": database["PORT"]})
    address = f"postgresql://{database['USER']}@/{database['NAME']}?{place}"
    environment = {
        **os.environ,
        "RAPPORT_DATABASE_URL": address,
        "RAPPORT_DATA": str(Path(settings.MEDIA_ROOT)),
    }
    environment["DJANGO_SETTINGS_MODULE"] = "rapport.settings"
    link = Path(settings.MEDIA_ROOT) / "files"
    link.symlink_to(Path(settings.MEDIA_ROOT), target_is_directory=True)
    command = [sys.executable, "-c", WORKER, str(one.pk)]
    with subprocess.Popen(  # ours
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as worker:
        assert worker.stdin is not None and worker.stdout is not None
        for is_killed in (True, True, False):
            begun, ends = one.done, time.monotonic() + 60
            worker.stdin.write("begin\n")
            child = int(worker.stdout.readline())
            while is_killed and one.done == begun and time.monotonic() < ends:
                time.sleep(0.01)
                one.refresh_from_db()
            if is_killed:
                time.sleep(0.03)  # somewhere in the next batch
                os.kill(child, signal.SIGKILL)
            assert worker.stdout.readline() == "ended\n"
            one.refresh_from_db()
            assert Person.objects.count() == one.done == one.counts["new"], "only whole batches"
            assert one.state == (State.RUNNING if is_killed else State.DONE)
        worker.stdin.close()
    assert Person.objects.count() == 6_000 == Person.objects.values("email").distinct().count()
    assert (Organization.objects.count(), ContactPoint.objects.count()) == (50, 12_000)
    assert one.change_set is not None
    made = Change.objects.filter(change_set_id=one.change_set_id, act="create", part="", type="people")
    assert made.count() == 6_000


@pytest.mark.django_db
def test_a_long_file_needs_no_more_memory_than_a_short_one(
    member: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SIZE", 100)
    held: list[int] = []
    count = engine.Engine.count

    def counted(of: engine.Engine, *given: Any) -> None:  # Any: a batch and what else is counted
        count(of, *given)
        held.append(sys.getallocatedblocks())

    monkeypatch.setattr(engine.Engine, "count", counted)
    path = tmp_path / "people.csv"
    path.write_text(_rows(800))
    kind = type_by_key("people")
    assert kind is not None
    with engine.speaking(member) as context:
        one = deeds.take_in_path(kind, path, context)
        deeds.start_check(one)
        engine.check(one)  # fills what is remembered of names and numbers
        deeds.back_to_columns(one)
        for begin, work in ((deeds.start_check, engine.check), (deeds.start_run, engine.run)):
            begin(one)
            one.refresh_from_db()
            held.clear()
            work(one)
            one.refresh_from_db()
            kept = (held[-1] - held[1]) / 600
            assert kept < 5, f"{kept:.0f} pieces of memory of each row stay"
    assert (one.state, one.counts["new"], len(held)) == (State.DONE, 800, 8)
