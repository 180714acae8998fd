"""What the check's page shows of single rows: which one is next, what is drawn anew, for all kinds of files."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from rapport.accounts.models import User
from rapport.kernel.imports import jobs, row_pieces
from rapport.kernel.imports.conftest import Importer, prints
from rapport.kernel.imports.models import Import
from rapport.kernel.imports.test_alike import FILE, TWICE
from rapport.kernel.imports.test_decisions import WRONG, judge, mend, told
from rapport.kernel.testing.make import make_user
from rapport.parties.models import Person
from rapport.sales.deals.models import Deal

pytestmark = pytest.mark.django_db
KLEINS = "Vorname;Nachname;Geburtstag\n" + "".join(
    f"Bob;Klein;{day}\n" for day in ("1970-02-03", "1970-02-03", "1970-02-03")
)


def page_of(importer: Importer, one: Import, query: str = "") -> str:
    return importer.client.get(f"/import/{one.pk}/rows/{query}").content.decode()


def beside(page: str) -> int:
    """The row that stands beside its record."""
    found = re.search(r'id="beside-form".*?name="line" value="(\d+)"', page, re.S)
    assert found is not None
    return int(found[1])


def shown(page: str) -> list[int]:
    """The rows of the list from top to bottom."""
    return [int(line) for line in re.findall(r'href="[^"]*\?row=(\d+)"', page)]


@pytest.fixture
def three(importer: Importer, robert: Any) -> Import:
    """An import with three rows that are like one record: the second one most, the last one least."""
    one = importer.check(importer.upload(KLEINS))
    for line, points in ((2, 80), (3, 95), (4, 70)):
        one.alike.update_or_create(
            line=line,
            defaults={"points": points, "cells": ["Bob", "Klein", "1970-02-03"], "record_id": robert.pk},
        )
    return one


def test_the_surest_comes_first_and_what_is_judged_goes_behind(importer: Importer, three: Import) -> None:
    page = page_of(importer, three)
    assert (shown(page), beside(page)) == ([3, 2, 4], 3)
    judge(importer, three, 3, "new")
    page = page_of(importer, three)
    assert (shown(page), beside(page)) == ([2, 4, 3], 2)
    judge(importer, three, 4, "new")
    page = page_of(importer, three)
    assert (shown(page), beside(page)) == ([2, 4, 3], 2), (
        "the least sure of the judged ones stands next to the rest"
    )


def test_a_row_that_was_asked_for_is_shown_however_far_behind(
    importer: Importer, three: Import, monkeypatch: Any
) -> None:
    monkeypatch.setattr(row_pieces, "JUDGED", 1)
    page = page_of(importer, three, "?row=4")
    assert (shown(page), beside(page)) == ([3, 4], 4)
    for nonsense in ("?row=99", "?row=x", "?row=-1", "?row=9999999999", "?row=²"):
        assert beside(page_of(importer, three, nonsense)) == 3


@pytest.mark.parametrize(("mode", "wins"), [("fill", "here"), ("update", "file")])
def test_a_row_stands_beside_the_earlier_row_that_it_is_like(
    importer: Importer, member: User, mode: str, wins: str
) -> None:
    one = importer.check(importer.upload(TWICE), on_duplicate=mode)
    page = page_of(importer, one)
    assert beside(page) == 4 and ">Row 2</th>" in page
    lines = re.findall(
        r'<th scope="row"[^>]*>([^<]*)</th><td class="([^"]*)">.*?>([^<]*)</span></td>'
        r'<td class="([^"]*)">.*?>([^<]*)</span></td>',
        page,
    )
    told = {label: (file, here) for label, _file, file, _here, here in lines}
    assert told["First name"] == ("Bob", "Robert") and told["Last name"] == ("Klein", "Klein")
    [sides] = [(file, here) for label, file, _said, here, _told in lines if label == "First name"]
    assert ["pick" in side for side in sides] == [wins == "file", wins == "here"]


def test_without_scripts_the_page_comes_again_and_a_row_asked_anew_stays_beside(
    importer: Importer, three: Import
) -> None:
    address = f"/import/{three.pk}/alike/"
    answer = importer.client.post(address, {"line": "3", "verdict": "new"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/import/{three.pk}/rows/")
    answer = importer.client.post(address, {"line": "3", "verdict": ""})
    assert answer.headers["Location"] == f"/import/{three.pk}/rows/?row=3"
    answer = importer.client.post(f"/import/{three.pk}/rows/3/", {"cell-0": "Rob"})
    assert answer.status_code == 422, "it is not among the rows that can be mended"


def test_a_check_that_looks_for_nobody_asks_about_nobody(importer: Importer, three: Import) -> None:
    Import.objects.filter(pk=three.pk).update(options={"on_duplicate": "create"})
    page = page_of(importer, three)
    assert "May be the same" not in page and "beside-form" not in page


def test_the_wrong_rows_are_drawn_anew_only_where_they_are_others(
    importer: Importer, robert: Any, importer_of: Callable[[User], Importer], member: User
) -> None:
    one = importer.check(importer.upload(FILE))
    answer = importer.client.post(
        f"/import/{one.pk}/alike/", {"line": "2", "verdict": "same"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert 'id="wrong-rows"' not in answer and 'id="beside"' in answer
    judge(importer, one, 2, "")
    one.alike.update(cells=["Bob", "Klein", "Nord AG", "1970-02-31", "Boss"])
    answer = importer.client.post(
        f"/import/{one.pk}/alike/", {"line": "2", "verdict": "new"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert 'id="wrong-rows" hx-swap-oob="true"' in answer


def test_an_administrator_sees_and_judges_the_rows_of_somebody_else(
    importer: Importer, importer_of: Callable[[User], Importer], robert: Any
) -> None:
    one = importer.check(importer.upload(FILE + "x;y;;nonsense;\n"))
    admin = importer_of(make_user("Ada Admin", role="administrator"))
    assert beside(page_of(admin, one)) == 2
    one = judge(admin, one, 2, "same")
    mend(admin, one, 4, cell_3="1990-01-01")
    assert (told(one), one.checked["counts"]["unchanged"]) == ((2, 0, 0), 1)
    one = importer.finish(one)
    assert (one.counts["new"], one.counts["unchanged"], one.counts.get("wrong", 0)) == (2, 1, 0)
    assert Person.objects.get(name="x y").owner == one.created_by, "it stays the import of who began it"


def test_cells_of_a_workbook_are_mended_and_its_bytes_stay(importer: Importer, member: User) -> None:
    book, kept = Workbook(), io.BytesIO()
    for line in WRONG.splitlines():
        book.active.append(line.split(";"))
    book.save(kept)
    one = importer.check(importer.upload(kept.getvalue(), "people.xlsx"))
    assert told(one) == (1, 0, 2)
    mend(importer, one, 2, cell_2="marit.dahl@example.com")
    mend(importer, one, 3, cell_2="", cell_3="28.02.1981")
    one = importer.finish(one)
    assert (one.counts["new"], one.counts.get("wrong", 0)) == (3, 0)
    assert str(Person.objects.get(name="Bo Lund").birthday) == "1981-02-28"
    assert load_workbook(one.content.open("rb")).active["C2"].value == "marit.dahl@"


CARDS = """BEGIN:VCARD\r
VERSION:3.0\r
N:Dahl;Marit;;;\r
FN:Marit Dahl\r
EMAIL:marit@@dahl\r
END:VCARD\r
BEGIN:VCARD\r
VERSION:3.0\r
N:Klein;Bob;;;\r
FN:Bob Klein\r
BDAY:1970-02-03\r
ORG:Nord AG\r
END:VCARD\r
""" + "".join(
    f"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Neu;{name};;;\r\nEMAIL:{name}@neu.example\r\nEND:VCARD\r\n"
    for name in ("Ada", "Bea", "Cem")
)


def test_contacts_of_an_address_book_are_mended_and_judged(importer: Importer, robert: Any) -> None:
    one = importer.check(importer.upload(CARDS, "people.vcf"))
    [wrong], [like] = one.rows.all(), one.alike.all()
    column = wrong.problems[0][0]
    assert one.header[column] and wrong.cells[column] == "marit@@dahl"
    mend(importer, one, wrong.line, **{f"cell_{column}": "marit@dahl.example"})
    one = judge(importer, one, like.line, "same")
    assert (told(one)[0], told(one)[2]) == (4, 0)
    one = importer.finish(one)
    assert one.counts["new"] == 4 and Person.objects.get(name="Marit Dahl").email == "marit@dahl.example"
    assert not Person.objects.filter(name="Bob Klein").exists()


def test_deals_are_never_alike_but_their_cells_are_mended(importer: Importer, member: User) -> None:
    file = "Name;Betrag;Abschlussdatum\nDock;12.000,50 EUR;31.02.2027\nPier;7 EUR;01.03.2027\nQuay;8 EUR;02.03.2027\n"
    one = importer.check(importer.upload(file, "deals.csv", "deals"))
    assert told(one)[2] == 1 and "beside-form" not in page_of(importer, one)
    mend(importer, one, 2, cell_2="28.02.2027")
    importer.finish(one)
    assert sorted(Deal.objects.values_list("name", flat=True)) == ["Dock", "Pier", "Quay"]


def test_what_is_decided_goes_with_the_row_when_columns_are_matched_otherwise(
    importer: Importer, robert: Any
) -> None:
    one = importer.check(importer.upload(FILE + "x;y;;nonsense;\n"))
    judge(importer, one, 2, "same", **{"win-position": "file"})
    mend(importer, one, 4, cell_3="1990-01-01")
    importer.client.post(f"/import/{one.pk}/do/", {"deed": "columns"})
    one = importer.check(one, **{"column-4": ""})
    assert told(one)[2] == 0
    importer.finish(one)
    robert.refresh_from_db()
    assert robert.position == "Head", "a column that is left out wins nothing"
    assert str(Person.objects.get(name="x y").birthday) == "1990-01-01"


def test_an_enormous_cell_that_nobody_touched_stays_whole(importer: Importer, member: User) -> None:
    long = "שלום <b>" + "x" * 30_000
    one = importer.check(
        importer.upload(f"Name;E-Mail;Position\nBo Lund;bo@lund.example;Boss\nMarit Dahl;marit@;{long}\n")
    )
    page = page_of(importer, one)
    assert "<b>xxx" not in page and len(page) < 100_000
    mend(importer, one, 3, cell_1="marit@example.com", cell_2=long[: row_pieces.LONGEST_CELL])
    assert one.mended.get().cells[2] == long


def test_a_field_that_the_importer_may_not_see_is_not_told(
    importer_of: Callable[[User], Importer], robert: Any, restricted: User
) -> None:
    mine = importer_of(restricted)
    one = mine.check(mine.upload(FILE))
    assert not one.alike.exists() and "Head" not in page_of(mine, one)


def test_what_was_decided_counts_once_and_is_gone_with_what_came_of_it(
    importer: Importer, robert: Any, member: User
) -> None:
    one = importer.check(importer.upload(FILE))
    judge(importer, one, 2, "same", **{"win-position": "file"})
    one = importer.finish(one)
    assert importer.client.post(f"/import/{one.pk}/do/", {"deed": "revert"}).status_code == 303
    jobs.revert_import(import_id=str(one.pk), by=str(member.pk))
    robert.refresh_from_db()
    assert robert.position == "Head"
    prints()
    again = importer.check(importer.upload(FILE))
    assert again.alike.get().verdict == "" and told(again)[0] == 2
