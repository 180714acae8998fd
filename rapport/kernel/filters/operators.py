"""Comparisons that every field of a kind gets beside those of its type: periods, changes, strict bounds."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Exists, ExpressionWrapper, F, IntegerField, OuterRef, Q
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.kernel.changes.models import Change
from rapport.kernel.fields import Context, DayOrMoment, FieldType, Moment, Operator
from rapport.kernel.fields.base import IS_NOT
from rapport.kernel.filters.days import A_DAY, before_day, on_days, since_day, within
from rapport.kernel.filters.periods import Span, midnight, read_day, read_period, read_span
from rapport.ui.days import clock_of

OVER = Operator("over", _("is more than"))
UNDER = Operator("under", _("is less than"))
LATER = Operator("later", _("is later than"))
UNTIL = Operator("until", _("is on or before"))
PERIOD = Operator("in", _("is in"), "period")
ANNIVERSARY = Operator("anniversary", _("has its anniversary within the next days"), "days")
CHANGED = Operator("changed", _("was changed within the last days"), "days")
KEPT = Operator("kept", _("was not changed within the last days"), "days")
NEVER = Operator("never", _("was never changed"), "none")

NUMBERS: Final = ("number", "money", "percent")
DATES: Final = ("date", "moment")
# Comparisons that are true where nothing is there: they are compiled as the opposite of these.
OPPOSITES: Final = {"is_not": "is", "none": "any", "empty": "filled", "kept": "changed"}
OF_LOG: Final = ("changed", "kept", "never")
ANY_FIELD: Final = "changed_at"  # stands for the whole record
_HOUR = re.compile(r"\d[T:]\d", re.ASCII)


def operators_of(field: FieldType) -> tuple[Operator, ...]:
    """All comparisons of a field in filters."""
    found = list(field.operators)
    if not found:
        return ()
    if field.kind in NUMBERS:
        found[1:1] = [IS_NOT, OVER, UNDER]
    if field.kind in DATES:
        found += [PERIOD, LATER, UNTIL]
        found += [ANNIVERSARY] if field.kind == "date" else []
    if field.name == ANY_FIELD:
        found += [NEVER]
    elif field.flags.logged and field.name != "created_at":
        found += [CHANGED, KEPT, NEVER]
    return tuple(dict.fromkeys(found))


def lacks_value(operator: Operator, said: str) -> bool:
    """Is there nothing in it to compare with?"""
    marks = {"range": " .", "values": " |"}.get(operator.operand, " ")
    return operator.operand != "none" and not said.strip(marks)


# Any: typed by the field
def parse_operand(field: FieldType, operator: Operator, said: str, context: Context) -> Any:
    """Return the typed operand; ValidationError says what is wrong with it."""
    if operator.operand == "days":
        return read_span(said)
    if operator.operand == "period":
        return read_period(said)
    if field.kind in DATES and (operator.operand == "value"):
        return _said(field, said, context)
    if field.kind in DATES and operator.operand == "range":
        low, _dots, high = said.partition("..")
        return tuple(_said(field, part, context) for part in (low, high))
    return field.parse_operand(operator, said, context)


def condition(field: FieldType, operator: Operator, operand: Any, context: Context) -> Q:  # Any: as above
    """Return the comparison as a Q on the field's column."""
    name = field.name
    if isinstance(operand, Span):
        return _of_span(field, operator.key, operand)
    if field.kind == "moment" and operator.operand in ("value", "range", "period"):
        return _of_moment(field, operator, operand, context)
    match operator.key:
        case "over" | "under":
            return Q(**{f"{name}__{'gt' if operator.key == 'over' else 'lt'}": operand})
        case "in":
            start, end = operand
            return Q(**{f"{name}__gte": start, f"{name}__lt": end})
        case "later":
            return Q(**{f"{name}__gt": operand})
        case "until":
            return Q(**{f"{name}__lte": operand})
        case "never":
            return ~Q(Exists(_log(field)))
    return field.condition(operator, operand, context)


# Any: as above
def _of_moment(field: FieldType, operator: Operator, operand: Any, context: Context) -> Q:
    """A moment beside days, or beside another moment."""
    name = field.name
    match operator.key:
        case "in":
            return on_days(name, *operand)
        case "between":
            low, high = operand
            return _since(name, low) & _until(name, high)
        case "after":
            return _since(name, operand)
        case "until":
            return _until(name, operand)
        case "later" if isinstance(operand, datetime):
            return Q(**{f"{name}__gt": operand})
        case "later":
            return since_day(name, operand + A_DAY)
        case "before" if not isinstance(operand, datetime):
            return before_day(name, operand)
    return field.condition(operator, operand, context)


