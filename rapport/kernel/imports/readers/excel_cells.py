"""Numbers of Excel cells as text that reads back as the same value, whatever the language of the reader."""

import re
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache

_DATES = {*range(14, 18), *range(27, 32), 36, *range(50, 59)}
_TIMES = {18, 19, 20, 21, 32, 33, 34, 35, 45, 47}
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?:\$[^\]]*|[A-Za-z]+\d*|[<>=][^\]]*)\]')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+|hh|mm|ss)\]", re.IGNORECASE)
_ZEROS = re.compile(r"0{2,15}")
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001  # Excel knows no zones
_LAST_DAY = 2_958_465  # 31 December 9999
Width = int


class CellStyle(Enum):
    """What the number format of a cell makes of its number."""

    GENERAL = 0
    DATE = 1
    TIME = 2
    MOMENT = 3
    DURATION = 4
    PERCENT = 5


@lru_cache(maxsize=2000)
def style_of_format(number: str, code: str) -> "CellStyle | Width":
    """Return what a number format means; an int is the width to which it fills up with zeros (postcodes)."""
    if not code:
        given = int(number) if number.isdecimal() else 0
        if given in _DATES:
            return CellStyle.DATE
        if given in _TIMES:
            return CellStyle.TIME
        return {
            22: CellStyle.MOMENT,
            46: CellStyle.DURATION,
            9: CellStyle.PERCENT,
            10: CellStyle.PERCENT,
        }.get(given, CellStyle.GENERAL)
    positive = code.partition(";")[0]
    if _ELAPSED.search(positive):
        return CellStyle.DURATION
    bare = _QUOTED.sub("", positive).lower()
    if "%" in bare:
        return CellStyle.PERCENT
    if _ZEROS.fullmatch(bare.strip()):
        return len(bare.strip())
    if any(letter in bare for letter in "#0?"):
        bare = bare if "yy" in bare else ""
    has_day = "y" in bare or "d" in bare or ("m" in bare and not any(letter in bare for letter in "hs"))
    has_time = "h" in bare or "s" in bare
    if has_day:
        return CellStyle.MOMENT if has_time else CellStyle.DATE
    return CellStyle.TIME if has_time else CellStyle.GENERAL


@lru_cache(maxsize=20_000)
def text_of_cell(said: str, style: "CellStyle | Width", *, is_1904: bool = False) -> str:
    """Return the text of a number as the file has it ("49151", "4.6387E4") with its format."""
    if style is CellStyle.GENERAL and said.isdecimal() and len(said) < 16:
        return said
    try:
        number = float(said)
    except ValueError:
        return said  # a text where a number belongs is better than nothing
    if isinstance(style, int):
        return text_of_number(number).zfill(style)
    if style is CellStyle.PERCENT:
        return f"{text_of_number(round(number * 100, 10))}%"
    if style is CellStyle.GENERAL or number != number or not 0 <= number <= _LAST_DAY:
        return text_of_number(number)
    if style is CellStyle.DURATION:
        minutes, seconds = divmod(round(number * 86_400), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return _text_of_day(number, style, is_1904=is_1904)


def _text_of_day(number: float, style: CellStyle, *, is_1904: bool) -> str:
    if not is_1904 and 1 <= number < 60:
        number += 1  # Excel believes that 1900 was a leap year
    try:
        moment = (_EPOCH_1904 if is_1904 else _EPOCH) + timedelta(seconds=round(number * 86_400))
    except OverflowError:
        return text_of_number(number)
    clock = moment.strftime("%H:%M:%S")
    if number < 1 and style is not CellStyle.DATE:
        return clock
    if clock == "00:00:00":
        return moment.date().isoformat()
    return f"{moment.date().isoformat()} {clock}"


def text_of_number(number: float) -> str:
    """Return a number without the noise of binary fractions and without anything that two languages read twice."""
    if number != number or number in (float("inf"), float("-inf")):
        return ""
    if number.is_integer() and abs(number) < 1e18:
        return str(int(number))
    text = f"{number:.15g}"
    if "e" in text:
        return f"{number:.20f}".rstrip("0").rstrip(".") if abs(number) < 1 else text
    whole, _dot, places = text.partition(".")
    if len(places) == 3 and whole.lstrip("-") != "0":
        text += "0"  # 1.234 might be read as German thousands, 1.2340 cannot
    return text
