"""The condition tree: conditions on fields and related records, joined by all, any or not. Views keep its JSON form."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

JOINS: Final = ("all", "any", "not")
MOST_CONDITIONS: Final = 60
DEEPEST: Final = 5
MOST_RELATED: Final = 3
LONGEST_OPERAND: Final = 8_000
HAS, HAS_NO, COUNT, SUM, LEAST, MOST = "has", "none", "count", "sum", "min", "max"
TAKES: Final = (HAS, HAS_NO, COUNT, SUM, LEAST, MOST)


class FilterError(ValueError):
    """A filter that cannot be understood; its text is a sentence for people."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))


@dataclass(frozen=True)
class Condition:
    """One field compared with an operand, e.g. ("stage", "any", "customer|lead"); the operand is as it was said.

    `field` may be a path over links: "organization.city".
    """

    field: str
    operator: str
    said: str = ""


@dataclass(frozen=True)
class Related:
    """Something about the records that belong to this one, e.g. its deals: that there are any, how many, their sum.

    `relation` names them (relations.py), perhaps behind links ("organization.deals:organization"); `where` says
    which of them count. `take` is "has", "none", "count", or "sum", "min", "max" of the field `of`; what comes out
    is compared like a field.
    """

    relation: str
    take: str = HAS
    of: str = ""
    operator: str = ""
    said: str = ""
    where: "Group" = field(default_factory=lambda: Group())


@dataclass(frozen=True)
class Group:
    """Several conditions or groups: all of them hold, any of them, or ("not") none of them."""

    join: str = "all"
    parts: "tuple[Node, ...]" = ()

    def __bool__(self) -> bool:
        return bool(self.parts)

    def conditions(self) -> Iterator[Condition]:
        """All conditions of the tree on fields of this type, from left to right."""
        for part in self.parts:
            if isinstance(part, Condition):
                yield part
            elif isinstance(part, Group):
                yield from part.conditions()

    def without(self, position: int) -> "Group":
        """The same without the part at that place."""
        return Group(self.join, self.parts[:position] + self.parts[position + 1 :])


Node: TypeAlias = Condition | Related | Group
Refusal: TypeAlias = Callable[[Condition | Related], str]
EVERYTHING: Final = Group()


def nothing_refused(_part: Condition | Related) -> str:
    """What keeps a part out of a filter that may speak of everything: nothing."""
    return ""


def refused(group: Group, refusal: Refusal) -> str:
    """What keeps the first of its parts out of a filter that may not speak of everything; "" for nothing."""
    said = (refused(part, refusal) if isinstance(part, Group) else refusal(part) for part in group.parts)
    return next(filter(None, said), "")


def to_json(node: Node) -> dict[str, Any]:  # Any: nested lists and texts
    """Return the JSON form: {"all": [{"field": "stage", "is": "any", "value": "customer|lead"}]}."""
    if isinstance(node, Condition):
        return {"field": node.field, "is": node.operator, "value": node.said}
    if isinstance(node, Group):
        return {node.join: [to_json(part) for part in node.parts]}
    said: dict[str, Any] = {"related": node.relation, "take": node.take}  # Any: as above
    if node.take not in (HAS, HAS_NO):
        said |= {"is": node.operator, "value": node.said}
        said |= {"of": node.of} if node.of else {}
    return said | ({"where": to_json(node.where)} if node.where else {})


def from_json(data: object) -> Group:
    """Read the JSON form; FilterError says what is wrong with it."""
    if data in (None, {}, ""):
        return EVERYTHING
    return checked(as_group(_node(data, 0)))


def as_group(node: Node) -> Group:
    return node if isinstance(node, Group) else Group("all", (node,))


def checked(group: Group) -> Group:
    """The group itself, unless it is too large for one page."""
    if _size(group) > MOST_CONDITIONS:
        raise FilterError(_("A filter has up to 60 conditions."))
    if _depth(group) > DEEPEST + 1:
        raise FilterError(_("This filter has too many groups inside groups."))
    if _related_depth(group) > MOST_RELATED:
        raise FilterError(_("Related records of related records go up to three steps."))
    return group


def _size(node: Node) -> int:
    if isinstance(node, Condition):
        return 1
    if isinstance(node, Related):
        return 1 + _size(node.where)
    return sum(_size(part) for part in node.parts)


def _depth(node: Node) -> int:
    """How many groups lie in each other; those of related records are counted for themselves."""
    if isinstance(node, Group):
        return 1 + max((_depth(part) for part in node.parts), default=0)
    return max(_depth(node.where) - DEEPEST - 1, 0) * (DEEPEST + 2) if isinstance(node, Related) else 0


def _related_depth(node: Node) -> int:
    if isinstance(node, Group):
        return max((_related_depth(part) for part in node.parts), default=0)
    return 1 + _related_depth(node.where) if isinstance(node, Related) else 0


def _node(data: object, depth: int) -> Node:
    if depth > DEEPEST * (MOST_RELATED + 1):
        raise FilterError(_("This filter has too many groups inside groups."))
    if not isinstance(data, dict):
        raise FilterError(_("This filter cannot be read."))
    if "field" in data:
        return Condition(*_texts(data, "field", "is", "value"))
    if "related" in data:
        return _related(data, depth)
    if len(data) != 1:
        raise FilterError(_("This filter cannot be read."))
    join, parts_said = next(iter(data.items()))
    if join not in JOINS or not isinstance(parts_said, list) or len(parts_said) > MOST_CONDITIONS:
        raise FilterError(_("This filter cannot be read."))
    return Group(join, tuple(_node(part, depth + 1) for part in parts_said))


def _related(data: dict[str, object], depth: int) -> Related:
    where = data.get("where")
    relation, take, of, operator, said = _texts({"take": HAS, **data}, "related", "take", "of", "is", "value")
    if take not in TAKES:
        raise FilterError(_("This filter cannot be read."))
    if take in (HAS, HAS_NO):
        of, operator, said = "", "", ""
    inner = as_group(_node(where, depth + 1)) if where else EVERYTHING
    return Related(relation, take, "" if take == COUNT else of, operator, said, inner)


def _texts(data: dict[str, object], *names: str) -> list[str]:
    found = [data.get(name, "") for name in names]
    texts = [one for one in found if isinstance(one, str)]
    if len(texts) < len(found) or any(len(one) > LONGEST_OPERAND for one in texts):
        raise FilterError(_("This filter cannot be read."))
    return texts


def normal(node: Node) -> Node:
    """The same meaning in its plainest form: no groups of one, no groups of the same kind in each other."""
    if isinstance(node, Condition):
        return node
    if isinstance(node, Related):
        return replace(node, where=normal_group(node.where))
    inside = [normal(part) for part in node.parts]
    kept = [one for one in inside if not isinstance(one, Group) or one.parts]
    same = "any" if node.join == "not" else node.join
    parts: list[Node] = []
    for one in kept:
        parts += one.parts if isinstance(one, Group) and one.join == same else (one,)
    if len(parts) == 1 and node.join != "not":
        return parts[0]
    return Group(node.join, tuple(parts)) if parts else EVERYTHING


def normal_group(node: Node) -> Group:
    return as_group(normal(node))
