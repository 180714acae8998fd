"""Numbers, money and percentages in any notation."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel import Locale
from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.problems import ImportProblem, shortened

DIGITS_LIMIT = 30
_SPACES = re.compile(r"[\s\u00a0\u2000-\u200b\u202f_'’`´]+")
_NUMBER = re.compile(r"(\d[\d.,]*|[.,]\d+)")
_NUMBER_IN = re.compile(r"\d[\d.,'’\s\u00a0\u202f]*\d|\d")
_RANGE = re.compile(r"^\D*\d[\d.,'\s]*(?:-|–|—|bis|to)\s*[^\d-]{0,4}\d[\d.,'\s]*\D*$", re.IGNORECASE)
_NO_CENTS = re.compile(r"([.,])\s?[-–—]{1,2}$")
_SCALES = {
    "k": 3, "tsd": 3, "t": 3, "tausend": 3, "thousand": 3, "m": 6, "mio": 6, "mill": 6, "mn": 6, "mln": 6,
    "million": 6, "millionen": 6, "millions": 6, "mrd": 9, "bn": 9, "b": 9, "billion": 9, "milliarden": 9,
    "milliarde": 9,
}  # fmt: skip
_SCALED = re.compile(r"^(.*\d)\s?([a-z]{1,10})\.?$", re.IGNORECASE)
_SYMBOLS = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "₽": "RUB", "₴": "UAH", "₩": "KRW",
    "zł": "PLN", "kč": "CZK", "ft": "HUF", "fr": "CHF", "sfr": "CHF", "fr.": "CHF", "sfr.": "CHF", "us$": "USD",
    "a$": "AUD", "c$": "CAD", "ca$": "CAD", "au$": "AUD", "r$": "BRL", "euro": "EUR", "euros": "EUR", "eur": "EUR",
    "dollar": "USD", "dollars": "USD", "franken": "CHF", "pfund": "GBP", "pounds": "GBP", "zloty": "PLN",
    "kr": "", "kr.": "", "₣": "CHF",
}  # fmt: skip
_BEFORE = re.compile(r"^([^\d\s.,+(−-][^\d\s,+(−-]{0,9}?\.?)\s*(?=[\d(+−-]|[.,]\d)")
_AFTER = re.compile(r"(?<=[\d\s),.–-])\s*([^\d\s.,)–-][^\d\s,)]{0,9})$")


class Money(NamedTuple):
    """An amount and its currency (ISO 4217), in the shape the money field takes."""

    number: Decimal
    currency: str


@dataclass(frozen=True)
class DecimalMark:
    """Which sign a column puts before the decimals, and whether its values prove it."""

    mark: str
    is_certain: bool


def decimal_mark(samples: Iterable[str], language: str = "de") -> DecimalMark:
    """Return the decimal mark that the samples prove; the language decides when they prove nothing."""
    votes = {",": 0, ".": 0}
    for text in samples:
        for number in _NUMBER_IN.findall(text)[:2]:
            plain = _SPACES.sub("", number)
            mark = _proven_mark(plain)
            if mark:
                votes[mark] += 1
    if votes[","] != votes["."]:
        return DecimalMark("," if votes[","] > votes["."] else ".", True)
    return DecimalMark("." if language.lower().startswith(("en", "zh", "ja", "he")) else ",", False)


def _proven_mark(number: str) -> str:
    """The decimal mark of one number in digits, commas and points; empty if it could be either."""
    comma, point = number.rfind(","), number.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    if comma < 0 and point < 0:
        return ""
    mark, other = (",", ".") if comma >= 0 else (".", ",")
    if number.count(mark) > 1:
        return other
    before, after = number.split(mark)
    if len(after) == 3 and 1 <= len(before) <= 3 and before.lstrip("0"):
        return ""
    return mark


@lru_cache(maxsize=50_000)
def parse_number(text: str, decimal: str = "") -> Decimal:
    """Return the number; `decimal` decides only where the text itself does not ("1.234")."""
    plain = _SPACES.sub("", text.replace("−", "-"))
    if len(plain) > DIGITS_LIMIT:
        raise ImportProblem(_("“%(text)s” is too long for a number. Shorten it."), text=shortened(text))
    if plain.isascii() and plain.isdigit():
        return Decimal(plain)
    is_negative = False
    if plain[:1] == "(" and plain[-1:] == ")":
        is_negative, plain = True, plain[1:-1]
    elif plain[-1:] == "-" and plain[-2:-1].isdigit():
        is_negative, plain = True, plain[:-1]
    plain = _NO_CENTS.sub("", plain)
    if plain[:1] in ("-", "+"):
        is_negative, plain = is_negative != (plain[0] == "-"), plain[1:]
    power = 0
    if (found := _SCALED.match(plain)) and (scale := _SCALES.get(found[2].lower())):
        plain, power = found[1], scale
    if not _NUMBER.fullmatch(plain):
        raise _not_a_number(text)
    number = Decimal(_with_point(plain, decimal, text)) * Decimal(10) ** power
    return -number if is_negative else number


def _with_point(plain: str, decimal: str, text: str) -> str:
    """The digits with a point before the decimals and nothing else in between."""
    mark = _proven_mark(plain)
    if not mark:
        if "," not in plain and "." not in plain:
            return plain
        mark = decimal or ("," if "." in plain else ".")
    other = "." if mark == "," else ","
    whole, _mark, places = plain.partition(mark)
    if mark in places or other in places:
        raise _not_a_number(text)
    groups = whole.split(other)
    if len(groups) > 1 and (len(groups[-1]) != 3 or not all(2 <= len(group) <= 3 for group in groups[1:])):
        raise _not_a_number(text)
    return f"{''.join(groups) or '0'}.{places or '0'}" if places else "".join(groups)


def _not_a_number(text: str) -> ImportProblem:
    if _RANGE.match(text):
        return ImportProblem(_("“%(text)s” is a range. Write one number."), text=shortened(text))
    return ImportProblem(
        _("“%(text)s” is not a number. Write it like 1234.5 or 1234,5."), text=shortened(text)
    )


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(Locale.parse("en").currencies)


def currency_of(word: str) -> str:
    """Return the currency (ISO 4217) that a sign, code or word stands for; empty if none."""
    said = word.strip().casefold()
    code = _SYMBOLS.get(said)
    if code is not None:
        return code
    return said.upper() if len(said) == 3 and said.upper() in _currencies() else ""


@lru_cache(maxsize=50_000)
def parse_money(text: str, decimal: str = "", currency: str = "EUR") -> Money:
    """Return amount and currency; `currency` where the text names none."""
    plain = " ".join(text.split())
    for pattern in (_BEFORE, _AFTER):
        if found := pattern.search(plain):
            word = found[1]
            thousands = word[:1] in "Tk" and currency_of(word[1:])  # "25 T€", "25 k€"
            named = thousands or currency_of(word)
            if named or word.casefold() in _SYMBOLS:
                currency = named or currency
                rest = plain[: found.start(1)] + plain[found.end(1) :]
                plain = f"{rest.strip()}k" if thousands else rest.strip()
    return Money(parse_number(plain, decimal), currency)


@lru_cache(maxsize=10_000)
def parse_percent(text: str, decimal: str = "", is_share: bool = False) -> Decimal:
    """Return percents ("19 %" is 19); `is_share` says that the column writes 0.19 for that."""
    plain = text.strip()
    without = plain.rstrip("%").removesuffix("Prozent").removesuffix("percent").strip()
    number = parse_number(without, decimal)
    return number * 100 if is_share and without == plain else number
