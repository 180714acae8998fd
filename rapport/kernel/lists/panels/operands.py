"""The control for the operand of a condition: what stands in the filter builder behind field and comparison."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from rapport.kernel.fields import Context, FieldType, Link, LinkBase, Operator, UserLink, YesNo
from rapport.kernel.filters.tree import Condition
from rapport.kernel.filters.words import linked_names
from rapport.kernel.registry import RecordType, types_of_model

MOST_OPTIONS = 400


@dataclass
class Operand:
    """How the operand is asked for: "none", "days", "range", "checks", "yesno", "records", "tags" or "input"."""

    form: str
    said: str = ""
    high: str = ""
    input_type: str = "text"
    options: list[tuple[str, str]] = field(default_factory=list)
    chosen: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    @property
    def chosen_values(self) -> set[str]:
        return {value for value, _label in self.chosen}


INPUTS = {"date": "date", "moment": "date", "email": "text"}


def operand_of(one: FieldType, operator: Operator, said: str, context: Context) -> Operand:
    """Return the control of this comparison with what was said in it."""
    if operator.operand in ("none", "days"):
        return Operand(operator.operand, said)
    kind = INPUTS.get(one.kind, "text")
    if operator.operand == "range":
        low, _dots, high = said.partition("..")
        return Operand("range", low, high, input_type=kind)
    if operator.operand == "values":
        return _several(one, [part for part in said.split("|") if part], context)
    if isinstance(one, YesNo):
        return Operand("yesno", "yes" if said in ("", "yes", "1", "true", "True") else "no")
    return Operand("input", said, input_type=kind)


def _several(one: FieldType, values: list[str], context: Context) -> Operand:
    if one.kind == "tags":
        return Operand("tags", chosen=[(value, value) for value in values])
    if isinstance(one, Link):
        names = linked_names(one, [value for value in values if _is_id(one, value)], context)
        return Operand("records", chosen=names, url=_options_url(one))
    return Operand("checks", options=_options(one, context), chosen=[(value, value) for value in values])


def _is_id(one: LinkBase, value: str) -> bool:
    from rapport.kernel.fields.links import parse_id

    return parse_id(value) is not None


def _options(one: FieldType, context: Context) -> list[tuple[str, str]]:
    """The values among which one can choose, by label."""
    if isinstance(one, LinkBase):
        rows = one.candidates(context)[:MOST_OPTIONS]
        first = [context.user] if isinstance(one, UserLink) and context.user is not None else []
        return [(str(row.pk), str(row)) for row in dict.fromkeys([*first, *rows])]
    known: list[tuple[str, str]] = one.options()
    return known[:MOST_OPTIONS]


def _options_url(link: Link) -> str:
    kinds = types_of_model(link.related_model)
    try:
        if len(kinds) == 1:
            return reverse("record_options", args=[kinds[0].key])
        return reverse("any_record_options")
    except NoReverseMatch:
        return ""


def read_conditions(data: QueryDict, kind: RecordType) -> list[Condition]:
    """Return the conditions that the builder's form says; rows without a field are left out."""
    found = []
    for number in data.getlist("n")[:100]:
        name, key = data.get(f"field-{number}", ""), data.get(f"is-{number}", "")
        one = kind.fields.get(name)
        if one is None:
            continue
        operator = next((other for other in one.operators if other.key == key), one.operators[0])
        found.append(Condition(name, operator.key, _said(operator, data, number)))
    return found


def _said(operator: Operator, data: QueryDict, number: str) -> str:
    values = [value.replace("\x00", "") for value in data.getlist(f"value-{number}")]
    if operator.operand == "none":
        return ""
    if operator.operand == "values":
        return "|".join(dict.fromkeys(value for value in values if value))
    if operator.operand == "range":
        low, high = (*values, "", "")[:2]
        return f"{low}..{high}" if low or high else ""
    return values[0] if values else ""


def problem_of(said: Condition, kind: RecordType, context: Context) -> str:
    """What is wrong with a condition; "" when nothing is."""
    from rapport.kernel.filters.compiler import condition_of

    try:
        condition_of(said, kind, context)
    except ValidationError as problem:
        return " ".join(problem.messages)
    return ""


def shown_operator(one: FieldType, key: str) -> Any:  # Any: an Operator
    """The comparison of that name, else the first that the field has."""
    return next((other for other in one.operators if other.key == key), one.operators[0])
