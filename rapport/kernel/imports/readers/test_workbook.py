"""Excel workbooks, good and hostile."""

import datetime
import io
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from rapport.kernel.imports.readers import UnreadableFile, excel, open_table
from rapport.kernel.imports.readers.excel_cells import CellStyle, style_of_format, text_of_cell


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
    ("said", "style", "text"),
    [
        ("49151", CellStyle.GENERAL, "49151"),
        ("49151.0", CellStyle.GENERAL, "49151"),
        ("4.9151123456780E12", CellStyle.GENERAL, "4915112345678"),
        ("0.30000000000000004", CellStyle.GENERAL, "0.3"),
        ("1.234", CellStyle.GENERAL, "1.2340"),
        ("1E-7", CellStyle.GENERAL, "0.0000001"),
        ("NaN", CellStyle.GENERAL, ""),
        ("what", CellStyle.GENERAL, "what"),
        ("46387", CellStyle.DATE, "2026-12-31"),
        ("46387.604166666664", CellStyle.MOMENT, "2026-12-31 14:30:00"),
        ("46387.99999999", CellStyle.MOMENT, "2027-01-01"),
        ("0.5", CellStyle.TIME, "12:00:00"),
        ("1", CellStyle.DATE, "1900-01-01"),
        ("99999999", CellStyle.DATE, "99999999"),
        ("-5", CellStyle.DATE, "-5"),
        ("1.25", CellStyle.DURATION, "30:00:00"),
        ("0.19", CellStyle.PERCENT, "19%"),
        ("0.075", CellStyle.PERCENT, "7.5%"),
        ("1067", 5, "01067"),
    ],
)
def test_numbers_with_their_formats(said, style, text):
    assert text_of_cell(said, style) == text


def test_workbooks_of_old_macs_count_from_1904():
    assert text_of_cell("44925", CellStyle.DATE, is_1904=True) == "2026-12-31"


@pytest.mark.parametrize(
    ("number", "code", "style"),
    [
        ("14", "", CellStyle.DATE),
        ("22", "", CellStyle.MOMENT),
        ("0", "", CellStyle.GENERAL),
        ("9", "", CellStyle.PERCENT),
        ("164", "dd.mm.yyyy", CellStyle.DATE),
        ("164", "[$-407]d. mmmm yyyy;@", CellStyle.DATE),
        ("164", "yyyy-mm-dd hh:mm", CellStyle.MOMENT),
        ("164", "hh:mm", CellStyle.TIME),
        ("164", "[h]:mm:ss", CellStyle.DURATION),
        ("164", "0.00%", CellStyle.PERCENT),
        ("164", '#,##0.00\\ "Stück/Std"', CellStyle.GENERAL),
        ("164", "#,##0.00 [$€-407]", CellStyle.GENERAL),
        ("164", "[Red]0.00", CellStyle.GENERAL),
        ("164", "General", CellStyle.GENERAL),
        ("164", "@", CellStyle.GENERAL),
        ("164", "00000", 5),
        ("x", "", CellStyle.GENERAL),
    ],
)
def test_what_number_formats_mean(number, code, style):
    assert style_of_format(number, code) == style


def test_postcodes_and_percentages_are_as_excel_shows_them(tmp_path):
    def edit(_book, sheet):
        sheet["A2"].number_format = "00000"
        sheet["B2"].number_format = "0%"

    assert cells(open_table(saved(tmp_path, ["PLZ", "Chance"], [1067, 0.19], edit=edit))) == [
        ["01067", "19%"]
    ]


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


def test_long_sheets_are_looked_at_in_part_and_read_whole(tmp_path):
    rows = [["Name", "City", "Note"], *[["Anna", number, "x" * 40] for number in range(14_000)]]
    table = open_table(saved(tmp_path, *rows))
    assert not table.row_count_is_exact
    assert abs(table.row_count - 14_000) < 1500
    assert table.describe()[1].startswith("about 1")
    assert sum(1 for _row in table.rows()) == 14_000


