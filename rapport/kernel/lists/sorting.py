"""How a list is ordered: one field and then the id, by exactly the expression that has an index (indexes.py).

Text is ordered by its normalized form (no accents, no case), the same on every database. What has no value comes
last in both directions, so a list has two segments: filled rows, then empty rows.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, Field, Func, Q, TextField, Value
from django.db.models.lookups import Exact, GreaterThan

from rapport.kernel.fields import FieldType
from rapport.kernel.fields.text import Text
from rapport.kernel.registry import RecordType

NORMAL_LENGTH: Final = 100
FILLED, EMPTY = "filled", "empty"
UNSORTED: Final = ("phone", "web", "file", "picture", "longtext", "address")
ALWAYS: Final = ("created_at",)


class Normal(Func):
    """The normalized beginning of a text, in one piece: every list by name writes it three times."""

    template = f'(left(kernel_normal(%(expressions)s), {NORMAL_LENGTH}) collate "C")'
    output_field = TextField()


def sort_expression(field: FieldType) -> Any:  # Any: a Django expression
    """What rows are ordered by: the column, or the normalized beginning of a text."""
    return Normal(F(field.name)) if isinstance(field, Text) else F(field.attname)


def sort_expression_sql(field: FieldType) -> str:
    """The same as SQL, for the index."""
    if isinstance(field, Text):
        return f'(left(kernel_normal({field.value_sql}), {NORMAL_LENGTH}) collate "C")'
    return field.value_sql


def sortable_fields(kind: RecordType) -> dict[str, FieldType]:
    """The fields that lists of this type can be ordered by; each of them has an index."""
    wanted = {*kind.listed_fields(), kind.default_sort.lstrip("-"), *ALWAYS}
    return {
        name: one
        for name, one in kind.fields.items()
        if (one.is_indexed if one.is_custom else name in wanted) and is_sortable(one)
    }


def is_sortable(one: FieldType) -> bool:
    """Whether rows can be ordered by such a field at all."""
    return one.sortable and one.kind not in UNSORTED and one.name == one.sort_name


@dataclass(frozen=True)
class Sort:
    """An order of rows: a field, a direction, and whether it is read backwards (for what came before)."""

    field: FieldType
    descending: bool = False
    backwards: bool = False

    @property
    def key(self) -> str:
        """As it stands in an address: "-changed_at"."""
        return f"-{self.field.name}" if self.descending else str(self.field.name)

    @property
    def is_text(self) -> bool:
        return isinstance(self.field, Text)

    @property
    def value_field(self) -> "Field[Any, Any]":
        """Reads and writes the values rows are ordered by."""
        if self.is_text:
            return TextField()
        target: Any = getattr(self.field, "target_field", self.field)
        found: Field[Any, Any] = target
        return found

    @property
    def runs_down(self) -> bool:
        return self.descending != self.backwards

    @property
    def segments(self) -> list[str]:
        """The parts of the list in the order in which they are read."""
        if not self.is_text and not self.field.null:
            return [FILLED]
        return [EMPTY, FILLED] if self.backwards else [FILLED, EMPTY]

    def condition(self, segment: str) -> Q:
        """Which rows stand in the segment."""
        if self.is_text:
            none = Value("", TextField())
            lookup = GreaterThan if segment == FILLED else Exact
            return Q(lookup(sort_expression(self.field), none))
        if not self.field.null:
            return Q()
        return Q(**{f"{self.field.attname}__isnull": segment == EMPTY})

    def order(self) -> list[Any]:  # Any: ordered expressions
        """For order_by; the id has the same direction, so that the index serves both."""
        parts = [sort_expression(self.field), F("pk")]
        return [part.desc() if self.runs_down else part.asc() for part in parts]

    def reversed(self) -> "Sort":
        return Sort(self.field, self.descending, not self.backwards)


def read_sort(said: str, kind: RecordType) -> Sort:
    """Return the order that the address names; the type's usual one when it names none or an unknown one."""
    fields = sortable_fields(kind)
    for wanted in (said, kind.default_sort):
        field = fields.get(wanted.removeprefix("-"))
        if field is not None:
            return Sort(field, wanted.startswith("-"))
    return Sort(fields["created_at"], descending=True)
