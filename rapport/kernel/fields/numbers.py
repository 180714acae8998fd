"""Numbers, percentages, money with its currency, yes or no."""

import copy
import re
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.kernel.fields.base import (
    AT_LEAST,
    AT_MOST,
    BETWEEN,
    EMPTY,
    FILLED,
    IS,
    IS_NOT,
    Context,
    FieldType,
    Operator,
)
from rapport.ui import formats

MOST_COMPARED = (28, 10)  # digits, and how many of them behind the point


class Number(FieldType, models.DecimalField):
    """A number with a fixed count of decimal places (0 by default)."""

    kind: ClassVar[str] = "number"
    control: ClassVar[str] = "number"
    operators: ClassVar[tuple[Operator, ...]] = (IS, AT_LEAST, AT_MOST, BETWEEN, EMPTY, FILLED)
    align_end = True
    plain = models.DecimalField

    def __init__(
        self,
        *args: Any,
        lowest: Decimal | int | None = None,
        highest: Decimal | int | None = None,
        **options: Any,
    ) -> None:
        self.lowest, self.highest = lowest, highest
        options.setdefault("max_digits", 18)
        options.setdefault("decimal_places", 0)
        super().__init__(*args, **options)

    def parse(self, said: Any, context: Context) -> Decimal | None:
        if said is None or (isinstance(said, str) and not said.strip()):
            return None
        try:
            number = (
                Decimal(str(said)) if isinstance(said, int | float | Decimal) else formats.parse_number(said)
            )
        except (ValueError, InvalidOperation) as problem:
            raise ValidationError(
                _("“%(said)s” is not a number. Write it like 1234.5."),
                params={"said": str(said).strip()[:40]},
            ) from problem
        return self.checked(number)

    def parse_operand(self, operator: Operator, said: str, context: Context) -> Any:
        """Compared is with any number: also with one between or beyond those that may stand here."""
        any_number = copy.copy(self)
        any_number.lowest = any_number.highest = None
        any_number.max_digits, any_number.decimal_places = MOST_COMPARED
        return FieldType.parse_operand(any_number, operator, said, context)

    def checked(self, number: Decimal) -> Decimal:
        if not number.is_finite() or abs(number) >= Decimal(10) ** (self.max_digits - self.decimal_places):
            raise ValidationError(_("This number is too large."))
        if self.lowest is not None and number < self.lowest:
            raise ValidationError(
                _("The smallest number allowed is %(lowest)s."), params={"lowest": self.lowest}
            )
        if self.highest is not None and number > self.highest:
            raise ValidationError(
                _("The largest number allowed is %(highest)s."), params={"highest": self.highest}
            )
        return number.quantize(Decimal(1).scaleb(-self.decimal_places))

    def clean(self, value: Any, model_instance: Any) -> Any:
        if value is not None:
            value = self.checked(Decimal(str(value)))
        return super().clean(value, model_instance)

    def text(self, value: Decimal | None) -> str:
        return "" if value is None else formats.format_number(value)

    def export(self, value: Decimal | None) -> Any:
        return value

    def json(self, value: Decimal | None) -> Any:
        return None if value is None else str(value)

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "null"] if self.null else "string", "format": "decimal"}

    def sample(self, number: int) -> Decimal:
        low = Decimal(self.lowest if self.lowest is not None else 0)
        high = Decimal(self.highest if self.highest is not None else low + 10_000)
        return low + Decimal(number) % (high - low + 1)


class Percent(Number):
    """A percentage from 0 to 100, e.g. a win chance."""

    kind = "percent"
    control = "percent"

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("lowest", 0)
        options.setdefault("highest", 100)
        options.setdefault("max_digits", 7)
        super().__init__(*args, **options)

    def parse(self, said: Any, context: Context) -> Decimal | None:
        return super().parse(said.replace("%", " ") if isinstance(said, str) else said, context)

    def text(self, value: Decimal | None) -> str:
        return "" if value is None else f"{formats.format_number(value)} %"

    def input(self, value: Decimal | None) -> str:
        return "" if value is None else formats.format_number(value)


CURRENCY = "_currency"  # behind the name of a money field: the column beside it


class Amount(NamedTuple):
    """Money: how much, and in which currency (ISO 4217)."""

    number: Decimal
    currency: str


class InCurrency(Decimal):
    """What amounts are compared with where its currency was named: only amounts in that one fit."""

    currency: str = ""


def currency_named(operand: Any) -> str:  # Any: the operand of a comparison
    """The currency that the operand names, if any."""
    parts = operand if isinstance(operand, tuple) else (operand,)
    return next((part.currency for part in parts if isinstance(part, InCurrency)), "")


