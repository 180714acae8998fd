"""What leaves as a file: complete, typed, harmless, and only what the user may take along."""

import asyncio
import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.utils import translation
from openpyxl import load_workbook

from rapport.accounts.models import User
from rapport.kernel.exports import table
from rapport.kernel.exports.delimited import write_delimited
from rapport.kernel.exports.workbook import write_workbook
from rapport.kernel.fields import Amount
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make

HOSTILE = ["=1+1", "+49 30", "-2", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0"]


def lines(data: bytes, delimiter: str = ",") -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def sheet(data: bytes) -> list[list[Any]]:
    book = load_workbook(io.BytesIO(data))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_text_that_looks_like_a_formula_stays_text_in_csv() -> None:
    data = b"".join(write_delimited(["=head"], [[one] for one in HOSTILE], comma_decimals=False))
    found = lines(data)
    assert [row[0] for row in found] == ["'=head", *(f"'{one}" for one in HOSTILE)]


def test_numbers_and_dates_keep_their_type_in_csv() -> None:
    row = [
        Decimal("-1234.50"),
        3,
        True,
        None,
        date(2026, 12, 31),
        datetime.fromisoformat("2026-01-02T03:04"),
        'a;"b"\n,c',
    ]
    [plain] = lines(b"".join(write_delimited([], [row], comma_decimals=False)))[1:]
    assert plain == ["-1234.50", "3", "1", "", "2026-12-31", "2026-01-02 03:04", 'a;"b"\n,c']
    [german] = lines(b"".join(write_delimited([], [row], comma_decimals=True)), ";")[1:]
    assert german[0] == "-1234,50" and german[-1] == 'a;"b"\n,c'


def test_a_workbook_has_typed_cells_and_no_formula() -> None:
    row = [
        *HOSTILE,
        Decimal("-1.5"),
        7,
        True,
        date(2026, 12, 31),
        datetime.fromisoformat("2026-01-02T15:30"),
        "<&>\x00\x0b😀",
        None,
    ]
    data = b"".join(write_workbook("People: [all]/x?*", ["A", "B"], [row]))
    book = load_workbook(io.BytesIO(data))
    cells = list(book.worksheets[0].iter_rows())[1]
    assert [cell.value for cell in cells[: len(HOSTILE)]] == [one.replace("\r", "\n") for one in HOSTILE]
    assert {cell.data_type for cell in cells[: len(HOSTILE)]} <= {"s", "inlineStr"}
    values = [cell.value for cell in cells[len(HOSTILE) :]]
    assert values[:3] == [-1.5, 7, True]
    assert values[3].date() == date(2026, 12, 31)
    assert values[4] == datetime.fromisoformat("2026-01-02T15:30")
    assert values[5] == "<&>😀"


def test_a_long_export_needs_no_memory() -> None:
    def rows(count: int) -> Iterator[list[Any]]:
        for number in range(count):
            yield [f"Person {number}", number, date(2026, 1, 1)]

    for write in (
        lambda: write_workbook("x", ["a", "b", "c"], rows(12_000)),
        lambda: write_delimited(["a", "b", "c"], rows(12_000), comma_decimals=False),
    ):
        tracemalloc.start()
        size = sum(len(piece) for piece in write())
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert size > 50_000
        assert peak < 1_500_000


@pytest.fixture
def deals(administrator: User) -> list[Any]:
    kind = type_by_key("deals")
    assert kind is not None
    return [
        make(kind.model, owner=administrator, name="=Deal", amount=Amount(Decimal("1200.50"), "USD")),
        make(kind.model, owner=administrator, name="Plain", amount=None),
    ]


@pytest.mark.django_db
def test_the_file_has_the_columns_and_rows_of_the_list(
    client: Client, administrator: User, deals: list[Any]
) -> None:
    client.force_login(administrator)
    answer = client.get("/deals/export/file/?format=csv&columns=name,amount,stage&sort=name")
    assert 'attachment; filename="deals-' in answer["Content-Disposition"]
    found = lines(b"".join(answer))
    assert found[0] == ["Name", "Amount", "Amount, currency", "Stage"]
    assert [row[:3] for row in found[1:]] == [["'=Deal", "1200.50", "USD"], ["Plain", "", ""]]
    filtered = lines(b"".join(client.get("/deals/export/file/?format=csv&f=name.is.Plain")))
    assert len(filtered) == 2
    ticked = lines(b"".join(client.get(f"/deals/export/file/?format=csv&ids={deals[1].pk}")))
    assert [row[0] for row in ticked[1:]] == ["Plain"]
    User.objects.filter(pk=administrator.pk).update(language="de")
    german = client.get("/activities/export/file/?format=csv")["Content-Disposition"]
    assert "aktivit%C3%A4ten-" in german  # and not what is left of it without the umlaut


@pytest.mark.django_db
def test_a_file_that_is_read_in_pieces_has_each_row_once(
    client: Client, administrator: User, deals: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "BATCH", 2)
    for number in range(4):
        make(type(deals[0]), owner=administrator, name=f"Deal {number}")
    client.force_login(administrator)
    found = lines(b"".join(client.get("/deals/export/file/?format=csv&columns=name&sort=-name")))
    names = [row[0] for row in found[1:]]
    assert names == ["Plain", *(f"Deal {number}" for number in (3, 2, 1, 0)), "'=Deal"]


@pytest.mark.django_db
def test_the_workbook_has_all_fields_with_their_types(
    client: Client, administrator: User, deals: list[Any]
) -> None:
    client.force_login(administrator)
    found = sheet(b"".join(client.get("/deals/export/file/?format=xlsx&fields=all&sort=name")))
    row = dict(zip(found[0], found[1], strict=True))
    assert row["Id"] == str(deals[0].pk)
    assert row["Name"] == "=Deal"
    assert row["Amount"] == 1200.5
    assert isinstance(row["Created"], datetime)
    kind = type_by_key("deals")
    assert kind is not None
    labels = {one.label for one in kind.fields.values() if one.kind not in ("file", "picture")}
    assert labels <= set(found[0])


@pytest.mark.django_db
def test_a_german_file_has_semicolons_and_decimal_commas(
    client: Client, administrator: User, deals: list[Any]
) -> None:
    administrator.language = "de"
    administrator.save()
    client.force_login(administrator)
    answer = client.get("/deals/export/file/?format=csv&columns=name,amount&sort=name")
    with translation.override("en"):  # the request is over when the file is sent
        found = lines(b"".join(answer), ";")
    assert found[1][1] == "1200,50"


@pytest.mark.django_db
def test_who_may_not_export_gets_nothing(client: Client, member: User, deals: list[Any]) -> None:
    role = member.roles.get()
    role.grants = {"*": {"read": "all", "edit": "all", "export": "none"}}
    role.save()
    client.force_login(member)
    for address in ("export/", "export/file/?format=csv", "export/file/?format=xlsx"):
        assert client.get(f"/deals/{address}").status_code == 404
    assert 'href="export/' not in client.get("/deals/").content.decode()


@pytest.mark.django_db
def test_a_narrower_right_to_export_narrows_the_file(client: Client, member: User, deals: list[Any]) -> None:
    mine = make(type(deals[0]), owner=member, name="Mine")
    role = member.roles.get()
    role.grants = {"*": {"read": "all", "export": "own"}}
    role.save()
    client.force_login(member)
    found = lines(b"".join(client.get("/deals/export/file/?format=csv")))
    assert [row[0] for row in found[1:]] == ["Mine"]
    ticked = lines(b"".join(client.get(f"/deals/export/file/?format=csv&ids={deals[1].pk},{mine.pk}")))
    assert [row[0] for row in ticked[1:]] == ["Mine"]


@pytest.mark.django_db
def test_strangers_export_nothing(client: Client, stranger: User, deals: list[Any]) -> None:
    client.force_login(stranger)
    ids = ",".join(str(one.pk) for one in deals)
    for query in ("format=csv", f"format=csv&ids={ids}", f"format=csv&fields=all&ids={ids}"):
        assert len(lines(b"".join(client.get(f"/deals/export/file/?{query}")))) == 1


@pytest.mark.django_db
def test_the_asynchronous_server_sends_the_file_while_it_is_written(
    administrator: User, deals: list[Any]
) -> None:
    if asyncio._get_running_loop() is not None:
        pytest.skip("a browser of another test keeps the event loop of this thread")
    client = AsyncClient()
    client.force_login(administrator)

    async def pieces() -> list[bytes]:
        answer = await client.get("/deals/export/file/?format=xlsx&sort=name")
        assert answer.is_async
        return [piece async for piece in answer.streaming_content]

    found = sheet(b"".join(async_to_sync(pieces)()))
    assert [row[0] for row in found] == ["Name", "=Deal", "Plain"]
