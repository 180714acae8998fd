"""What somebody says of single rows in the check: who they are, what wins, how a cell is meant."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from rapport.accounts.grants import ACTS
from rapport.accounts.models import Role, User
from rapport.kernel.duplicates.jobs import find_duplicates
from rapport.kernel.duplicates.models import DuplicatePair, State
from rapport.kernel.imports import engine, jobs
from rapport.kernel.imports.conftest import Importer, prints
from rapport.kernel.imports.models import Import
from rapport.kernel.imports.test_alike import FILE, TWICE
from rapport.kernel.merge.deed import merge_records
from rapport.kernel.records import delete_record
from rapport.kernel.records.purge import purge_records
from rapport.kernel.registry import type_of_model
from rapport.kernel.testing.make import make, make_user
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db


def judge(importer: Importer, one: Import, line: int, verdict: str, **said: str) -> Import:
    """As the page does it; the part of it that comes back is asked for, too."""
    address, form = f"/import/{one.pk}/alike/", {"line": str(line), "verdict": verdict, **said}
    assert importer.client.post(address, form, headers={"HX-Request": "true"}).status_code == 200
    one.refresh_from_db()
    return one


def mend(importer: Importer, one: Import, line: int, **cells: str) -> str:
    form = {name.replace("_", "-"): text for name, text in cells.items()}
    answer = importer.client.post(f"/import/{one.pk}/rows/{line}/", form, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.content.decode()
    one.refresh_from_db()
    return answer.content.decode()


def told(one: Import) -> tuple[int, int, int]:
    counts = one.checked["counts"]
    return counts.get("new", 0), counts.get("changed", 0), counts.get("wrong", 0)


def test_a_row_that_is_the_same_completes_its_record(importer: Importer, robert: Any) -> None:
    one = importer.check(importer.upload(FILE + "Bo;Lund;;;\n"))
    assert told(one) == (3, 0, 0)
    one = judge(importer, one, 2, "same")
    assert (told(one)[0], one.alike.get().verdict) == (2, "same")
    one = importer.finish(one)
    assert one.counts["new"] == 2 and not Person.objects.filter(name="Bob Klein").exists()
    robert.refresh_from_db()
    assert (robert.position, robert.given_name) == ("Head", "Robert"), "gaps only"


def test_what_wins_can_be_chosen_for_a_row(importer: Importer, robert: Any) -> None:
    one = importer.check(importer.upload(FILE))
    page = importer.client.get(f"/import/{one.pk}/rows/?row=2").content.decode()
    assert 'name="win-position" value="here" checked' in page
    judge(importer, one, 2, "same", **{"win-position": "file", "win-nonsense": "file"})
    assert one.alike.get().wins == {"position": True} and told(one)[1] == 1
    importer.finish(one)
    robert.refresh_from_db()
    assert (robert.position, robert.given_name) == ("Boss", "Robert")


def test_a_row_that_is_new_comes_in_and_is_not_asked_about_again(importer: Importer, robert: Any) -> None:
    one = importer.check(importer.upload(FILE))
    one = importer.finish(judge(importer, one, 2, "new"))
    bob = Person.objects.get(name="Bob Klein")
    find_duplicates()
    pair = DuplicatePair.objects.get(type="people")
    assert {pair.first_id, pair.second_id} == {robert.pk, bob.pk} and pair.state == State.DIFFERENT
    assert pair.decided_by == one.created_by


@pytest.mark.parametrize("manner", ["update", "skip"])
def test_who_is_new_is_no_exception_to_what_counts_for_the_others(
    importer: Importer, robert: Any, manner: str
) -> None:
    one = importer.check(importer.upload(FILE), alike=manner)
    assert told(one)[0] == 1
    one = judge(importer, one, 2, "new")
    assert told(one)[0] == 2
    assert importer.finish(one).counts["new"] == 2 and Person.objects.filter(name="Bob Klein").exists()


def test_a_decision_can_be_taken_back_and_the_counts_follow(importer: Importer, robert: Any) -> None:
    one = importer.check(importer.upload(FILE), on_duplicate="update")
    before = one.checked["counts"]
    judge(importer, one, 2, "same")
    assert told(one) == (1, 1, 0)
    judge(importer, one, 2, "")
    assert (
        told(one) == (2, 0, 0)
        and one.checked["counts"]["organizations_found"] == before["organizations_found"]
    )


def test_the_surest_are_taken_for_the_same_at_once(importer: Importer, robert: Any) -> None:
    one = importer.check(importer.upload(FILE))
    one.alike.update(points=95)
    answer = importer.client.post(f"/import/{one.pk}/alike/", {"sure": "1"})
    assert answer.status_code == 303 and one.alike.get().verdict == "same"
    one.refresh_from_db()
    assert told(one)[0] == 1


def test_decisions_outlive_another_check_unless_their_record_is_gone(
    importer: Importer, robert: Any, member: User
) -> None:
    one = importer.check(importer.upload(FILE))
    judge(importer, one, 2, "same")
    importer.client.post(f"/import/{one.pk}/do/", {"deed": "columns"})
    one = importer.check(one, tag="Fair")
    assert one.alike.get().verdict == "same" and told(one) == (1, 1, 0)
    importer.client.post(f"/import/{one.pk}/do/", {"deed": "columns"})
    delete_record(robert, by=member)
    one = importer.check(one)
    assert told(one)[0] == 2, "somebody who is not here any more is nobody"


@pytest.mark.parametrize("size", [4_000, 2])
def test_rows_of_the_file_become_one_as_somebody_said(
    importer: Importer, member: User, monkeypatch: Any, size: int
) -> None:
    monkeypatch.setattr(engine, "SIZE", size)
    one = importer.check(importer.upload(TWICE), on_duplicate="update")
    one = judge(importer, one, 4, "same")
    assert told(one) == (3, 1, 0)
    one = importer.finish(one)
    assert (one.counts["new"], one.counts["changed"]) == (3, 1)
    assert Person.objects.get(family_name="Klein").position == "Head"


@pytest.mark.django_db(transaction=True)
def test_rows_become_one_also_where_pieces_are_written_side_by_side(
    importer: Importer, member: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr(engine, "SIZE", 2)
    one = importer.check(importer.upload(TWICE + "Cy;Neu;;;\nDi;Neu;;;\n"))
    one = importer.finish(judge(importer, one, 4, "same"))
    assert (one.counts["new"], Person.objects.filter(family_name="Klein").count()) == (5, 1)


def test_rows_of_the_file_that_differ_are_not_asked_about_again(importer: Importer, member: User) -> None:
    prints()
    one = importer.check(importer.upload(TWICE))
    importer.finish(judge(importer, one, 4, "new"))
    find_duplicates()
    states = DuplicatePair.objects.filter(type="people", reasons__contains=["birthday"]).values_list(
        "state", flat=True
    )
    kleins = Person.objects.filter(family_name="Klein").values_list("pk", flat=True)
    pair = DuplicatePair.objects.get(first__in=kleins, second__in=kleins)
    assert (pair.state, len(kleins)) == (State.DIFFERENT, 2), list(states)


WRONG = (
    "Vorname;Nachname;E-Mail;Geburtstag\nMarit;Dahl;marit.dahl@;1980-05-11\nBo;Lund;bo@;1981-02-31\n"
    "Ida;Sol;ida@sol.example;1979-01-02\n"
)


def test_a_cell_is_mended_and_the_file_stays_as_it_is(importer: Importer, member: User) -> None:
    one = importer.check(importer.upload(WRONG))
    assert told(one) == (1, 0, 2)
    before = one.content.open("rb").read()
    page = importer.client.get(f"/import/{one.pk}/rows/").content.decode()
    assert 'name="cell-2" value="marit.dahl@"' in page
    page = mend(importer, one, 2, cell_2="marit.dahl@example.com")
    assert told(one) == (2, 0, 1) and "Mended" in page
    one = importer.finish(one)
    assert (one.counts["new"], one.counts["wrong"]) == (2, 1)
    assert Person.objects.get(name="Marit Dahl").email == "marit.dahl@example.com"
    assert one.content.open("rb").read() == before


def test_what_is_mended_in_part_is_kept_and_still_told(importer: Importer, member: User) -> None:
    one = importer.check(importer.upload(WRONG))
    page = mend(importer, one, 3, cell_2="bo@lund.example")
    assert told(one) == (1, 0, 2) and 'value="bo@lund.example"' in page
    importer.client.post(f"/import/{one.pk}/do/", {"deed": "columns"})
    one = importer.check(one)
    [row] = one.rows.filter(line=3)
    assert row.cells[2] == "bo@lund.example" and len(row.problems) == 1, "another check reads it like this"
    mend(importer, one, 3, cell_3="1981-02-28")
    assert told(one) == (2, 0, 1)
    mend(importer, one, 3, cell_3="1981-02-30")
    assert told(one) == (1, 0, 2), "what was mended can be spoilt again, and is told"
    mend(importer, one, 3, cell_3="1981-02-27")
    importer.finish(one)
    assert str(Person.objects.get(name="Bo Lund").birthday) == "1981-02-27"


def test_a_cell_of_several_lines_that_nobody_changed_stays(importer: Importer, member: User) -> None:
    text = 'Name;E-Mail;Notizen\nMarit Dahl;marit@;"one\ntwo"\nBo Lund;bo@lund.example;\n'
    one = importer.check(importer.upload(text))
    assert one.rows.get().cells[2] == "one\ntwo"
    mend(importer, one, 2, cell_1="marit@example.com", cell_2="onetwo")
    assert one.mended.get().cells[2] == "one\ntwo"


def test_a_mended_row_that_is_here_completes_its_record(importer: Importer, member: User) -> None:
    make(Person, owner=member, name="Marit Dahl", email="marit.dahl@example.com")
    one = importer.check(importer.upload(WRONG))
    mend(importer, one, 2, cell_2="marit.dahl@example.com")
    assert told(one) == (1, 1, 1)


def test_nothing_can_be_said_once_it_runs_and_never_by_a_stranger(
    importer: Importer, robert: Any, restricted: User
) -> None:
    one = importer.check(importer.upload(FILE + "x;y;;nonsense;\n"))
    stranger = Client()
    stranger.force_login(restricted)
    said = {"line": "2", "verdict": "same"}
    assert stranger.post(f"/import/{one.pk}/alike/", said).status_code == 404
    assert stranger.post(f"/import/{one.pk}/rows/4/", {"cell-3": ""}).status_code == 404
    post: Callable[..., Any] = importer.client.post
    assert post(f"/import/{one.pk}/alike/", {"line": "x", "verdict": "same"}).status_code == 422
    assert post(f"/import/{one.pk}/rows/2/", {"cell-x": ""}).status_code == 422
    assert post(f"/import/{one.pk}/rows/2/", {"cell-1": "a"}).status_code == 422, "it is not wrong"
    importer.finish(one)
    assert post(f"/import/{one.pk}/alike/", said).status_code == 422
    assert post(f"/import/{one.pk}/rows/4/", {"cell-3": ""}).status_code == 422
    assert Person.objects.count() == 3


# -- what changed between the check and the import --------------------------------------------------------------
def test_a_record_that_was_merged_meanwhile_is_the_one_that_it_became(
    importer: Importer, robert: Any, member: User
) -> None:
    one = importer.check(importer.upload(FILE))
    judge(importer, one, 2, "same", **{"win-position": "file"})
    other = make(Person, owner=member, name="R. Klein")
    merge_records(type_of_model(Person), other.pk, [robert.pk], by=member)
    page = importer.client.get(f"/import/{one.pk}/rows/?row=2").content.decode()
    assert "R. Klein" in page, "it stands beside the row"
    one = importer.finish(one)
    other.refresh_from_db()
    assert (one.counts["new"], other.position) == (1, "Boss")


def test_who_is_new_differs_also_from_the_record_that_the_other_became(
    importer: Importer, robert: Any, member: User
) -> None:
    one = importer.check(importer.upload(FILE))
    judge(importer, one, 2, "new")
    other = make(Person, owner=member, name="R. Klein")
    merge_records(type_of_model(Person), other.pk, [robert.pk], by=member)
    importer.finish(one)
    pair = DuplicatePair.objects.get(state=State.DIFFERENT)
    assert {pair.first_id, pair.second_id} == {other.pk, Person.objects.get(name="Bob Klein").pk}


def test_a_record_that_is_gone_for_good_hinders_nobody(importer: Importer, robert: Any, member: User) -> None:
    one = importer.check(importer.upload(FILE))
    judge(importer, one, 2, "new")
    delete_record(robert, by=member)
    purge_records(type_of_model(Person), [robert.pk], by=None)
    assert importer.finish(one).counts["new"] == 2 and not DuplicatePair.objects.exists()


def test_a_record_that_one_may_only_see_takes_no_row_and_that_is_told_at_once(
    importer: Importer, robert: Any, member: User, importer_of: Callable[[User], Importer]
) -> None:
    reader = make_user("Rea Reader")
    role = Role.objects.create(key="reader", grants={"*": dict.fromkeys(ACTS, "all") | {"edit": "own"}})
    reader.roles.set([role])
    mine = importer_of(User.objects.get(pk=reader.pk))
    one = mine.check(mine.upload(FILE))
    one = judge(mine, one, 2, "same")
    assert told(one) == (1, 0, 1) and "does not allow to change it" in one.rows.get().problems[0][1]
    one = judge(mine, one, 2, "")
    assert told(one) == (2, 0, 0) and not one.rows.exists()


# -- who goes with whom -----------------------------------------------------------------------------------------
def test_a_row_with_the_key_of_an_earlier_one_goes_with_it_and_is_not_asked_about(
    importer: Importer, robert: Any
) -> None:
    again = "Vorname;Nachname;E-Mail;Geburtstag\n" + "Bob;Klein;bob@nord.example;1970-02-03\n" * 2
    one = importer.check(importer.upload(again))
    assert [row.line for row in one.alike.all()] == [2] and told(one) == (1, 1, 0)
    one = judge(importer, one, 2, "same")
    assert told(one) == (0, 2, 0)
    one = importer.finish(one)
    assert (one.counts.get("new", 0), one.counts["changed"], Person.objects.count()) == (0, 2, 1)


@pytest.mark.parametrize("size", [4_000, 1])
def test_who_is_like_a_row_that_is_skipped_is_skipped_as_well(
    importer: Importer, member: User, monkeypatch: Any, size: int
) -> None:
    monkeypatch.setattr(engine, "SIZE", size)
    one = importer.check(importer.upload(TWICE), on_duplicate="skip")
    judge(importer, one, 4, "same")
    make(Person, owner=member, name="Robert Klein", email="rk@nord.example")
    one = importer.finish(one)
    assert (one.counts["new"], one.counts["skipped"]) == (2, 2)


def test_rows_that_are_like_one_record_are_counted_together(importer: Importer, robert: Any) -> None:
    twice = "Vorname;Nachname;Geburtstag;E-Mail\nBob;Klein;1970-02-03;\nRob;Klein;1970-02-03;r@k.example\n"
    one = importer.check(importer.upload(twice), alike="update")
    assert told(one) == (0, 2, 0)
    one = judge(importer, one, 2, "new")
    assert told(one) == (1, 1, 0) and not one.checked["counts"].get("unchanged")


def test_a_mended_row_that_looks_like_somebody_is_asked_about(importer: Importer, robert: Any) -> None:
    wrong = "Vorname;Nachname;E-Mail;Geburtstag\nAda;Neu;ada@neu.example;\nBob;Klein;bob@;1970-02-03\n"
    one = importer.check(importer.upload(wrong), alike="update")
    assert told(one) == (1, 0, 1)
    mend(importer, one, 3, cell_2="bob@nord.example")
    assert one.alike.get().record_id == robert.pk and told(one) == (1, 1, 0)
    mend(importer, one, 3, cell_0="Hugo")
    assert not one.alike.exists() and told(one) == (2, 0, 0)
    mend(importer, one, 3, cell_0="Bob")
    assert told(one) == (1, 1, 0)
    one = importer.finish(one)
    assert (one.counts["new"], one.counts["changed"]) == (1, 1)


def test_what_was_said_and_mended_goes_with_the_file(importer: Importer, robert: Any) -> None:
    one = importer.check(importer.upload(FILE + "x;y;;nonsense;\n"))
    mend(importer, one, 4, cell_3="1990-01-01")
    assert one.alike.exists() and one.mended.exists()
    Import.objects.update(created_at=one.created_at - jobs.KEPT * 2)
    jobs.forget_old_files()
    assert not (one.alike.exists() or one.mended.exists() or one.rows.exists())
