"""Atoms drawn hundreds of times on a page, as functions that escape their input: icon, avatar, tag, pulse, meter."""

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache

from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from markupsafe import Markup, escape

from rapport.ui import formats

WEEKS = 12
SILENT = Markup('aria-hidden="true"')
TIME = Markup('<time datetime="{}" title="{}">{}</time>')
TALLEST = 3.4  # more contacts than this in a week do not grow the bar of the small pulse


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("dist/icons.svg")


# The same few icons, names and tags stand in every row of a list, so what they look like is kept. The keys are
# finished words in the user's language, never lazy ones.


def icon(name: str, size: str = "", label: object = "") -> Markup:
    """Return an icon of the sprite; size is sm, xs, lg, xl or any class. A label makes it speak."""
    return _icon(name, size, str(label))


@lru_cache(maxsize=4096)
def _icon(name: str, size: str, label: str) -> Markup:
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else SILENT
    return Markup('<svg class="{}" {}><use href="{}#{}"/></svg>').format(
        f"i {size}" if size else "i", spoken, _sprite(), name
    )


def avatar(name: object, size: str = "", hue: str = "") -> Markup:
    """Return the round sign of a person, for places where the name stands beside it."""
    return _sign("av", str(name), size, hue, 2, speaks=False)


def user_avatar(name: object, size: str = "s20", hue: str = "") -> Markup:
    """Return the round sign of a user that stands alone and therefore says its name."""
    return _sign("av", str(name), size, hue, 2, speaks=True)


def mark(name: object, size: str = "", hue: str = "") -> Markup:
    """Return the square sign of an organization."""
    return _sign("om", str(name), size, hue, 1, speaks=False)


@lru_cache(maxsize=8192)
def _sign(kind: str, name: str, size: str, hue: str, letters: int, *, speaks: bool) -> Markup:
    spoken = Markup('role="img" aria-label="{0}" title="{0}"').format(name) if speaks else SILENT
    classes = f"{kind} {size} h-{hue or formats.hue(name)}"
    return Markup('<span class="{}" {}>{}</span>').format(classes, spoken, formats.initials(name)[:letters])


def tag(text: object, hue: str = "grey", classes: str = "") -> Markup:
    """Return a tag; classes dot, line, round."""
    return _tag(str(text), hue, classes)


@lru_cache(maxsize=4096)
def _tag(text: str, hue: str, classes: str) -> Markup:
    return Markup('<span class="tag h-{} {}">{}</span>').format(hue, classes, text)


def cut(text: str, behind: Markup) -> Markup:
    """Return a text that is cut where its column ends, and what stands behind it."""
    return Markup(f'<span class="cut">{escape(text)}</span>{behind}')  # noqa: S704 - escaped here


def moment(value: datetime | None, *, within: bool = False) -> Markup:
    """Return a <time> that reads relative and shows the full stamp on hover; within a sentence it begins small."""
    if within and value is not None:
        return _time(value, formats.format_stamp(value), formats.within(formats.format_moment(value)))
    return moments()(value)


def moments() -> Callable[[datetime | None], Markup]:
    """Return the function that draws moments as this reader sees them now: for a column of them."""
    this_minute = timezone.now().replace(second=0, microsecond=0)
    language, zone = get_language() or "en", timezone.get_current_timezone_name()
    return lambda value: Markup() if value is None else _moment(value, this_minute, language, zone)


@lru_cache(maxsize=8192)
def _moment(value: datetime, now: datetime, language: str, zone: str) -> Markup:
    return _time(value, formats.format_stamp(value), formats.format_moment(value, now=now))


def day(value: date | datetime | None) -> Markup:
    """Return a <time> with a date as people say it, the full date on hover."""
    if value is None:
        return Markup()
    if isinstance(value, datetime):
        return _time(value, formats.format_date(value), formats.format_day(value))
    return _day(value, timezone.localdate(), get_language() or "en")


@lru_cache(maxsize=8192)
def _day(value: date, today: date, language: str) -> Markup:
    return _time(value, formats.format_date(value), formats.format_day(value))


