"""Reads exchange rates from a file: one rate a row, or one column for each currency as central banks publish them."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path

from django.utils.translation import gettext

from rapport.kernel.currencies.models import PLACES, Rate
from rapport.kernel.imports.problems import ImportProblem
from rapport.kernel.imports.readers.opening import open_table
from rapport.kernel.imports.readers.table import Row, Table, UnreadableFile
from rapport.kernel.imports.values.dates import date_order, parse_date
from rapport.kernel.imports.values.numbers import currency_of, decimal_mark, parse_number

CODE = re.compile(r"[A-Za-z]{3}")
NOTHING = frozenset({"", "-", "n/a", "na", "nan", "."})
MOST_PROBLEMS = 20
LARGEST = Decimal(10) ** 9


@dataclass
class ReadRates:
    """The rates of a file, and what in it could not be read (line, sentence)."""

    rates: list[Rate] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    wrong: int = 0

    def refuse(self, line: int, sentence: str) -> None:
        self.wrong += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append((line, sentence))


@dataclass
class Columns:
    """Where the day stands, and where the rates: in a column for each currency, or in one beside their currency."""

    day: int
    rates: dict[int, str]  # column -> currency; "" when the row says which
    currency: int | None = None


def read_rates(path: Path, base: str, *, is_of_base: bool | None = None) -> ReadRates:
    """Return the rates to `base` in a CSV or XLSX file; UnreadableFile when it holds none.

    `is_of_base`: the numbers say how much of the other currency one `base` is (as the European Central Bank writes
    them); else how much of `base` one of the other currency is. Nothing said: as is usual for such a
    file, with a column for each currency the first, with a row for each rate the second.
    """
    table = open_table(path)
    columns = _columns(table)
    turns = columns.currency is None if is_of_base is None else is_of_base
    days = [_cell(row, columns.day) for row in table.sample]
    numbers = [_cell(row, at) for row in table.sample for at in columns.rates]
    order, mark = date_order(days).order, decimal_mark(numbers).mark
    found = ReadRates()
    for row in table.rows():
        if not any(cell.strip() for cell in row.cells):
            continue
        try:
            day = parse_date(_cell(row, columns.day), order)
        except ImportProblem as problem:
            found.refuse(row.line, str(problem))
            continue
        for at, code in columns.rates.items():
            _read_one(found, row, day, at, code or _cell(row, columns.currency), base, mark, turns)
    return found


def _read_one(
    found: ReadRates, row: Row, day: date, at: int, code: str, base: str, mark: str, is_of_base: bool
) -> None:
    said, currency = _cell(row, at), currency_of(code)
    if said.casefold() in NOTHING or currency == base:
        return
    try:
        if not currency:
            raise ImportProblem(gettext("“%(code)s” is no currency."), code=code[:20])
        number = parse_number(said, mark)
        if not 0 < number < LARGEST:
            raise ImportProblem(gettext("A rate is larger than zero, and no more than nine digits long."))
    except ImportProblem as problem:
        found.refuse(row.line, str(problem))
        return
    rate = rate_of(number, is_of_base=is_of_base)
    if rate == 0:
        found.refuse(row.line, gettext("This rate is too small to be kept."))
        return
    found.rates.append(Rate(currency=currency, base=base, day=day, rate=rate))


def rate_of(number: Decimal, *, is_of_base: bool) -> Decimal:
    """How much of the base one of the other currency is, as it is kept."""
    with localcontext() as context:
        context.prec = 40
        return (1 / number if is_of_base else number).quantize(Decimal(1).scaleb(-PLACES))


def _columns(table: Table) -> Columns:
    """Find the columns by what stands in them: days, currencies, numbers."""
    sample = table.sample
    width = max((len(row.cells) for row in sample), default=0)
    days = [at for at in range(width) if _all(sample, at, parse_date)]
    if not days:
        raise UnreadableFile(gettext("No column of this file holds days. Each rate needs its day."))
    day = days[0]
    wide = {
        at: name.strip().upper()
        for at, name in enumerate(table.header)
        if at != day and CODE.fullmatch(name.strip()) and currency_of(name)
    }
    if wide:
        return Columns(day, wide)
    rest = [at for at in range(width) if at != day]
    codes = [at for at in rest if _all(sample, at, _code)]
    numbers = [at for at in rest if at not in codes and _all(sample, at, parse_number)]
    if not codes or not numbers:
        raise UnreadableFile(
            gettext(
                "A file of rates has a day, a currency (USD) and a number in each row, or a column for each currency."
            )
        )
    return Columns(day, {numbers[0]: ""}, codes[0])


def _all(sample: list[Row], at: int, read: object) -> bool:
    assert callable(read)
    filled = [said for row in sample if (said := _cell(row, at)).casefold() not in NOTHING]
    for said in filled:
        try:
            read(said)
        except ImportProblem:
            return False
    return bool(filled)


def _code(said: str) -> str:
    if not (code := currency_of(said)):
        raise ImportProblem(said)
    return code


def _cell(row: Row, at: int | None) -> str:
    return row.cells[at].strip() if at is not None and at < len(row.cells) else ""
