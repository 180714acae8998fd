"""Recurrence rules (RFC 5545): read and written as RRULE, worked out in local time, said in words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

from rapport.kernel.records import RuleError
from rapport.ui.days import clock_of, whole_day

DAILY, WEEKLY, MONTHLY, YEARLY = "DAILY", "WEEKLY", "MONTHLY", "YEARLY"
EVERY = (DAILY, WEEKLY, MONTHLY, YEARLY)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PARTS = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST", "UNTIL", "COUNT")
ON = ("day", "weekday", "last-weekday", "last")
MOST_TIMES, LARGEST_STEP = 1000, 999
LONGEST = 500
PLACES = ("1", "2", "3", "4", "-1")  # of a weekday in a month, as the form knows them
DAYS_OF = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
STAMP = "%Y%m%dT%H%M%S"


@dataclass(frozen=True)
class Rule:
    """A rule as people choose it; `on` is "day", "weekday" (the second Tuesday), "last-weekday" (the last Friday) or
    "last" (its last day) of a month."""

    every: str
    step: int = 1
    weekdays: tuple[int, ...] = ()
    on: str = "day"
    until: date | None = None
    count: int | None = None

    def text(self, start: date) -> str:
        """The RRULE of a series that begins on that day."""
        parts = [f"FREQ={self.every}"] + ([f"INTERVAL={self.step}"] if self.step > 1 else [])
        if self.every == WEEKLY:
            days = sorted({*self.weekdays} or {start.weekday()})
            parts.append("BYDAY=" + ",".join(DAYS[day] for day in days))
        if self.every == MONTHLY:
            parts.append(self._in_month(start))
        if self.until is not None:
            parts.append(f"UNTIL={end_of(self.until)}")
        elif self.count is not None:
            parts.append(f"COUNT={self.count}")
        return ";".join(parts)

    def _in_month(self, start: date) -> str:
        if self.on == "last":
            return "BYMONTHDAY=-1"
        if self.on == "last-weekday":
            return f"BYDAY=-1{DAYS[start.weekday()]}"
        if self.on == "weekday":
            return f"BYDAY={nth_of(start)}{DAYS[start.weekday()]}"
        return f"BYMONTHDAY={start.day}"


def nth_of(day: date) -> int:
    """The how-maniest of its weekday it is in its month; the fifth is the last (-1)."""
    nth = (day.day - 1) // 7 + 1
    return -1 if nth == 5 else nth


def is_last(day: date) -> bool:
    """Is it the last of its weekday in its month?"""
    return (day + timedelta(days=7)).month != day.month


def parts_of(text: str) -> dict[str, str]:
    """{"FREQ": "WEEKLY", …}; RuleError where it is no rule that we can keep."""
    said = text.strip().upper().removeprefix("RRULE:")
    pairs = dict(piece.partition("=")[::2] for piece in said.split(";") if piece)
    is_known = pairs.get("FREQ") in EVERY and all(name in PARTS for name in pairs)
    if len(said) > LONGEST or not is_known or ("COUNT" in pairs and "UNTIL" in pairs):
        raise RuleError(_("This rule of repetition is not known here."))
    try:
        step, count = int(pairs.get("INTERVAL", "1")), int(pairs.get("COUNT", "1"))
        rrulestr(joined(pairs), dtstart=datetime(2026, 1, 1), ignoretz=True)  # noqa: DTZ001 - local time
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as problem:
        raise RuleError(_("This rule of repetition is not known here.")) from problem
    if not 0 < step <= LARGEST_STEP or not 0 < count <= 100_000:
        raise RuleError(_("This rule of repetition is not known here."))
    return pairs


def new_parts_of(text: str) -> dict[str, str]:
    """The same for a rule that begins: what may never come is refused. Rules that are kept stay as they are."""
    pairs = parts_of(text)
    try:
        may_happen = _may_happen(pairs, int(pairs.get("INTERVAL", "1")))
    except (ValueError, IndexError) as problem:
        raise RuleError(_("This rule of repetition is not known here.")) from problem
    if not may_happen:
        raise RuleError(_("This rule of repetition is not known here."))
    return pairs


def _may_happen(pairs: dict[str, str], step: int) -> bool:
    """False for rules that may never come, such as 30 February: each would be looked for until the year 9999."""
    every, names = pairs["FREQ"], {name for name in pairs if name.startswith("BY")}
    days = [one for one in pairs.get("BYDAY", "").split(",") if one]
    of_month, months, places = (_numbers(pairs, name) for name in ("BYMONTHDAY", "BYMONTH", "BYSETPOS"))
    if every == DAILY:
        return (names <= {"BYDAY"} and not (days and step % 7 == 0)) or (names == {"BYMONTH"} and step == 1)
    if every == WEEKLY:
        return names <= {"BYDAY"}
    nth = [int(one[:-2]) for one in days if len(one) > 2]
    if any(abs(one) > (53 if every == YEARLY and not months else 5) for one in nth) or (nth and of_month):
        return False
    if of_month and not any(
        abs(day) <= DAYS_OF[month - 1] for day in of_month for month in months or range(1, 13)
    ):
        return False
    most = len(of_month) or sum(1 if len(one) > 2 else 5 for one in days) or 1
    is_monthly_of_some = every == MONTHLY and months and step > 1
    return not is_monthly_of_some and (every == YEARLY or all(abs(one) <= most for one in places))


def _numbers(pairs: dict[str, str], name: str) -> list[int]:
    return [int(one) for one in pairs.get(name, "").split(",") if one]


def joined(pairs: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in pairs.items())


def read_rule(text: str, start: date, hour: time | None = None) -> Rule | None:
    """The rule as the form knows it; None for what only other programs make. `hour` is that of the series."""
    try:
        pairs = parts_of(text)
    except RuleError:
        return None
    pairs = _without_places(pairs)
    until = last_day(pairs["UNTIL"], hour) if "UNTIL" in pairs else None
    rule = Rule(pairs["FREQ"], int(pairs.get("INTERVAL", 1)), until=until)
    if "COUNT" in pairs:
        rule = replace(rule, count=int(pairs["COUNT"]))
    days = [one for one in pairs.get("BYDAY", "").split(",") if one]
    if rule.every == WEEKLY and all(one in DAYS for one in days):
        rule = replace(rule, weekdays=tuple(DAYS.index(one) for one in days) or (start.weekday(),))
    elif rule.every == MONTHLY:
        rule = replace(rule, on=_on(pairs))
    core = {
        name: value for name, value in pairs.items() if name not in ("WKST", "UNTIL", "COUNT", "INTERVAL")
    }
    mine = parts_of(replace(rule, until=None, count=None, step=1).text(start))
    if rule.every == YEARLY:
        core = {name: value for name, value in core.items() if name not in ("BYMONTH", "BYMONTHDAY")}
    if rule.every in (MONTHLY, WEEKLY) and set(core) == {"FREQ"}:
        return rule
    return rule if core == mine else None


def _without_places(pairs: dict[str, str]) -> dict[str, str]:
    """The last Friday as it is said here; others say the last of all Fridays."""
    place, day = pairs.get("BYSETPOS", ""), pairs.get("BYDAY", "")
    if pairs["FREQ"] != MONTHLY or day not in DAYS or place not in PLACES:
        return pairs
    return {name: value for name, value in pairs.items() if name != "BYSETPOS"} | {"BYDAY": f"{place}{day}"}


def _on(pairs: dict[str, str]) -> str:
    """On which day of its months a rule happens, as the form says it."""
    if pairs.get("BYMONTHDAY") == "-1":
        return "last"
    days = pairs.get("BYDAY", "")
    return "last-weekday" if days.startswith("-1") else "weekday" if days else "day"


def moments(
    text: str, day: date, hour: time | None, zone: str, *, after: datetime | None = None
) -> Iterator[datetime]:
    """When it happens, from its first time on or behind a moment: the same hour of the clock in summer and winter.

    Without an hour it happens on whole days.
    """
    where = ZoneInfo(zone)
    begin = datetime.combine(day, hour or time())
    found = rrulestr(text, dtstart=begin, ignoretz=True)
    local = clock_of(after, zone) if after else begin - timedelta(seconds=1)
    # An hour that comes twice must not be left out, nor the day to which the moment belongs.
    for one in found.xafter(local - timedelta(hours=2 if hour else 24)):
        moment = aware(one, where) if hour else whole_day(one.date())
        if after is None or moment > after:
            yield moment


def aware(local: datetime, where: ZoneInfo) -> datetime:
    """The moment at which clocks there show this; where an hour is left out, as much later."""
    return local.replace(tzinfo=where).astimezone(UTC)


def ending_before(text: str, local: datetime) -> str:
    """The same rule that ends before that time of the clock: with the day before, as it comes once a day."""
    pairs = {name: value for name, value in parts_of(text).items() if name not in ("COUNT", "UNTIL")}
    return joined(pairs | {"UNTIL": end_of(local.date() - timedelta(days=1))})


def last_day(until: str, hour: time | None) -> date:
    """The last day on which a series with this hour may happen, by the end of its rule."""
    ends = datetime.strptime(until[:15], STAMP if "T" in until else "%Y%m%d")  # noqa: DTZ007 - local time
    is_over = "T" in until and hour is not None and ends.time() < hour
    return ends.date() - timedelta(days=int(is_over))


def end_of(day: date) -> str:
    """The end of a rule that this day still belongs to."""
    return datetime.combine(day, time(23, 59, 59)).strftime(STAMP)


def going_on(text: str, done: int) -> str:
    """The rule for what is left after so many times."""
    pairs = parts_of(text)
    if "COUNT" in pairs:
        pairs["COUNT"] = str(max(1, int(pairs["COUNT"]) - done))
    return joined(pairs)


def shifted(text: str, old: date, new: date) -> str:
    """The rule for a series that begins on another day than before: its days of the week and month go along."""
    pairs = _without_places(parts_of(text))
    if old == new:
        return joined(pairs)
    days = (new - old).days
    if "UNTIL" in pairs and days > 0:
        until = datetime.strptime(pairs["UNTIL"][:8], "%Y%m%d") + timedelta(days=days)  # noqa: DTZ007
        pairs["UNTIL"] = end_of(until.date())
    if pairs["FREQ"] == WEEKLY and "BYDAY" in pairs:
        moved = [(DAYS.index(one) + days) % 7 for one in pairs["BYDAY"].split(",") if one in DAYS]
        pairs["BYDAY"] = ",".join(DAYS[day] for day in sorted(moved)) or DAYS[new.weekday()]
    elif pairs["FREQ"] == MONTHLY and "BYDAY" in pairs:
        nth = -1 if pairs["BYDAY"].startswith("-1") and is_last(new) else nth_of(new)
        pairs["BYDAY"] = f"{nth}{DAYS[new.weekday()]}"
    elif pairs["FREQ"] == MONTHLY and pairs.get("BYMONTHDAY", str(new.day)) != str(new.day):
        pairs["BYMONTHDAY"] = str(new.day)
    elif pairs["FREQ"] == YEARLY:
        pairs = {name: value for name, value in pairs.items() if not name.startswith("BY")}
    return joined(pairs)
