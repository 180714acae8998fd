"""Rules of repetition in words: "every second week on Tuesday and Friday, until 31 December 2026"."""

from datetime import date, time

from babel.dates import format_date as babel_date
from babel.dates import get_day_names
from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.activities.recurring.rules import DAILY, MONTHLY, WEEKLY, Rule, nth_of, read_rule
from rapport.ui import formats


def words_of(text: str, start: date, hour: time | None = None) -> str:
    """The rule in the active language; a sentence for what only other programs can make."""
    rule = read_rule(text, start, hour)
    if rule is None:
        return _("Repeats by a rule of another program.")
    return in_words(rule, start)


def in_words(rule: Rule, start: date) -> str:
    said = _step(rule, start)
    if rule.until is not None:
        return _("%(rule)s, until %(day)s") % {"rule": said, "day": formats.format_date(rule.until)}
    if rule.count is not None:
        times = ngettext("%(count)s time", "%(count)s times", rule.count) % {"count": rule.count}
        return _("%(rule)s, %(times)s") % {"rule": said, "times": times}
    return said


def _step(rule: Rule, start: date) -> str:
    values = {"count": rule.step, "days": _weekdays(rule), "which": _which(rule, start)}
    if rule.every == DAILY:
        return ngettext("Every day", "Every %(count)s days", rule.step) % values
    if rule.every == WEEKLY:
        if set(rule.weekdays) == set(range(5)) and rule.step == 1:
            return _("Every working day")
        return ngettext("Every week on %(days)s", "Every %(count)s weeks on %(days)s", rule.step) % values
    if rule.every == MONTHLY:
        return ngettext("Every month on %(which)s", "Every %(count)s months on %(which)s", rule.step) % values
    values["which"] = str(babel_date(start, _("MMMM d"), locale=formats.locale()))
    return ngettext("Every year on %(which)s", "Every %(count)s years on %(which)s", rule.step) % values


def weekday_names(*, is_short: bool = False) -> dict[int, str]:
    """{0: "Monday", …}; the short ones as they stand by themselves, "Mo" and not "Mo." """
    width, context = ("abbreviated", "stand-alone") if is_short else ("wide", "format")
    return {key: str(name) for key, name in get_day_names(width, context, locale=formats.locale()).items()}  # type: ignore[arg-type]  # babel's literals


def _weekdays(rule: Rule) -> str:
    names = weekday_names()
    return (
        format_list([names[day] for day in rule.weekdays], locale=formats.locale()) if rule.weekdays else ""
    )


def _which(rule: Rule, start: date) -> str:
    """Which day of a month."""
    if rule.on == "last":
        return _("its last day")
    if rule.on in ("weekday", "last-weekday"):
        day = {"day": weekday_names()[start.weekday()]}
        said = {
            1: _("the first %(day)s"),
            2: _("the second %(day)s"),
            3: _("the third %(day)s"),
            4: _("the fourth %(day)s"),
            -1: _("the last %(day)s"),
        }
        return said[-1 if rule.on == "last-weekday" else nth_of(start)] % day
    return _("day %(number)s") % {"number": start.day}
