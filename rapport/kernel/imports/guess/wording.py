"""The words of the guesser: why a column goes somewhere, and what will happen to its values."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.kernel.fields.phone_numbers import format_phone, parse_phone
from rapport.kernel.imports.guess.looks import Look
from rapport.kernel.imports.guess.targets import Target
from rapport.kernel.imports.problems import ImportProblem, Sentence
from rapport.kernel.imports.values import ColumnFormat
from rapport.kernel.imports.values.contacts import parse_emails
from rapport.kernel.imports.values.words import parse_country

REASONS: dict[str, Promise] = {
    "name": _("“%(header)s” is the name of the field."),
    "known": _("“%(header)s” is a usual name for “%(target)s”."),
    "similar": _("“%(header)s” is similar to a usual name for “%(target)s”."),
    "chosen": _("You chose “%(target)s”."),
    "content": _("The values look like “%(target)s”."),
}
LOOKS: dict[str, Promise] = {
    "email": _("looks like e-mail addresses"),
    "phone": _("looks like telephone numbers"),
    "web": _("looks like web addresses"),
    "iban": _("looks like bank accounts"),
    "date": _("looks like dates"),
    "money": _("looks like money"),
    "percent": _("looks like percentages"),
    "range": _("looks like a range of numbers"),
    "yesno": _("looks like yes and no"),
    "country": _("looks like countries"),
    "language": _("looks like languages"),
    "postcode_city": _("looks like postcodes with cities"),
    "postcode": _("looks like postcodes"),
    "street": _("looks like streets"),
    "number": _("looks like numbers"),
    "company": _("looks like organizations"),
    "name": _("looks like names of people"),
    "longtext": _("looks like notes"),
}
DATE_ORDERS: dict[str, Promise] = {
    "dmy": _("day.month.year"),
    "mdy": _("month/day/year"),
    "ymd": _("year-month-day"),
}


def what_it_looks_like(look: Look) -> Sentence | None:
    """Return what an unmatched column looks like, None for plain text."""
    return Sentence(LOOKS[look.best]) if look.best else None


def what_happens(target: Target, look: Look, how: ColumnFormat, is_ambiguous: bool) -> Sentence | None:
    """Return in a few words what will be done to the values; None when they are taken as they are."""
    kind, concept = target.field_kind, target.meaning
    if kind == "name" or concept == "full_name":
        return Sentence(_("split into first and last name"))
    if kind == "company" or (concept == "organization" and kind == "link"):
        return Sentence(_("finds or makes an organization"))
    if kind in ("date", "moment"):
        return _date_words(look, how, is_ambiguous)
    if kind == "phone":
        return _phone_words(look, how)
    if kind == "email":
        return _email_words(look)
    if kind in ("number", "money", "percent"):
        return _number_words(kind, look, how)
    if kind in ("tags", "choices") and how.separator:
        mark = {"\n": _("line break"), " ::: ": ":::"}.get(how.separator, how.separator)
        return Sentence(_("split at “%(mark)s”"), mark=mark)
    simple: dict[str, Promise] = {
        "postcode_city": _("split into postcode and city"),
        "address": _("split into street, postcode and city"),
        "web": _("checked, with https://"),
        "language": _("names to languages"),
        "yesno": _("yes or no"),
        "choice": _("compared with the choices"),
        "user": _("compared with the people who work here"),
        "link": _("finds the record by its name"),
    }
    if kind == "country":
        return _country_words(look)
    return Sentence(simple[kind]) if kind in simple else None


def _date_words(look: Look, how: ColumnFormat, is_ambiguous: bool) -> Sentence:
    if is_ambiguous:
        return Sentence(
            _("%(order)s; the values would also fit otherwise"), order=DATE_ORDERS[how.date_order]
        )
    first = look.values[0] if look.values else ""
    if first[:4].isdigit() and first[4:5] in "-/.":
        return Sentence(DATE_ORDERS["ymd"])
    if first.isdigit() and len(first) == 5:
        return Sentence(_("Excel's day numbers to dates"))
    return Sentence(DATE_ORDERS[how.date_order])


def _phone_words(look: Look, how: ColumnFormat) -> Sentence:
    for value in look.values:
        number = parse_phone(value, how.region)
        if number and number.e164 != value:
            return Sentence(_("to %(number)s"), number=format_phone(number.e164))
    return Sentence(_("checked"))


def _email_words(look: Look) -> Sentence:
    for value in look.values[:50]:
        try:
            if len(parse_emails(value)) > 1:
                return Sentence(_("several in one cell, each becomes one"))
        except ImportProblem:
            continue  # it is counted as not fitting
    return Sentence(_("lower case, checked"))


def _number_words(kind: str, look: Look, how: ColumnFormat) -> Sentence:
    if kind == "percent" and how.is_share:
        return Sentence(_("shares to percent, 0.19 is 19"))
    has_decimals = any("," in value or "." in value for value in look.values)
    if not has_decimals:
        return Sentence(_("whole numbers"))
    if not how.decimal:
        return Sentence(_("with marks for thousands"))
    return Sentence(_("decimal comma")) if how.decimal == "," else Sentence(_("decimal point"))


def _country_words(look: Look) -> Sentence:
    for value in look.values:
        try:
            if parse_country(value) != value:
                return Sentence(_("names to countries"))
        except ImportProblem:
            continue  # it is counted as not fitting
    return Sentence(_("codes to names"))
