"""The builder's lines: conditions, groups and related records, from the tree and from the form that they are sent as.

Every line has a number; those inside another begin with its number: "2-5" stands in "2".
"""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from rapport.kernel.fields import Context, FieldType, Operator
from rapport.kernel.filters import (
    Condition,
    Group,
    Node,
    Refusal,
    Related,
    compile_filter,
    filterable_fields,
    nothing_refused,
)
from rapport.kernel.filters.compiler import walk
from rapport.kernel.filters.kept import kept_value
from rapport.kernel.filters.operators import DATES, NUMBERS, lacks_value, operators_of
from rapport.kernel.filters.related import taken_field, taken_operators
from rapport.kernel.filters.relations import Relation, relation_by_key, relations_of, split_path, target_of
from rapport.kernel.filters.tree import COUNT, EVERYTHING, HAS, HAS_NO, JOINS, LEAST, MOST, SUM, TAKES
from rapport.kernel.filters.words import operator_label, take_label
from rapport.kernel.lists.panels.operands import Operand, operand_of, said_in
from rapport.kernel.pages.records import grouped
from rapport.kernel.registry import RecordType
from rapport.ui.formats import noun

NUMBER: Final = re.compile(r"\d{1,4}(-\d{1,4}){0,7}", re.ASCII)
CONDITION, GROUP, RELATED = "condition", "group", "related"
Options = list[tuple[str, list[tuple[str, str]]]]  # groups of (value, label)


@dataclass
class Line:
    """One line of the builder; groups and related records have lines inside."""

    number: str
    form: str
    kind: RecordType  # whose records the line is about
    fields: Options = field(default_factory=list)
    chosen: str = ""
    label: str = ""
    operator: str = ""
    operators: list[tuple[str, str]] = field(default_factory=list)
    operand: Operand | None = None
    said: str = ""  # what is kept where no operand can be shown
    problem: str = ""
    is_open: bool = False
    join: str = "all"
    take: str = ""
    takes: Options = field(default_factory=list)
    inner: RecordType | None = None  # whose records the lines inside are about
    parts: list["Line"] = field(default_factory=list)


# -- from the tree --------------------------------------------------------------------------------------------
def line_of(node: Node, number: str, kind: RecordType, context: Context) -> Line:
    """The line that shows this part of the tree."""
    if isinstance(node, Group):
        line = Line(number, GROUP, kind, join=node.join, inner=kind)
        line.parts = lines_of(node, number, kind, context)
        return line
    line = (
        _related(node, number, kind, context)
        if isinstance(node, Related)
        else _own(node, number, kind, context)
    )
    alone = replace(node, where=EVERYTHING) if isinstance(node, Related) else node
    line.problem = next(iter(compile_filter(alone, kind, context).problems), "")
    return line


def lines_of(group: Group, number: str, kind: RecordType, context: Context) -> list[Line]:
    begin = f"{number}-" if number else ""
    return [line_of(part, f"{begin}{at}", kind, context) for at, part in enumerate(group.parts)]


def narrowed(lines: list[Line], refusal: Refusal) -> list[Line]:
    """The lines of a filter that cannot speak of everything: they offer what it can, and say what it cannot."""
    for line in lines:
        if line.form == RELATED:
            line.problem = refusal(Related(line.chosen)) or line.problem
        elif line.form == CONDITION:
            line.problem = refusal(Condition(line.chosen, line.operator)) or line.problem
            every = [(label, _offered(fields, line.chosen, refusal)) for label, fields in line.fields]
            line.fields = [(label, fields) for label, fields in every if fields]
            line.operators = [
                (key, label)
                for key, label in line.operators
                if key == line.operator or not refusal(Condition(line.chosen, key))
            ]
        narrowed(line.parts, refusal)
    return lines


def _offered(fields: list[tuple[str, str]], chosen: str, refusal: Refusal) -> list[tuple[str, str]]:
    return [(name, label) for name, label in fields if name == chosen or not refusal(Condition(name, ""))]


def _own(said: Condition, number: str, kind: RecordType, context: Context) -> Line:
    line = Line(number, CONDITION, kind, _fields(kind, context, said.field), said.field)
    found = _field_of(said.field, kind, context)
    if found is None:
        line.operator, line.said = said.operator, said.said
        return line
    return _compared(line, found, operators_of(found), said.operator, said.said, context)


def _compared(
    line: Line, one: FieldType, operators: tuple[Operator, ...], key: str, said: str, context: Context
) -> Line:
    known = _by_key(operators)
    operator = known.get(key) or next(iter(known.values()))
    line.label, line.operator = one.label, operator.key
    line.operators = [(other.key, operator_label(other)) for other in known.values()]
    line.operand = operand_of(one, operator, said, context)
    return line


