"""A sheet of an Excel workbook as a table."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.problems import ImportProblem, Sentence
from rapport.kernel.imports.readers.excel import COLUMNS_LIMIT, DAMAGED, Sheet, Workbook
from rapport.kernel.imports.readers.headers import find_header
from rapport.kernel.imports.readers.table import CELL_LIMIT, Facts, Row, SpreadSample, Table, UnreadableFile

LOOKED_AT_ROWS = 300
COUNTED_ROWS = 10_000  # the rows of longer sheets are estimated


class WorkbookTable(Table):
    """One sheet of a workbook; its rows are read from the file each time."""

    def __init__(self, path: Path, *, sheet: str | None = None, header_line: int | None = None) -> None:
        super().__init__(path)
        self._book = Workbook(path)
        sheets = [one for one in self._book.sheets if one.is_visible] or self._book.sheets
        if not sheets:
            raise UnreadableFile(DAMAGED)
        self._sheet = self._chosen(sheets, sheet)
        self._offset = 0
        self._find_header(header_line)
        self._look()
        self.facts = Facts(
            "xlsx", _("Excel workbook"), sheets=tuple(one.name for one in sheets), sheet=self._sheet.name
        )

    def _chosen(self, sheets: list[Sheet], wanted: str | None) -> Sheet:
        if wanted is not None:
            for sheet in self._book.sheets:
                if sheet.name == wanted:
                    return sheet
            raise UnreadableFile(
                _("The workbook has no sheet “%(sheet)s”. Choose one of its sheets."), sheet=wanted
            )
        for sheet in sheets:
            if any(any(cells) for _line, cells in self._book.rows(sheet)):
                return sheet
        raise UnreadableFile(_("This workbook is empty. Choose another file."))

    def _find_header(self, header_line: int | None) -> None:
        top: list[Row] = []
        for line, cells in self._book.rows(self._sheet):
            if any(cell.strip() for cell in cells):
                top.append(Row(line, cells))
            if len(top) >= LOOKED_AT_ROWS:
                break
        if not top:
            raise UnreadableFile(_("This sheet is empty. Choose another sheet or another file."))
        self._offset = min(_first_filled(row.cells) for row in top)
        top = [Row(row.line, row.cells[self._offset :]) for row in top]
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
            if sample.seen >= COUNTED_ROWS and self._book.share_read < 1:
                self.row_count, self.row_count_is_exact = round(sample.seen / self._book.share_read), False
                break
        else:
            self.row_count = sample.seen
        self.sample = sample.rows
        if self.repeated_headers:
            self.remarks.append(
                Sentence(_("The header is repeated inside the file; the repetitions are left out."))
            )
        if self._book.cut_columns:
            message = _("Cells to the right of column %(column)s were left out.")
            self.remarks.append(Sentence(message, column=f"{COLUMNS_LIMIT:,}"))

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Return the rows below the header that begin behind row `after`, without empty and repeated ones."""
        width, offset = len(self.header), self._offset
        start = max(self.header_line, after) + 1
        repeated = 0
        for line, cells in self._book.rows(self._sheet):
            if line < start:
                continue
            if offset:
                cells = cells[offset:]
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


def _first_filled(cells: list[str]) -> int:
    return next(place for place, cell in enumerate(cells) if cell.strip())
