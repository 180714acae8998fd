"""The words for days, hours and numbers that a task in plain words may hold, English and German."""

import re
from collections.abc import Iterable

from rapport.activities.models import Kind

MARK = "\ue000"  # stands where words were taken out, so that what is beside them is known to be
LOOKALIKES = str.maketrans("ıİſ", "iis")

WEEKDAYS = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "montag": 0, "dienstag": 1, "mittwoch": 2, "donnerstag": 3, "freitag": 4, "samstag": 5, "sonnabend": 5,
    "sonntag": 6,
}  # fmt: skip
# These are also other words ("do", "so", "sun"), so they count only behind "on", "am", "next" and the like, and before
# an hour.
SHORT_WEEKDAYS = {
    "mon": 0, "tue": 1, "tues": 1, "wed": 2, "weds": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6,
    "mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6,
}  # fmt: skip
MONTHS = {
    "jan": 1, "january": 1, "januar": 1, "jänner": 1, "feb": 2, "february": 2, "februar": 2,
    "mar": 3, "march": 3, "mär": 3, "mrz": 3, "märz": 3, "maerz": 3, "apr": 4, "april": 4, "may": 5, "mai": 5,
    "jun": 6, "june": 6, "juni": 6, "jul": 7, "july": 7, "juli": 7, "aug": 8, "august": 8,
    "sep": 9, "sept": 9, "september": 9, "oct": 10, "october": 10, "okt": 10, "oktober": 10,
    "nov": 11, "november": 11, "dec": 12, "december": 12, "dez": 12, "dezember": 12,
}  # fmt: skip
DAY_WORDS = {
    "today": 0, "heute": 0, "tonight": 0, "tomorrow": 1, "morgen": 1, "day after tomorrow": 2, "übermorgen": 2,
    "uebermorgen": 2,
}  # fmt: skip
PARTS_OF_DAY = {
    "morning": 9, "first thing": 9, "früh": 9, "morgens": 9, "vormittag": 9, "vormittags": 9,
    "noon": 12, "midday": 12, "mittag": 12, "mittags": 12, "afternoon": 15, "nachmittag": 15, "nachmittags": 15,
    "evening": 19, "abend": 19, "abends": 19, "night": 19,
}  # fmt: skip
# Behind a day or "am" the word "morgen" is no day: "Freitag morgen", "Montagmorgen".
PARTS = {**PARTS_OF_DAY, "morgen": 9}
COUNTS = {
    "a": 1, "an": 1, "one": 1, "ein": 1, "eine": 1, "einem": 1, "einer": 1, "two": 2, "zwei": 2, "three": 3, "drei": 3,
    "four": 4, "vier": 4, "five": 5, "fünf": 5, "six": 6, "sechs": 6, "seven": 7, "sieben": 7, "eight": 8, "acht": 8,
    "nine": 9, "neun": 9, "ten": 10, "zehn": 10, "eleven": 11, "elf": 11, "twelve": 12, "zwölf": 12, "fourteen": 14,
    "vierzehn": 14, "fifteen": 15, "fünfzehn": 15, "twenty": 20, "zwanzig": 20, "thirty": 30, "dreißig": 30,
}  # fmt: skip
HOURS = {word: count for word, count in COUNTS.items() if count <= 12 and not word.startswith(("a", "ein"))} | {
    "eins": 1, "acht": 8,
}  # fmt: skip
MINUTES = {"fifteen": 15, "fünfzehn": 15, "thirty": 30, "dreißig": 30, "forty-five": 45, "fünfundvierzig": 45}
UNITS = {
    "minute": "minutes", "minutes": "minutes", "min": "minutes", "minuten": "minutes",
    "hour": "hours", "hours": "hours", "h": "hours", "stunde": "hours", "stunden": "hours",
    "day": "days", "days": "days", "tag": "days", "tage": "days", "tagen": "days",
    "week": "weeks", "weeks": "weeks", "woche": "weeks", "wochen": "weeks",
    "month": "months", "months": "months", "monat": "months", "monate": "months", "monaten": "months",
    "year": "years", "years": "years", "jahr": "years", "jahre": "years", "jahren": "years",
}  # fmt: skip
KINDS = {
    "call": Kind.CALL, "phone": Kind.CALL, "ring": Kind.CALL, "anruf": Kind.CALL, "anrufen": Kind.CALL,
    "telefonat": Kind.CALL, "telefonieren": Kind.CALL, "rückruf": Kind.CALL, "zurückrufen": Kind.CALL,
    "meet": Kind.MEETING, "meeting": Kind.MEETING, "visit": Kind.MEETING, "termin": Kind.MEETING,
    "besprechung": Kind.MEETING, "treffen": Kind.MEETING, "besuch": Kind.MEETING, "besuchen": Kind.MEETING,
}  # fmt: skip


def any_of(words: Iterable[str]) -> str:
    """One of these words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def plain(said: str) -> str:
    """What was said as it stands in the tables: patterns that ignore the case also find ı, İ and ſ for i and s."""
    return said.translate(LOOKALIKES).lower()


def number(said: str) -> int:
    return int(said) if said.isdigit() else COUNTS.get(plain(said)) or HOURS[plain(said)]


NAMED = any_of([*WEEKDAYS, *DAY_WORDS])
ALSO = r"\s+(?:or|oder|and|und|to|bis|through)\s+(?:on\s+|am\s+)?"
# What stands before a day or an hour and makes something else of it: "last Friday", "after 14:00", "every Monday",
# "Rechnung vom 3.6.".
OTHERWISE = re.compile(
    r"(?:\b(?:last|past|every|each|after|before|since|from|good|guten?|schönen|letzte[nmrs]?|vergangene[nmrs]?|"
    r"jede[nmrs]?|nach|vor|seit|von|vom|alle)\s+|\w-|\b" + NAMED + ALSO + r")$",
    re.IGNORECASE,
)  # fmt: skip
CHOICE = re.compile(r"\b" + NAMED + ALSO + NAMED + r"\b", re.IGNORECASE)
# What stands behind it: "tomorrow's meeting", "Montag-Runde", "Monday or Tuesday", "monday.com".
GOES_ON = re.compile(r"['’]s\b|-\w|\.[a-z]|" + ALSO + r"(?:\d|" + NAMED + r"\b)", re.IGNORECASE)

# Together the end of some days: "Messe Montag bis Mittwoch".
BEGUN, UNTIL = re.compile(NAMED + r"\s+$", re.IGNORECASE), re.compile(r"(?:bis|until|till)\b", re.IGNORECASE)


def means_it(found: re.Match[str]) -> bool:
    """Nothing beside the words makes something else of them."""
    before = found.string[: found.start()]
    is_end = UNTIL.match(found[0]) and BEGUN.search(before)
    return not is_end and not OTHERWISE.search(before) and not GOES_ON.match(found.string, found.end())


def without(found: re.Match[str]) -> str:
    """The text with a mark where the words stood."""
    text = found.string
    return " ".join(f"{text[: found.start()]} {MARK} {text[found.end() :]}".split(" ")).replace("  ", " ")
