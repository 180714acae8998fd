"""Rows that are probably here though no key says so: shown with score and reasons, and treated as chosen."""

from collections.abc import Callable
from typing import Any

import pytest

from rapport.accounts.models import User
from rapport.kernel.changes.revert import revert
from rapport.kernel.duplicates.jobs import find_duplicates
from rapport.kernel.duplicates.models import DuplicatePair
from rapport.kernel.imports import alike, engine
from rapport.kernel.imports.conftest import Importer, prints
from rapport.kernel.testing.make import make
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db
FILE = "Vorname;Nachname;Firma;Geburtstag;Position\nBob;Klein;Nord AG;1970-02-03;Boss\nAda;Neu;;;Clerk\n"


def test_the_check_shows_who_is_probably_here_and_why(importer: Importer, robert: Any) -> None:
    one = importer.check(importer.upload(FILE))
    told = one.checked["alike"]
    assert (told["count"], told["looked"], told["is_all"]) == (1, 2, True)
    row = one.alike.get()
    assert (row.line, row.record_id, row.title) == (2, robert.pk, "Robert Klein")
    assert row.points >= 60
    assert {"a short form of the name", "same birthday", "same organization"} <= set(row.words)
    page = importer.client.get(f"/import/{one.pk}/rows/").content.decode()
    assert "May be the same" in page and "Robert Klein" in page and "same birthday" in page


def test_such_rows_are_taken_in_and_stand_in_the_work_list(importer: Importer, robert: Any) -> None:
    one = importer.bring(FILE, alike="ask")
    assert one.counts["new"] == 2
    find_duplicates()
    [pair] = DuplicatePair.objects.filter(type="people")
    assert robert.pk in (pair.first_id, pair.second_id)


def test_such_rows_are_taken_for_the_same_and_come_back(
    importer: Importer, robert: Any, member: User
) -> None:
    one = importer.bring(FILE, alike="update", on_duplicate="update")
    robert.refresh_from_db()
    assert (robert.position, one.counts["new"], one.counts["changed"]) == ("Boss", 1, 1)
    assert one.checked["counts"]["changed"] == 1, "the check foretold it"
    assert one.change_set is not None
    revert(one.change_set, by=member)
    robert.refresh_from_db()
    assert robert.position == "Head"


def test_such_rows_are_left_out(importer: Importer, robert: Any) -> None:
    one = importer.bring(FILE, alike="skip")
    assert (one.counts["new"], one.counts["skipped"]) == (1, 1)
    assert one.checked["counts"]["skipped"] == 1
    assert sorted(Person.objects.values_list("name", flat=True)) == ["Ada Neu", "Robert Klein"]


def test_nobody_looks_when_told_so_and_nothing_is_lost_on_a_key(importer: Importer, robert: Any) -> None:
    one = importer.check(importer.upload(FILE), alike="create")
    assert one.checked["alike"] == {}
    one = importer.check(importer.upload(FILE), alike="nonsense", on_duplicate="create")
    assert one.checked["alike"] == {}


def test_what_the_importer_may_not_see_is_not_found(
    importer_of: Callable[[User], Importer], robert: Any, restricted: User
) -> None:
    one = importer_of(restricted).bring(FILE, alike="skip")
    assert not one.alike.exists() and one.counts["new"] == 2


def test_a_long_file_is_looked_at_in_part_and_says_so(
    importer: Importer, robert: Any, monkeypatch: Any, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(alike, "LOOKED_AT", 300)
    rows = "".join(f"Person {n};Name{n};;;x\n" for n in range(500))
    one = importer.upload(FILE + rows)
    with django_assert_max_num_queries(150):
        one = importer.check(one)
    assert (one.checked["alike"]["looked"], one.checked["alike"]["is_all"]) == (300, False)
    assert "among the first 300 rows" in importer.client.get(f"/import/{one.pk}/rows/").content.decode()


def test_organizations_are_found_by_what_their_names_mean(importer: Importer, member: User) -> None:
    known = make(Organization, owner=member, name="Halden Cycles GmbH", website="https://halden.example")
    prints()
    text = "Firma;Web\nHalden-Cycles;www.halden.example\n"
    one = importer.check(importer.upload(text, type="organizations"))
    assert one.alike.get().record_id == known.pk


TWICE = (
    "Vorname;Nachname;Geburtstag;E-Mail;Position\nRobert;Klein;1970-02-03;rk@nord.example;Boss\n"
    "Ada;Neu;;;Clerk\nBob;Klein;1970-02-03;klein@nord.example;Head\nAda;Neu;;ada@neu.example;Chief\n"
)


def test_rows_of_one_file_are_compared_with_each_other(importer: Importer, member: User) -> None:
    one = importer.check(importer.upload(TWICE))
    row = one.alike.get()
    assert (row.line, row.like_line) == (4, 2) and row.title.startswith("Robert · Klein")
    assert {"a short form of the name", "same birthday"} <= set(row.words)
    assert one.checked["counts"]["new"] == 4, "it only asks"
    page = importer.client.get(f"/import/{one.pk}/rows/").content.decode()
    assert "Row 2: Robert · Klein" in page


@pytest.mark.parametrize("size", [4_000, 2])
def test_rows_of_one_file_that_are_alike_become_one_or_are_left_out(
    importer: Importer, member: User, monkeypatch: Any, size: int
) -> None:
    monkeypatch.setattr(engine, "SIZE", size)
    one = importer.bring(TWICE, alike="update", on_duplicate="update")
    assert one.checked["counts"]["new"] == 3, "the check foretold it"
    assert (one.counts["new"], one.counts["changed"]) == (3, 1)
    robert = Person.objects.get(family_name="Klein")
    assert robert.position == "Head"
    Person.objects.all().delete()
    one = importer.bring(TWICE, alike="skip")
    assert (one.checked["counts"]["skipped"], one.counts["skipped"], one.counts["new"]) == (1, 1, 3)
    assert Person.objects.get(family_name="Klein").position == "Boss"


def test_rows_with_a_key_in_common_are_the_same_anyhow(importer: Importer, member: User) -> None:
    text = "Vorname;Nachname;E-Mail;Position\nIda;Sol;i@x.example;Boss\nIda;Sol;i@x.example;Head\n"
    one = importer.check(importer.upload(text), on_duplicate="update")
    assert not one.alike.exists() and one.checked["counts"]["new"] == 1


def test_who_is_like_a_row_that_is_left_out_is_compared_with_the_others(
    importer: Importer, member: User
) -> None:
    text = (
        "Vorname;Nachname;Geburtstag;Telefon;Position\nRobert;Klein;1970-02-03;;Boss\n"
        "Bob;Klein;1970-02-03;030 9018200;Head\nRob;Klein;1970-02-03;030 9018200;Clerk\n"
    )
    one = importer.check(importer.upload(text), alike="skip")
    assert [(row.line, row.like_line) for row in one.alike.order_by("line")] == [(3, 2), (4, 2)]
    one = importer.finish(one)
    assert (one.counts["new"], one.counts["skipped"], Person.objects.get().position) == (1, 2, "Boss")