def _by_key(operators: tuple[Operator, ...]) -> dict[str, Operator]:
    return {one.key: one for one in operators}


def _related(said: Related, number: str, kind: RecordType, context: Context) -> Line:
    every = _relations(kind, context, said.relation)
    take = f"{said.take}:{said.of}" if said.of else said.take
    line = Line(number, RELATED, kind, every, said.relation, take=take)
    try:
        relation = _relation_of(said.relation, kind, context)
    except ValidationError:
        return line
    line.label, line.inner = relation.label, relation.kind
    line.takes = _takes(relation, context)
    if said.take not in (HAS, HAS_NO):
        try:
            taken = taken_field(relation, said.take, said.of, context)
        except ValidationError:
            label = take_label(said.take, relation, said.of) % {"records": noun(relation.label)}
            line.takes.append((_("Further"), [(take, label)]))
            line.operator, line.said = said.operator, said.said
        else:
            _compared(line, taken, taken_operators(taken), said.operator, said.said, context)
    where = said.where if said.where.join == "all" else Group("all", (said.where,))
    line.parts = lines_of(where, number, relation.kind, context)
    return line


def _field_of(path: str, kind: RecordType, context: Context) -> FieldType | None:
    try:
        steps, name = split_path(path)
        return filterable_fields(walk(steps, kind, context)[1], context).get(name)
    except ValidationError:
        return None


def _relation_of(path: str, kind: RecordType, context: Context) -> Relation:
    steps, key = split_path(path)
    return relation_by_key(walk(steps, kind, context)[1], key, context.reader)


def _fields(kind: RecordType, context: Context, chosen: str) -> Options:
    """The fields to filter by: those of the list first, then the others in groups, then those behind each link."""
    fields = filterable_fields(kind, context)
    listed = [one for one in fields.values() if one.flags.listed]
    found: Options = [(_("In the list"), [(str(one.name), one.label) for one in listed])] if listed else []
    for label, group in grouped(kind, fields.values()):
        rest = [(str(one.name), one.label) for one in group if not one.flags.listed]
        found += [(label, rest)] if rest else []
    for name, link in fields.items():
        target = target_of(link)
        if target is not None:
            behind = filterable_fields(target, context).items()
            found.append(
                (f"{link.label} →", [(f"{name}.{key}", f"{link.label} → {one.label}") for key, one in behind])
            )
    if not any(chosen == value for _label, group in found for value, _name in group):
        found.append((_("Further"), [(chosen, chosen.replace(".", " → "))]))
    return found


def _relations(kind: RecordType, context: Context, chosen: str) -> Options:
    """What belongs to the record, and what belongs to what it links to."""
    found: Options = [(kind.label, [(one.key, one.label) for one in relations_of(kind, context.reader)])]
    for name, link in filterable_fields(kind, context).items():
        target = target_of(link)
        if target is not None:
            found.append(
                (
                    f"{link.label} →",
                    [
                        (f"{name}.{one.key}", f"{link.label} → {one.label}")
                        for one in relations_of(target, context.reader)
                    ],
                )
            )
    if chosen and not any(chosen == value for _label, group in found for value, _name in group):
        found.append((_("Further"), [(chosen, chosen)]))
    return found


def _takes(relation: Relation, context: Context) -> Options:
    """What can be asked about them: that there are any, how many, and what their numbers and dates come to."""
    records = {"records": noun(relation.label)}
    found: Options = [
        ("", [(HAS, _("has")), (HAS_NO, _("has no")), (COUNT, take_label(COUNT, relation, "") % records)])
    ]
    worked_out = []
    for name, one in filterable_fields(relation.kind, context).items():
        takes = (SUM, LEAST, MOST) if one.kind in NUMBERS else (LEAST, MOST) if one.kind in DATES else ()
        worked_out += [(f"{take}:{name}", take_label(take, relation, name) % records) for take in takes]
    return [*found, (_("Worked out"), worked_out)] if worked_out else found


# -- from the form --------------------------------------------------------------------------------------------
def read_lines(data: QueryDict, kind: RecordType, context: Context) -> Group:
    """Return the tree that the builder's form says; half-filled lines are no conditions yet."""
    return Group("all", _parts("", inside_of(data), data, kind, context))


def inside_of(data: QueryDict) -> dict[str, list[str]]:
    """The numbers of the lines by the line in which they stand, in the order of the form."""
    inside: dict[str, list[str]] = {}
    for number in dict.fromkeys(data.getlist("n")[:200]):
        if NUMBER.fullmatch(number):
            inside.setdefault(number.rpartition("-")[0], []).append(number)
    return inside


