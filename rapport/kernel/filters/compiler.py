"""From the condition tree to SQL, for one user: what he may not see he cannot filter by either."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from rapport.kernel.fields import Context, FieldType, Link, Operator, operator_named
from rapport.kernel.fields.numbers import CURRENCY, currency_named
from rapport.kernel.filters import operators
from rapport.kernel.filters.operators import OPPOSITES, operators_of
from rapport.kernel.filters.related import compile_related
from rapport.kernel.filters.relations import rows_of, split_path, target_of
from rapport.kernel.filters.trashed import there
from rapport.kernel.filters.tree import Condition, Group, Node, Related
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import RecordType, types_of_model

NOTHING = Q(pk__in=[])


@dataclass
class Compiled:
    """A filter as SQL. With problems it finds nothing: rows that a broken filter lets through would be wrong."""

    condition: Q = field(default_factory=Q)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Read:
    """A condition understood: the links to walk, then field, comparison and typed operand."""

    steps: tuple[tuple[FieldType, RecordType], ...]
    kind: RecordType  # whose field it is
    field: FieldType
    operator: Operator
    operand: Any  # Any: typed by the field

    @property
    def label(self) -> str:
        """The path in words: "Organization → City"."""
        return " → ".join([*(link.label for link, _kind in self.steps), self.field.label])


def filterable_fields(kind: RecordType, context: Context) -> dict[str, FieldType]:
    """The fields by which this user may filter records of that type."""
    return {
        name: one
        for name, one in seen_by(kind, context.reader).fields.items()
        if one.operators and not (kind.kind and name == "kind")  # the same for all records of the type
    }


def compile_filter(node: Node, kind: RecordType, context: Context) -> Compiled:
    """Return the tree as one condition, or sentences about what is wrong with it."""
    problems: list[str] = []
    condition = _compile(node, kind, context, problems)
    return Compiled(NOTHING, problems) if problems else Compiled(condition)


def _compile(node: Node, kind: RecordType, context: Context, problems: list[str]) -> Q:
    if isinstance(node, Group):
        if (behind := _behind_one_link(node, kind, context)) is not None:
            step, inner = behind
            found = over((step,), _compile(inner, step[1], context, problems), context)
            return ~found if node.join == "not" else found
        return _joined(node, [_compile(part, kind, context, problems) for part in node.parts])
    try:
        if isinstance(node, Related):
            return related_condition(node, kind, context)
        return condition_of(node, kind, context)
    except ValidationError as problem:
        problems.append(" ".join(problem.messages))
        return NOTHING


def _behind_one_link(
    group: Group, kind: RecordType, context: Context
) -> tuple[tuple[FieldType, RecordType], Group] | None:
    """The link behind which all conditions of the group stand, and the group as said of the record there.

    One question about the linked record instead of one for each condition; a link leads to one record at most, so
    the answer is the same. Comparisons that hold where nothing is linked are no such questions.
    """
    if len(group.parts) < 2:
        return None
    names: set[str] = set()
    inner = _without_link(group, names, is_top=True)
    if inner is None or len(names) != 1:
        return None
    link = filterable_fields(kind, context).get(names.pop())
    target = target_of(link)
    if link is None or target is None:
        return None
    return (link, target), Group("any" if group.join == "not" else group.join, inner.parts)


def _without_link(group: Group, names: set[str], *, is_top: bool = False) -> Group | None:
    """The group with the first step taken off each condition; None where that would say something else."""
    if group.join == "not" and not is_top:
        return None
    parts: list[Node] = []
    for part in group.parts:
        if isinstance(part, Group):
            found: Node | None = _without_link(part, names)
        elif isinstance(part, Condition) and "." in part.field and part.operator not in OPPOSITES:
            name, _dot, rest = part.field.partition(".")
            names.add(name)
            found = Condition(rest, part.operator, part.said)
        else:
            found = None
        if found is None:
            return None
        parts.append(found)
    return Group(group.join, tuple(parts)) if parts else None


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


def walk(
    steps: list[str], kind: RecordType, context: Context
) -> tuple[tuple[tuple[FieldType, RecordType], ...], RecordType]:
    """The links of a path with the types they lead to, and the type at its end."""
    walked: list[tuple[FieldType, RecordType]] = []
    for name in steps:
        link = filterable_fields(kind, context).get(name)
        target = target_of(link)
        if link is None or target is None:
            raise ValidationError(
                gettext("“%(name)s” is no link from %(kind)s to other records.")
                % {"name": name[:60], "kind": kind.label_plural}
            )
        walked.append((link, target))
        kind = target
    return tuple(walked), kind


def over(steps: tuple[tuple[FieldType, RecordType], ...], condition: Q, context: Context) -> Q:
    """The condition for the record at the end of the links, as one for the record at their beginning."""
    for link, target in reversed(steps):
        column = str(getattr(link, "attname", None) or link.name)
        condition = Q(Exists(rows_of(target, context.reader).filter(condition, pk=OuterRef(column))))
    return condition


def read_condition(said: Condition, kind: RecordType, context: Context) -> Read:
    """Return what a condition means; ValidationError says what is wrong with it."""
    names, name = split_path(said.field)
    steps, kind = walk(names, kind, context)
    found = filterable_fields(kind, context).get(name)
    if found is None:
        raise ValidationError(gettext("There is no field “%(name)s”.") % {"name": said.field[:60]})
    operator = operator_named(operators_of(found), said.operator)
    operand = read_operand(found, operator, said.said, context)
    return Read(steps, kind, found, operator, operand)


# Any: typed by the field
def read_operand(found: FieldType, operator: Operator, said: str, context: Context) -> Any:
    """The typed operand; ValidationError names the field and what is wrong."""
    if operators.lacks_value(operator, said):
        raise ValidationError(gettext("“%(field)s” lacks a value.") % {"field": found.label})
    try:
        return operators.parse_operand(found, operator, said, context)
    except (OverflowError, ValueError, ArithmeticError) as problem:
        raise ValidationError(
            gettext("“%(said)s” does not fit “%(field)s”.") % {"said": said[:40], "field": found.label}
        ) from problem


def condition_of(said: Condition, kind: RecordType, context: Context) -> Q:
    """Return one condition as SQL; ValidationError says what is wrong with it."""
    return condition_read(read_condition(said, kind, context), context)


def condition_read(read: Read, context: Context) -> Q:
    """The same for a condition that is understood already."""
    key = read.operator.key
    if read.steps and key in OPPOSITES:
        opposite = operator_named(operators_of(read.field), OPPOSITES[key])
        return ~over(read.steps, _own_condition(read, opposite, context), context)
    return over(read.steps, _own_condition(read, read.operator, context), context)


def _own_condition(read: Read, operator: Operator, context: Context) -> Q:
    found, operand = read.field, read.operand
    if isinstance(found, Link) and context.reader is not None and operator.key not in operators.OF_LOG:
        return _link_condition(read.kind, found, operator, operand, context)
    try:
        condition = operators.condition(found, operator, operand, context)
    except (OverflowError, ValueError) as problem:
        raise ValidationError(
            gettext("“%(field)s” cannot be compared so.") % {"field": found.label}
        ) from problem
    currency = currency_named(operand)
    if not currency:
        return condition
    in_it = Q(**{f"{found.name}{CURRENCY}": currency})
    return condition | ~in_it if operator.key == "is_not" else condition & in_it


# Any: as above
def _link_condition(kind: RecordType, link: Link, operator: Any, operand: Any, context: Context) -> Q:
    """A link to a record that the user does not see, or that is in the trash, counts as empty, as the list shows it."""
    user = context.reader
    linked: Any = link.related_model  # Any: a record type's model
    if user is None:
        return link.condition(operator, operand, context)
    if all(policy(user, one.key, "read").reach == "all" for one in types_of_model(linked)):
        return there(kind, link, operator, operand, context)
    seen = linked.objects.visible_to(user)
    if operator.key in ("any", "none"):
        among = Q(**{f"{link.name}__in": seen.filter(pk__in=operand).values("pk")})
        return among if operator.key == "any" else ~among
    filled = Q(**{f"{link.name}__in": seen.values("pk")})
    return filled if operator.key == "filled" else ~filled


def related_condition(said: Related, kind: RecordType, context: Context) -> Q:
    """A condition on related records as SQL; ValidationError says what is wrong with it."""
    names, key = split_path(said.relation)
    steps, near = walk(names, kind, context)
    condition, is_opposite = compile_related(said, key, near, context)
    found = over(steps, condition, context)
    return ~found if is_opposite else found
