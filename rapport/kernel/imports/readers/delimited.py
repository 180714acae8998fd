"""CSV and its relatives: text tables with any separator and encoding, read as a stream."""

import io
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.problems import ImportProblem, Sentence
from rapport.kernel.imports.readers.dialects import Dialect, detect_dialect
from rapport.kernel.imports.readers.encodings import ByteFacts, Encoding, detect
from rapport.kernel.imports.readers.headers import find_header
from rapport.kernel.imports.readers.logical_rows import LogicalRows
from rapport.kernel.imports.readers.table import Facts, Row, SpreadSample, Table, UnreadableFile

COUNTED_BYTES = 12 << 20  # files up to this size are counted exactly, larger ones estimated
LOOKED_AT_LINES = 300
LOOKED_AT_CHARS = 400_000
EXCESS = _(
    "The row has %(cells)s cells, but the header has %(columns)s. "
    "Put cells that contain the separator into quotation marks."
)


class DelimitedTable(Table):
    """A text table; nothing of it is kept in memory but the sample."""

    def __init__(self, path: Path, bytes_found: ByteFacts, *, header_line: int | None = None) -> None:
        super().__init__(path)
        self.encoding: Encoding = detect(bytes_found)
        self._has_nulls = bytes_found.nulls > 0
        head = self._head()
        if not any(line.strip() for line in head):
            raise UnreadableFile(_("This file has no text in it. Choose another file."))
        self.dialect: Dialect = detect_dialect(head)
        self._width = 0
        self._skipped: set[tuple[str, ...]] = set()
        self._first_cells: set[str] = set()
        self._find_header(header_line)
        self._count(bytes_found)
        self.facts = Facts(
            "csv", _("Text file"), self.encoding.label, self.dialect.delimiter, self.dialect.label
        )
        self._remark(bytes_found)

    # -- the stages ------------------------------------------------------------------------------------------
    def _text(self) -> Iterator[str]:
        """The lines of the file with their ends; closes the file when the reader stops."""
        with self.path.open("rb") as raw:
            raw.seek(self.encoding.mark)
            with io.TextIOWrapper(
                raw, encoding=self.encoding.codec, errors=self.encoding.errors, newline=""
            ) as text:
                if not self._has_nulls:
                    yield from text
                    return
                for line in text:
                    yield line.replace("\0", "") if "\0" in line else line

    def _head(self) -> list[str]:
        lines, chars = [], 0
        for line in self._text():
            lines.append(line[:LOOKED_AT_CHARS])
            chars += len(line)
            if len(lines) >= LOOKED_AT_LINES or chars > LOOKED_AT_CHARS:
                break
        return lines

    def _lines(self) -> Iterator[str]:
        if not self.dialect.is_wrapped:
            return self._text()
        return (
            line.strip()[1:-1].replace('""', '"') + "\n" if line.startswith('"') else line
            for line in self._text()
        )

    def _parsed(self) -> Iterator[Row]:
        """Every row of the file with the line it begins on, broken ones with their problem."""
        return iter(LogicalRows(self._lines(), self.dialect, self._width))

    def _find_header(self, header_line: int | None) -> None:
        top: list[Row] = []
        for row in self._parsed():
            if self.dialect.has_sep_line and not top and row.cells and "sep=" in "".join(row.cells).lower():
                continue
            top.append(row)
            if len(top) >= LOOKED_AT_LINES:
                break
        wanted = None
        if header_line is not None:
            wanted = next((place for place, row in enumerate(top) if row.line == header_line), -1)
        found = find_header([row.cells for row in top], header_at=wanted)
        self.header = found.names
        self._width = len(found.names)
        self.header_line = top[found.index].line if found.index >= 0 else 0
        self._first_row = top[found.index + 1].line if found.index + 1 < len(top) else 1 << 62
        self._skipped = {tuple(cells) for cells in [*found.titles, found.raw] if cells}
        self._first_cells = {cells[0] for cells in self._skipped}
        self.remarks += found.remarks

    def _count(self, bytes_found: ByteFacts) -> None:
        sample = SpreadSample()
        count, last = 0, 0
        is_whole = bytes_found.size <= COUNTED_BYTES
        for row in self.rows():
            sample.add(row)
            count, last = count + 1, row.line
            if not is_whole and count >= 20_000:
                break
        else:
            is_whole = True
        self.sample = sample.rows
        self.row_count, self.row_count_is_exact = count, is_whole
        if not is_whole:
            per_line = count / max(1, last - self.header_line)
            self.row_count = round(per_line * max(0, bytes_found.newlines - self.header_line))

    def _remark(self, bytes_found: ByteFacts) -> None:
        if self._has_nulls and self.encoding.codec.startswith("utf-8"):
            self.remarks.append(Sentence(_("The file contains null characters, which were left out.")))
        if self.encoding.is_mixed or (
            self.encoding.errors == "rapport-windows-bytes" and not bytes_found.is_utf8
        ):
            self.remarks.append(
                Sentence(_("Some letters are in another encoding than the rest; they were read too."))
            )
        if self.dialect.is_wrapped:
            self.remarks.append(
                Sentence(_("Each line stands in quotation marks as a whole; they were taken off."))
            )
        if self.repeated_headers:
            self.remarks.append(
                Sentence(_("The header is repeated inside the file; the repetitions are left out."))
            )

    # -- the rows --------------------------------------------------------------------------------------------
    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Return the rows below the header that begin behind line `after`, without empty and repeated ones."""
        width = len(self.header)
        marks, has_literals = self._first_cells, self.dialect.has_literals
        start = max(self._first_row, after + 1)
        repeated = 0
        for row in self._parsed():
            line, cells, problem = row
            if line < start:
                continue
            if not cells or (not cells[0].strip() and not "".join(cells).strip()):
                continue
            if cells[0] in marks and tuple(cells) in self._skipped:
                repeated += 1
                self.repeated_headers = max(self.repeated_headers, repeated)
                continue
            if has_literals:
                row = Row(line, [_without_literal(cell) for cell in cells], problem)
            if len(cells) != width:
                row = _fitted(row, width)
            yield row


def _without_literal(cell: str) -> str:
    """Turn ="0049" into 0049: Excel writes text so that it stays text; real formulas stay as they are."""
    if cell.startswith('="') and cell.endswith('"') and cell.count('"') == 2:
        return cell[2:-1]
    return cell


def _fitted(row: Row, width: int) -> Row:
    line, cells, problem = row
    if len(cells) < width:
        return Row(line, cells + [""] * (width - len(cells)), problem)
    if problem is None and any(cell.strip() for cell in cells[width:]):
        return Row(line, cells, ImportProblem(EXCESS, cells=len(cells), columns=width))
    return Row(line, cells[:width] if problem is None else cells, problem)
