"""Excel workbooks (XLSX): measured before they are opened, typed cells turned into unambiguous text."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from rapport.kernel.imports.problems import ImportProblem, Sentence
from rapport.kernel.imports.readers.headers import find_header
from rapport.kernel.imports.readers.table import CELL_LIMIT, Facts, Row, SpreadSample, Table, UnreadableFile

UNPACKED_LIMIT = 600 << 20  # bytes that the parts of the workbook may have altogether
PARTS_LIMIT = 5000
AREA_LIMIT = 15_000_000  # cells of the rectangle around everything that is filled; it is held in memory
LOOKED_AT_ROWS = 300
Cell: TypeAlias = int | float | str | bool | date | datetime | time | timedelta

DAMAGED = _("This Excel file is damaged. Open it in Excel, save it anew and choose the new file.")
TOO_BIG = _(
    "This Excel file is too large when unpacked. Save the sheet that you want to import as a CSV file, "
    "or split it into smaller files."
)
TOO_WIDE = _(
    "The sheet reaches to row %(row)s and column %(column)s. Delete the cells far away from the table, "
    "or save the sheet as a CSV file."
)
_PLACE = re.compile(rb"""r=["']([A-Z]{1,3})(\d{1,7})["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["'](\d{1,10})["']""")


class WorkbookTable(Table):
    """One sheet of a workbook."""

    def __init__(self, path: Path, *, sheet: str | None = None, header_line: int | None = None) -> None:
        super().__init__(path)
        measure(path)
        try:
            workbook = CalamineWorkbook.from_path(path)
            names = tuple(
                one.name
                for one in workbook.sheets_metadata
                if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible
            )
            names = names or tuple(workbook.sheet_names)
            self._sheet, chosen = _chosen_sheet(workbook, names, sheet)
        except CalamineError as error:
            raise UnreadableFile(DAMAGED) from error
        self._offset = 0
        self._find_header(header_line)
        self._look()
        self.facts = Facts("xlsx", _("Excel workbook"), sheets=names, sheet=chosen)

    def _find_header(self, header_line: int | None) -> None:
        top = []
        for row in self._all():
            top.append(row)
            if len(top) >= LOOKED_AT_ROWS:
                break
        self._offset = _empty_left([row.cells for row in top])
        top = [Row(row.line, row.cells[self._offset :]) for row in top]
        if not any(any(row.cells) for row in top):
            raise UnreadableFile(_("This sheet is empty. Choose another sheet or another file."))
        wanted = None
        if header_line is not None:
            wanted = next((place for place, row in enumerate(top) if row.line == header_line), -1)
        found = find_header([row.cells for row in top], header_at=wanted)
        self.header = found.names
        self.header_line = top[found.index].line if found.index >= 0 else 0
        self._skipped = {_key(cells) for cells in [*found.titles, found.raw] if cells}
        self.remarks += found.remarks

    def _look(self) -> None:
        sample = SpreadSample()
        for row in self.rows():
            sample.add(row)
        self.sample, self.row_count = sample.rows, sample.seen
        if self.repeated_headers:
            self.remarks.append(
                Sentence(_("The header is repeated inside the file; the repetitions are left out."))
            )

    def _all(self) -> Iterator[Row]:
        for line, cells in enumerate(self._sheet.iter_rows(), start=1):
            yield Row(line, [cell if type(cell) is str else text_of_cell(cell) for cell in cells])

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Return the rows below the header that begin behind row `after`, without empty and repeated ones."""
        width, offset = len(self.header), self._offset
        start = max(self.header_line, after) + 1
        repeated = 0
        for line, typed in enumerate(self._sheet.iter_rows(), start=1):
            if line < start:
                continue
            cells = [cell if type(cell) is str else text_of_cell(cell) for cell in typed[offset:]]
            if not "".join(cells).strip():
                continue
            if cells[0] and _key(cells) in self._skipped:
                repeated += 1
                self.repeated_headers = max(self.repeated_headers, repeated)
                continue
            yield _fitted(line, cells, width)


def _fitted(line: int, cells: list[str], width: int) -> Row:
    problem = None
    if len(cells) < width:
        cells += [""] * (width - len(cells))
    elif len(cells) > width:
        if any(cell.strip() for cell in cells[width:]):
            problem = ImportProblem(
                _(
                    "The row has a value beyond the last column of the header. Give that column a name or empty it."
                )
            )
        else:
            cells = cells[:width]
    if any(len(cell) > CELL_LIMIT for cell in cells):
        problem = ImportProblem(
            _("A cell has more than %(limit)s characters. Shorten it."), limit=f"{CELL_LIMIT:,}"
        )
    return Row(line, cells, problem)


def _key(cells: list[str]) -> tuple[str, ...]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return tuple(cells[:end])


def _empty_left(rows: list[list[str]]) -> int:
    """How many columns on the left are empty throughout."""
    width = max((len(row) for row in rows), default=0)
    for column in range(width):
        if any(column < len(row) and row[column].strip() for row in rows):
            return column
    return 0


def _chosen_sheet(
    workbook: CalamineWorkbook, names: tuple[str, ...], wanted: str | None
) -> tuple[CalamineSheet, str]:
    if wanted is not None:
        if wanted not in workbook.sheet_names:
            raise UnreadableFile(
                _("The workbook has no sheet “%(sheet)s”. Choose one of its sheets."), sheet=wanted
            )
        return workbook.get_sheet_by_name(wanted), wanted
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.start is not None:
            return sheet, name
    raise UnreadableFile(_("This workbook is empty. Choose another file."))


def text_of_cell(cell: Cell) -> str:
    """Return a typed cell as text that reads back as the same value, whatever the language of the reader."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _text_of_float(cell)
    if isinstance(cell, datetime):
        if (cell.hour, cell.minute, cell.second) == (0, 0, 0):
            return cell.date().isoformat()
        return cell.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _text_of_float(number: float) -> str:
    if number != number or number in (float("inf"), float("-inf")):
        return ""
    if number.is_integer() and abs(number) < 1e18:
        return str(int(number))
    text = f"{number:.15g}"
    if "e" in text:
        return f"{number:.20f}".rstrip("0").rstrip(".") if abs(number) < 1 else text
    whole, _dot, places = text.partition(".")
    if len(places) == 3 and whole.lstrip("-") != "0":
        text += "0"  # 1.234 might be read as German thousands, 1.2340 cannot
    return text


# -- measuring, before anything is given to the parser --------------------------------------------------------
def measure(path: Path) -> None:
    """Refuse what would take too much memory: archives that unpack to a flood, and sheets with a cell at the end
    of the world, for which the parser would allocate the whole rectangle (and bring the process down)."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
                raise UnreadableFile(TOO_BIG)
            left = UNPACKED_LIMIT
            for part in parts:
                if part.flag_bits & 1:
                    raise UnreadableFile(
                        _(
                            "This file is protected by a password. Save it without the password and choose it again."
                        )
                    )
                left -= _measure_part(archive, part, left)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, zlib.error) as error:
        raise UnreadableFile(DAMAGED) from error


def _measure_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Return how many bytes the part really has, whatever the archive says about it."""
    is_sheet = "worksheets/" in part.filename and part.filename.endswith(".xml")
    part.file_size = left + (4 << 20)  # read to the true end, not to the size that the archive claims
    size = row = column = 0
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(1 << 20):
            size += len(chunk)
            if size > left:
                raise UnreadableFile(TOO_BIG)
            if not is_sheet:
                continue
            chunk = rest + chunk
            cut = chunk.rfind(b"<")
            chunk, rest = (chunk[:cut], chunk[cut:]) if cut > 0 else (chunk, b"")
            if len(rest) > 1 << 20:
                rest = b""
            row, column = _reach(chunk, row, column)
    if is_sheet:
        row, column = _reach(rest, row, column)
        if row * column > AREA_LIMIT:
            raise UnreadableFile(TOO_WIDE, row=f"{row:,}", column=f"{column:,}")
    return size


def _reach(chunk: bytes, row: int, column: int) -> tuple[int, int]:
    """Return the last row and column that the cells of this piece of XML name."""
    places = _PLACE.findall(chunk)
    if places:
        row = max(row, int(max((place[1] for place in places), key=lambda digits: (len(digits), digits))))
        for letters in {place[0] for place in places}:
            number = 0
            for letter in letters:
                number = number * 26 + letter - 64
            column = max(column, number)
    else:
        column = max(column, 1)
    for digits in _ROW.findall(chunk)[-1:]:
        row = max(row, int(digits))
    return row, column
