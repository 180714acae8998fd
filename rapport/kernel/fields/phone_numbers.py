"""Telephone numbers in any notation: read, compare, show. Knows nothing of the database."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat

_NOT_DIGIT = re.compile(r"\D+")
_NOISE = re.compile(r"[\s\u00a0\u2000-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
_DASHES = str.maketrans("‐‑‒–—−／．（）＋", "------/.()+")
_SIMPLE = re.compile(r"[+(]?[\d][\d ()/.\-]{2,24}")
_PLAIN = re.compile(r"(?:\+|0)\d[\d ()/]{4,22}")
_ONLY_DIGITS = str.maketrans("", "", "+ ()/.-")
_TRUNK_ZERO = re.compile(r"^(\+|00)(\d{1,3})[\s.]*\(0\)")
_EXTENSION = re.compile(
    r"[\s,;]*(?:ext(?:ension)?|durchwahl|dw|app(?:arat)?|nst|x|#)[\s.:]*(?P<digits>\d{1,7})\s*$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:tel(?:efon)?|phone|fon|mobil(?:e|funk)?|handy|fax|cell|ph|t|m|f|p)\s*[.:]+\s*", re.IGNORECASE
)
_WORDS_BEFORE = re.compile(r"^[^\W\d_][^\d+(]{0,24}?[\s.:]+(?=[+(\d])")
_DAY = re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d")
_RANGE = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+\s*-\s*[1-9]\d{0,2}(?:\.\d{3})+")  # 25.000 - 40.000
_REMARK = re.compile(r"\s*\([^\d)]{1,30}\)$")  # "(private)" behind the number
LONGEST = 60
FEWEST_AFTER_WORDS = 7  # digits that make a number of "Zentrale 0221 1234", but not of "Main Street 12"


class PhoneNumber(NamedTuple):
    """One number: as written, as the world dials it, and its bare digits for searching."""

    raw: str
    e164: str
    extension: str = ""

    @property
    def digits(self) -> str:
        """The digits of the number without plus and extension."""
        return self.e164[1:]


@dataclass(frozen=True)
class _Plan:
    """The numbering plan of a region whose rules are simple enough to apply without the library."""

    country_code: str
    trunk: str
    pattern: re.Pattern[str]
    lengths: frozenset[int]


@lru_cache(maxsize=300)
def _plan(region: str) -> _Plan | None:
    """Return the plan of a region that has a country code of its own and "0" or nothing as trunk prefix."""
    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or metadata.national_prefix_transform_rule is not None:
        return None
    if metadata.national_prefix_for_parsing not in (None, "0"):
        return None
    code, description = metadata.country_code, metadata.general_desc
    if code is None or description is None or code == 39:  # Italy keeps the zero
        return None
    if len(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code, ())) != 1:
        return None
    pattern = re.compile(str(description.national_number_pattern))
    return _Plan(str(code), metadata.national_prefix or "", pattern, frozenset(description.possible_length))


@lru_cache(maxsize=1000)
def _region_of_prefix(prefix: str) -> tuple[str, str]:
    """Return country code and region for the first digits of an international number; empty when shared."""
    for length in (1, 2, 3):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(prefix[:length] or 0))
        if regions:
            return prefix[:length], regions[0] if len(regions) == 1 else ""
    return "", ""


def digits(text: str) -> str:
    """Return only the digits of `text`, e.g. of what somebody types into the search."""
    return _NOT_DIGIT.sub("", text)


def part_of_phone(text: str) -> str:
    """Return the digits of a part of a number, with a plus where it begins with one: "+4930" of "+49 (0)30"."""
    clean = _TRUNK_ZERO.sub(r"\1\2", text.strip().translate(_DASHES))
    found = digits(clean)
    return f"+{found}" if found and clean.startswith("+") else found


def beginnings_of_phone(part: str, region: str) -> list[str]:
    """Return how a number may begin that `part` begins: as the world dials it, as one dials in `region`, as written."""
    if part.startswith("+"):
        return [part]
    if part.startswith("00"):
        return [f"+{part[2:]}", part]
    code = phonenumbers.country_code_for_region(region.upper())
    national = [f"+{code}{one}" for one in dict.fromkeys((part, part.removeprefix("0")))] if code else []
    return [*national, part] if part.startswith("0") else [*national, part, f"+{part}"]


@lru_cache(maxsize=20_000)
def parse_phone(text: str, region: str = "") -> PhoneNumber | None:
    """Return the number that `text` stands for, or None if it is none.

    `region` (ISO 3166, e.g. "DE") is the country of numbers written without a country code; without it only
    international numbers are understood. A number of possible length counts even if its range is unknown.
    """
    if _PLAIN.fullmatch(text) and (e164 := _quickly(text, region)):
        return PhoneNumber(text, e164)  # what most numbers are, without further ado
    raw = _NOISE.sub(" ", text).strip()
    if not 3 <= len(raw) <= LONGEST:
        return None
    clean = _REMARK.sub("", _LABEL.sub("", raw.translate(_DASHES)))
    if clean[:1].isalpha():
        clean = _WORDS_BEFORE.sub("", clean)
        if clean[:1].isalpha() or len(digits(clean)) < FEWEST_AFTER_WORDS:
            return None
    if _DAY.fullmatch(clean) or _RANGE.fullmatch(clean):
        return None
    if _SIMPLE.fullmatch(clean) and (e164 := _quickly(clean, region)):
        return PhoneNumber(raw, e164)
    return _thoroughly(raw, clean, region)


def _quickly(clean: str, region: str) -> str:
    """E.164 of a number in plain notation and an easy numbering plan; empty when the library must decide."""
    if "(0)" in clean:
        clean = _TRUNK_ZERO.sub(r"\1\2", clean)
    number = clean.translate(_ONLY_DIGITS)
    if clean[0] == "+" or number.startswith("00"):
        if clean[0] != "+" and not _dials_00(region):
            return ""
        number = number if clean[0] == "+" else number[2:]
        code, region = _region_of_prefix(number[:3])
        plan = _plan(region) if region else None
        if plan is None:
            return ""
        national = number[len(code) :]
        if plan.trunk and national.startswith(plan.trunk):
            return ""
    else:
        plan = _plan(region) if region else None
        if plan is None:
            return ""
        national = number
        if plan.trunk and number.startswith(plan.trunk):
            national = number[len(plan.trunk) :]
        elif plan.trunk or number.startswith(plan.country_code):
            return ""  # perhaps without area code, perhaps with the country code and no plus
    if len(national) not in plan.lengths or not plan.pattern.fullmatch(national):
        return ""
    return f"+{plan.country_code}{national}"


@lru_cache(maxsize=300)
def _dials_00(region: str) -> bool:
    if not region:
        return True
    metadata = PhoneMetadata.metadata_for_region(region, None)
    return metadata is None or metadata.international_prefix == "00"


def _thoroughly(raw: str, clean: str, region: str) -> PhoneNumber | None:
    extension = ""
    if found := _EXTENSION.search(clean):
        extension, clean = found["digits"], clean[: found.start()]
    clean = _TRUNK_ZERO.sub(r"\1\2", clean)
    if clean.startswith("00") and _dials_00(region):
        clean = f"+{clean[2:]}"
    try:
        found_number = phonenumbers.parse(clean, region.upper() or None)
    except NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(found_number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None  # also numbers without their area code: the world cannot dial them
    e164 = phonenumbers.format_number(found_number, PhoneNumberFormat.E164)
    return PhoneNumber(raw, e164, extension or found_number.extension or "")


@lru_cache(maxsize=20_000)
def format_phone(e164: str, region: str = "") -> str:
    """Return a number as people of `region` write it: national at home, international otherwise."""
    try:
        number = phonenumbers.parse(e164, None)
    except NumberParseException:
        return e164
    is_home = bool(region) and number.country_code == phonenumbers.country_code_for_region(region.upper())
    style = PhoneNumberFormat.NATIONAL if is_home else PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, style))
