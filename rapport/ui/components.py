"""Atoms drawn hundreds of times on a page, as functions that escape their input: icon, avatar, tag, pulse, meter."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from django.templatetags.static import static
from django.utils.translation import gettext as _
from markupsafe import Markup

from rapport.ui import formats

WEEKS = 12
TALLEST = 3.4  # more contacts than this in a week do not grow the bar of the small pulse


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("dist/icons.svg")


def icon(name: str, size: str = "", label: str = "") -> Markup:
    """Return an icon of the sprite; size is sm, xs, lg, xl or any class. A label makes it speak."""
    classes = f"i {size}" if size else "i"
    if label:
        return Markup('<svg class="{}" role="img" aria-label="{}"><use href="{}#{}"/></svg>').format(
            classes, label, _sprite(), name
        )
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        classes, _sprite(), name
    )


def avatar(name: str, size: str = "", hue: str = "") -> Markup:
    """Return the round sign of a person, for places where the name stands beside it."""
    return Markup('<span class="av {} h-{}" aria-hidden="true">{}</span>').format(
        size, hue or formats.hue(name), formats.initials(name)
    )


def user_avatar(name: str, size: str = "s20", hue: str = "") -> Markup:
    """Return the round sign of a user that stands alone and therefore says its name."""
    return Markup('<span class="av {} h-{}" role="img" aria-label="{}" title="{}">{}</span>').format(
        size, hue or formats.hue(name), name, name, formats.initials(name)
    )


def mark(name: str, size: str = "", hue: str = "") -> Markup:
    """Return the square sign of an organization."""
    return Markup('<span class="om {} h-{}" aria-hidden="true">{}</span>').format(
        size, hue or formats.hue(name), formats.initials(name)[:1]
    )


def tag(text: str, hue: str = "grey", classes: str = "") -> Markup:
    """Return a tag; classes dot, line, round."""
    return Markup('<span class="tag h-{} {}">{}</span>').format(hue, classes, text)


def moment(value: datetime | None) -> Markup:
    """Return a <time> that reads relative and shows the full stamp on hover."""
    if value is None:
        return Markup("")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        formats.utc_iso(value), formats.format_stamp(value), formats.format_moment(value)
    )


def day(value: date | datetime | None) -> Markup:
    """Return a <time> with a date as people say it, the full date on hover."""
    if value is None:
        return Markup("")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        formats.utc_iso(value), formats.format_date(value), formats.format_day(value)
    )


def pulse(values: Sequence[tuple[float, float]] | None, *, big: bool = False) -> Markup:
    """Return twelve weeks of contact as (from them, from us), oldest first: bars up and bars down."""
    weeks = [(max(0, theirs), max(0, ours)) for theirs, ours in values or []] or [(0, 0)] * WEEKS
    width, height, gap = (168, 40, 4) if big else (70, 22, 2)
    step, middle = width / len(weeks), height // 2
    bar, unit = step - gap, (middle - 1) / TALLEST
    idle, theirs_path, ours_path = [], [], []
    for number, (theirs, ours) in enumerate(weeks):
        left, up, down = round(number * step, 1), min(theirs, TALLEST) * unit, min(ours, TALLEST) * unit
        if not theirs and not ours:
            idle.append(f"M{left} {middle - 0.5}h{bar:.1f}v1h-{bar:.1f}z")
        if theirs:
            theirs_path.append(f"M{left} {middle - 0.5}v-{up:.1f}h{bar:.1f}v{up:.1f}z")
        if ours:
            ours_path.append(f"M{left} {middle + 0.5}v{down:.1f}h{bar:.1f}v-{down:.1f}z")
    label = _("{theirs} contacts from them and {ours} from us in {weeks} weeks").format(
        theirs=round(sum(week[0] for week in weeks)),
        ours=round(sum(week[1] for week in weeks)),
        weeks=len(weeks),
    )
    return Markup(
        '<svg class="pulse{}" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path class="p-z" d="{}"/><path class="p-in" d="{}"/><path class="p-out" d="{}"/></svg>'
    ).format(
        " big" if big else "", width, height, label, "".join(idle), "".join(theirs_path), "".join(ours_path)
    )


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
