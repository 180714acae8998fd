"""How dates, moments, numbers and money read in the user's language; also reads them back from what he typed."""

import re
import zlib
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal

from babel import Locale
from babel import dates as babel_dates
from babel import numbers as babel_numbers
from django.utils import timezone
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from rapport.ui.days import day_of, is_whole_day

NO_BREAK = "\u00a0"
THOUSANDS = NO_BREAK + "T"
HUES = ("petrol", "amber", "violet", "green", "rose", "sky", "orange", "lime", "red", "grey")
# Plain "en" would mean American dates to Babel; the product writes "14 May 2026".
REGIONS = {"en": "en_GB"}
TITLES = {"dr", "prof", "mr", "mrs", "ms", "herr", "frau", "ing", "dipl", "mag", "med"}

Number = int | float | Decimal


@lru_cache(maxsize=64)
def _locale_named(language: str) -> Locale:
    name = to_locale(language)
    return Locale.parse(REGIONS.get(name, name))


def locale() -> Locale:
    """Return the Babel locale of the active language."""
    return _locale_named(_language())


# ---------- dates and moments
#
# A list of 100 rows formats hundreds of dates. What Babel says depends on few things (a day, a minute of the
# day, a number of minutes), so its answers are kept per language.


@lru_cache(maxsize=8192)
def _day_in(language: str, day: date, style: str) -> str:
    where = _locale_named(language)
    if style in ("medium", "full"):
        return babel_dates.format_date(day, style, locale=where)
    return babel_dates.format_skeleton(style, day, locale=where).replace(",", "")


@lru_cache(maxsize=4096)
def _time_in(language: str, hour: int, minute: int) -> str:
    return babel_dates.format_time(time(hour, minute), "short", locale=_locale_named(language))


@lru_cache(maxsize=4096)
def _distance_in(language: str, count: int, unit: Literal["day", "hour", "minute"]) -> str:
    distance = timedelta(**{unit + "s": count})
    text: str = babel_dates.format_timedelta(
        distance,
        add_direction=True,
        format="short",
        threshold=1000,
        granularity=unit,
        locale=_locale_named(language),
    )
    return re.sub(r"\bhr\b", "h", text).replace("mins", "min")


def _language() -> str:
    return get_language() or "en"


def format_date(value: date | datetime | None) -> str:
    """Return the date in full: 14 May 2026."""
    return "" if value is None else _day_in(_language(), _local_date(value), "medium")


def format_month(value: date) -> str:
    """Return the month with its year: May 2026."""
    return _day_in(_language(), value, "yMMMM")


def format_weekday(value: date) -> str:
    """Return the day of the week: Mon."""
    return _day_in(_language(), value, "EEE")


def first_weekday() -> int:
    """The day with which weeks begin where the user is, Monday is 0."""
    return int(locale().first_week_day)


def format_day(value: date | datetime | None) -> str:
    """Return the date as people say it: Today, Tomorrow, Thu 14 May, 14 May 2027."""
    if value is None:
        return ""
    day, today = _local_date(value), timezone.localdate()
    distance = (day - today).days
    if distance in (-1, 0, 1):
        return {-1: _("Yesterday"), 0: _("Today"), 1: _("Tomorrow")}[distance]
    if -7 < distance < 14:
        return _day_in(_language(), day, "MMMEd")
    return _day_in(_language(), day, "MMMd" if day.year == today.year else "medium")


