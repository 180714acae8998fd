"""From the condition tree to SQL, for one user: what he may not see he cannot filter by either."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext

from rapport.kernel.fields import Context, FieldType, Link, operator_named
from rapport.kernel.filters.tree import Condition, Group, Node
from rapport.kernel.permissions import policy
from rapport.kernel.registry import RecordType, types_of_model

NOTHING = Q(pk__in=[])


@dataclass
class Compiled:
    """A filter as SQL. With problems it finds nothing: rows that a broken filter lets through would be wrong."""

    condition: Q = field(default_factory=Q)
    problems: list[str] = field(default_factory=list)


def filterable_fields(kind: RecordType, context: Context) -> dict[str, FieldType]:
    """The fields by which this user may filter records of that type."""
    return {
        name: one
        for name, one in kind.fields.items()
        if one.operators and not (kind.kind and name == "kind")  # the same for all records of the type
    }


def compile_filter(node: Node, kind: RecordType, context: Context) -> Compiled:
    """Return the tree as one condition, or sentences about what is wrong with it."""
    problems: list[str] = []
    condition = _compile(node, kind, context, problems)
    return Compiled(NOTHING, problems) if problems else Compiled(condition)


def _compile(node: Node, kind: RecordType, context: Context, problems: list[str]) -> Q:
    if isinstance(node, Condition):
        try:
            return condition_of(node, kind, context)
        except ValidationError as problem:
            problems.append(" ".join(problem.messages))
            return NOTHING
    return _joined(node, [_compile(part, kind, context, problems) for part in node.parts])


def _joined(group: Group, conditions: list[Q]) -> Q:
    if group.join == "all":
        found = Q()
        for condition in conditions:
            found &= condition
        return found
    found = NOTHING
    for condition in conditions:
        found |= condition
    if not conditions:
        return Q()
    return ~found if group.join == "not" else found


def read_condition(
    said: Condition, kind: RecordType, context: Context
) -> tuple[FieldType, Any, Any]:  # Any: the operator, and an operand as the field's type has it
    """Return field, operator and typed operand of a condition; ValidationError says what is wrong with it."""
    found = filterable_fields(kind, context).get(said.field)
    if found is None:
        raise ValidationError(gettext("There is no field “%(name)s”.") % {"name": said.field[:60]})
    operator = operator_named(found.operators, said.operator)
    if operator.operand != "none" and not said.said.strip(" .|"):
        raise ValidationError(gettext("“%(field)s” lacks a value.") % {"field": found.label})
    try:
        return found, operator, found.parse_operand(operator, said.said, context)
    except (OverflowError, ValueError, ArithmeticError) as problem:
        raise ValidationError(
            gettext("“%(said)s” does not fit “%(field)s”.") % {"said": said.said[:40], "field": found.label}
        ) from problem


def condition_of(said: Condition, kind: RecordType, context: Context) -> Q:
    """Return one condition as SQL; ValidationError says what is wrong with it."""
    found, operator, operand = read_condition(said, kind, context)
    if isinstance(found, Link) and context.user is not None:
        return _link_condition(found, operator, operand, context)
    return found.condition(operator, operand, context)


def _link_condition(link: Link, operator: Any, operand: Any, context: Context) -> Q:  # Any: as above
    """A link to a record that the user does not see counts as empty, as the list shows it."""
    user = context.user
    linked: Any = link.related_model  # Any: a record type's model
    if user is None or all(policy(user, one.key, "read").reach == "all" for one in types_of_model(linked)):
        return link.condition(operator, operand, context)
    seen = linked.objects.visible_to(user)
    if operator.key in ("any", "none"):
        among = Q(**{f"{link.name}__in": seen.filter(pk__in=operand).values("pk")})
        return among if operator.key == "any" else ~among
    filled = Q(**{f"{link.name}__in": seen.values("pk")})
    return filled if operator.key == "filled" else ~filled
