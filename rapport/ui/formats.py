"""How dates, moments, numbers and money read in the user's language; also reads them back from what he typed."""

import re
import zlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel import dates as babel_dates
from babel import numbers as babel_numbers
from django.utils import timezone
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

NO_BREAK = "\u00a0"
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
    return _locale_named(get_language() or "en")


# ---------- dates and moments


def format_date(value: date | datetime | None) -> str:
    """Return the date in full: 14 May 2026."""
    if value is None:
        return ""
    return babel_dates.format_date(_local_date(value), "medium", locale=locale())


def format_day(value: date | datetime | None) -> str:
    """Return the date as people say it: Today, Tomorrow, Thu 14 May, 14 May 2027."""
    if value is None:
        return ""
    day = _local_date(value)
    distance = (day - timezone.localdate()).days
    if distance in (-1, 0, 1):
        return {-1: _("Yesterday"), 0: _("Today"), 1: _("Tomorrow")}[distance]
    if -7 < distance < 14:
        return babel_dates.format_skeleton("MMMEd", day, locale=locale()).replace(",", "")
    if day.year == timezone.localdate().year:
        return babel_dates.format_skeleton("MMMd", day, locale=locale())
    return format_date(day)


def format_time(value: datetime | None) -> str:
    """Return the time of day in the user's time zone: 16:15."""
    if value is None:
        return ""
    return babel_dates.format_time(timezone.localtime(value), "short", tzinfo=None, locale=locale())


def format_stamp(value: datetime | None) -> str:
    """Return date and time in full, for tooltips and exports: Thursday, 14 May 2026, 16:15 CEST."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    day = babel_dates.format_date(local.date(), "full", locale=locale())
    return f"{day}, {format_time(value)} {local.tzname() or ''}".strip()


def format_moment(value: datetime | None, *, now: datetime | None = None) -> str:
    """Return the moment relative to now up to a week, absolute after: 6 min ago, Today 16:15, 14 May."""
    if value is None:
        return ""
    now = now or timezone.now()
    local, today = timezone.localtime(value), timezone.localtime(now).date()
    distance, days = value - now, (local.date() - today).days
    if abs(distance) < timedelta(minutes=1):
        return _("Just now")
    if abs(distance) < timedelta(hours=1) or timedelta(0) < -distance < timedelta(hours=6):
        return _relative(distance)
    if days in (-1, 0, 1):
        pattern = {-1: _("Yesterday {time}"), 0: _("Today {time}"), 1: _("Tomorrow {time}")}[days]
        return pattern.format(time=format_time(value))
    if -7 <= days < 0:
        return _relative(timedelta(days=days))
    day = format_day(local.date())
    return _("{day}, {time}").format(day=day, time=format_time(value)) if days > 0 else day


def _relative(distance: timedelta) -> str:
    text: str = babel_dates.format_timedelta(
        distance, add_direction=True, format="short", threshold=1, locale=locale()
    )
    return re.sub(r"\bhr\b", "h", text).replace("mins", "min")


def _local_date(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
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


def format_number(value: Number | None, decimals: int | None = None) -> str:
    """Return the number with separators; decimals fixes the digits after the point."""
    if value is None:
        return ""
    pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return _minus(
        babel_numbers.format_decimal(
            value, pattern, locale=locale(), decimal_quantization=decimals is not None
        )
    )


def format_percent(value: Number | None) -> str:
    """Return a percentage; 25 reads 25 %."""
    return "" if value is None else f"{format_number(value)}{NO_BREAK}%"


def format_money(amount: Number | None, currency: str, *, short: bool = False) -> str:
    """Return money the way the language writes it; short gives € 214k."""
    if amount is None:
        return ""
    where = locale()
    symbol = babel_numbers.get_currency_symbol(currency, locale=where) if currency else ""
    if short:
        number = _short_number(amount)
    else:
        digits = babel_numbers.get_currency_precision(currency) if currency else 2
        number = format_number(amount, 0 if amount == int(amount) else digits)
    sign, number = ("\u2212", number[1:]) if number.startswith("\u2212") else ("", number)
    if not symbol:
        return sign + number
    if where.currency_formats["standard"].pattern.startswith("¤"):
        return f"{sign}{symbol}{NO_BREAK}{number}"
    return f"{sign}{number}{NO_BREAK}{symbol}"


def money_pattern(currency: str) -> str:
    """Return how scripts write amounts of a currency: "€ {n}"."""
    return format_money(0, currency).replace("0", "{n}", 1)


def _short_number(amount: Number) -> str:
    size = abs(float(amount))
    digits = 1 if 1000 <= size < 10_000 or 1_000_000 <= size < 10_000_000 else 0
    text = babel_numbers.format_compact_decimal(amount, locale=locale(), fraction_digits=digits)
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
    """Read a date: 2026-12-31, 31.12.2026, 31/12/26, 31 Dec 2026, today; ValueError if it is none."""
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
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()