def format_time(value: datetime | None) -> str:
    """Return the time of day in the user's time zone: 16:15."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return _time_in(_language(), local.hour, local.minute)


def format_stamp(value: datetime | None) -> str:
    """Return date and time in full, for tooltips and exports: Thursday, 14 May 2026, 16:15 CEST."""
    if value is None:
        return ""
    if is_whole_day(value):
        return _day_in(_language(), day_of(value), "full")
    local = timezone.localtime(value)
    clock = _time_in(_language(), local.hour, local.minute)
    return f"{_day_in(_language(), local.date(), 'full')}, {clock} {local.tzname() or ''}".strip()


def format_moment(value: datetime | None, *, now: datetime | None = None) -> str:
    """Return the moment relative to now up to a week, absolute after: 6 min ago, Today 16:15, Yesterday, 14 May."""
    if value is None:
        return ""
    if is_whole_day(value):
        return format_day(value)
    now = now or timezone.now()
    local, today = timezone.localtime(value), timezone.localtime(now).date()
    seconds, days = (value - now).total_seconds(), (local.date() - today).days
    if abs(seconds) < 60:
        return _("Just now")
    if abs(seconds) < 3600:
        return _distance_in(_language(), round(seconds / 60), "minute")
    if -6 * 3600 < seconds < 0:
        return _distance_in(_language(), round(seconds / 3600), "hour")
    if days in (-1, 0, 1):
        pattern = {-1: _("Yesterday"), 0: _("Today {time}"), 1: _("Tomorrow {time}")}[days]
        return pattern.format(time=_time_in(_language(), local.hour, local.minute))
    if -7 <= days < 0:
        return _distance_in(_language(), days, "day")
    day = format_day(local.date())
    return _("{day}, {time}").format(day=day, time=format_time(value)) if days > 0 else day


def format_lasting(value: datetime) -> str:
    """Return the moment as it reads right whenever it is read, as in a mail: Thu 14 May 2026, 16:15."""
    day = _day_in(_language(), _local_date(value), "yMMMEd")
    return day if is_whole_day(value) else _("{day}, {time}").format(day=day, time=format_time(value))


def within(text: str) -> str:
    """Return what `format_moment` says as it reads within a sentence: "seen just now", "heute 16:15"."""
    days = (_(one).format(time="") for one in ("Today {time}", "Tomorrow {time}"))
    words = [_("Just now"), _("Yesterday"), *days]
    return text[:1].lower() + text[1:] if text.startswith(tuple(word.strip() for word in words)) else text


def _local_date(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return day_of(value) if timezone.is_aware(value) else value.date()
    return value


def format_duration(minutes: int | None) -> str:
    """Return a length of time: 45 min, 1 h 30 min."""
    if minutes is None:
        return ""
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return _("{minutes} min").format(minutes=rest)
    if not rest:
        return _("{hours} h").format(hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)


# ---------- numbers


@lru_cache(maxsize=64)
def _marks_in(language: str) -> tuple[str, str] | None:
    """The marks for thousands and decimals, where groups are the usual three digits from 1,000 on."""
    where = _locale_named(language)
    standard = where.decimal_formats[None]
    if standard.grouping != (3, 3) or babel_numbers.format_decimal(1000, locale=where) == "1000":
        return None
    return babel_numbers.get_group_symbol(where), babel_numbers.get_decimal_symbol(where)


def format_number(value: Number | None, decimals: int | None = None) -> str:
    """Return the number with separators; decimals fixes the digits after the point."""
    return "" if value is None else _number_in(_language(), value, decimals)


def _number_in(language: str, value: Number, decimals: int | None) -> str:
    marks = _marks_in(language)
    if isinstance(value, int) and not decimals and marks:
        return _minus(f"{value:,}".replace(",", marks[0]))
    exact = value if isinstance(value, (int, Decimal)) else Decimal(str(value))
    if marks is None or not Decimal(exact).is_finite():
        return _number_of_babel(exact, decimals)
    text = f"{exact:,f}" if decimals is None else f"{Decimal(exact):,.{decimals}f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    group, point = marks
    return _minus(text.translate({44: group, 46: point}))


def _number_of_babel(value: int | Decimal, decimals: int | None) -> str:
    pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    cut = decimals is not None
    return _minus(babel_numbers.format_decimal(value, pattern, locale=locale(), decimal_quantization=cut))


@lru_cache(maxsize=1024)
def _symbol_in(language: str, currency: str) -> tuple[str, bool, int]:
    """The sign of a currency, whether it stands before the number, and its usual decimals."""
    where = _locale_named(language)
    before = where.currency_formats["standard"].pattern.startswith("¤")
    symbol = babel_numbers.get_currency_symbol(currency, locale=where)
    return symbol, before, babel_numbers.get_currency_precision(currency)


def format_percent(value: Number | None) -> str:
    """Return a percentage; 25 reads 25 %."""
    return "" if value is None else f"{format_number(value)}{NO_BREAK}%"


def format_money(amount: Number | None, currency: str, *, short: bool = False) -> str:
    """Return money the way the language writes it; short gives € 214k, in German 214 T€."""
    if amount is None:
        return ""
    language = _language()
    symbol, before, digits = _symbol_in(language, currency) if currency else ("", False, 2)
    digits = 0 if amount == int(amount) else digits
    number = _short_number(amount) if short else _number_in(language, amount, digits)
    sign, number = ("\u2212", number[1:]) if number.startswith("\u2212") else ("", number)
    if not symbol:
        return sign + number
    gap = "" if number.endswith(THOUSANDS) else NO_BREAK
    return f"{sign}{symbol}{gap}{number}" if before else f"{sign}{number}{gap}{symbol}"


def money_pattern(currency: str) -> str:
    """Return how scripts write amounts of a currency: "€ {n}"."""
    return format_money(0, currency).replace("0", "{n}", 1)


def _short_number(amount: Number) -> str:
    size = abs(float(amount))
    digits = 1 if 1000 <= size < 10_000 or 1_000_000 <= size < 10_000_000 else 0
    text = babel_numbers.format_compact_decimal(amount, locale=locale(), fraction_digits=digits)
    if re.fullmatch(r"-?\d{4,}([.,]\d+)?", text):
        # German has no short form for thousands; its bookkeepers write 214 T€
        return _number_in(_language(), round(Decimal(str(amount)) / 1000, digits), None) + THOUSANDS
    if locale().language == "en":
        text = text.replace("K", "k").replace("M", "m").replace("B", "bn")
    return _minus(text)


def _minus(text: str) -> str:
    return "\u2212" + text[1:] if text.startswith("-") else text


def format_filesize(size: int | None) -> str:
    """Return the size of a file: 340 kB, 2.4 MB."""
    if size is None:
        return ""
    if size < 1000:
        return ngettext("{count} byte", "{count} bytes", size).format(count=size)
    amount, unit = size / 1000, "kB"
    for bigger in ("MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, bigger
    return f"{format_number(round(amount, 1 if amount < 10 else 0), None)}{NO_BREAK}{unit}"


# ---------- reading what people typed


def parse_number(text: str) -> Decimal:
    """Read a number in the user's or an unmistakable notation: 1.234,56 or 1,234.56; ValueError if it is none."""
    cleaned = re.sub(r"[\s\u00a0\u202f'’_]", "", text).replace("\u2212", "-")
    if len(cleaned) > 60 or not re.fullmatch(r"[+-]?[0-9.,]*[0-9][0-9.,]*", cleaned):
        raise ValueError(text[:80])
    cleaned = cleaned.translate({ord(mark): None for mark in _group_marks(cleaned)}).replace(",", ".")
    try:
        return Decimal(cleaned)
    except InvalidOperation:
        raise ValueError(text[:80]) from None


