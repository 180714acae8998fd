"""Finds the day that a task in plain words names: "tomorrow", "Freitag in einer Woche", "end of the month"."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rapport.activities.quick.words import (
    COUNTS,
    DAY_WORDS,
    MONTHS,
    PARTS,
    SHORT_WEEKDAYS,
    UNITS,
    WEEKDAYS,
    any_of,
    means_it,
    number,
    plain,
    without,
)
from rapport.kernel.filters.periods import add_months


@dataclass(frozen=True)
class Day:
    """A day that was found, with the hour or the part of it that the same words have named."""

    on: date
    hour: time | None = None
    part: str = ""


Found = re.Match[str]
WEEK = timedelta(days=7)
END, MIDDLE = ("end", "ende"), ("middle", "mid", "mitte")
MONTHS_OF = {"m": 1, "q": 3}  # by its first letter; else a year
SHORT_ENDS = {
    "eow": "w", "eom": "m", "eoq": "q", "eoy": "y", "monatsende": "m",
    "quartalsende": "q", "jahresende": "y", "monthend": "m", "quarterend": "q", "yearend": "y",
}  # fmt: skip

BEFORE = (
    r"(?:\b(?:(?:bis\s+)?spätestens(?:\s+(?:am|bis))?|on|by|until|till|for|am|bis\s+zum|bis|ab|zum|für|den)\s+(?:the\s+)?|"
    r"\bthe\s+)?"
)  # fmt: skip
ALL_WEEKDAYS = {**WEEKDAYS, **SHORT_WEEKDAYS}
NEXT = r"(?:next|coming|nächste[nmrs]?|naechste[nmrs]?|kommende[nmrs]?)"
THIS = r"(?:this|diese[nmrs]?)"
NEXT_BUT_ONE = r"(?:übernächste[nmrs]?|uebernaechste[nmrs]?)"
WEEKDAY = r"(?P<weekday>" + any_of(WEEKDAYS) + r")"
ANY_WEEKDAY = r"(?P<weekday>" + any_of(ALL_WEEKDAYS) + r")"
COUNT = r"(?P<count>\d{1,3}|" + any_of(COUNTS) + r")"
TIME = (
    r"(?:" + COUNT + r"\s+(?P<unit>" + any_of(UNITS) + r")(?P<half>\s+and\s+a\s+half)?|"
    r"(?P<fortnight>(?:a\s+)?fortnight)|(?P<thirty>half\s+an\s+hour|einer\s+halben\s+stunde)|"
    r"(?P<ninety>anderthalb\s+stunden|eineinhalb\s+stunden))\b(?:['’]?\s+time\b)?"
)  # fmt: skip
IN_SOME_TIME = r"\b(?:in|within|binnen|innerhalb\s+von)\s+" + TIME
FROM = r"(?:(?P<word>today|now|tomorrow|heute|morgen|übermorgen)|(?:" + NEXT + r"\s+)?" + WEEKDAY + r")"
WHICH = r"(?:(?P<next>" + NEXT + r")|" + THIS + r"|der|des|the)"
PERIOD = (
    r"(?:" + WHICH + r"\s+){0,2}(?P<period>week|woche|month|monate?s?|quarter|quartale?s?|year|jahre?s?)\b"
)  # fmt: skip
EDGE = r"(?P<edge>end|ende|beginning|start|anfang|early|middle|mid|mitte)"
MONTH = r"(?P<name>" + any_of(MONTHS) + r")\b\.?"
BY = r"(?:\b(?:by|at|until|till|bis|am|zum|gegen)\s+)?(?:\b(?:the|zum)\s+)?"
YEAR = r"(?:,?\s+(?P<year>\d{4})\b)?"


def find_day(text: str, now: datetime) -> tuple[str, Day | None]:
    """The text without the words for the day, and the day."""
    for pattern, reader in PATTERNS:
        for found in pattern.finditer(text):
            day = reader(found, now) if means_it(found) else None
            if day is not None:
                return without(found), day
    return text, None


# ---------- readers: the day that the words mean, None when they mean none


def _day_word(found: Found, now: datetime) -> Day | None:
    word = plain(found["word"])
    if word == "morgen" and re.search(
        r"\b(?:am|gegen|diesen)\s+$", found.string[: found.start()], re.IGNORECASE
    ):
        return None  # the part of the day
    part = "evening" if word == "tonight" else ""
    return Day(now.date() + timedelta(days=DAY_WORDS[word]), part=part)


def _this_part(found: Found, now: datetime) -> Day:
    return Day(now.date(), part=plain(found["part"]))


def _later(start: datetime, found: Found) -> Day:
    """So much later than then."""
    if found["fortnight"]:
        return Day(start.date() + 2 * WEEK)
    unit = UNITS[plain(found["unit"])] if found["unit"] else "minutes"
    count = number(found["count"]) if found["count"] else 30 if found["thirty"] else 90
    if unit in ("months", "years"):
        return Day(add_months(start.date(), count * (12 if unit == "years" else 1)))
    then = start + timedelta(**{unit: count * (1.5 if found["half"] else 1)})
    if unit in ("days", "weeks"):
        return Day(then.date())
    return Day(then.date(), then.time().replace(second=0, microsecond=0))


def _in_some_time(found: Found, now: datetime) -> Day | None:
    is_long = found["unit"] and UNITS[plain(found["unit"])] not in ("hours",)
    return None if found["half"] and is_long else _later(now, found)


def _from_some_day(found: Found, now: datetime) -> Day | None:
    """A week from Friday, Freitag in zwei Wochen: hours are counted from now only."""
    is_short = found["unit"] and UNITS[plain(found["unit"])] in ("minutes", "hours")
    if found["half"] or found["thirty"] or found["ninety"] or is_short:
        return _in_some_time(found, now) if plain(found["word"] or "") == "now" else None
    if found["weekday"]:
        return _later(datetime.combine(_coming(found["weekday"], now), time()), found)
    word = plain(found["word"])
    return _later(now + timedelta(days=DAY_WORDS.get(word, 0)), found)


def _a_week_later(found: Found, now: datetime) -> Day:
    return Day(_coming(found["weekday"], now) + WEEK)


def _in_week(found: Found, now: datetime) -> Day | None:
    """A day of this week, the next one or the one after; of this week not one that is over."""
    monday = now.date() - timedelta(days=now.weekday())
    said = found.groupdict()
    weeks = 2 if said.get("second") else 1 if said.get("next") else 0
    weekday = ALL_WEEKDAYS[plain(said["weekday"])] if said.get("weekday") else 0
    day = monday + weeks * WEEK + timedelta(days=weekday)
    return Day(day) if day >= now.date() else None


def _weekend(_found: Found, now: datetime) -> Day:
    return Day(now.date() + timedelta(days=max(0, 5 - now.weekday())))


def _after_weekend(_found: Found, now: datetime) -> Day:
    return Day(now.date() + timedelta(days=7 - now.weekday()))


def _edge(found: Found, now: datetime) -> Day | None:
    """The beginning, the middle or the end of a week, month, quarter or year."""
    return _edge_of(plain(found["edge"]), plain(found["period"])[0], now.date(), is_next=bool(found["next"]))


def _edge_of(edge: str, period: str, today: date, *, is_next: bool = False) -> Day | None:
    if period == "w":
        monday = today - timedelta(days=today.weekday()) + (WEEK if is_next else timedelta())
        day = monday + timedelta(days=4 if edge in END else 2 if edge in MIDDLE else 0)
        return _not_over(day + WEEK if edge in END and day < today else day, today)
    months = MONTHS_OF.get(period, 12)
    first = today.replace(day=1, month=(today.month - 1) // months * months + 1)
    return _not_over(_within(add_months(first, months) if is_next else first, months, edge), today)


def _within(first: date, months: int, edge: str) -> date:
    if edge in END:
        return add_months(first, months) - timedelta(days=1)
    if edge in MIDDLE:
        return add_months(first, months // 2).replace(day=15 if months % 2 else 1)
    return first


def _not_over(day: date, today: date) -> Day | None:
    return Day(day) if day >= today else None


def _short_end(found: Found, now: datetime) -> Day | None:
    return _edge_of("end", SHORT_ENDS[re.sub(r"[\s-]", "", plain(found["short"]))], now.date())


def _edge_of_month(found: Found, now: datetime) -> Day | None:
    month, edge = MONTHS[plain(found["name"])], plain(found["edge"])
    year = int(found["year"] or now.year)
    try:
        day = _within(date(year, month, 1), 1, edge)
        return Day(day if found["year"] or day >= now.date() else _within(date(year + 1, month, 1), 1, edge))
    except ValueError:
        return None


def _next_period(found: Found, now: datetime) -> Day:
    period = plain(found["period"])[0]
    months = MONTHS_OF.get(period, 12)
    first = now.date().replace(day=1, month=(now.month - 1) // months * months + 1)
    return Day(add_months(first, months * (2 if found["second"] else 1)))


def _calendar_week(found: Found, now: datetime) -> Day | None:
    try:
        monday = date.fromisocalendar(now.isocalendar().year, int(found["number"]), 1)
        is_over = monday + timedelta(days=6) < now.date()
        return Day(
            date.fromisocalendar(now.isocalendar().year + 1, int(found["number"]), 1) if is_over else monday
        )
    except ValueError:
        return None


def _coming(weekday: str, now: datetime) -> date:
    """The next day of that name, never today."""
    wanted = ALL_WEEKDAYS[plain(weekday)]
    return now.date() + timedelta(days=(wanted - now.weekday() - 1) % 7 + 1)


def _weekday(found: Found, now: datetime) -> Day:
    said = found.groupdict()
    return Day(_coming(found["weekday"], now), part=plain(said.get("part") or ""))


def _day_of_month(found: Found, now: datetime) -> Day | None:
    """The next 15th; the next Friday the 13th."""
    number, weekday = int(found["day"]), found.groupdict().get("weekday")
    for months in range(24 if weekday else 3):
        first = add_months(now.date().replace(day=1), months)
        if not 1 <= number <= monthrange(first.year, first.month)[1]:
            continue
        day = first.replace(day=number)
        if day >= now.date() and (not weekday or day.weekday() == ALL_WEEKDAYS[plain(weekday)]):
            return Day(day)
    return None


def _end_of_day(_found: Found, now: datetime) -> Day:
    return Day(now.date())


def _numbers(found: Found, now: datetime) -> Day | None:
    return _date(found["year"], int(found["month"]), int(found["day"]), now)


def _named_month(found: Found, now: datetime) -> Day | None:
    return _date(found["year"], MONTHS[plain(found["name"])], int(found["day"]), now)


def _date(year: str | None, month: int, day: int, now: datetime) -> Day | None:
    """The day; without a year the next one of that name. None when the calendar has no such day."""
    said = int(year) + (2000 if len(year) == 2 else 0) if year else None
    # a 29 February comes after eight years at the latest
    for one in range(now.year, now.year + 9) if said is None else (said,):
        try:
            found = date(one, month, day)
        except ValueError:
            continue
        if said is not None or found >= now.date():
            return Day(found)
    return None


# ---------- what is looked for, the most particular first

AND_WEEKDAY = r"\b" + any_of(ALL_WEEKDAYS) + r"\b\.?,?\s+(?:the\s+|den\s+|dem\s+)?"
Reader = Callable[[Found, datetime], Day | None]
SECOND_WEEK = r"(?P<second>" + NEXT_BUT_ONE + r"\s+woche|(?:the\s+)?week\s+after\s+next)"
WHICH_WEEK = (
    r"(?:" + SECOND_WEEK + r"|(?P<next>" + NEXT + r")\s+(?:week|woche)|" + THIS + r"\s+(?:week|woche))"
)
DATES: list[tuple[str, Reader]] = [
    (r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b", _numbers),
    (r"\b(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:(?P<year>\s?\d{4}|\d{2})\b)?", _numbers),
    (r"\b(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})\b", _numbers),
    (r"\b(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?" + MONTH + YEAR, _named_month),
    (r"\b" + MONTH + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?!:)" + YEAR, _named_month),
]
SAID: list[tuple[str, Reader]] = [
    *((BEFORE + AND_WEEKDAY + pattern, reader) for pattern, reader in DATES),
    (BEFORE + WEEKDAY + r",?\s+(?:the\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)\b", _day_of_month),
    (BEFORE + WEEKDAY + r",?\s+(?:den|dem)\s+(?P<day>\d{1,2})\.(?=\s|$)", _day_of_month),
    (r"\b" + TIME + r"\s+from\s+" + FROM + r"\b", _from_some_day),
    (r"\ba\s+week\s+on\s+" + WEEKDAY + r"\b", _a_week_later),
    (BEFORE + r"\b" + FROM + r"\s+" + IN_SOME_TIME, _from_some_day),
    (BEFORE + r"\b" + WEEKDAY + r"\s+week\b", _a_week_later),
    (BEFORE + NEXT_BUT_ONE + r"\s+" + WEEKDAY + r"\b", _a_week_later),
    (r"\b(?:in\s+der\s+)?" + WHICH_WEEK + r",?\s+(?:on\s+|am\s+)?" + ANY_WEEKDAY + r"\b\.?", _in_week),
    (BEFORE + r"\b" + ANY_WEEKDAY + r"\b\.?\s+(?:of\s+|in\s+der\s+|der\s+)?" + WHICH_WEEK + r"\b", _in_week),
    (BY + r"\b" + EDGE + r"[\s-]+(?:of\s+)?" + PERIOD, _edge),
    (BY + r"\b" + EDGE + r"[\s-]+(?:of\s+)?" + MONTH + YEAR, _edge_of_month),
    (
        BY + r"\b(?P<short>" + any_of(SHORT_ENDS) + r"|(?:month|quarter|year)[\s-]end)\b", _short_end,
    ),
    (r"\b(?:after\s+the\s+weekend|nach\s+dem\s+wochenende)\b", _after_weekend),
    (r"\b(?:at|on|over|this|am|übers|dieses)\s+(?:the\s+)?(?:weekend|wochenende)\b", _weekend),
    (
        BEFORE + r"(?:\b(?:" + NEXT + r"|" + THIS + r")\s+)?\b" + WEEKDAY + r"\s?(?P<part>" + any_of(PARTS) + r")\b",
        _weekday,
    ),
    (r"\bthis\s+(?P<part>morning|afternoon|evening)\b", _this_part),
    (r"\b(?:(?:by|until|till|for|bis|ab|für)\s+)?(?:the\s+)?\b(?P<word>" + any_of(DAY_WORDS) + r")\b", _day_word),
    (IN_SOME_TIME, _in_some_time),
    (
        r"\b(?:(?:in\s+(?:der|the)|im)\s+)?(?:(?P<second>" + NEXT_BUT_ONE + r")|" + NEXT
        + r")\s+(?P<period>month|monat|quarter|quartal|year|jahr)\b", _next_period,
    ),
    (r"\b(?:in\s+(?:der|the)\s+)?(?:" + SECOND_WEEK + r"|(?P<next>" + NEXT + r")\s+(?:week|woche))\b", _in_week),
    (r"\b(?:in\s+(?:der\s+)?)?kw\s?(?P<number>\d{1,2})\b", _calendar_week),
    (BEFORE + r"(?:\b(?:" + NEXT + r"|" + THIS + r")\s+)?\b" + WEEKDAY + r"\b", _weekday),
    (r"\b(?:on|by|am|bis|" + NEXT + r"|" + THIS + r")\s+(?P<weekday>" + any_of(SHORT_WEEKDAYS) + r")\b\.?", _weekday),
    (
        r"\b(?P<weekday>" + any_of(SHORT_WEEKDAYS) + r")\b\.?"
        r"(?=,?\s+(?:at\s+|um\s+)?\d{1,2}(?::\d{2}|\s*uhr|\s*[ap]m)\b)",
        _weekday,
    ),
    *((BEFORE + pattern, reader) for pattern, reader in DATES),
    (r"\b(?:on\s+the|by\s+the|until\s+the)\s+(?P<day>\d{1,2})(?:st|nd|rd|th)\b", _day_of_month),
    (r"\b(?:am|bis\s+zum|zum)\s+(?P<day>\d{1,2})\.(?!\d|\s?\w+\.)(?=\s|$)", _day_of_month),
    (BY + r"\b(?:end\s+of\s+(?:the\s+)?day|ende\s+des\s+tages|tagesende|eod|cob)\b", _end_of_day),
]  # fmt: skip
PATTERNS = [(re.compile(pattern, re.IGNORECASE), reader) for pattern, reader in SAID]
