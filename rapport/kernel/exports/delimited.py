"""CSV as spreadsheets read it: UTF-8 with a mark, lines as RFC 4180 says, and no cell that could be a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = b"\xef\xbb\xbf"  # without it spreadsheets guess another encoding
CHUNK = 64_000


def write_delimited(
    headings: list[str], rows: Iterable[list[Any]], *, comma_decimals: bool
) -> Iterator[bytes]:  # Any: plain values
    """Yield the file piece by piece; semicolons and decimal commas where the language writes numbers so."""
    lines = ([_cell(value, comma_decimals) for value in row] for row in chain([headings], rows))
    return written(lines, ";" if comma_decimals else ",")


def written(lines: Iterable[list[str]], delimiter: str) -> Iterator[bytes]:
    """Yield a file of these lines piece by piece."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    yield MARK
    for line in lines:
        writer.writerow(line)
        if text.tell() > CHUNK:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula: an apostrophe goes in front of what begins like one."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _cell(value: Any, comma_decimals: bool) -> str:  # Any: a plain value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float | Decimal):
        number = f"{value:f}" if isinstance(value, Decimal) else str(value)
        return number.replace(".", ",") if comma_decimals else number
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return harmless(str(value))