def _time(value: date | datetime, full: str, short: str) -> Markup:
    return TIME.format(formats.utc_iso(value), full, short)


Weeks = Sequence[tuple[float, float]]


def pulse(values: Weeks | None, *, big: bool = False) -> Markup:
    """Return twelve weeks of contact as (from them, from us), oldest first: bars up and bars down."""
    weeks = tuple(map(tuple, values or ()))
    return _pulse(weeks or ((0, 0),) * WEEKS, big, get_language() or "en")


@lru_cache(maxsize=8192)
def _pulse(weeks: tuple[tuple[float, float], ...], big: bool, language: str) -> Markup:
    weeks = tuple((max(0, theirs), max(0, ours)) for theirs, ours in weeks)
    theirs, ours = (round(sum(week[side] for week in weeks)) for side in (0, 1))
    label = ngettext(
        "{theirs} contact from them and {ours} from us in {weeks} weeks",
        "{theirs} contacts from them and {ours} from us in {weeks} weeks",
        theirs,
    ).format(theirs=theirs, ours=ours, weeks=len(weeks))
    width, height, gap = (168, 40, 4) if big else (70, 22, 2)
    step, middle = width / len(weeks), height // 2
    bar, unit = f"{step - gap:.1f}", (middle - 1) / TALLEST
    idle, theirs_path, ours_path = "", "", ""
    for number, (came, went) in enumerate(weeks):
        left, up, down = round(number * step, 1), min(came, TALLEST) * unit, min(went, TALLEST) * unit
        if not came and not went:
            idle += f"M{left} {middle - 0.5}h{bar}v1h-{bar}z"
        if came:
            theirs_path += f"M{left} {middle - 0.5}v-{up:.1f}h{bar}v{up:.1f}z"
        if went:
            ours_path += f"M{left} {middle + 0.5}v{down:.1f}h{bar}v-{down:.1f}z"
    return Markup(
        '<svg class="pulse{}" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path class="p-z" d="{}"/><path class="p-in" d="{}"/><path class="p-out" d="{}"/></svg>'
    ).format(" big" if big else "", width, height, label, idle, theirs_path, ours_path)


def meter(value: float, classes: str = "", label: str = "") -> Markup:
    """Return a bar filled to value percent; classes good, warn, bad, wide."""
    part = max(0.0, min(100.0, float(value)))
    role = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup(
        '<svg class="meter {}" viewBox="0 0 100 6" preserveAspectRatio="none" {}>'
        '<rect class="t" width="100" height="6"/><rect class="v" width="{}" height="6"/></svg>'
    ).format(classes, role, f"{part:.1f}")


def health(value: int) -> Markup:
    """Return a health figure from 0 to 100 with its five bars."""
    word = "good" if value >= 75 else "steady" if value >= 55 else "cool" if value >= 35 else "cold"
    bars = Markup("").join(
        Markup('<b class="f"></b>') if value > k * 20 else Markup("<b></b>") for k in range(5)
    )
    return Markup(
        '<span class="health"><span class="bars5 {}" aria-hidden="true">{}</span><span>{}</span></span>'
    ).format(word, bars, value)


def donut(value: float, size: int = 44, classes: str = "") -> Markup:
    """Return a ring filled to value percent."""
    radius = size / 2 - 3
    around = 2 * math.pi * radius
    middle, filled = size / 2, around * max(0.0, min(100.0, float(value))) / 100
    return Markup(
        '<svg class="donut {}" width="{s}" height="{s}" viewBox="0 0 {s} {s}" aria-hidden="true">'
        '<circle class="t" cx="{m}" cy="{m}" r="{r}"/><circle class="v" cx="{m}" cy="{m}" r="{r}" '
        'stroke-dasharray="{f} {a}" transform="rotate(-90 {m} {m})"/></svg>'
    ).format(classes, s=size, m=middle, r=radius, f=f"{filled:.1f}", a=f"{around:.1f}")
