"""Finds the hour that a task in plain words names: "14:00", "halb drei", "quarter to five", "8 in the evening".

An hour from one to six that says nothing more is one of the afternoon: hardly anybody plans at night. What is written
with minutes (6:30) is so up to five; a zero before it (03:00) and a part of the day (3 Uhr morgens) say otherwise.
"""

import re
from datetime import time

from rapport.activities.quick.words import (
    COUNTS,
    HOURS,
    KINDS,
    MARK,
    MINUTES,
    PARTS,
    PARTS_OF_DAY,
    any_of,
    means_it,
    number,
    plain,
    without,
)

Found = re.Match[str]

AT = r"(?:at|um|ab|from|gegen|around|by|until|till|bis|zu)"
IN_PART = r"(?:in\s+(?:the|der)|at|am|gegen)"
PART = any_of(PARTS)
# Behind a day or a part of one, and before an hour.
LEAD = (
    r"(?:\b(?:"
    + IN_PART
    + r"\s+)?(?P<before>"
    + any_of(PARTS_OF_DAY)
    + r"),?\s+)?(?:\b"
    + AT
    + r"\s+|@\s*)?\b"
)
TAIL = r"(?:,?\s+(?:" + IN_PART + r"\s+)?(?P<behind>" + PART + r"|nachts|at\s+night)\b)?"
HALF = r"(?P<half>[ap]\.?m\b\.?)"
SAID_HOUR = r"(?P<hour>\d{1,2}|" + any_of(HOURS) + r")\b(?!\d*[.:/]\d)(?:\s*uhr\b)?"
O_CLOCK = r"(?:uhr|o['’]?clock)\b"
MONEY = r"(?!\s*(?:€|\$|£|%|eur\b|euro|usd|chf|kg|km|m\b|l\b|lit))"
FEW = r"(?P<few>5|10|20|25|five|ten|twenty|fünf|zehn|zwanzig)(?:\s+(?:minutes|minuten))?"