def _parts(
    parent: str, inside: dict[str, list[str]], data: QueryDict, kind: RecordType, context: Context
) -> tuple[Node, ...]:
    found = (read_line(number, inside, data, kind, context) for number in inside.get(parent, ()))
    return tuple(one for one in found if one is not None and is_said(one, kind, context))


def read_line(
    number: str, inside: dict[str, list[str]], data: QueryDict, kind: RecordType, context: Context
) -> Node | None:
    """The part of the tree that one line says, finished or not."""
    match data.get(f"form-{number}", CONDITION):
        case "group":
            join = data.get(f"join-{number}", "all")
            return Group(join if join in JOINS else "all", _parts(number, inside, data, kind, context))
        case "related":
            return _read_related(number, inside, data, kind, context)
    path = data.get(f"field-{number}", "")[:200]
    found = _field_of(path, kind, context)
    if found is None:  # it is no more: whoever sees the line removes it, or chooses another field
        return Condition(path, *_kept(data, number)) if path else None
    known = _by_key(operators_of(found))
    operator = known.get(data.get(f"is-{number}", "")) or next(iter(known.values()))
    said = kept_value(found, operator, said_in(operator, data, number), context)
    return Condition(path, operator.key, said)


def _read_related(
    number: str, inside: dict[str, list[str]], data: QueryDict, kind: RecordType, context: Context
) -> Node | None:
    path = data.get(f"relation-{number}", "")[:200]
    take, _colon, of = data.get(f"take-{number}", "")[:120].partition(":")
    take = take if take in TAKES else HAS
    try:
        relation = _relation_of(path, kind, context)
    except ValidationError:
        return Related(path) if path else None  # it is no more
    where = Group("all", _parts(number, inside, data, relation.kind, context))
    if take in (HAS, HAS_NO):
        return Related(path, take, where=where)
    try:
        taken = taken_field(relation, take, of, context)
    except ValidationError:
        return Related(path, take, of, *_kept(data, number), where)
    known = _by_key(taken_operators(taken))
    operator = known.get(data.get(f"is-{number}", "")) or next(iter(known.values()))
    said = kept_value(taken, operator, said_in(operator, data, number), context)
    return Related(path, take, of, operator.key, said, where)


def _kept(data: QueryDict, number: str) -> tuple[str, str]:
    """Comparison and value of a field that is no more, or hidden from this reader, as they were."""
    operator, said = (data.get(f"{name}-{number}", "").replace("\0", "") for name in ("is", "value"))
    return operator, said


def is_unknown(said: Related, kind: RecordType, context: Context) -> bool:
    """Is the relation, or the field that is worked out, no more there for this reader?"""
    try:
        relation = _relation_of(said.relation, kind, context)
        if said.take not in (HAS, HAS_NO):
            taken_field(relation, said.take, said.of, context)
    except ValidationError:
        return True
    return False


def is_said(node: Node, kind: RecordType, context: Context) -> bool:
    """Half-filled lines are no conditions yet, nor are groups of nothing."""
    if isinstance(node, Group):
        return bool(node.parts)
    if isinstance(node, Related):
        is_compared = bool(node.said.strip(" .|")) or node.operator in ("empty", "filled")
        return node.take in (HAS, HAS_NO) or is_compared or is_unknown(node, kind, context)
    found = _field_of(node.field, kind, context)
    if found is None:
        return True
    operator = _by_key(operators_of(found)).get(node.operator)
    return operator is not None and not lacks_value(operator, node.said)


def first_field(kind: RecordType, context: Context, refusal: Refusal) -> str:
    """With which field a new line begins: the first choice in the list."""
    every = filterable_fields(kind, context)
    fields = {name: one for name, one in every.items() if not refusal(Condition(name, ""))}
    usual = (name for name, one in fields.items() if one.flags.listed and one.kind in ("choice", "option"))
    return next(usual, next(iter(fields), next(iter(every))))


def new_node(form: str, kind: RecordType, context: Context, refusal: Refusal = nothing_refused) -> Node:
    """What a new line begins with."""
    blank = Condition(first_field(kind, context, refusal), "")
    if form == GROUP:
        return Group("any", (blank,))
    every = relations_of(kind, context.reader) if form == RELATED else []
    return Related(every[0].key) if every else blank


def with_comparison(node: Node, kind: RecordType, context: Context, refusal: Refusal) -> Node:
    """The same, where a field was chosen whose first comparison is refused, with one that is not."""
    if not isinstance(node, Condition) or not refusal(node):
        return node
    found = _field_of(node.field, kind, context)
    offered = (Condition(node.field, one.key) for one in operators_of(found)) if found is not None else ()
    return next((one for one in offered if not refusal(one)), node)
