"""Rows lead to other rows of their file, wherever these stand; what leads nowhere is told, all else comes in."""

from typing import Any

import pytest
from django.db import OperationalError

from rapport.kernel.custom.define import Draft, add_field
from rapport.kernel.external.models import ExternalKey
from rapport.kernel.imports import awaiting, committing, engine, jobs
from rapport.kernel.imports.conftest import Importer
from rapport.kernel.imports.models import AwaitedLink, Import, State
from rapport.kernel.records import save_record
from rapport.kernel.registry import RecordType, type_by_key
from rapport.kernel.testing.make import make, make_user
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db
FILE = """First name;Last name;E-mail;Position;Manager;Key in the other program
Ada;Berg;ada@example.com;Clerk;Bo Lund;p1
Bo;Lund;bo@example.com;Head;eva@example.com;p2
Cid;Falk;cid@example.com;Clerk;p4;p3
Dan;Ek;dan@example.com;Clerk;Nobody At All;p4
Eva;Gran;eva@example.com;Head;Eva Gran;p5
Fay;Holm;fay@example.com;Clerk;Gus Twin;p6
Gus;Twin;gus1@example.com;Clerk;Old Hand;p7
Gus;Twin;gus2@example.com;Clerk;Ada Berg;p8
Hal;Ny;hal@example.com;Clerk;Iva Ny;p9
Iva;Ny;iva@example.com;Clerk;hal@example.com;p10
"""
LEADS = {
    "Ada Berg": "Bo Lund", "Bo Lund": "Eva Gran", "Cid Falk": "Dan Ek", "Dan Ek": "", "Eva Gran": "",
    "Fay Holm": "", "Gus Twin": "Ada Berg,Old Hand", "Hal Ny": "Iva Ny", "Iva Ny": "Hal Ny",
}  # fmt: skip
TOLD = [(5, "was not found"), (6, "the row itself"), (7, "more than one")]


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> RecordType:
    """With a manager; pieces are so small that rows wait for pieces behind theirs."""
    monkeypatch.setattr(engine, "SIZE", 4)
    monkeypatch.setattr(awaiting, "TOGETHER", 4)
    kind = type_by_key("people")
    assert kind is not None
    draft = Draft("link", {"label": {"": "Manager"}}, options={"to": "people"})
    add_field(kind, draft, by=make_user(role="administrator"))
    return kind


def up(importer: Importer, file: str = FILE, **said: str) -> Import:
    one = importer.upload(file)
    columns = {"column-4": "x_manager", "column-5": "external_key"}
    return importer.check(one, **columns, **said)


def leads(kind: RecordType) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for one in kind.model.objects.filter(deleted_at=None).exclude(name="Old Hand"):
        found.setdefault(str(one), []).append(str(kind.fields["x_manager"].read(one) or ""))
    return {name: ",".join(sorted(told)) for name, told in found.items()}


def told(one: Import, phase: str) -> list[tuple[int, str]]:
    rows = one.rows.filter(phase=phase)
    return [
        (row.line, next((part for _line, part in TOLD if part in row.problems[0][1]), row.problems[0][1]))
        for row in rows
    ]


def numbers(counts: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in counts.items() if number}


def test_rows_lead_to_rows_before_and_behind_them_and_the_check_says_what_the_run_does(
    importer: Importer, people: RecordType
) -> None:
    make(Person, by=make_user(), name="Old Hand")
    one = up(importer)
    assert numbers(one.checked["counts"]) == {"new": 10, "unlinked": 3} and told(one, "check_link") == TOLD
    shown = {row["line"]: dict(row["values"]).get("Manager") for row in one.checked["preview"]}
    assert (shown[2], shown[5]) == ("Bo Lund", None)
    page = importer.client.get(f"/import/{one.pk}/rows/").content.decode()
    assert "Without a link" in page and "Nobody At All" in page
    importer.finish(one)
    assert numbers(one.counts) == {"new": 10, "unlinked": 3} and told(one, "run_link") == TOLD
    assert leads(people) == LEADS and not AwaitedLink.objects.exists()
    file = importer.client.get(f"/import/{one.pk}/problems.csv?of=links")
    assert b"".join(file).count(b"\r\n") == 4  # type: ignore[call-overload]
    self_changes(importer, people, one)