def _since(name: str, bound: date | datetime | None) -> Q:
    if bound is None:
        return Q()
    return Q(**{f"{name}__gte": bound}) if isinstance(bound, datetime) else since_day(name, bound)


def _until(name: str, bound: date | datetime | None) -> Q:
    """A day that is said belongs to it as a whole."""
    if bound is None or bound == date.max:
        return Q()
    return Q(**{f"{name}__lte": bound}) if isinstance(bound, datetime) else before_day(name, bound + A_DAY)


def _of_span(field: FieldType, key: str, span: Span) -> Q:
    today, now, name = timezone.localdate(), timezone.now(), field.name
    if key in ("changed", "kept"):
        since = midnight(span.before(today))
        recent = Q(Exists(_log(field).filter(at__gte=since)))
        return recent if key == "changed" else ~recent
    if key == "anniversary":
        return _anniversary(name, today, span)
    try:
        if field.kind == "date":
            begin, end, here = span.before(today), span.after(today), today
        else:
            begin, end = (_moved(now, day) for day in (span.before(today), span.after(today)))
            here = now
            if isinstance(field, DayOrMoment):
                return _of_whole_days(name, key, span, begin, end)
    except OverflowError as problem:
        raise ValidationError(_("This is more than a hundred years.")) from problem
    match key:
        case "last":
            return Q(**{f"{name}__gte": begin, f"{name}__lte": here})
        case "next":
            return Q(**{f"{name}__gte": here, f"{name}__lte": end})
        case "older":
            return Q(**{f"{name}__lt": begin})
    raise ValidationError(_("This comparison does not fit the field."))


# Any: a date or a moment
def _said(field: FieldType, said: str, context: Context) -> Any:
    """What a date or moment is compared with: a day, or a moment where an hour of it is said."""
    day = read_day(said)
    if not isinstance(field, Moment):
        return day or field.parse(said, context)
    # of a field with whole days, too: a midnight that is said is none of them
    moment = Moment.parse(field, day or said, context)
    return moment and (day_said(said, moment) or moment)


def day_said(said: str, moment: datetime) -> date | None:
    """The day where no hour of it is said; midnight can be said as well."""
    clock = clock_of(moment)
    return clock.date() if clock.time() == time() and not _HOUR.search(said) else None


def _of_whole_days(name: str, key: str, span: Span, begin: Any, end: Any) -> Q:
    """The first and the last day count as a whole, whatever the hour."""
    today, now = timezone.localdate(), timezone.now()
    match key:
        case "last":
            return within(name, begin=begin, end=now, first=span.before(today), last=today)
        case "next":
            return within(name, begin=now, end=end, first=today, last=span.after(today))
    return within(name, end=begin, last=span.before(today) - A_DAY)


def _moved(now: datetime, day: date) -> datetime:
    """The same time of the day on another day."""
    return timezone.make_aware(datetime.combine(day, timezone.localtime(now).time()))


def _anniversary(name: str, today: date, span: Span) -> Q:
    """Which dates return within that time; those of 29 February on 1 March where there is none."""
    until = span.after(today)
    if until >= span_of_a_year(today):
        return Q(**{f"{name}__isnull": False})
    number = ExpressionWrapper(ExtractMonth(F(name)) * 100 + ExtractDay(F(name)), output_field=IntegerField())
    first, last = (day.month * 100 + day.day for day in (today, until))
    if first == 301 and not _is_leap(today.year):
        first = 229
    from_first, to_last = Q(GreaterThanOrEqual(number, first)), Q(LessThanOrEqual(number, last))
    within = from_first & to_last if today.year == until.year else from_first | to_last
    return Q(**{f"{name}__isnull": False}) & within  # the first half tells the planner how few there are


def span_of_a_year(day: date) -> date:
    return Span(1, "y").after(day) - timedelta(days=1)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _log(field: FieldType) -> Any:  # Any: entries of the change log of the record in the outer query
    """The entries that tell of changes of this field, or of anything for the field that stands for the record."""
    of_record = Change.objects.filter(record_id=OuterRef("pk"), part="")
    if field.name == ANY_FIELD:
        return of_record.exclude(diff={})
    # custom fields stand in the log under their own key, without the prefix that tells them apart here
    keys = (
        [str(field.column)]
        if not field.name.startswith("x_")
        else [field.name, field.name.removeprefix("x_")]
    )
    return of_record.filter(diff__has_any_keys=keys)
