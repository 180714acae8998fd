"""Reads a task in plain English or German: "Call Ingrid tomorrow 14:00", "Angebot an Nordhavn am Freitag um 9"."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from rapport.activities.models import Kind
from rapport.kernel.filters.periods import add_months
from rapport.ui.days import whole_day

LONGEST = 500

WEEKDAYS = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "montag": 0, "dienstag": 1, "mittwoch": 2, "donnerstag": 3, "freitag": 4, "samstag": 5, "sonnabend": 5,
    "sonntag": 6,
}  # fmt: skip
# These are also other words ("do", "so", "sun"), so they count only behind "on", "am", "next" and the like, and before
# an hour.
SHORT_WEEKDAYS = {
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
    "mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6,
}  # fmt: skip
MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "mär": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9,
    "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12,
}  # fmt: skip
DAY_WORDS = {
    "today": 0, "heute": 0, "tonight": 0, "tomorrow": 1, "morgen": 1, "day after tomorrow": 2, "übermorgen": 2,
    "uebermorgen": 2,
}  # fmt: skip
PARTS_OF_DAY = {
    "morning": 9, "früh": 9, "vormittag": 9, "vormittags": 9, "noon": 12, "mittag": 12, "mittags": 12,
    "afternoon": 15, "nachmittag": 15, "nachmittags": 15, "evening": 19, "abend": 19, "abends": 19, "night": 19,
}  # fmt: skip
# Behind a day of the week "morgen" is no day: "Freitag morgen", "Montagmorgen".
PARTS_OF_WEEKDAY = {**PARTS_OF_DAY, "morgen": 9}
COUNTS = {
    "a": 1, "an": 1, "one": 1, "ein": 1, "eine": 1, "einem": 1, "einer": 1, "two": 2, "zwei": 2, "three": 3, "drei": 3,
    "four": 4, "vier": 4, "five": 5, "fünf": 5, "six": 6, "sechs": 6, "seven": 7, "sieben": 7, "eight": 8, "acht": 8,
    "nine": 9, "neun": 9, "ten": 10, "zehn": 10, "twelve": 12, "zwölf": 12,
}  # fmt: skip
UNITS = {
    "minute": "minutes", "minutes": "minutes", "min": "minutes", "minuten": "minutes",
    "hour": "hours", "hours": "hours", "h": "hours", "stunde": "hours", "stunden": "hours",
    "day": "days", "days": "days", "tag": "days", "tage": "days", "tagen": "days",
    "week": "weeks", "weeks": "weeks", "woche": "weeks", "wochen": "weeks",
    "month": "months", "months": "months", "monat": "months", "monate": "months", "monaten": "months",
}  # fmt: skip
KINDS = {
    "call": Kind.CALL, "phone": Kind.CALL, "ring": Kind.CALL, "anruf": Kind.CALL, "anrufen": Kind.CALL,
    "telefonat": Kind.CALL, "telefonieren": Kind.CALL, "rückruf": Kind.CALL, "zurückrufen": Kind.CALL,
    "meet": Kind.MEETING, "meeting": Kind.MEETING, "visit": Kind.MEETING, "termin": Kind.MEETING,
    "besprechung": Kind.MEETING, "treffen": Kind.MEETING, "besuch": Kind.MEETING, "besuchen": Kind.MEETING,
}  # fmt: skip


def _any(words: object) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))  # type: ignore[call-overload]  # dicts of words


BEFORE = r"(?:\b(?:on|by|until|from|am|bis\s+zum|bis|ab|vom|zum)\s+)?"
NEXT = r"(?:next|this|coming|nächste[nmrs]?|naechste[nmrs]?|diese[nmrs]?|kommende[nmrs]?)"
IN_SOME_TIME = r"\bin\s+(?P<count>\d{1,3}|" + _any(COUNTS) + r")\s+(?P<unit>" + _any(UNITS) + r")\b"
DAY_PATTERNS = [
    (r"\b(?:today|heute)\s+" + IN_SOME_TIME, "_in_some_time"),
    (
        BEFORE + r"(?:\b" + NEXT + r"\s+)?\b(?P<weekday>" + _any(WEEKDAYS) + r")\s?(?P<part>"
        + _any(PARTS_OF_WEEKDAY) + r")\b", "_weekday",
    ),
    (r"\b(?P<word>" + _any(DAY_WORDS) + r")\b", "_day_word"),
    (IN_SOME_TIME, "_in_some_time"),
    (r"\b(?:next|nächsten|naechsten|kommenden)\s+(?:month|monat)\b", "_next_month"),
    (r"\b(?:next|nächste|naechste|kommende)\s+(?:week|woche)\b", "_next_week"),
    (BEFORE + r"(?:\b" + NEXT + r"\s+)?\b(?P<weekday>" + _any(WEEKDAYS) + r")s?\b", "_weekday"),
    (r"\b(?:on|by|am|bis|" + NEXT + r")\s+(?P<weekday>" + _any(SHORT_WEEKDAYS) + r")\b\.?", "_weekday"),
    (
        r"\b(?P<weekday>" + _any(SHORT_WEEKDAYS) + r")\b\.?(?=,?\s+(?:at\s+|um\s+)?\d{1,2}(?::\d{2}|\s*uhr)\b)",
        "_weekday",
    ),
    (BEFORE + r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b", "_numbers"),
    (BEFORE + r"\b(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>\d{4}|\d{2})\b)?", "_numbers"),
    (BEFORE + r"\b(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})\b", "_numbers"),
    (
        BEFORE + r"\b(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<name>" + _any(MONTHS)
        + r")[a-zä]*\b\.?(?:,?\s+(?P<year>\d{4})\b)?", "_named_month",
    ),
    (
        BEFORE + r"\b(?P<name>" + _any(MONTHS) + r")[a-zä]*\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?!:)"
        r"(?:,?\s+(?P<year>\d{4})\b)?", "_named_month",
    ),
]  # fmt: skip
TIME_PATTERNS = [
    r"(?:\b(?:at|um|ab|from|gegen)\s+)?\b(?P<hour>\d{1,2})[:.](?P<minute>\d{2})\s*(?P<half>[ap]\.?m\b\.?)?(?:\s*(?:uhr|h)\b)?",
    r"(?:\b(?:at|um|ab|gegen)\s+)?\b(?P<hour>\d{1,2})\s*(?P<half>[ap]\.?m\b\.?)",
    r"(?:\b(?:um|ab|gegen)\s+)?\b(?P<hour>\d{1,2})\s*uhr(?:\s+(?P<minute>\d{2}))?\b",
    r"\b(?:at|um)\s+(?P<hour>\d{1,2})\b(?![./:])",
    r"(?:\b(?:in\s+the|this|at|am)\s+)?\b(?P<part>" + _any(PARTS_OF_DAY) + r")\b",
]
CLOCK = r"(?P<hour{0}>\d{{1,2}})(?:[:.](?P<minute{0}>\d{{2}}))?"
# From when to when: with minutes on both sides, or "10-11 Uhr".
HOURS = (
    r"(?:\b(?:at|um|von|from)\s+)?\b" + CLOCK.format("") + r"\s*(?:-|–|bis|to)\s*" + CLOCK.format("_to")
    + r"(?P<uhr>\s*uhr\b)?(?![\d.:])"
)  # fmt: skip
DURATION = (
    r"\b(?:for|für|fuer)\s+(?P<count>\d{1,3}|"
    + _any(COUNTS)
    + r")\s+(?P<unit>min|minutes?|minuten|hours?|h|stunden?)\b"
)


@dataclass(frozen=True)
class Said:
    """What was understood; what was not is still in the subject."""

    type: str
    subject: str
    due_at: datetime | None = None
    duration: int | None = None


def read(text: str, *, now: datetime | None = None) -> Said:
    """Read one line. A day without a time means some time that day; a time without a day the next such time."""
    rest = " ".join(text[:LONGEST].replace("\x00", " ").split())
    whole, now = rest, timezone.localtime(now)
    rest, duration = _take_duration(rest)
    day, hour = None, None
    for pattern, name in DAY_PATTERNS:
        for found in re.finditer(pattern, rest, re.IGNORECASE):
            day, hour = READERS[name](found, now)
            if day is not None:
                rest = _without(rest, found)
                if found.groupdict().get("word", "").lower() == "tonight":
                    hour = time(19)
                break
        if day is not None:
            break
    if hour is None and duration is None:
        rest, hour, duration = _take_hours(rest)
    if hour is None:
        rest, hour = _take_time(rest, has_day=day is not None)
    subject = rest.strip(" ,;.-–") or whole
    return Said(_kind(subject), subject, _moment(day, hour, now), duration)


def _without(text: str, found: re.Match[str]) -> str:
    return " ".join((text[: found.start()] + " " + text[found.end() :]).split())


def _take_duration(text: str) -> tuple[str, int | None]:
    found = re.search(DURATION, text, re.IGNORECASE)
    if found is None:
        return text, None
    minutes = _count(found) * (60 if UNITS[found["unit"].lower()] == "hours" else 1)
    return _without(text, found), minutes


def _take_hours(text: str) -> tuple[str, time | None, int | None]:
    """From when on, and how long: "10-11 Uhr", "14:00 bis 15:30"."""
    for found in re.finditer(HOURS, text, re.IGNORECASE):
        said = found.groupdict()
        begins = _hour(said)
        ends = _hour({"hour": said["hour_to"], "minute": said["minute_to"]})
        if begins and ends and begins < ends and (said["uhr"] or found[0].count(":") == 2):
            minutes = (ends.hour - begins.hour) * 60 + ends.minute - begins.minute
            return _without(text, found), begins, minutes
    return text, None, None


def _take_time(text: str, *, has_day: bool) -> tuple[str, time | None]:
    for pattern in TIME_PATTERNS:
        for found in re.finditer(pattern, text, re.IGNORECASE):
            hour = _hour(found.groupdict())
            # "morning" and the like say a time only beside a day: "good morning mail" is no date
            if hour is not None and (has_day or not found.groupdict().get("part")):
                return _without(text, found), hour
    return text, None


def _hour(said: dict[str, str | None]) -> time | None:
    if part := said.get("part"):
        return time(PARTS_OF_DAY[part.lower()])
    hour, minute = int(said["hour"] or 0), int(said.get("minute") or 0)
    half = (said.get("half") or "").lower().replace(".", "")
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _moment(day: date | None, hour: time | None, now: datetime) -> datetime | None:
    if day is None and hour is None:
        return None
    if day is None:
        assert hour is not None
        day = now.date() + timedelta(days=0 if hour > now.time() else 1)
    return whole_day(day) if hour is None else timezone.make_aware(datetime.combine(day, hour))


def _kind(subject: str) -> str:
    words = re.findall(r"\w+", subject.lower())
    first = [KINDS[word] for word in words[:1] + words[-1:] if word in KINDS]
    return first[0] if first else Kind.TASK


def _count(found: re.Match[str]) -> int:
    said = found["count"].lower()
    return int(said) if said.isdigit() else COUNTS[said]


Day = tuple[date | None, time | None]


def _day_word(found: re.Match[str], now: datetime) -> Day:
    return now.date() + timedelta(days=DAY_WORDS[found["word"].lower()]), None


def _in_some_time(found: re.Match[str], now: datetime) -> Day:
    unit = UNITS[found["unit"].lower()]
    if unit == "months":
        return add_months(now.date(), _count(found)), None
    then = now + timedelta(**{unit: _count(found)})
    if unit in ("days", "weeks"):
        return then.date(), None
    return then.date(), then.time().replace(second=0, microsecond=0)


def _next_week(_found: re.Match[str], now: datetime) -> Day:
    return now.date() + timedelta(days=7 - now.weekday()), None


def _next_month(_found: re.Match[str], now: datetime) -> Day:
    return add_months(now.date().replace(day=1), 1), None


def _weekday(found: re.Match[str], now: datetime) -> Day:
    wanted = (WEEKDAYS | SHORT_WEEKDAYS)[found["weekday"].lower()]
    part = found.groupdict().get("part")
    hour = time(PARTS_OF_WEEKDAY[part.lower()]) if part else None
    return now.date() + timedelta(days=(wanted - now.weekday() - 1) % 7 + 1), hour


def _numbers(found: re.Match[str], now: datetime) -> Day:
    return _date(found["year"], int(found["month"]), int(found["day"]), now), None


def _named_month(found: re.Match[str], now: datetime) -> Day:
    return _date(found["year"], MONTHS[found["name"].lower()], int(found["day"]), now), None


def _date(year: str | None, month: int, day: int, now: datetime) -> date | None:
    """The day; without a year the next one of that name. None when the calendar has no such day."""
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        this_year = date(now.year, month, day)
    except ValueError:
        return None
    return this_year if this_year >= now.date() else _date(str(now.year + 1), month, day, now)


READERS = {
    "_day_word": _day_word, "_in_some_time": _in_some_time, "_next_week": _next_week, "_next_month": _next_month,
    "_weekday": _weekday,
    "_numbers": _numbers, "_named_month": _named_month,
}  # fmt: skip