def test_a_value_beyond_the_header_is_the_problem_of_its_row(tmp_path):
    rows = [["Name", "City"], *[["Anna", "Bonn"]] * 3, ["Bert", "Köln", "extra"]]
    problems = [row.problem for row in open_table(saved(tmp_path, *rows)).rows()]
    assert problems[:3] == [None] * 3
    assert "beyond the last column" in str(problems[3])


def test_a_cell_at_the_end_of_the_world_costs_nothing(tmp_path):
    def edit(_book, sheet):
        sheet.cell(1_048_576, 16_384, "far")
        sheet.cell(1_048_575, 1, "Bert")

    table = open_table(saved(tmp_path, ["Name", "City"], ["Anna", "Bonn"], edit=edit))
    assert [tuple(row) for row in table.rows()] == [
        (2, ["Anna", "Bonn"], None),
        (1_048_575, ["Bert", ""], None),
    ]
    assert "right of column 2,000" in str(table.remarks[-1])


def test_our_reader_finds_what_a_known_library_finds(tmp_path):
    dice = random.Random(5)
    day = datetime.date(2026, 1, 1)
    makers = [
        lambda: dice.choice(["Anna", "Bonn & Köln", "<b>", "line\none", " space ", "", "ä€🤷"]),
        lambda: dice.randrange(10**12),
        lambda: round(dice.random() * 1000, 4),
        lambda: day + datetime.timedelta(days=dice.randrange(9999)),
        lambda: None,
        lambda: dice.random() < 0.5,
    ]
    path = saved(
        tmp_path, ["A", "B", "C", "D"], *[[dice.choice(makers)() for _cell in "ABCD"] for _row in range(300)]
    )
    theirs = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:]
    ours = {row.line: row.cells for row in open_table(path).rows()}
    for line, row in enumerate(theirs, start=2):
        assert ours.get(line, [""] * 4) == [_said(cell) for cell in row]


def _said(cell):
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return text_of_cell(repr(cell), CellStyle.GENERAL)
    return cell.isoformat() if isinstance(cell, datetime.date) else str(cell)


def repacked(path: Path, change) -> Path:
    """Write the workbook anew with each part as `change(name, content)` returns it."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    path.write_bytes(out.getvalue())
    return path


def test_a_zip_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "UNPACKED_LIMIT", 20 << 20)
    path = saved(tmp_path, ["Name"], ["Anna"])
    bomb = b" " * (30 << 20)
    repacked(path, lambda name, content: bomb if name.endswith("sheet1.xml") else content)
    assert path.stat().st_size < 2_000_000
    with pytest.raises(UnreadableFile, match="too large when unpacked"):
        open_table(path)


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(excel, "UNPACKED_LIMIT", 20 << 20)
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
        lambda name, content: (
            b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>" if name.endswith("sheet1.xml") else content
        ),
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


def test_whatever_is_broken_inside_the_answer_is_rows_or_a_sentence(tmp_path):
    """Single faults in the parts of a workbook, many times over."""
    whole = saved(
        tmp_path, ["Name", "PLZ", "Day"], *[[f"A{n}", n, datetime.date(2026, 1, 1)] for n in range(20)]
    )
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    wrong = [
        b"999999999999",
        b"-1",
        b"<",
        b">",
        b"/>",
        b'"',
        b"&x;",
        b't="s"',
        b'<c r="A0"><v>1</v></c>',
        b"\0",
        b"\xff",
    ]
    dice = random.Random(3)
    path = tmp_path / "broken.xlsx"
    for _time in range(300):
        name = dice.choice([name for name in parts if name.startswith("xl/") and "theme" not in name])
        content = bytearray(parts[name])
        for _fault in range(dice.randrange(1, 5)):
            place = dice.randrange(len(content))
            end = place + dice.choice([0, 1, 30])
            content[place:end] = dice.choice(wrong) if dice.random() < 0.7 else content[place:end] * 50
        with zipfile.ZipFile(path, "w") as archive:
            for part, old in parts.items():
                archive.writestr(part, bytes(content) if part == name else old)
        try:
            table = open_table(path)
        except UnreadableFile:
            continue
        for row in table.rows():
            assert row.problem is not None or len(row.cells) == len(table.header)
