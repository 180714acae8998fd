"""Excel workbooks, good and hostile."""

import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from rapport.kernel.imports.readers import UnreadableFile, open_table, workbook
from rapport.kernel.imports.readers.workbook import text_of_cell


def saved(tmp_path: Path, *rows, edit=None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if edit:
        edit(book, sheet)
    path = tmp_path / "list.xlsx"
    book.save(path)
    return path


def cells(table):
    return [row.cells for row in table.rows()]


def test_typed_cells_become_unambiguous_text(tmp_path):
    moment = datetime.datetime(2026, 12, 31, 14, 30)  # noqa: DTZ001  # Excel knows no zones
    path = saved(
        tmp_path,
        ["Name", "PLZ", "Tel", "Day", "Moment", "Amount", "Share", "Yes", "Thousandth", "Big"],
        ["Anna", 49151, 4915112345678, datetime.date(2026, 12, 31), moment, 1234.56, 0.19, True, 1.234, 1e16],
    )
    assert cells(open_table(path)) == [
        [
            "Anna",
            "49151",
            "4915112345678",
            "2026-12-31",
            "2026-12-31 14:30:00",
            "1234.56",
            "0.19",
            "true",
            "1.2340",
            "10000000000000000",
        ]
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (-5.0, "-5"),
        (1e-7, "0.0000001"),
        (float("nan"), ""),
        (datetime.time(9, 5), "09:05:00"),
        (datetime.timedelta(hours=30), "30:00:00"),
        (-0.5, "-0.5"),
        (0.125, "0.125"),
        (1e300, "1e+300"),
    ],
)
def test_single_cells(cell, text):
    assert text_of_cell(cell) == text


def test_merged_titles_empty_rows_and_columns_on_the_left(tmp_path):
    def edit(_book, sheet):
        sheet["C2"] = "Messekontakte 2026"
        sheet.merge_cells("C2:F2")
        for place, name in enumerate(("Name", "City", "Phone"), start=3):
            sheet.cell(5, place, name)
        sheet.cell(6, 3, "Anna")
        sheet.cell(8, 3, "Bert")
        sheet.cell(8, 4, "Bonn")

    table = open_table(saved(tmp_path, edit=edit))
    assert (table.header, table.header_line) == (["Name", "City", "Phone"], 5)
    assert [tuple(row) for row in table.rows()] == [
        (6, ["Anna", "", ""], None),
        (8, ["Bert", "Bonn", ""], None),
    ]


def test_the_first_filled_visible_sheet_is_taken_and_others_can_be_chosen(tmp_path):
    def edit(book, sheet):
        sheet.title = "Empty"
        hidden = book.create_sheet("Hidden")
        hidden.append(["secret"])
        hidden.sheet_state = "hidden"
        for name in ("Kunden", "Partner"):
            book.create_sheet(name).append(["Name", name])

    path = saved(tmp_path, edit=edit)
    table = open_table(path)
    assert (table.facts.sheet, table.facts.sheets) == ("Kunden", ("Empty", "Kunden", "Partner"))
    assert "sheet 2 of 3" in table.describe()
    assert open_table(path, sheet="Partner").header == ["Name", "Partner"]
    with pytest.raises(UnreadableFile, match="no sheet “Nobody”"):
        open_table(path, sheet="Nobody")
    with pytest.raises(UnreadableFile, match="empty"):
        open_table(path, sheet="Empty")


def test_repeated_headers_and_hints_of_excel(tmp_path):
    path = saved(tmp_path, ["Name", "City"], ["Anna", "Bonn"], ["Name", "City"], ["Bert", "=1+1"])
    table = open_table(path)
    assert [row.line for row in table.rows()] == [2, 4]
    assert table.repeated_headers == 1


def test_a_value_beyond_the_header_is_the_problem_of_its_row(tmp_path):
    rows = [["Name", "City"], *[["Anna", "Bonn"]] * 3, ["Bert", "Köln", "extra"]]
    problems = [row.problem for row in open_table(saved(tmp_path, *rows)).rows()]
    assert problems[:3] == [None] * 3
    assert "beyond the last column" in str(problems[3])


def test_a_cell_at_the_end_of_the_world_does_not_take_the_memory(tmp_path):
    """The parser would allocate the whole rectangle and bring the process down."""

    def edit(_book, sheet):
        sheet.cell(1_048_576, 16_384, "far")

    with pytest.raises(UnreadableFile, match="1,048,576 and column 16,384"):
        open_table(saved(tmp_path, ["Name"], ["Anna"], edit=edit))


def repacked(path: Path, change) -> Path:
    """Write the workbook anew with each part as `change(name, content)` returns it."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    path.write_bytes(out.getvalue())
    return path


def test_a_zip_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "UNPACKED_LIMIT", 20 << 20)
    path = saved(tmp_path, ["Name"], ["Anna"])
    bomb = b" " * (30 << 20)
    repacked(path, lambda name, content: bomb if name.endswith("sheet1.xml") else content)
    assert path.stat().st_size < 2_000_000
    with pytest.raises(UnreadableFile, match="too large when unpacked"):
        open_table(path)


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "UNPACKED_LIMIT", 20 << 20)
    path = saved(tmp_path, ["Name"], ["Anna"])
    size = 30 << 20
    repacked(path, lambda name, content: b" " * size if name.endswith("sheet1.xml") else content)
    content = path.read_bytes().replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="too large"):
        open_table(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda name, content: content[: len(content) // 2] if name.endswith("sheet1.xml") else content,
        lambda name, content: b"rubbish" if name == "xl/workbook.xml" else content,
        lambda name, content: b"" if name.endswith("sheet1.xml") else content,
    ],
)
def test_a_damaged_workbook_gets_a_sentence(tmp_path, change):
    path = repacked(saved(tmp_path, ["Name"], ["Anna"]), change)
    with pytest.raises(UnreadableFile):
        open_table(path)


def test_a_truncated_workbook_gets_a_sentence(tmp_path):
    path = saved(tmp_path, ["Name"], ["Anna"])
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(UnreadableFile, match="damaged"):
        open_table(path)


def test_protected_old_and_foreign_files_say_what_to_do(tmp_path):
    path = tmp_path / "list.xlsx"
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    path.write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(UnreadableFile, match="password"):
        open_table(path)
    path.write_bytes(ole)
    with pytest.raises(UnreadableFile, match="old Office version"):
        open_table(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("kunden.csv", "Name;Ort")
    with pytest.raises(UnreadableFile, match="packed"):
        open_table(path)


def test_a_table_with_the_wrong_ending_is_read_all_the_same(tmp_path):
    path = saved(tmp_path, ["Name", "City"], ["Anna", "Bonn"])
    renamed = path.rename(tmp_path / "list.csv")
    assert cells(open_table(renamed)) == [["Anna", "Bonn"]]
    text = tmp_path / "list.xls"
    text.write_text("Name\tCity\nAnna\tBonn\n")
    assert cells(open_table(text)) == [["Anna", "Bonn"]]