BARE = r"(?P<hour>\d{1,2}|" + any_of(HOURS) + r")\b(?![.:/]\d|\.\s?\d)" + MONEY
BEHIND_DAY = re.escape(MARK) + r"\s+(?:,\s*)?"
# These are hours behind a day, behind "at" or at the end: "page 10 to 12" and "look at 3 offers" name none.
IN_COMPANY = [
    LEAD + FEW + r"\s+(?P<direction>past|to|nach|vor)\s+(?P<halfway>halb\s+)?" + SAID_HOUR + TAIL,
    LEAD + r"(?P<hour>" + any_of(HOURS) + r")\s+(?P<minute>" + any_of(MINUTES) + r")\b" + TAIL,
    LEAD + r"(?<!drei\s)(?P<quarter>viertel)\s+" + SAID_HOUR + TAIL,
    r"\b(?:at|um|gegen|ab|around)\s+(?P<hour>\d{1,2})\.(?P<minute>\d{2})\b(?!\.)" + MONEY + TAIL,
]  # fmt: skip
CLOCKS = [
    LEAD + r"(?P<before_it>halb)\s+" + SAID_HOUR + TAIL,
    LEAD + r"(?P<past>half)[\s-]+past\s+" + SAID_HOUR + TAIL,
    LEAD + r"(?:a\s+)?(?P<past>quarter\s+(?:past|after)|viertel\s+nach)\s+" + SAID_HOUR + TAIL,
    LEAD + r"(?:a\s+)?(?P<before_it>quarter\s+(?:to|of)|viertel\s+vor|drei\s?viertel)\s+" + SAID_HOUR + TAIL,
    LEAD + r"(?P<hour>\d{1,2}):(?P<minute>\d{2})\s*" + HALF + r"?(?:\s*(?:" + O_CLOCK + r"|h\b))?" + TAIL,
    LEAD + r"(?P<hour>\d{1,2})(?:[.:](?P<minute>\d{2}))?\s*" + HALF + TAIL,
    LEAD + r"(?P<hour>\d{1,2})\.(?P<minute>\d{2})\s*(?:" + O_CLOCK + r"|h\b)" + TAIL,
    LEAD + r"(?P<hour>\d{1,2}|" + any_of(HOURS) + r")\s*" + O_CLOCK
    + r"(?:\s+(?P<minute>\d{2}\b(?!\.)|" + any_of(MINUTES) + r"\b))?" + TAIL,
    LEAD + r"(?P<hour>\d{1,2}|" + any_of(HOURS) + r")\s+(?:in\s+(?:the|der)\s+|am\s+)(?P<behind>" + PART + r")\b",
    BEHIND_DAY + LEAD.replace(r"@\s*)?", r"@\s*)") + BARE + TAIL,
    BEHIND_DAY + r"(?P<hour>\d{1,2})\.(?P<minute>\d{2})\b(?!\.)" + MONEY + TAIL,
    r"(?<!look\s)\b(?:at|um)\s+" + BARE + r"(?=\s*(?:$|[,;.!?)" + re.escape(MARK)
    + r"]|(?:about|with|regarding|re|wegen|mit|bei|über|zum|zur)\b))",
    r"^(?:at|um)\s+" + BARE + r"(?=\s+" + any_of(KINDS) + r"\b|.*\s" + any_of(KINDS) + r"$)",
]  # fmt: skip
ALONE = ("noon", "midday", "mittags", "vormittags", "nachmittags", "abends")
PARTS_ONLY = [
    BEHIND_DAY + r"(?:(?:" + IN_PART + r"|by|until|bis|zu)\s+(?:the\s+)?)?(?P<part>" + PART + r")\b",
    r"\b(?P<part>" + any_of((*ALONE, "first thing", "früh")) + r")\s+(?=" + re.escape(MARK) + r")",
    r"\b(?:in\s+the|in\s+der|at|am|gegen|by|until|bis)\s+(?:the\s+)?(?P<part>" + PART + r")\b",
    r"\b(?P<part>" + any_of(ALONE) + r")\b",
]  # fmt: skip
CLOCK = r"(?P<hour{0}>\d{{1,2}})(?:[:.](?P<minute{0}>\d{{2}}))?\s*(?P<half{0}>[ap]\.?m\b\.?)?"
RANGE = (
    r"(?:\b(?P<from>at|um|von|from|between|zwischen)\s+)?\b" + CLOCK.format("") + r"\s*(?:-|–|bis|to|and|und|until)\s*"
    + CLOCK.format("_to") + r"(?P<uhr>\s*" + O_CLOCK + r")?(?![\d.:])"
)  # fmt: skip
DURATION = (
    r"\b(?:for|für|fuer)\s+(?:(?P<count>\d{1,3}|" + any_of(COUNTS) + r")\s+(?P<unit>min|minutes?|minuten|hours?|h|"
    r"stunden?)(?P<more>\s+and\s+a\s+half)?|(?P<thirty>half\s+an\s+hour|eine\s+halbe\s+stunde)|"
    r"(?P<ninety>anderthalb\s+stunden|eineinhalb\s+stunden))\b"
)  # fmt: skip


def find_duration(text: str) -> tuple[str, int | None]:
    """How many minutes it takes."""
    found = re.search(DURATION, text, re.IGNORECASE)
    if found is None:
        return text, None
    if not found["unit"]:
        return without(found), 30 if found["thirty"] else 90
    minutes = number(found["count"]) * (60 if plain(found["unit"]).startswith(("h", "s")) else 1)
    return without(found), minutes + (30 if found["more"] else 0)


def find_range(text: str) -> tuple[str, time | None, int | None]:
    """From when on, and how long: "10-11 Uhr", "14:00 bis 15:30", "2-4pm"."""
    for found in re.finditer(RANGE, text, re.IGNORECASE):
        said = found.groupdict()
        is_beside = said["from"] and text[: found.start()].rstrip().endswith(MARK)
        if not (said["uhr"] or said["half_to"] or (said["minute"] and said["minute_to"]) or is_beside):
            continue
        begins, ends = _two_hours(said)
        if begins and ends and begins < ends and means_it(found):
            return without(found), begins, (ends.hour - begins.hour) * 60 + ends.minute - begins.minute
    return text, None, None