_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "fr.": "CHF", "euro": "EUR"}
_CODE = re.compile(r"euro\b|(?<![a-z])[a-z]{3}\b|[€$£¥]|fr\.", re.IGNORECASE)
_NO_CENTS = re.compile(r"(?<=\d)[.,]\s?[-–—]+")  # 100,- and 100.–


class Money(Number):
    """Money in two columns, `<name>` and `<name>_currency`; `read` returns an Amount or None."""

    kind = "money"
    control = "money"

    def __init__(self, *args: Any, dated: str = "", **options: Any) -> None:
        # The date whose exchange rate counts, where the record has one; else that of today.
        self.dated = dated
        options.setdefault("decimal_places", 2)
        super().__init__(*args, **options)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if (
            not cls._meta.abstract
            and not hasattr(cls, "__fake__")
            and f"{name}{CURRENCY}" not in {own.name for own in cls._meta.local_fields}
        ):
            currency = models.CharField(max_length=3, default="EUR", editable=False)
            currency.creation_counter = self.creation_counter
            cls.add_to_class(f"{name}{CURRENCY}", currency)

    def read(self, record: Any) -> Amount | None:
        number = getattr(record, self.name)
        return None if number is None else Amount(number, getattr(record, f"{self.name}{CURRENCY}"))

    def write(self, record: Any, value: "Amount | Decimal | int | None") -> None:
        if isinstance(value, Amount):
            setattr(record, f"{self.name}{CURRENCY}", value.currency)
            value = value.number
        setattr(record, self.name, value)

    def parse(self, said: Any, context: Context) -> Any:
        if isinstance(said, Amount | tuple):
            return Amount(self.checked(Decimal(said[0])), said[1])
        if isinstance(said, dict):
            said = f"{said.get('amount', '')} {said.get('currency', '')}"
        if not isinstance(said, str):
            return super().parse(said, context)
        if not said.strip():
            return None
        code = _CODE.search(said)
        number = Number.parse(self, _CODE.sub(" ", _NO_CENTS.sub("", said)), context)
        if number is None:
            raise ValidationError(_("Give an amount, e.g. 1200 EUR."))
        return Amount(number, _SIGNS.get(code[0].lower(), code[0].upper()) if code else context.currency)

    def parse_operand(self, operator: Any, said: str, context: Context) -> Any:
        value = super().parse_operand(operator, said, context)
        if isinstance(value, Amount):
            return _compared(value, said)
        if isinstance(value, tuple):
            low, _dots, high = said.partition("..")
            found = tuple(
                _compared(part, text) if isinstance(part, Amount) else part
                for part, text in zip(value, (low, high), strict=True)
            )
            if len({part.currency for part in found if isinstance(part, InCurrency)}) > 1:
                raise ValidationError(_("From and to are in different currencies. Name one currency."))
            return found
        return value

    def text(self, value: Any) -> str:
        return "" if value is None else formats.format_money(value.number, value.currency)

    def input(self, value: Amount | None) -> str:
        return "" if value is None else f"{formats.format_number(value.number)} {value.currency}"

    def export(self, value: Any) -> Any:
        return None if value is None else value.number

    def json(self, value: Any) -> Any:
        return None if value is None else {"amount": str(value.number), "currency": value.currency}

    def schema(self) -> dict[str, Any]:
        properties = {"amount": {"type": "string"}, "currency": {"type": "string", "maxLength": 3}}
        return {"type": ["object", "null"], "properties": properties}

    def sample(self, number: int) -> Any:
        return Amount(Decimal(1000 + number), "EUR")


def _compared(amount: Amount, said: str) -> Decimal:
    """The number that amounts are compared with, and the currency where one was named."""
    if not _CODE.search(said):
        return amount.number
    found = InCurrency(amount.number)
    found.currency = amount.currency
    return found


class YesNo(FieldType, models.BooleanField):
    """Yes or no; no by default."""

    kind: ClassVar[str] = "yesno"
    control: ClassVar[str] = "yesno"
    operators: ClassVar[tuple[Operator, ...]] = (IS, IS_NOT)
    null_by_default = False
    plain = models.BooleanField

    YES: ClassVar = frozenset({"1", "true", "t", "yes", "y", "on", "x", "ja", "j", "wahr"})
    NO: ClassVar = frozenset({"", "0", "false", "f", "no", "n", "off", "nein", "falsch", "-"})

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("default", False)
        super().__init__(*args, **options)

    def parse(self, said: Any, context: Context) -> bool:
        word = str(said if said is not None else "").strip().lower()
        if word in self.YES:
            return True
        if word in self.NO:
            return False
        raise ValidationError(_("“%(said)s” is neither yes nor no."), params={"said": str(said).strip()[:40]})

    def text(self, value: bool) -> str:
        return gettext("Yes") if value else gettext("No")

    def is_empty(self, value: bool) -> bool:
        return False

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def sample(self, number: int) -> bool:
        return number % 2 == 1
