"""Comparisons that every field of a kind gets beside those of its type: periods, changes, strict bounds."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Exists, ExpressionWrapper, F, IntegerField, OuterRef, Q
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.kernel.changes.models import Change
from rapport.kernel.fields import Context, DayOrMoment, FieldType, Operator
from rapport.kernel.fields.base import IS_NOT
from rapport.kernel.filters.periods import Span, midnight, read_day, read_period, read_span
from rapport.ui.days import begins_at, whole_day

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


# Any: typed by the field
def parse_operand(field: FieldType, operator: Operator, said: str, context: Context) -> Any:
    """Return the typed operand; ValidationError says what is wrong with it."""
    if operator.operand == "days":
        return read_span(said)
    if operator.operand == "period":
        return read_period(said)
    if field.kind in DATES and (operator.operand == "value"):
        return _bound(field.parse(read_day(said) or said, context))
    if field.kind in DATES and operator.operand == "range":
        low, _dots, high = said.partition("..")
        return tuple(_bound(field.parse(read_day(part) or part, context)) for part in (low, high))
    return field.parse_operand(operator, said, context)


def condition(field: FieldType, operator: Operator, operand: Any, context: Context) -> Q:  # Any: as above
    """Return the comparison as a Q on the field's column."""
    name = field.name
    if isinstance(operand, Span):
        return _of_span(field, operator.key, operand)
    match operator.key:
        case "over" | "under":
            return Q(**{f"{name}__{'gt' if operator.key == 'over' else 'lt'}": operand})
        case "in":
            start, end = operand
            return Q(**{f"{name}__gte": _begin(field, start), f"{name}__lt": _begin(field, end)})
        case "later":
            return Q(**{f"{name}__gte": _begin(field, _day(operand) + timedelta(days=1))})
        case "until":
            return Q(**{f"{name}__lt": _begin(field, _day(operand) + timedelta(days=1))})
        case "never":
            return ~Q(Exists(_log(field)))
    return field.condition(operator, operand, context)


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
    except OverflowError as problem:
        raise ValidationError(_("This is more than a hundred years.")) from problem
    match key:
        case "last":
            return Q(**{f"{name}__gte": begin, f"{name}__lte": here})
        case "next":
            coming = Q(**{f"{name}__gte": here, f"{name}__lte": end})
            # The first and the last day count as a whole, whatever the hour.
            if isinstance(field, DayOrMoment):
                coming |= Q(**{f"{name}__in": [whole_day(today), whole_day(span.after(today))]})
            return coming
        case "older":
            return Q(**{f"{name}__lt": begin})
    raise ValidationError(_("This comparison does not fit the field."))


def _bound(value: Any) -> Any:  # Any: a date or a moment
    """Where a day is compared with moments, its beginning is meant."""
    return begins_at(value) if isinstance(value, datetime) else value


def _moved(now: datetime, day: date) -> datetime:
    """The same time of the day on another day."""
    return timezone.make_aware(datetime.combine(day, timezone.localtime(now).time()))


def _begin(field: FieldType, day: date) -> Any:  # Any: a date, or the moment at which it begins
    return midnight(day) if field.kind == "moment" else day


def _day(value: Any) -> date:  # Any: a date or a moment
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


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
