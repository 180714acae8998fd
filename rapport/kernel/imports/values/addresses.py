"""Postal addresses: one cell with everything, street with number, postcode with city, postcodes that lost a zero."""

import re
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.problems import ImportProblem, shortened
from rapport.kernel.imports.values.words import parse_country
from rapport.kernel.imports.words import words

POSTCODE_LENGTHS = {"DE": 5, "FR": 5, "IT": 5, "ES": 5, "US": 5, "PT": 4, "CH": 4, "AT": 4}
FOUR_DIGITS = words("AT AU BE BG CH CY DK HU LI LU LV NL NO NZ PT SI")
_PREFIX = r"(?:(?:[A-Z]{1,3})[-–\s])?"
_POSTCODE = (
    r"\d{5}(?:-\d{4})?|\d{4}\s?[A-Z]{2}\b|\d{2}-\d{3}|\d{3}\s\d{2}|\d{4}(?:-\d{3})?|"
    r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d|\d{6}"
)
_ONLY_POSTCODE = re.compile(rf"{_PREFIX}(?:{_POSTCODE})", re.IGNORECASE)
_POSTCODE_CITY = re.compile(rf"^({_PREFIX}(?:{_POSTCODE}))\s+([^\d,;]{{2,60}}.*)$")
_CITY_STATE_ZIP = re.compile(r"^([^\d,]{2,60}),?\s+([A-Z]{2})\.?\s+(\d{5}(?:-\d{4})?)$")
_CITY_POSTCODE = re.compile(r"^([^\d,]{2,60}?),?\s+([A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})$", re.IGNORECASE)
_STREET = re.compile(
    r"^(?:[^\d@]{2,60}?[\s,.]+\d{1,5}\s?[a-zA-Z]?(?:\s?[-/+]\s?\d{1,5}\s?[a-zA-Z]?)*(?:\s.{0,30})?"
    r"|\d{1,6}[a-zA-Z]?(?:\s?(?:bis|ter))?,?\s+[^\d@]{3,60}.*"
    r"|[A-Z]\d{1,2},?\s\d{1,3}[a-z]?)$"
)
_STREET_WORD = re.compile(
    r"(?:str(?:aße|asse|\.)?|weg|allee|platz|gasse|ring|damm|ufer|chaussee|hof|steig|markt|berg|"
    r"street|st\.?|road|rd\.?|avenue|ave\.?|lane|drive|boulevard|blvd|square|way|"
    r"rue|via|calle|straat|laan|weg|ulica|ul\.|plein|piazza|quai|route)(?=$|[\s,\d])",
    re.IGNORECASE,
)
_BOX = re.compile(r"^(?:postfach|p\.?\s?o\.?\s?box|box|bp|postbus)\s*[\d\s]+$", re.IGNORECASE)


class Address(NamedTuple):
    """The parts of a postal address; what is not known is empty."""

    street: str = ""
    postcode: str = ""
    city: str = ""
    state: str = ""
    country: str = ""  # ISO 3166
    extra: str = ""


def looks_like_postcode(text: str) -> bool:
    """Whether this could be a postcode of some country."""
    return bool(_ONLY_POSTCODE.fullmatch(text.strip()))


def looks_like_street(text: str) -> bool:
    """Whether this is a street with a number, or clearly a street without one."""
    plain = text.strip()
    if len(plain) > 80 or "@" in plain:
        return False
    if _BOX.match(plain):
        return True
    return (bool(_STREET.match(plain)) and not looks_like_postcode(plain)) or bool(_STREET_WORD.search(plain))


def looks_like_postcode_and_city(text: str) -> bool:
    """Whether this is "50667 Köln"."""
    return bool(_POSTCODE_CITY.match(text.strip()))


def split_postcode_and_city(text: str) -> tuple[str, str]:
    """Return postcode and city of "50667 Köln" or "D-50667 Köln"; the postcode is empty if there is none."""
    plain = " ".join(text.split())
    if found := _POSTCODE_CITY.match(plain):
        return parse_postcode(found[1]), found[2].strip()
    if found := _CITY_POSTCODE.match(plain):
        return found[2].upper(), found[1]
    return "", plain


@lru_cache(maxsize=20_000)
def parse_postcode(text: str, country: str = "") -> str:
    """Return a postcode without country letters; `country` gives back a zero that a spreadsheet took."""
    plain = " ".join(text.split())
    if len(plain) > 20:
        raise ImportProblem(_("“%(text)s” is too long for a postcode."), text=shortened(text))
    found = re.fullmatch(r"[A-Z]{1,3}[-–\s]\s?(\d{4,6}(?:-\d{3,4})?)", plain, re.IGNORECASE)
    plain = found[1] if found else plain.upper()
    length = POSTCODE_LENGTHS.get(country, 0)
    if plain.isdigit() and len(plain) == length - 1 and length == 5:
        plain = f"0{plain}"
    return plain


def as_in(country: str, postcode: str) -> str:
    """A postcode that got a zero for the country of its file, as it is in the country of its address."""
    is_longer = len(postcode) == 5 and postcode.isdigit() and postcode.startswith("0")
    return postcode[1:] if is_longer and country in FOUR_DIGITS else postcode


def parse_address(text: str) -> Address:
    """Return the parts of an address in one cell; what cannot be told apart stands in the street."""
    if len(text) > 1000:
        raise ImportProblem(_("“%(text)s” is too long for an address."), text=shortened(text))
    pieces = [" ".join(piece.split()) for piece in re.split(r"[\n;,|]+", text)]
    pieces = [piece for piece in pieces if piece]
    country = ""
    if len(pieces) > 1:
        try:
            country = parse_country(pieces[-1])
            pieces.pop()
        except ImportProblem:
            pass  # the last piece is no country; then none is given
    street = ""
    extra: list[str] = []
    postcode = city = state = ""
    for piece in pieces:
        if not city and (found := _POSTCODE_CITY.match(piece)) and not _STREET_WORD.search(piece):
            postcode, city = parse_postcode(found[1], country), found[2]
        elif not city and (found := _CITY_STATE_ZIP.match(piece)):
            city, state, postcode = found[1].rstrip(","), found[2], found[3]
        elif not city and (found := _CITY_POSTCODE.match(piece)):
            city, postcode = found[1], found[2].upper()
        elif not postcode and street and (found := re.fullmatch(r"([A-Z]{2})\s+(\d{5}(?:-\d{4})?)", piece)):
            state, postcode = found[1], found[2]
            city = extra.pop() if extra else city
        elif not street:
            street = piece
        else:
            extra.append(piece)
    if not city and extra and not postcode:
        city = extra.pop()
    if extra and not looks_like_street(street) and looks_like_street(extra[0]):
        street, extra[0] = extra[0], street
    return Address(street, postcode, city, state, country, ", ".join(extra))
