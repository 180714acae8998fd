"""The condition tree: conditions on single fields, joined by all, any or not. Saved views keep its JSON form."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

JOINS: Final = ("all", "any", "not")
MOST_CONDITIONS: Final = 60
DEEPEST: Final = 5
LONGEST_OPERAND: Final = 8_000


class FilterError(ValueError):
    """A filter that cannot be understood; its text is a sentence for people."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))


@dataclass(frozen=True)
class Condition:
    """One field compared with an operand, e.g. ("stage", "any", "customer|lead"); the operand is as it was said."""

    field: str
    operator: str
    said: str = ""


@dataclass(frozen=True)
class Group:
    """Several conditions or groups: all of them hold, any of them, or ("not") none of them."""

    join: str = "all"
    parts: "tuple[Node, ...]" = ()

    def __bool__(self) -> bool:
        return bool(self.parts)

    def conditions(self) -> Iterator[Condition]:
        """All conditions of the tree, from left to right."""
        for part in self.parts:
            if isinstance(part, Condition):
                yield part
            else:
                yield from part.conditions()

    def without(self, position: int) -> "Group":
        """The same without the part at that place."""
        return Group(self.join, self.parts[:position] + self.parts[position + 1 :])


Node: TypeAlias = Condition | Group
EVERYTHING: Final = Group()


def to_json(node: Node) -> dict[str, Any]:  # Any: nested lists and texts
    """Return the JSON form: {"all": [{"field": "stage", "is": "any", "value": "customer|lead"}]}."""
    if isinstance(node, Condition):
        return {"field": node.field, "is": node.operator, "value": node.said}
    return {node.join: [to_json(part) for part in node.parts]}


def from_json(data: object) -> Group:
    """Read the JSON form; FilterError says what is wrong with it."""
    if data in (None, {}, ""):
        return EVERYTHING
    tree = _node(data, 0)
    group = tree if isinstance(tree, Group) else Group("all", (tree,))
    return checked(group)


def checked(group: Group) -> Group:
    """The group itself, unless it is too large for one page."""
    if sum(1 for _one in group.conditions()) > MOST_CONDITIONS:
        raise FilterError(_("A filter has up to 60 conditions."))
    return group


def _node(data: object, depth: int) -> Node:
    if depth > DEEPEST:
        raise FilterError(_("This filter has too many groups inside groups."))
    if not isinstance(data, dict):
        raise FilterError(_("This filter cannot be read."))
    if "field" in data:
        parts = (data["field"], data.get("is", ""), data.get("value", ""))
        if not all(isinstance(part, str) for part in parts) or len(parts[2]) > LONGEST_OPERAND:
            raise FilterError(_("This filter cannot be read."))
        return Condition(*parts)
    if len(data) != 1:
        raise FilterError(_("This filter cannot be read."))
    join, parts_said = next(iter(data.items()))
    if join not in JOINS or not isinstance(parts_said, list) or len(parts_said) > MOST_CONDITIONS:
        raise FilterError(_("This filter cannot be read."))
    return Group(join, tuple(_node(part, depth + 1) for part in parts_said))
