"""Conditions on related records as SQL: there are some, so many, their sum, their least or latest value."""

import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Count, DecimalField, Exists, ExpressionWrapper, Max, Min, Q, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.kernel import fields as f
from rapport.kernel.currencies.worth import worth
from rapport.kernel.fields import Context, FieldType, Operator, operator_named
from rapport.kernel.fields.base import AT_LEAST
from rapport.kernel.fields.numbers import currency_named
from rapport.kernel.filters import operators
from rapport.kernel.filters.operators import DATES, NUMBERS, OF_LOG, OPPOSITES, operators_of
from rapport.kernel.filters.relations import Relation, relation_by_key
from rapport.kernel.filters.tree import COUNT, HAS, HAS_NO, LEAST, SUM, Related
from rapport.kernel.registry import RecordType

if TYPE_CHECKING:
    from rapport.accounts.models import User

TAKEN = "taken"
AGGREGATES = {COUNT: Count, SUM: Sum, LEAST: Min, "max": Max}


@dataclass(frozen=True)
class ReadRelated:
    """A condition on related records, understood. Without an operator it asks only whether there are any."""

    relation: Relation
    where: Q
    taken: FieldType | None = None  # what comes out, as a field of that name
    operator: Operator | None = None
    operand: Any = None  # Any: typed by the field
    of: str | Combinable = ""  # the column of the related records, or what is made of it


def taken_operators(taken: FieldType) -> tuple[Operator, ...]:
    """The comparisons for what is worked out: those of its kind, without the change log."""
    unfit = (
        *OF_LOG,
        "anniversary",
        *(("empty", "filled") if taken.name == TAKEN and taken.kind in NUMBERS else ()),
    )
    return tuple(one for one in operators_of(taken) if one.key not in unfit)


def taken_field(relation: Relation, take: str, of: str, context: Context) -> FieldType:
    """What comes out of counting or adding up, as a field that can be compared."""
    from rapport.kernel.filters.compiler import filterable_fields

    if take == COUNT:
        count: FieldType = f.Number(_("Number"), privacy=f.INTERNAL)
        count.set_attributes_from_name(TAKEN)
        return count
    found = filterable_fields(relation.kind, context).get(of)
    if found is None:
        raise ValidationError(gettext("There is no field “%(name)s”.") % {"name": of[:60] or "?"})
    if found.kind not in NUMBERS and (take == SUM or found.kind not in DATES):
        raise ValidationError(
            gettext("“%(field)s” is no number, so it cannot be worked out.") % {"field": found.label}
            if take == SUM
            else gettext("“%(field)s” is neither a number nor a date.") % {"field": found.label}
        )
    taken = copy.copy(found)
    taken.name = TAKEN
    return taken


def read_related(said: Related, key: str, kind: RecordType, context: Context) -> ReadRelated:
    """Return what the condition means; ValidationError says what is wrong with it."""
    from rapport.kernel.filters.compiler import compile_filter, read_operand

    relation = relation_by_key(kind, key, context.reader)
    inner = compile_filter(said.where, relation.kind, context)
    if inner.problems:
        raise ValidationError(inner.problems)
    if said.take in (HAS, HAS_NO):
        return ReadRelated(relation, inner.condition)
    taken = taken_field(relation, said.take, said.of, context)
    operator = operator_named(taken_operators(taken), said.operator)
    operand = read_operand(taken, operator, said.said, context)
    return ReadRelated(
        relation, inner.condition, taken, operator, operand, _column(relation.kind, said, context)
    )


def _column(kind: RecordType, said: Related, context: Context) -> str | Combinable:
    """What is worked out: amounts in one currency, the one that was named, else the company's."""
    field = kind.fields.get(said.of)
    if field is None or field.kind != "money":
        return said.of
    return worth(field, currency_of(field, said.said, context))


def currency_of(field: FieldType, said: str, context: Context) -> str:
    sides = (part for part in said.split("..") if part.strip())
    named = (currency_named(field.parse_operand(AT_LEAST, part, context)) for part in sides)
    return next(filter(None, named), context.currency)


def compile_related(said: Related, key: str, kind: RecordType, context: Context) -> tuple[Q, bool]:
    """The condition, and whether its opposite is meant: then it says what must not be there."""
    read = read_related(said, key, kind, context)
    relation, user = read.relation, context.reader
    if read.taken is None or read.operator is None:
        return relation.exists(read.where, user), said.take == HAS_NO
    operator, is_opposite = read.operator, False
    if said.take in (COUNT, SUM):
        if _is_at_least_one(said, read):
            return relation.exists(read.where, user), False
        fits = operators.condition(read.taken, operator, read.operand, context)
        if _holds_for_nothing(operator, read.operand):
            # nothing at all fits too, so what must not be there is a record whose number does not fit
            return _exists(said, read, ~fits, user), True
        return _some(said, read, fits, user), False
    if operator.key in OPPOSITES:
        operator, is_opposite = operator_named(operators_of(read.taken), OPPOSITES[operator.key]), True
    fits = operators.condition(read.taken, operator, read.operand, context)
    return _some(said, read, fits, user), is_opposite


def _some(said: Related, read: ReadRelated, fits: Q, user: "User | None") -> Q:
    """That what is worked out fits.

    Links are worked out for all records in one go where a filter leaves few; without one nearly every record has
    some, and rows in between are many more: then it is done for each shown record only (measured, see the decision).
    """
    relation = read.relation
    if relation.via is not None or not said.where:
        return _exists(said, read, fits, user)
    rows = relation.grouped(read.where, user, aggregate_of(said), read.of, outer=False)
    return Q(pk__in=rows.filter(fits).values("near"))


def _exists(said: Related, read: ReadRelated, fits: Q, user: "User | None") -> Q:
    rows = read.relation.grouped(read.where, user, aggregate_of(said), read.of, outer=True)
    return Q(Exists(rows.filter(fits)))


def aggregate_of(said: Related) -> Any:  # Any: makes an expression of the name of a column
    function = AGGREGATES[said.take]
    if said.take == COUNT:
        # as a whole number Django would round what it is compared with
        return lambda column: ExpressionWrapper(Count(column), output_field=DecimalField())
    if said.take == SUM:
        zero = Value(Decimal(0), DecimalField())
        return lambda column: Coalesce(Sum(column), zero, output_field=DecimalField())
    return function


def _is_at_least_one(said: Related, read: ReadRelated) -> bool:
    assert read.operator is not None
    return said.take == COUNT and (read.operator.key, read.operand) in (
        ("min", Decimal(1)),
        ("over", Decimal(0)),
    )


def _holds_for_nothing(operator: Operator, operand: Any) -> bool:  # Any: a number, or two
    """Is the comparison true for the number 0?"""
    match operator.key:
        case "is":
            return bool(operand == 0)
        case "is_not":
            return bool(operand != 0)
        case "over":
            return bool(operand < 0)
        case "min":
            return bool(operand <= 0)
        case "under":
            return bool(operand > 0)
        case "max":
            return bool(operand >= 0)
        case "between":
            low, high = operand
            return (low is None or low <= 0) and (high is None or high >= 0)
    return False