def self_changes(importer: Importer, people: RecordType, first: Import) -> None:
    """The same file by key again, with other links: what leads elsewhere counts as changed, and can be taken back."""
    again = FILE.replace("Clerk;Bo Lund;p1", "Clerk;Fay New;p1").replace("Fay;Holm", "Fay;New")
    again = again.replace("Nobody At All", "ada@example.com")
    one = up(importer, again, on_duplicate="update")
    expected = {"changed": 3, "unchanged": 7, "unlinked": 2}
    assert numbers(one.checked["counts"]) == expected
    changes = {row["line"]: row["values"] for row in one.checked["changes"]}
    assert changes[2] == [["Manager", "Bo Lund", "Fay New"]]
    importer.finish(one)
    assert numbers(one.counts) == expected
    assert leads(people)["Ada Berg"] == "Fay New" and leads(people)["Dan Ek"] == "Ada Berg"
    for gone in (one, first):
        importer.client.post(f"/import/{gone.pk}/do/", {"deed": "revert"})
        jobs.revert_import(import_id=str(gone.pk), by=str(gone.created_by_id))
        assert leads(people) == (LEADS if gone is one else {})


def test_what_was_filled_meanwhile_stays_and_a_crash_between_the_passes_loses_nothing(
    importer: Importer, people: RecordType, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(Person, by=make_user(), name="Old Hand")
    one = up(importer)
    importer.client.post(f"/import/{one.pk}/rows/")
    join = committing.join

    def crash(*given: Any) -> Any:  # Any: what the engine hands over
        if AwaitedLink.objects.count() < 10:
            raise OperationalError("the server went away")
        return join(*given)

    monkeypatch.setattr(committing, "join", crash)
    with pytest.raises(OperationalError):
        jobs.run_file(import_id=str(one.pk))
    assert leads(people)["Ada Berg"] == "Bo Lund" and leads(people)["Hal Ny"] == ""
    hal, dan = (Person.objects.get(name=name) for name in ("Hal Ny", "Dan Ek"))
    save_record(hal, {"x_manager": dan}, by=make_user(role="administrator"))
    monkeypatch.setattr(committing, "join", join)
    jobs.run_file(import_id=str(one.pk))
    one.refresh_from_db()
    assert one.state == State.DONE and numbers(one.counts) == {"new": 10, "unlinked": 3}
    assert leads(people) == {**LEADS, "Hal Ny": "Dan Ek"} and told(one, "run_link") == TOLD
    assert ExternalKey.objects.filter(type="people").count() == 10


def test_a_link_leads_to_an_organization_that_the_file_makes(importer: Importer, people: RecordType) -> None:
    by = make_user(role="administrator")
    add_field(people, Draft("link", {"label": {"": "Was at"}}, options={"to": "organizations"}), by=by)
    rows = ("Ann;Ek;Alt AG;Neu AG", "Bo;Ek;;Alt ag", "Cid;Ek;Neu AG;Not AG")
    file = "\n".join(("First name;Last name;Organization;Was at", *rows))
    one = importer.check(importer.upload(file), **{"column-2": "organization", "column-3": "x_was_at"})
    expected = {"new": 3, "unlinked": 1, "organizations_made": 2}
    assert numbers(one.checked["counts"]) == expected
    importer.finish(one)
    assert numbers(one.counts) == expected
    was = people.fields["x_was_at"]
    told = {str(each): str(was.read(each) or "") for each in people.model.objects.all()}
    assert told == {"Ann Ek": "Neu AG", "Bo Ek": "Alt AG", "Cid Ek": ""}