def _two_hours(said: dict[str, str | None]) -> tuple[time | None, time | None]:
    """Both hours; one half of the day, said once, is that of both where that is possible."""
    ends = _clock(said["hour_to"] or "", said["minute_to"], said["half_to"])
    begins = _clock(said["hour"] or "", said["minute"], said["half"] or said["half_to"])
    if begins and ends and begins >= ends and not said["half"]:
        begins = _clock(said["hour"] or "", said["minute"], "am" if said["half_to"] else None)
    return begins, ends


def find_time(text: str, part: str = "") -> tuple[str, time | None]:
    """The text without the words for the hour, and the hour; `part` of the day was named with the day."""
    for pattern, needs_company in PATTERNS:
        for found in pattern.finditer(text):
            if not means_it(found) or (needs_company and not _has_company(found)):
                continue
            hour = _spoken(found, part)
            if hour is not None:
                return without(found), hour
    if part:
        return text, time(PARTS[part])
    for pattern in PARTS_ALONE:
        for found in pattern.finditer(text):
            if means_it(found):
                return without(found), time(PARTS[" ".join(plain(found["part"]).split())])
    return text, None


def _has_company(found: Found) -> bool:
    before, behind = found.string[: found.start()].rstrip(), found.string[found.end() :].strip(" .,;!?)")
    if before.endswith(MARK) or re.match(AT + r"\s", found[0], re.IGNORECASE):
        return True
    return not behind.strip(MARK) and not found.groupdict().get("few", "").isdigit()


def _spoken(found: Found, part: str) -> time | None:
    """The hour that is said, in the part of the day that is said."""
    said = found.groupdict()
    named = said.get("before") or said.get("behind") or part
    at_night = plain(found[0]).endswith(("nachts", "at night"))
    hour = _clock(
        said["hour"] or "", said.get("minute"), said.get("half"), " ".join(plain(named).split()), at_night
    )
    minutes = _turned(said)
    if hour is None or not minutes:
        return hour
    total = hour.hour * 60 + hour.minute + minutes
    return time(total // 60 % 24, total % 60)


def _turned(said: dict[str, str | None]) -> int:
    """So many minutes from the full hour: half past, quarter to, halb, fünf vor halb."""
    if said.get("quarter"):
        return -45
    if words := said.get("before_it"):
        return -30 if plain(words) == "halb" else -15
    if words := said.get("past"):
        return 30 if plain(words) == "half" else 15
    if few := said.get("few"):
        minutes = number(few)
        return (minutes if plain(said["direction"] or "") in ("past", "nach") else -minutes) - (
            30 if said["halfway"] else 0
        )
    return 0


def _clock(
    said: str, minute: str | None, half: str | None = None, part: str = "", at_night: bool = False
) -> time | None:
    """The hour of a day; without more one from one to six is of the afternoon."""
    hour, minutes = number(said), MINUTES.get(plain(minute or "")) or int(minute or 0)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.lower().startswith("p") else 0)
    elif at_night:
        hour += 12 if 6 <= hour < 12 else 0
    elif part:
        hour += 12 if PARTS[part] >= 12 and hour < 12 and (PARTS[part] > 12 or hour < 6) else 0
    elif 1 <= hour <= (5 if minute and minute.isdigit() else 6) and not said.startswith("0"):
        hour += 12
    return time(hour, minutes) if hour < 24 and minutes < 60 else None


PATTERNS = [(re.compile(one, re.IGNORECASE), one in IN_COMPANY) for one in (*IN_COMPANY, *CLOCKS)]
PARTS_ALONE = [re.compile(one, re.IGNORECASE) for one in PARTS_ONLY]