def _group_marks(text: str) -> str:
    """Which of the two marks separates groups of thousands in this text."""
    if "." in text and "," in text:
        return "." if text.rfind(",") > text.rfind(".") else ","
    for mark in ".,":
        if text.count(mark) > 1:
            return mark
        if mark in text:
            is_decimal = babel_numbers.get_decimal_symbol(locale()) == mark
            looks_grouped = re.search(rf"[0-9]{{1,3}}\{mark}[0-9]{{3}}$", text) is not None
            return "" if is_decimal or not looks_grouped else mark
    return ""


def parse_date(text: str) -> date:
    """Read a date: 2026-12-31, 31.12.2026, 31/12/26, 31 Dec 2026, Dec 31, 2026, today; ValueError if it is none."""
    cleaned = text.strip().casefold()
    if cleaned in (_("Today").casefold(), _("Tomorrow").casefold(), _("Yesterday").casefold()):
        steps = {_("Today").casefold(): 0, _("Tomorrow").casefold(): 1, _("Yesterday").casefold(): -1}
        return timezone.localdate() + timedelta(days=steps[cleaned])
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", cleaned):
        return date(*(int(part) for part in found.groups()))
    if found := re.fullmatch(r"(\d{1,2})([./-])\s?(\d{1,2})(?:\2\s?(\d{4}|\d{2})?)?", cleaned):
        first, mark, second, year = found.groups()
        day, month = int(first), int(second)
        if mark == "/" and locale().territory == "US":
            day, month = month, day
        return date(_year(year), month, day)
    if found := re.fullmatch(r"(\d{1,2})\.?\s+([^\W\d]+)\.?(?:,?\s+(\d{4}))?", cleaned):
        return date(_year(found[3]), _month(found[2]), int(found[1]))
    if found := re.fullmatch(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?", cleaned):
        return date(_year(found[3]), _month(found[1]), int(found[2]))
    raise ValueError(text[:80])


def _year(text: str | None) -> int:
    if not text:
        return timezone.localdate().year
    year = int(text)
    if year >= 100:
        return year
    return year + (2000 if year < (timezone.localdate().year - 2000) + 20 else 1900)


def _month(word: str) -> int:
    for language in (locale(), Locale("en"), Locale("de")):
        for width in ("wide", "abbreviated"):
            for number, name in babel_dates.get_month_names(width, locale=language).items():
                if word.rstrip(".") == name.casefold().rstrip("."):
                    return int(number)
    raise ValueError(word)


def parse_moment(text: str) -> datetime:
    """Read a date with a time, 2026-12-31T14:30 or 31.12.2026 14:30; ValueError if it is none."""
    cleaned = text.strip()
    if re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", cleaned):
        found = datetime.fromisoformat(cleaned)
        return found if found.tzinfo else timezone.make_aware(found)
    day, _space, clock = cleaned.rpartition(" ")
    hours, _colon, minutes = clock.partition(":")
    if not day or not minutes:
        raise ValueError(text[:80])
    naive = datetime.combine(parse_date(day.rstrip(",")), datetime.min.time(), None)
    return timezone.make_aware(naive.replace(hour=int(hours), minute=int(minutes)))


# ---------- words


def noun(label: object) -> str:
    """Return a label as it stands inside a sentence: English writes it small there, German does not."""
    return str(label).lower() if _language().startswith("en") else str(label)


# ---------- people


def initials(name: str) -> str:
    """Return one or two letters that stand for a name: Dr. Henrike Moll gives HM."""
    words = [re.sub(r"^[\W_]+", "", word) for word in str(name).split()]
    words = [word for word in words if word and word.rstrip(".").casefold() not in TITLES] or [
        w for w in words if w
    ]
    if not words:
        return "?"
    picked = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return picked.upper()


def hue(name: str) -> str:
    """Return one of ten hues, always the same for the same name."""
    return HUES[zlib.crc32(str(name).casefold().encode()) % len(HUES)]


def utc_iso(value: date | datetime) -> str:
    """Return what stands in the datetime attribute of <time>."""
    if isinstance(value, datetime):
        return day_of(value).isoformat() if is_whole_day(value) else value.astimezone(UTC).isoformat()
    return value.isoformat()
