"""A filter in words, for chips and sentences: Stage · is any of · Customer, Lead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, npgettext
from django.utils.translation import gettext_lazy as _

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.fields import Context, FieldType, Link, LinkBase, Operator
from rapport.kernel.fields.choices import ListOfText
from rapport.kernel.filters.compiler import filterable_fields, read_condition
from rapport.kernel.filters.tree import EVERYTHING, Group, Node
from rapport.kernel.registry import RecordType
from rapport.ui import formats

# In a sentence the number of days follows, so these read otherwise than in the list of comparisons.
BEFORE_DAYS = {"last": _("within the last"), "next": _("within the next"), "older": _("longer ago than")}
SHOWN = 2  # so many values of a list are spelled out


@dataclass(frozen=True)
class Words:
    """One condition or group as a chip shows it; `problem` says why it cannot be understood."""

    label: str
    operator: str = ""
    value: str = ""
    problem: str = ""
    node: Node = EVERYTHING

    def __str__(self) -> str:
        return " ".join(part for part in (self.label, self.operator, self.value) if part)


def words_of(group: Group, kind: RecordType, context: Context) -> list[Words]:
    """The parts of the group in words, one each; titles of linked records are those that the user may see."""
    return [_words(part, kind, context) for part in group.parts]


def operator_label(operator: Operator) -> str:
    return str(BEFORE_DAYS.get(operator.key, operator.label))


def _words(node: Node, kind: RecordType, context: Context) -> Words:
    if isinstance(node, Group):
        inner = "; ".join(str(_words(part, kind, context)) for part in node.parts)
        labels = {"all": gettext("All of"), "any": gettext("Any of"), "not": gettext("None of")}
        return Words(labels[node.join], value=inner, node=node)
    try:
        field, operator, operand = read_condition(node, kind, context)
        # A condition may be readable and still not fit, so it is tried as well.
        field.condition(operator, operand, context)
    except ValidationError as problem:
        known = filterable_fields(kind, context).get(node.field)
        label = known.label if known is not None else node.field
        return Words(label, value=node.said[:40] or "?", problem=" ".join(problem.messages), node=node)
    return Words(field.label, operator_label(operator), _value(field, operator, operand, context), node=node)


def _value(
    field: FieldType, operator: Operator, operand: Any, context: Context
) -> str:  # Any: typed by the field
    match operator.operand:
        case "none":
            return ""
        case "days":
            return npgettext("after a comparison", "%(count)s day", "%(count)s days", operand) % {
                "count": operand
            }
        case "range":
            low, high = ("…" if part is None else plain(field, part) for part in operand)
            return f"{low} – {high}"
        case "values":
            names = names_of(field, operand, context)
            shown = ", ".join(names[:SHOWN])
            return f"{shown} +{len(names) - SHOWN}" if len(names) > SHOWN else shown
    return plain(field, operand)


def plain(field: FieldType, value: Any) -> str:  # Any: a typed operand
    """A single operand in words; amounts of money come without their currency."""
    if field.kind == "money":
        return formats.format_number(value)
    return field.text(value)


def names_of(field: FieldType, values: Sequence[Any], context: Context) -> list[str]:  # Any: typed operands
    """The values of a list in words: labels of choices, names of what is linked."""
    if isinstance(field, LinkBase):
        found = dict(linked_names(field, values, context))
        return [found.get(str(value), gettext("(not found)")) for value in values]
    if isinstance(field, ListOfText):
        return [field.text([value]) for value in values]
    return [field.text(value) for value in values]


def linked_names(field: LinkBase, keys: Iterable[Any], context: Context) -> list[tuple[str, str]]:  # Any: ids
    """(id, name) of those of the linked objects that the user may see."""
    wanted = list(keys)[:200]
    if isinstance(field, Link):
        rows = AnyRecord.objects.filter(pk__in=wanted)
        if context.user is not None:
            rows = rows.visible_to(context.user)
        return [(str(key), title or gettext("No name")) for key, title in rows.values_list("pk", "title")]
    model: Any = field.related_model  # Any: a class of users, teams or options
    return [(str(one.pk), str(one)) for one in model._default_manager.filter(pk__in=wanted)]
