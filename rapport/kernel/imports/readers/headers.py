"""Finds the header of a table: title lines above it, no header at all, missing and doubled names."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.problems import Sentence

LOOK_AT = 40  # rows from the top among which the header is looked for

_MISSING = ngettext_lazy(
    "%(count)s column has no name and was numbered.",
    "%(count)s columns have no name and were numbered.",
    "count",
)
_DOUBLED = ngettext_lazy(
    "%(count)s column has the name of another one and got a number.",
    "%(count)s columns have the name of another one and got a number.",
    "count",
)
_TITLES = ngettext_lazy(
    "%(count)s line above the header was left out.",
    "%(count)s lines above the header were left out.",
    "count",
)
_VALUE_LIKE = re.compile(
    r"""^\s*(
        [^@\s]+@[^@\s]+\.[A-Za-z]{2,}                 # e-mail
      | https?://.*
      | [-+(]?[\d][\d\s.,'/()+-]*(\s?[€$£%]|\s?[A-Z]{3})?  # number, phone, date, money, postcode
      | [€$£]\s?[\d][\d.,']*
      | \+[\d\s()/-]{6,}
      | \d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*             # date with time
      | (true|false|wahr|falsch)
    )\s*$""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass
class Header:
    """Where the header is and what the columns are called."""

    names: list[str]
    index: int  # position of the header among the rows looked at; -1: there is none
    raw: list[str] = field(default_factory=list)
    titles: list[list[str]] = field(default_factory=list)
    remarks: list[Sentence] = field(default_factory=list)


def usual_width(rows: Sequence[Sequence[str]]) -> int:
    """Return how wide the table is: nearly the widest row, since titles are short and single rows too long."""
    widths = sorted(len(row) for row in rows if any(cell.strip() for cell in row))
    return widths[int(0.9 * (len(widths) - 1))] if widths else 0


def find_header(rows: Sequence[list[str]], *, header_at: int | None = None) -> Header:
    """Return the header of the table that begins with `rows`; `header_at` fixes its index (-1: none)."""
    trimmed = [_without_empty_end(row) for row in rows]
    width = usual_width(trimmed[:LOOK_AT])
    index = _header_index(trimmed[:LOOK_AT], width) if header_at is None else header_at
    below = trimmed[index + 1 :]
    if index < 0:
        width = max(width, 1)
        header = Header([""] * width, -1)
    else:
        width = max(len(trimmed[index]), _width_of_most(below))
        raw = rows[index]
        header = Header([*raw[:width], *[""] * (width - len(raw))], index, list(raw), list(rows[:index]))
    header.titles = [row for row in header.titles if any(cell.strip() for cell in row)]
    _give_names(header)
    return header


def _without_empty_end(row: Sequence[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return list(row[:end])


def _width_of_most(rows: Sequence[Sequence[str]]) -> int:
    """The width that at least half of the rows reach (a header may lack the names of its last columns)."""
    widths = sorted(len(row) for row in rows if row)
    return widths[len(widths) // 2] if widths else 0


def _header_index(rows: Sequence[list[str]], width: int) -> int:
    if width == 0:
        return -1
    enough = width if width <= 2 else max(2, round(width * 0.5))
    for index, row in enumerate(rows):
        filled = [cell for cell in row if cell.strip()]
        if len(filled) < enough and (index + 1 < len(rows)):
            continue  # empty, or a title line above the table
        values = sum(1 for cell in filled if _VALUE_LIKE.match(cell))
        is_header = values == 0 or (values / len(filled) < 0.2 and len(filled) >= 5)
        return index if is_header and filled else -1
    return -1


def _give_names(header: Header) -> None:
    names: list[str] = []
    missing, doubled = 0, 0
    used: Counter[str] = Counter()
    for number, raw in enumerate(header.names, start=1):
        name = " ".join(raw.replace("\ufeff", "").split())[:200]
        if not name:
            missing += 1
            name = gettext("Column %(number)s") % {"number": number}
        used[name.casefold()] += 1
        if used[name.casefold()] > 1:
            doubled += 1
            name = f"{name} ({used[name.casefold()]})"
        names.append(name)
    header.names = names
    if header.index < 0:
        header.remarks.append(Sentence(_("The file has no header, so the columns are numbered.")))
    elif missing:
        header.remarks.append(Sentence(_MISSING, count=missing))
    if doubled:
        header.remarks.append(Sentence(_DOUBLED, count=doubled))
    if header.titles:
        header.remarks.append(Sentence(_TITLES, count=len(header.titles)))
