"""Columns of lists that are worked out for the shown rows only, e.g. the pulse: one query per page, never per row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.functional import Promise
from markupsafe import Markup

if TYPE_CHECKING:
    from rapport.accounts.models import User


@dataclass(frozen=True)
class CellEdit:
    """What the editor of a computed cell answers: its form, or what was saved and how that is taken back."""

    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)  # Any: whatever the template shows
    status: int = 200
    saved: str = ""
    change_set: UUID | None = None


@dataclass(frozen=True)
class ComputedColumn:
    """A column that `load` fills for a page of records: {record id: what stands in the cell}."""

    key: str
    label: str | Promise
    types: tuple[str, ...]
    load: Callable[[Sequence[Any], "User"], dict[UUID, Markup]]  # Any: records of the type
    listed: bool = True
    after: str = ""  # name of the field behind which it stands at first
    is_wide: bool = False  # it shows words, not a small drawing or number
    icon: str = "activity"  # in menus
    # Fields that it gives away: whoever must not see one of them has no such column.
    tells: tuple[str, ...] = ()
    # How a cell is edited in its place: GET shows the form, POST saves; None where there is nothing to edit.
    edit: Callable[[HttpRequest, Any], CellEdit | None] | None = None  # Any: a record of the type


@dataclass(frozen=True)
class Sign:
    """A small drawing in front of what a field's cells say, e.g. by which channel the last contact was."""

    field: str
    types: tuple[str, ...]
    load: Callable[[Sequence[Any], "User"], dict[UUID, Markup]]  # Any: records of the type


_columns: list[ComputedColumn] = []
_signs: list[Sign] = []


def add_sign(sign: Sign) -> None:
    """Register a sign; called once when the area is loaded."""
    _signs.append(sign)


def signs_of(type_key: str) -> dict[str, Sign]:
    """The signs of a type by the field before which they stand."""
    return {one.field: one for one in _signs if type_key in one.types}


def add_column(column: ComputedColumn) -> None:
    """Register a computed column; called once when the area is loaded."""
    _columns.append(column)


def columns_of(type_key: str) -> list[ComputedColumn]:
    return [one for one in _columns if type_key in one.types]
