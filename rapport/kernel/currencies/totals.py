"""Sums of amounts in several currencies: converted where rates are known, apart where not, never mixed unsaid."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import F
from django.utils.translation import gettext

from rapport.kernel.currencies.worth import is_whole, sums_of
from rapport.kernel.fields import FieldType
from rapport.kernel.fields.numbers import CURRENCY
from rapport.ui.formats import format_money

MOST_NAMED = 4  # currencies in one sentence
MOST_SUMS = 2_000  # currencies of groups
CENT = Decimal("0.01")


@dataclass
class Total:
    """What amounts add up to in the currency `main`; `converted` and `others` hold what stood in other currencies."""

    main: str = ""
    amount: Decimal = Decimal(0)
    # Part of `amount`; here in their own currency.
    converted: dict[str, Decimal] = field(default_factory=dict)
    others: dict[str, Decimal] = field(default_factory=dict)  # without a rate, so not part of it

    def add(self, currency: str, row: dict[str, Any]) -> bool:  # Any: the values of `sums_of`
        """Take in the amounts of one currency; where one of them has no rate, all of them stay apart: False."""
        if row["total"] is None:
            return False
        if not is_whole(row):
            self.others[currency] = self.others.get(currency, Decimal(0)) + row["total"]
            return False
        self.amount += row["worth"].quantize(CENT, ROUND_HALF_UP)
        if currency != self.main:
            self.converted[currency] = self.converted.get(currency, Decimal(0)) + row["total"]
        return True

    def __add__(self, other: "Total") -> "Total":
        return Total(
            self.main or other.main,
            self.amount + other.amount,
            _joined(self.converted, other.converted),
            _joined(self.others, other.others),
        )

    def __bool__(self) -> bool:
        return bool(self.amount or self.converted or self.others)

    def __str__(self) -> str:
        """In words: "≈ € 1,200 and $ 300"; the sign says that rates were used."""
        said = [format_money(one, code) for code, one in list(self.others.items())[:MOST_NAMED]]
        if self.amount or not said:
            said.insert(0, self.sign + format_money(self.amount, self.main))
        return gettext(" and ").join(said)

    @property
    def sign(self) -> str:
        return "≈ " if self.converted else ""

    @property
    def hint(self) -> str:
        """What the sum is made of, where that is not plain; else nothing."""
        found = []
        if self.converted:
            parts = _listed(self.converted)
            found.append(gettext("With %(amounts)s at the rates of their days.") % {"amounts": parts})
        if self.others:
            said = gettext("There is no exchange rate for %(amounts)s.")
            found.append(said % {"amounts": _listed(self.others)})
        return " ".join(found)


def totals(
    rows: Any, one: FieldType, main: str, by: dict[str, Any] | None = None
) -> Iterable[tuple[Any, Total]]:  # Any: a query set; expressions; the value of the first of them
    """(group, total) of a money field over the rows, one statement; without `by` a single one, with the group None."""
    found: dict[Any, Total] = {}
    grouped = rows.order_by().values(**(by or {}), total_currency=F(f"{one.name}{CURRENCY}"))
    summed = grouped.annotate(**sums_of(one, main)).order_by("-worth", "total_currency")
    for row in summed[:MOST_SUMS]:
        key = row[next(iter(by))] if by else None
        found.setdefault(key, Total(main)).add(row["total_currency"], row)
    return found.items()


# Any: a record; what its attribute `by` says
def totals_of(records: Iterable[Any], one: FieldType, main: str, by: str) -> dict[Any, Total] | None:
    """The same of records that have been read, without a statement; None where that takes a rate."""
    found: dict[Any, Total] = {}
    for record in records:
        amount, currency = getattr(record, one.name), getattr(record, f"{one.name}{CURRENCY}")
        if amount is not None and currency != main:
            return None
        found.setdefault(getattr(record, by), Total(main)).amount += amount or 0
    return found


def total(rows: Any, one: FieldType, main: str) -> Total:  # Any: a query set
    """What a money field adds up to over the rows."""
    return dict(totals(rows, one, main)).get(None) or Total(main)


def _joined(one: dict[str, Decimal], other: dict[str, Decimal]) -> dict[str, Decimal]:
    return {code: one.get(code, Decimal(0)) + other.get(code, Decimal(0)) for code in [*one, *other]}


def _listed(amounts: dict[str, Decimal]) -> str:
    said = [format_money(one, code) for code, one in amounts.items()]
    return gettext(" and ").join(said[:MOST_NAMED]) + (" …" if len(said) > MOST_NAMED else "")
