"""Finds the separator of a text table by trying each on the first lines."""

import csv
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DELIMITERS: dict[str, Promise] = {
    ";": _("separated by semicolons"),
    ",": _("separated by commas"),
    "\t": _("separated by tabs"),
    "|": _("separated by vertical bars"),
}
NONE = "\x1f"  # a separator that no text has: the file has a single column
_SEP_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)


@dataclass(frozen=True)
class Dialect:
    """How the cells of a line are told apart."""

    delimiter: str
    skips_space: bool = False  # `a, "b, c"`: a space stands between separator and quote
    has_sep_line: bool = False  # the first line is Excel's `sep=;`
    has_literals: bool = False  # cells like ="0049", Excel's way of keeping zeros
    is_wrapped: bool = False  # each line is one quoted cell that holds the real line

    @property
    def label(self) -> str | Promise:
        return DELIMITERS.get(self.delimiter, "" if self.delimiter == NONE else _("with its own separator"))


def detect_dialect(lines: Sequence[str]) -> Dialect:
    """Return the dialect of a text table from its first lines (with their line ends)."""
    first = next((line for line in lines if line.strip()), "")
    literals = any('="' in line for line in lines)
    if found := _SEP_LINE.match(first):
        given = found.group(1)
        return Dialect(given, _has_space_before_quote(lines, given), True, literals)
    ranked = sorted(DELIMITERS, key=lambda delimiter: _score(lines, delimiter), reverse=True)
    best = ranked[0]
    if _score(lines, best) <= 0:
        inner = _unwrapped(lines)
        if inner:
            dialect = detect_dialect(inner)
            if dialect.delimiter != NONE and not dialect.is_wrapped:
                return Dialect(dialect.delimiter, dialect.skips_space, has_literals=literals, is_wrapped=True)
        return Dialect(NONE, has_literals=literals)
    return Dialect(best, _has_space_before_quote(lines, best), False, literals)


def _has_space_before_quote(lines: Sequence[str], delimiter: str) -> bool:
    return delimiter != "\t" and sum(f'{delimiter} "' in line for line in lines) > sum(
        f'{delimiter}"' in line for line in lines
    )


def _unwrapped(lines: Sequence[str]) -> list[str]:
    """The lines inside the quotes, when every line is one quoted cell."""
    filled = [line.strip() for line in lines if line.strip()]
    if len(filled) < 2 or not all(len(line) > 2 and line[0] == line[-1] == '"' for line in filled):
        return []
    return [line[1:-1].replace('""', '"') + "\n" for line in filled]


def _score(lines: Sequence[str], delimiter: str) -> float:
    """How well `delimiter` cuts the lines into rows of the same width; 0 when it does not cut at all."""
    try:
        rows = [row for row in csv.reader(lines, delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error:
        return 0.0
    widths = Counter(len(row) for row in rows)
    wide = Counter({width: count for width, count in widths.items() if width > 1})
    if not wide:
        return 0.0
    width, same = max(wide.items(), key=lambda item: (item[1], item[0]))
    share = same / len(rows)
    near = sum(count for other, count in wide.items() if abs(other - width) <= max(1, width // 5)) / len(rows)
    if delimiter == "," and _is_prose(rows, width, share):
        return 0.0
    if len(rows) > 2 and share < 0.25 and near < 0.5:
        return 0.0
    return (share + near) * math.sqrt(min(width, 12))


def _is_prose(rows: Sequence[Sequence[str]], width: int, share: float) -> bool:
    """Commas of names ("Müller, Anna") or sentences, not of a table: a space follows, the first line has none."""
    if len(rows[0]) >= width or share > 0.97:
        return False
    rest = [cell for row in rows[1:] for cell in row[1:]]
    return bool(rest) and sum(cell.startswith(" ") for cell in rest) > 0.9 * len(rest)
