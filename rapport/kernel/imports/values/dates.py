"""Dates and moments as people and programs write them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from babel import Locale
from django.utils import timezone as django_timezone
from django.utils.translation import gettext_lazy as _

from rapport.kernel.imports.problems import ImportProblem, shortened

NAMES_FROM = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da")
MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "BZ", "FM"})
EXCEL_START = date(1899, 12, 30)
EXCEL_RANGE = range(3_000, 110_000)  # 1908 to 2201; other numbers are no days

_NUMERIC = re.compile(r"(\d{1,4})\s?([-./])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?!\d)")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_DAY_NAME = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|[.ºª])?[\s\-/.]*(?:de\s+)?([^\W\d_]{3,12})\.?,?[\s\-/.]*(?:de\s+)?(\d{4}|\d\d)(?!\d)"
)
_NAME_DAY = re.compile(r"([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_SERIAL = re.compile(r"(\d{4,6})(?:[.,](\d+))?")
_TIME = re.compile(
    r"(?:[T,\s]|um|at|-)*(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*(am|pm|a\.m\.|p\.m\.)?\s*(?:uhr|h)?\s*"
    r"(z|utc|gmt|[+-]\d\d:?\d\d)?\s*(?:\([^)]*\))?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"^[^\W\d_]{2,12}(?:,\s*|\.,?\s*|\s+)(?=\d|[^\W\d_]{3,}\.?\s+\d)")
_EVIDENCE = re.compile(r"\s*(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d\d)(?!\d)")


@dataclass(frozen=True)
class DateOrder:
    """In which order a column writes day, month and year, and whether its values prove it."""

    order: str  # "dmy", "mdy" or "ymd"
    is_certain: bool
    is_mixed: bool = False  # some values prove the one, some the other


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """Month names and abbreviations of our languages, without dots and in lower case."""
    found: dict[str, int] = {"sept": 9, "mrz": 3, "märz": 3, "maerz": 3, "jän": 1, "jänner": 1, "feber": 2}
    for language in NAMES_FROM:
        for widths in Locale.parse(language).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in widths[width].items():
                    found.setdefault(name.rstrip(".").casefold(), number)
    return {name: number for name, number in found.items() if len(name) >= 3}


def date_order(samples: Iterable[str], region: str = "") -> DateOrder:
    """Return the order of day and month that the samples prove; `region` decides when they prove nothing."""
    day_first = month_first = dotted = seen = 0
    for text in samples:
        found = _EVIDENCE.match(text)
        if not found:
            continue
        seen += 1
        first, mark, second = int(found[1]), found[2], int(found[3])
        day_first += first > 12
        month_first += second > 12
        dotted += mark == "."
    if not seen:
        return DateOrder("ymd", True)
    if day_first != month_first:
        return DateOrder("dmy" if day_first > month_first else "mdy", True, bool(day_first and month_first))
    if dotted:
        return DateOrder("dmy", True)
    return DateOrder("mdy" if region.upper() in MONTH_FIRST else "dmy", False, bool(day_first))


@lru_cache(maxsize=50_000)
def parse_date(text: str, order: str = "dmy") -> date:
    """Return the day that `text` means; a time behind it is ignored."""
    day, rest = _day(text.strip(), order)
    if rest.strip() and not _TIME.fullmatch(rest.strip()):
        raise _not_a_date(text)
    return day


def parse_moment(text: str, order: str = "dmy") -> datetime:
    """Return day and time; aware if the text has an offset, else in the time of whoever wrote it."""
    day, rest = _day(text.strip(), order)
    rest = rest.strip()
    if not rest:
        return datetime.combine(day, _time_of_serial(text))
    found = _TIME.fullmatch(rest)
    if not found:
        raise _not_a_date(text)
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    half = (found[4] or "").lower().replace(".", "")
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour == 24 and minute == 0:
        day, hour = day + timedelta(days=1), 0
    try:
        moment = datetime.combine(day, time(hour, minute, second))
    except ValueError as error:
        raise ImportProblem(
            _("“%(text)s” has no possible time. Write it like 14:30."), text=shortened(text)
        ) from error
    offset = found[5]
    return moment if offset is None else moment.replace(tzinfo=_zone(offset))


def _zone(offset: str) -> timezone:
    if offset[0] not in "+-":
        return UTC
    plain = offset.replace(":", "")
    distance = timedelta(hours=int(plain[1:3]), minutes=int(plain[3:5]))
    return timezone(-distance if plain[0] == "-" else distance)


def _time_of_serial(text: str) -> time:
    found = _SERIAL.fullmatch(text.strip())
    if not found or not found[2]:
        return time()
    seconds = round(float(f"0.{found[2]}") * 86_400)
    minutes, second = divmod(min(seconds, 86_399), 60)
    return time(minutes // 60, minutes % 60, second)


def _day(text: str, order: str) -> tuple[date, str]:
    """Return the day at the beginning of `text` and what follows it."""
    if found := _NUMERIC.match(text):
        return _checked(text, *_in_order(found[1], found[3], found[4], order, text)), text[found.end() :]
    if found := _COMPACT.match(text):
        return _checked(text, int(found[1]), int(found[2]), int(found[3])), text[found.end() :]
    if (found := _SERIAL.fullmatch(text)) and int(found[1]) in EXCEL_RANGE:
        return EXCEL_START + timedelta(days=int(found[1])), ""
    plain = _WEEKDAY.sub("", text) if text[:1].isalpha() and _month(text.split()[0]) is None else text
    if plain != text:
        return _day(plain, order)
    if (found := _DAY_NAME.match(text)) and (month := _month(found[2])):
        return _checked(text, _year(found[3]), month, int(found[1])), text[found.end() :]
    if (found := _NAME_DAY.match(text)) and (month := _month(found[1])):
        return _checked(text, _year(found[3]), month, int(found[2])), text[found.end() :]
    raise _not_a_date(text)


def _in_order(first: str, second: str, third: str, order: str, text: str) -> tuple[int, int, int]:
    if len(first) == 4 and len(third) <= 2:
        return int(first), int(second), int(third)
    if len(first) > 2 or (len(third) not in (2, 4) and order != "ymd"):
        raise _not_a_date(text)
    if order == "mdy":
        return _year(third), int(first), int(second)
    if order == "ymd" and len(third) <= 2:
        return _year(first), int(second), int(third)
    return _year(third), int(second), int(first)


def _month(word: str) -> int | None:
    return _months().get(word.strip(".,").casefold())


def _year(digits: str) -> int:
    """Two digits mean the hundred years that end twenty years from now."""
    year = int(digits)
    if len(digits) > 2:
        return year
    this_year = django_timezone.now().year
    year += this_year - this_year % 100
    return year if year <= this_year + 20 else year - 100


def _checked(text: str, year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise ImportProblem(
            _("“%(text)s” has no month %(month)s. Check the order of day and month of the column."),
            text=shortened(text),
            month=month,
        )
    if year < 1000:
        raise _not_a_date(text)
    try:
        return date(year, month, day)
    except ValueError as error:
        message = _("“%(text)s” is a day that does not exist. Correct the day.")
        raise ImportProblem(message, text=shortened(text)) from error


def _not_a_date(text: str) -> ImportProblem:
    return ImportProblem(_("“%(text)s” is not a date. Write it like 2026-12-31."), text=shortened(text))
