"""A filter in words, for chips and sentences: Stage · is any of · Customer, Lead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.fields import Context, FieldType, Link, LinkBase, Operator
from rapport.kernel.fields.base import IS, IS_NOT
from rapport.kernel.fields.choices import ListOfText
from rapport.kernel.fields.numbers import currency_named
from rapport.kernel.filters.compiler import condition_read, filterable_fields, read_condition, walk
from rapport.kernel.filters.operators import DATES
from rapport.kernel.filters.periods import period_words, read_day
from rapport.kernel.filters.related import compile_related, read_related
from rapport.kernel.filters.relations import Relation, split_path
from rapport.kernel.filters.tree import COUNT, EVERYTHING, HAS_NO, Group, Node, Related
from rapport.kernel.registry import RecordType
from rapport.ui import formats
from rapport.ui.formats import noun

# In a sentence the number of days follows, so these read otherwise than in the list of comparisons.
BEFORE_DAYS = {
    "last": _("is within the last"),
    "next": _("is within the next"),
    "older": _("is longer ago than"),
    "anniversary": _("has its anniversary within the next"),
    "changed": _("was changed within the last"),
    "kept": _("was not changed within the last"),
}
ONE_VALUE = {"any": IS.label, "none": IS_NOT.label}
SHOWN = 2  # so many values of a list are spelled out


@dataclass(frozen=True)
class Words:
    """One condition or group as a chip shows it; `problem` says why it cannot be understood.

    `aside` is what a sentence says besides, where a chip has no room for it.
    """

    label: str
    operator: str = ""
    value: str = ""
    problem: str = ""
    node: Node = EVERYTHING
    aside: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.label, self.operator, self.value, self.aside) if part)


def words_of(group: Group, kind: RecordType, context: Context) -> list[Words]:
    """The parts of the group in words, one each; titles of linked records are those that the user may see."""
    return [_words(part, kind, context) for part in group.parts]


def sentence_of(node: Node, kind: RecordType, context: Context) -> str:
    """The whole filter as one sentence: "City is Berlin and (Stage is any of Lead or has deals)"."""
    if not isinstance(node, Group):
        return str(_words(node, kind, context))
    inner = [_inside(part, kind, context) for part in node.parts]
    if not inner:
        return gettext("everything")
    if node.join == "not":
        said = gettext(" or ").join(inner)
        return gettext("not (%(conditions)s)") % {"conditions": said}
    return (gettext(" and ") if node.join == "all" else gettext(" or ")).join(inner)


def _inside(node: Node, kind: RecordType, context: Context) -> str:
    said = sentence_of(node, kind, context)
    is_joined = isinstance(node, Group) and node.join != "not" and len(node.parts) > 1
    return f"({said})" if is_joined else said


def operator_label(operator: Operator) -> str:
    return str(BEFORE_DAYS.get(operator.key, operator.label))


def _said(field: FieldType, operator: Operator, operand: Any) -> str:  # Any: typed by the field
    """The comparison within a sentence: one value alone is not "any of" something."""
    if operator.operand == "values" and len(operand) == 1 and not field.is_multiple:
        return str(ONE_VALUE.get(operator.key, operator.label))
    return operator_label(operator)


def _words(node: Node, kind: RecordType, context: Context) -> Words:
    if isinstance(node, Group):
        inner = gettext("; ").join(_inside(part, kind, context) for part in node.parts)
        labels = {"all": gettext("All of"), "any": gettext("Any of"), "not": gettext("None of")}
        return Words(labels[node.join], value=inner, node=node)
    if isinstance(node, Related):
        return _related_words(node, kind, context)
    try:
        read = read_condition(node, kind, context)
        # A condition may be readable and still not fit, so it is tried as well.
        condition_read(read, context)
    except ValidationError as problem:
        known = filterable_fields(kind, context).get(node.field)
        label = known.label if known is not None else node.field
        return Words(label, value=node.said[:40] or "?", problem=" ".join(problem.messages), node=node)
    value = value_words(read.field, read.operator, read.operand, node.said, context)
    aside = gettext("in any currency") if _is_bare_amount(read.field, read.operand) else ""
    return Words(read.label, _said(read.field, read.operator, read.operand), value, node=node, aside=aside)


def _is_bare_amount(field: FieldType, operand: Any) -> bool:  # Any: typed by the field
    """Is it compared with amounts as they stand there, because no currency was named?"""
    parts = operand if isinstance(operand, tuple) else (operand,)
    is_amount = field.kind == "money" and any(isinstance(part, Decimal) for part in parts)
    return is_amount and not currency_named(operand)


def _related_words(node: Related, kind: RecordType, context: Context) -> Words:
    try:
        names, key = split_path(node.relation)
        steps, near = walk(names, kind, context)
        read = read_related(node, key, near, context)
        compile_related(node, key, near, context)
    except ValidationError as problem:
        return Words(node.relation[:60], value="?", problem=" ".join(problem.messages), node=node)
    relation = read.relation
    where = sentence_of(node.where, relation.kind, context) if node.where else ""
    records = noun(relation.label)
    if read.operator is None or read.taken is None:
        said = gettext("has no %(records)s") if node.take == HAS_NO else gettext("has %(records)s")
        label, operator, value = said % {"records": records}, "", ""
    else:
        label = take_label(node.take, relation, node.of) % {"records": records}
        operator = _said(read.taken, read.operator, read.operand)
        currency = "" if node.take == COUNT else context.currency
        value = value_words(read.taken, read.operator, read.operand, node.said, context, currency)
    if steps:
        path = " → ".join(link.label for link, _kind in steps)
        label = gettext("%(path)s: %(said)s") % {"path": path, "said": label}
    if where:
        label = gettext("%(said)s (%(conditions)s)") % {"said": label, "conditions": where}
    return Words(label, operator, value, node=node)


def take_label(take: str, relation: Relation, of: str) -> str:
    """What is worked out, with a place for the name of the records: "sum of Amount of %(records)s"."""
    field = relation.kind.fields.get(of)
    label = field.label.replace("%", "%%") if field is not None else of.replace("%", "%%")
    is_time = field is not None and field.kind in DATES
    match take:
        case "count":
            return gettext("number of %(records)s")
        case "sum":
            return gettext("sum of {field} of %(records)s").replace("{field}", label)
        case "min":
            said = (
                gettext("earliest {field} of %(records)s")
                if is_time
                else gettext("least {field} of %(records)s")
            )
            return said.replace("{field}", label)
    said = gettext("latest {field} of %(records)s") if is_time else gettext("largest {field} of %(records)s")
    return said.replace("{field}", label)


def value_words(
    field: FieldType,
    operator: Operator,
    operand: Any,  # Any: typed by the field
    said: str,
    context: Context,
    currency: str = "",
) -> str:
    """The operand in words; `currency` is the one in which amounts are meant that name none."""
    match operator.operand:
        case "none":
            return ""
        case "days":
            return str(operand)
        case "period":
            return period_words(said)
        case "range":
            named = currency_named(operand) or currency
            low, high = ("…" if part is None else plain(field, part, named) for part in operand)
            return f"{low} – {high}"
        case "values":
            names = names_of(field, operand, context)
            shown = ", ".join(names[:SHOWN])
            return f"{shown} +{len(names) - SHOWN}" if len(names) > SHOWN else shown
    if field.kind in DATES and read_day(said) is not None:
        return period_words(said)
    return plain(field, operand, currency)


def plain(field: FieldType, value: Any, currency: str = "") -> str:  # Any: a typed operand
    """A single operand in words; amounts of money come without a currency where none was named or is meant."""
    if field.kind == "money":
        currency = currency_named(value) or currency
        return formats.format_money(value, currency) if currency else formats.format_number(value)
    return formats.format_lasting(value) if isinstance(value, datetime) else field.text(value)


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
        if context.reader is not None:
            rows = rows.visible_to(context.reader)
        return [(str(key), title or gettext("No name")) for key, title in rows.values_list("pk", "title")]
    model: Any = field.related_model  # Any: a class of users, teams or options
    return [(str(one.pk), str(one)) for one in model._default_manager.filter(pk__in=wanted)]
