"""The parts of a formula as a tree; each knows at which character of the text it stands."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext


class FormulaError(ValueError):
    """A formula that cannot be understood; its text is a sentence for people that names the place."""

    def __init__(self, sentence: str | Promise, at: int) -> None:
        self.position = at
        super().__init__(
            gettext("%(sentence)s (character %(place)s)") % {"sentence": sentence, "place": at + 1}
        )


@dataclass(frozen=True)
class Literal:
    """A number, a text, or yes and no, as it was written."""

    value: Decimal | str | bool
    at: int


@dataclass(frozen=True)
class Name:
    """A field, perhaps behind links: ("organization", "employees"); or the word "today"."""

    path: tuple[str, ...]
    at: int


@dataclass(frozen=True)
class Call:
    """A function with what stands in its parentheses."""

    name: str
    arguments: "tuple[Node, ...]"
    at: int


@dataclass(frozen=True)
class Operation:
    """Two sides and the sign between them."""

    sign: str
    left: "Node"
    right: "Node"
    at: int


@dataclass(frozen=True)
class Prefix:
    """A sign in front: "-" or "not"."""

    sign: str
    inner: "Node"
    at: int


Node: TypeAlias = Literal | Name | Call | Operation | Prefix
