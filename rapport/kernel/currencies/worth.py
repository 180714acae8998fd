"""What amounts are worth in one currency: each at the rate of its own day."""

from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, DecimalField, F, OuterRef, Subquery, Sum, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone

from rapport.kernel.currencies.models import Rate
from rapport.kernel.fields import FieldType
from rapport.kernel.fields.numbers import CURRENCY

Aggregates = dict[str, Any]  # Any: expressions


class _Worth(Case):
    """Django does not see that there is a query in it, as it cannot look into conditions; so it would write the whole
    into each of several sums. Told of it, it sums up what a query of its own has worked out once for each row."""

    contains_subquery = True


def worth(field: FieldType, main: str) -> Combinable:
    """SQL for the amount of a money field in the currency `main`; NULL where no rate is known for its day.

    The day is the one that the field names (`dated`), else today: what is still open is worth what it would bring now,
    and what was closed keeps the rate of its time. Amounts in `main` cost nothing: no rate is looked for.
    """
    currency, today = f"{field.name}{CURRENCY}", timezone.localdate()
    dated = getattr(field, "dated", "")
    day: Any = Coalesce(OuterRef(dated), Value(today)) if dated else today
    rates = Rate.objects.filter(base=main, currency=OuterRef(currency), day__lte=day).order_by("-day")
    return _Worth(
        When(**{currency: main}, then=F(field.name)),
        default=F(field.name) * Subquery(rates.values("rate")[:1]),
        output_field=DecimalField(max_digits=40, decimal_places=12),
    )


def in_main(record: Any, field: FieldType, main: str) -> Decimal | None:  # Any: a record
    """What that record's amount is worth in `main`; None where it has none, or its currency no rate."""
    rows = type(record).objects.get_queryset().filter(pk=record.pk)
    found: Decimal | None = (
        rows.annotate(in_main=worth(field, main)).values_list("in_main", flat=True).first()
    )
    return found


def sums_of(field: FieldType, main: str) -> Aggregates:
    """What `Total.add` needs of the rows of one currency: `total` in it, `worth` in `main`, how many have a rate."""
    value = worth(field, main)
    return {
        "total": Sum(field.name),
        "worth": Sum(value),
        "counted": Count(field.name),
        "rated": Count(value),
    }


def is_whole(row: dict[str, Any]) -> bool:
    """Is there a rate for each of these amounts?"""
    return bool(row["rated"] == row["counted"])
