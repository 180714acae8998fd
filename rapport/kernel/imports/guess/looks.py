"""What the values of a column look like, whatever the column is called."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapport.kernel.fields.phone_numbers import digits, parse_phone
from rapport.kernel.imports.problems import ImportProblem
from rapport.kernel.imports.values.addresses import (
    looks_like_postcode,
    looks_like_postcode_and_city,
    looks_like_street,
)
from rapport.kernel.imports.values.companies import looks_like_company
from rapport.kernel.imports.values.contacts import parse_emails, parse_web
from rapport.kernel.imports.values.dates import parse_date
from rapport.kernel.imports.values.numbers import currency_of, parse_money
from rapport.kernel.imports.values.words import NO, YES, is_blank, parse_country, parse_language

ENOUGH = 0.7  # share of values from which on a column "looks like" something
MOST_VALUES = 120

_PERSON = re.compile(r"^(?:[^\W\d_]+\.?[-'’]?[^\W\d_]*\.?,?\s+){1,4}[^\W\d_]+[-'’]?[^\W\d_]*\.?$")
_NUMBER = re.compile(r"^[-+(]?\d[\d.,'\s]*\)?$")
_DATE_SHAPE = re.compile(r"^\D{0,12}\d{1,4}\D{1,12}\d{0,2}\D{0,12}\d{2,4}(?:\D.*)?$")
_RANGE = re.compile(r"^\D{0,3}\d[\d.,]*\s*[€$£]?\s*(?:-|–|bis|to)\s*\D{0,3}\d[\d.,]*\s*\S{0,4}$")
_PHONE_SHAPE = re.compile(r"^[+(]?[\d][\d\s()/.\-]{5,}(?:\s?(?:ext|x|dw).*)?$", re.IGNORECASE)
_ISO_DAY = re.compile(r"^\d{4}-\d\d-\d\d|^\d{1,2}[-.]\d{1,2}[-.]\d")
_IBAN = re.compile(r"^[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}\s?[A-Z0-9]{0,4}$")


@dataclass(frozen=True)
class Look:
    """The distinct filled values of a column, and the share of them that look like each kind."""

    values: tuple[str, ...]
    filled: int
    shares: dict[str, float]
    best: str  # empty: plain text
    has_several: float  # share of cells with more than one entry

    def share(self, kind: str) -> float:
        return self.shares.get(kind, 0.0)


def look_at(cells: Sequence[str], region: str = "") -> Look:
    """Return what the values of a column look like."""
    filled = [cell.strip() for cell in cells if not is_blank(cell)]
    values = tuple(dict.fromkeys(filled))[:MOST_VALUES]
    if not values:
        return Look((), 0, {}, "", 0.0)
    counts: Counter[str] = Counter()
    several = 0
    for value in values:
        counts.update(kind for kind, check in _CHECKS.items() if check(value, region))
        several += any(mark in value for mark in (";", " ::: ", "\n")) or value.count(",") > 1
    shares = {kind: count / len(values) for kind, count in counts.items()}
    _weigh(shares, values, len(filled))
    best = next((kind for kind in _ORDER if shares.get(kind, 0.0) >= _NEEDED.get(kind, ENOUGH)), "")
    return Look(values, len(filled), shares, best, several / len(values))


def _weigh(shares: dict[str, float], values: Sequence[str], filled: int) -> None:
    """Correct what single values cannot tell: a number of categories is no list of names."""
    is_varied = len(values) > max(2, filled * 0.5)
    if not is_varied and filled > 8:
        for kind in ("name", "company", "phone"):
            shares[kind] = shares.get(kind, 0.0) * 0.4
    if len(values) > 4:
        shares["yesno"] = 0.0
    if shares.get("date", 0) < 0.95 and shares.get("phone", 0) > shares.get("date", 0):
        shares["date"] = 0.0
    lengths = [len(value) for value in values]
    shares["longtext"] = sum(
        length > 60 or "\n" in value for length, value in zip(lengths, values, strict=True)
    ) / len(values)


def _is_email(value: str, _region: str) -> bool:
    return "@" in value and _reads(parse_emails, value)


def _is_phone(value: str, region: str) -> bool:
    if not _PHONE_SHAPE.match(value) or not 7 <= len(digits(value)) <= 16:
        return False
    if (value.isdigit() and value[0] != "0") or _is_range(value, region):
        return False
    return parse_phone(value, region) is not None or (value[0] in "+0(" and " " in value)


def _is_range(value: str, _region: str) -> bool:
    return value[:1] not in "0+(" and bool(_RANGE.match(value)) and not _ISO_DAY.match(value)


def _is_web(value: str, _region: str) -> bool:
    has_sign = value.lower().startswith(("http://", "https://", "www."))
    return (
        "@" not in value
        and (has_sign or value.count(".") in (1, 2))
        and " " not in value
        and _reads(parse_web, value)
    )


def _is_date(value: str, _region: str) -> bool:
    if not _DATE_SHAPE.match(value) or not 6 <= len(value) <= 40:
        return False
    return _reads(parse_date, value) or _reads(lambda text: parse_date(text, "mdy"), value)


def _is_money(value: str, _region: str) -> bool:
    signs = value.strip("0123456789.,' -–+()\u00a0")
    word = signs.split()[0] if signs.split() else ""
    return bool(word) and bool(currency_of(word) or word in ("kr", "T€")) and _reads(parse_money, value)


def _is_country(value: str, _region: str) -> bool:
    return (len(value) > 3 or value.isupper()) and value[:1].isalpha() and _reads(parse_country, value)


def _is_language(value: str, _region: str) -> bool:
    return value.isalpha() and (len(value) > 3 or value.islower()) and _reads(parse_language, value)


def _is_person(value: str, _region: str) -> bool:
    return (
        len(value) < 50
        and value[:1].isupper()
        and bool(_PERSON.match(value))
        and not looks_like_company(value)
    )


def _reads(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ImportProblem:
        return False
    return True


_CHECKS: dict[str, Callable[[str, str], bool]] = {
    "email": _is_email,
    "web": _is_web,
    "iban": lambda value, _region: bool(_IBAN.match(value)),
    "date": _is_date,
    "phone": _is_phone,
    "money": _is_money,
    "percent": lambda value, _region: value.endswith("%") and bool(_NUMBER.match(value.rstrip("% "))),
    "range": _is_range,
    "yesno": lambda value, _region: value.casefold() in YES or value.casefold() in NO,
    "country": _is_country,
    "language": _is_language,
    "postcode": lambda value, _region: looks_like_postcode(value) and any(char.isdigit() for char in value),
    "postcode_city": lambda value, _region: looks_like_postcode_and_city(value),
    "street": lambda value, _region: looks_like_street(value) and any(char.isdigit() for char in value),
    "number": lambda value, _region: bool(_NUMBER.match(value)),
    "company": lambda value, _region: len(value) < 100 and looks_like_company(value),
    "name": _is_person,
}
_ORDER = (
    "email", "web", "iban", "date", "range", "phone", "money", "percent", "yesno", "country", "language", "company",
    "postcode_city", "postcode", "street", "number", "name", "longtext",
)  # fmt: skip
_NEEDED = {"company": 0.35, "longtext": 0.4, "street": 0.6, "country": 0.85, "language": 0.85, "yesno": 0.95}
