"""The rows of a text table: one row may take several lines, and a broken one must not swallow its neighbours."""

import csv
from collections import deque
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.problems import ImportProblem, shortened
from rapport.kernel.imports.readers.dialects import Dialect
from rapport.kernel.imports.readers.table import CELL_LIMIT, Row

SPAN = 1000  # lines that one row may take; more means that a quote was never closed
PATIENCE = 50  # broken rows before quotes may no longer span lines, so that reading stays linear
OPEN_QUOTE = _("A quotation mark at the beginning of a cell is never closed. Remove it or double it.")
TOO_LONG = _("A cell has more than %(limit)s characters. Shorten it.")


class LogicalRows:
    """Parses lines into rows; a row with an open quote is given back as one broken row of one line."""

    def __init__(self, lines: Iterator[str], dialect: Dialect, width: int) -> None:
        self.lines, self.dialect, self.width = lines, dialect, width
        self.taken: list[str] = []  # the lines of the row that is being read
        self.again: deque[str] = deque()  # lines behind a broken row, to be read once more
        self.span = SPAN
        csv.field_size_limit(max(csv.field_size_limit(), CELL_LIMIT))

    def __iter__(self) -> Iterator[Row]:
        taken, width, mark = self.taken, self.width, self.dialect.delimiter
        line = failures = 0
        while True:
            problem: ImportProblem | None = None
            try:
                for cells in self._reader(self._feed()):
                    if len(taken) > 1 and len(cells) != width == taken[0].count(mark) + 1:
                        problem = ImportProblem(OPEN_QUOTE)  # closed by a quote of another row
                        break
                    start = line + 1
                    line += len(taken)
                    taken.clear()
                    yield Row(start, cells)
                else:
                    return
            except csv.Error:
                problem = self._problem()
            line += 1
            first = taken[0]
            self.again.extendleft(reversed(taken[1:]))
            taken.clear()
            if problem is None:
                yield Row(line, self._leniently(first))
                continue
            failures += 1
            if failures > PATIENCE:
                self.span = 1
            yield Row(line, [shortened(cell, 200) for cell in first.split(mark)], problem)

    def _feed(self) -> Iterator[str]:
        taken, again, lines = self.taken, self.again, self.lines
        while True:
            if again:
                line = again.popleft()
            else:
                line = next(lines, "")
                if not line:
                    return
            taken.append(line)
            if len(taken) > self.span:
                return  # the parser complains about the open quote
            yield line

    def _reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        dialect = self.dialect
        return csv.reader(
            lines, delimiter=dialect.delimiter, skipinitialspace=dialect.skips_space, strict=True
        )

    def _leniently(self, line: str) -> list[str]:
        try:
            return next(csv.reader([line], delimiter=self.dialect.delimiter), [])
        except csv.Error:
            return []

    def _problem(self) -> ImportProblem | None:
        """What is wrong with the row at which the parser stopped; None when it can be read all the same."""
        if max(map(len, self.taken)) >= CELL_LIMIT:
            return ImportProblem(TOO_LONG, limit=f"{CELL_LIMIT:,}")
        if len(self.taken) == 1 and self.width in (0, len(self._leniently(self.taken[0]))):
            return None  # "5" pipe": a quote inside a quoted cell that was not doubled
        return ImportProblem(OPEN_QUOTE)
