"""From the tree to text that is read back as the same tree."""

import re
from typing import Final

from django.core.exceptions import ValidationError

from rapport.kernel.fields import Context, FieldType, LinkBase
from rapport.kernel.filters.compiler import filterable_fields, walk
from rapport.kernel.filters.operators import operators_of
from rapport.kernel.filters.periods import PERIODS
from rapport.kernel.filters.related import taken_field
from rapport.kernel.filters.relations import relation_by_key, split_path
from rapport.kernel.filters.text.comparisons import ANY_SIDE
from rapport.kernel.filters.text.names import short_name
from rapport.kernel.filters.text.parser import parse_text
from rapport.kernel.filters.text.tokens import quoted
from rapport.kernel.filters.tree import (
    COUNT,
    HAS,
    HAS_NO,
    LEAST,
    SUM,
    Condition,
    FilterError,
    Group,
    Node,
    Related,
    as_group,
    normal,
)
from rapport.kernel.registry import RecordType

SIGNS: Final = {
    "is": "=", "is_not": "!=", "contains": "~", "starts": "starts with", "min": ">=", "after": ">=", "max": "<=",
    "over": ">", "under": "<", "before": "<", "later": ">", "until": "<=",
}  # fmt: skip
WITHOUT: Final = {
    "empty": "is empty", "filled": "is not empty", "me": "= me", "my_team": "= my team", "never": "never changed",
}  # fmt: skip
SPANS: Final = {
    "last": "in last", "next": "in next", "older": "older than", "anniversary": "anniversary in next",
    "changed": "changed in last", "kept": "not changed in last",
}  # fmt: skip
UNITS: Final = {"": "days", "d": "days", "w": "weeks", "m": "months", "q": "quarters", "y": "years"}
KEYWORDS: Final = {
    "and",
    "or",
    "not",
    "empty",
    "filled",
    "me",
    "my",
    "the",
    "last",
    "next",
    "in",
    "any",
    ANY_SIDE,
}
_PLAIN = re.compile(r"[^\W_][\w.+%@/-]*")
_SPAN = re.compile(r"(\d+)([wmqy]?)", re.ASCII)


def text_of(node: Node, kind: RecordType, context: Context) -> str:
    """Return the filter as a person would type it; `parse_text` makes the same tree of it (in its plainest form)."""
    plain = normal(node)
    return _text(plain, kind, context) if not isinstance(plain, Group) or plain.parts else ""


def _text(node: Node, kind: RecordType, context: Context) -> str:
    if isinstance(node, Condition):
        return _condition(node, kind, context)
    if isinstance(node, Related):
        return _related(node, kind, context)
    if node.join == "not":
        return f"not {_inside(_only(node), kind, context)}"
    word = " and " if node.join == "all" else " or "
    return word.join(_inside(part, kind, context) for part in node.parts)


def _only(group: Group) -> Node:
    """None of several is: not any of them."""
    return group.parts[0] if len(group.parts) == 1 else Group("any", group.parts)


def _inside(node: Node, kind: RecordType, context: Context) -> str:
    said = _text(node, kind, context)
    return f"({said})" if isinstance(node, Group) else said


def _condition(node: Condition, kind: RecordType, context: Context) -> str:
    universal = f"{node.field} :{node.operator}" + (f" {quoted(node.said)}" if node.said else "")
    try:
        steps, name = split_path(node.field)
        field = filterable_fields(walk(steps, kind, context)[1], context).get(name)
    except ValidationError:
        return universal
    said = f"{node.field} {comparison(field, node.operator, node.said, context)}" if field is not None else ""
    return said if said and _means(said, node, kind, context) else universal


def _means(said: str, node: Node, kind: RecordType, context: Context) -> bool:
    """Is the text read back as exactly this? Odd operands are not, and are written in full."""
    try:
        return parse_text(said, kind, context) == as_group(node)
    except FilterError:
        return False


def comparison(field: FieldType, key: str, said: str, context: Context) -> str:
    """A comparison as text, as people type it."""
    if key in WITHOUT:
        return WITHOUT[key]
    if key in SPANS:
        span = _SPAN.fullmatch(said)
        return f"{SPANS[key]} {span[1]} {UNITS[span[2]]}" if span else ""
    if key in ("any", "none"):
        values = [value_text(field, one, context) for one in said.split("|")]
        if len(values) == 1:
            return f"{'=' if key == 'any' else '!='} {values[0]}"
        return f"{'in' if key == 'any' else 'not in'} ({', '.join(values)})"
    if key == "in":
        return f"in {said.replace('_', ' ') if said in PERIODS else value_text(field, said, context)}"
    if key == "between":
        low, _dots, high = said.partition("..")
        sides = (value_text(field, part, context) if part else ANY_SIDE for part in (low, high))
        return "between {} and {}".format(*sides)
    known = {one.key for one in operators_of(field)}
    return f"{SIGNS[key]} {value_text(field, said, context)}" if key in SIGNS and key in known else ""


def value_text(field: FieldType, said: str, context: Context) -> str:
    """One value; what is linked by its name where only one has it."""
    if isinstance(field, LinkBase):
        said = _name(field, said, context)
    return said if _PLAIN.fullmatch(said) and said.casefold() not in KEYWORDS else quoted(said)


def _name(field: LinkBase, said: str, context: Context) -> str:
    try:
        found = field.parse_asked(said, context)
        name = str(found) if found is not None else said
        return name if field.parse_asked(name, context) == found else said
    except ValidationError:
        return said


def _related(node: Related, kind: RecordType, context: Context) -> str:
    try:
        steps, key = split_path(node.relation)
        near = walk(steps, kind, context)[1]
        relation = relation_by_key(near, key, context.reader)
    except ValidationError:
        return f"has {node.relation}"
    name = ".".join([*steps, short_name(near, relation, context)])
    where = f" ({text_of(node.where, relation.kind, context)})" if normal(node.where) != Group() else ""
    if node.take in (HAS, HAS_NO):
        return f"has {'no ' if node.take == HAS_NO else ''}{name}{where}"
    universal = f":{node.operator}" + (f" {quoted(node.said)}" if node.said else "")
    begin = f"count {name}" if node.take == COUNT else f"{_take(node)} {name}.{node.of}"
    try:
        field = taken_field(relation, node.take, node.of, context)
    except ValidationError:
        return f"{begin}{where} {universal}"
    said = f"{begin} {comparison(field, node.operator, node.said, context)}"
    bare = Related(node.relation, node.take, node.of, node.operator, node.said)
    if not _means(said, bare, kind, context):
        return f"{begin}{where} {universal}"
    return begin + where + said.removeprefix(begin)


def _take(node: Related) -> str:
    return {SUM: "sum", LEAST: "min"}.get(node.take, "max")
