"""The control for the operand of a condition: what stands in the filter builder behind field and comparison."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse

from rapport.kernel.fields import Context, FieldType, Link, LinkBase, Operator, UserLink, YesNo
from rapport.kernel.filters.periods import DAYS, MONTHS, PERIODS, period_words, read_period
from rapport.kernel.filters.words import linked_names
from rapport.kernel.registry import types_of_model

MOST_OPTIONS = 400


@dataclass
class Operand:
    """How it is asked for: "none", "days", "period", "range", "checks", "yesno", "records", "tags" or "input"."""

    form: str
    said: str = ""
    high: str = ""
    input_type: str = "text"
    options: list[tuple[str, str]] = field(default_factory=list)
    hues: dict[str, str] = field(default_factory=dict)
    chosen: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    @property
    def chosen_values(self) -> set[str]:
        return {value for value, _label in self.chosen}


INPUTS = {"date": "date", "moment": "date", "email": "text"}


def operand_of(one: FieldType, operator: Operator, said: str, context: Context) -> Operand:
    """Return the control of this comparison with what was said in it."""
    if operator.operand == "none":
        return Operand("none", said)
    if operator.operand == "days":
        count = said.rstrip("dwmqy")
        return Operand("days", count, high=said[len(count) :])
    if operator.operand == "period":
        known = [(key, str(label)) for key, label in PERIODS.items()]
        further = [(said, period_words(said))] if said and said not in PERIODS and _is_period(said) else []
        return Operand("period", said, options=[*known, *further])
    is_day = not any(":" in part or part.casefold() in DAYS for part in said.split(".."))
    kind = INPUTS.get(one.kind, "text") if is_day else "text"
    if operator.operand == "range":
        low, _dots, high = said.partition("..")
        return Operand("range", low, high, input_type=kind)
    if operator.operand == "values":
        return _several(one, [part for part in said.split("|") if part], context)
    if isinstance(one, YesNo):
        return Operand("yesno", "yes" if said in ("", "yes", "1", "true", "True") else "no")
    return Operand("input", said, input_type=kind)


def _is_period(said: str) -> bool:
    try:
        read_period(said)
    except ValidationError:
        return False
    return True


def _several(one: FieldType, values: list[str], context: Context) -> Operand:
    if one.kind == "tags":
        return Operand("tags", chosen=[(value, value) for value in values])
    if isinstance(one, Link):
        names = linked_names(one, [value for value in values if _is_id(one, value)], context)
        return Operand("records", chosen=names, url=_options_url(one))
    options = _options(one, context)
    missing = [value for value in values if value not in dict(options)]
    if missing and isinstance(one, LinkBase):  # who works here no more, or comes behind the first hundreds
        options += linked_names(one, [value for value in missing if _is_id(one, value)], context)
    chosen = [(value, value) for value in values]
    return Operand("checks", options=options, hues=getattr(one, "hues", {}), chosen=chosen)


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
    gone: Mapping[str, str] = getattr(one, "retired", {})  # records have them still
    return [*known, *((key, str(label)) for key, label in gone.items())][:MOST_OPTIONS]


def _options_url(link: Link) -> str:
    kinds = types_of_model(link.related_model)
    try:
        if len(kinds) == 1:
            return reverse("record_options", args=[kinds[0].key])
        return reverse("any_record_options")
    except NoReverseMatch:
        return ""


def said_in(operator: Operator, data: QueryDict, number: str) -> str:
    """What the form says as the operand of that line."""
    values = [value.replace("\x00", "") for value in data.getlist(f"value-{number}")]
    if operator.operand == "none":
        return ""
    if operator.operand == "values":
        return "|".join(dict.fromkeys(value for value in values if value))
    if operator.operand == "range":
        low, high = (*values, "", "")[:2]
        return f"{low}..{high}" if low or high else ""
    said = values[0] if values else ""
    if operator.operand == "days":
        unit = data.get(f"unit-{number}", "")
        return f"{said.strip()}{unit if unit in MONTHS or unit == 'w' else ''}" if said.strip() else ""
    return said
