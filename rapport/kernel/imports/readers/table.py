"""What every reader hands over: a table with a header, facts about the file, and rows as text."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.kernel.imports.problems import ImportProblem, Sentence

SAMPLE_SIZE = 400
CELL_LIMIT = 1_000_000  # characters; nothing a person wrote is longer


class UnreadableFile(ImportProblem):
    """The file as a whole cannot be imported; the message says what to do."""


class Row(NamedTuple):
    """One row of the file: the line on which it begins, its cells, and what is wrong with the row as such."""

    line: int
    cells: list[str]
    problem: ImportProblem | None = None


@dataclass(frozen=True)
class Facts:
    """What kind of file this is, in words that a person knows."""

    kind: str  # "csv", "xlsx" or "vcard"
    label: str | Promise
    encoding: str = ""
    delimiter: str = ""  # the character
    delimiter_label: str | Promise = ""
    sheets: tuple[str, ...] = ()
    sheet: str = ""


class Table:
    """A file opened for reading; `rows()` may be called as often as needed and starts anew each time."""

    facts: Facts
    header: list[str]
    header_line: int = 0  # 0: the file has no header, the columns got numbers
    remarks: list[Sentence]  # what was noticed or repaired, in whole sentences
    row_count: int = 0
    row_count_is_exact: bool = True
    sample: list[Row]  # some rows from everywhere in the part of the file that was looked at
    others: int = 0  # contacts of another kind, which are left out
    repeated_headers: int = 0  # how many were left out in the part of the file that was looked at

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header = []
        self.remarks = []
        self.sample = []

    def rows(self, *, after: int = 0) -> Iterator[Row]:
        """Return the rows below the header that begin behind line `after`."""
        raise NotImplementedError

    def describe(self) -> list[str]:
        """Return the facts as short phrases for the head of the page: rows, columns, encoding, separator or sheet."""
        facts = self.facts
        count = self.row_count if self.row_count_is_exact else rounded(self.row_count)
        rows = ngettext("%(count)s row", "%(count)s rows", count) % {"count": f"{count:,}"}
        if not self.row_count_is_exact:
            rows = _("about %(rows)s") % {"rows": rows}
        columns = ngettext("%(count)s column", "%(count)s columns", len(self.header))
        phrases = [str(facts.label), rows, columns % {"count": len(self.header)}]
        phrases += [str(part) for part in (facts.delimiter_label, facts.encoding) if part]
        if len(facts.sheets) > 1:
            place = {"number": facts.sheets.index(facts.sheet) + 1, "count": len(facts.sheets)}
            phrases.append(_("sheet %(number)s of %(count)s") % place)
        return phrases


def rounded(count: int) -> int:
    """Return an estimate with two digits that count: 98,908 is about 99,000."""
    return round(count, 2 - len(str(count))) if count > 99 else count


class SpreadSample:
    """Keeps a bounded number of rows spread evenly over however many come by."""

    def __init__(self, size: int = SAMPLE_SIZE) -> None:
        self.size, self.step, self.seen = size, 1, 0
        self.rows: list[Row] = []

    def add(self, row: Row) -> None:
        if self.seen % self.step == 0:
            self.rows.append(row)
            if len(self.rows) >= 2 * self.size:
                self.rows = self.rows[::2]
                self.step *= 2
        self.seen += 1
