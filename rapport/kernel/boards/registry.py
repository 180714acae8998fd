"""What a record type adds to its board: how a card looks, what is summed, how a card is moved. All of it optional."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import F, Q, Value
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

from rapport.kernel.registry import RecordType

if TYPE_CHECKING:
    from rapport.accounts.models import User
    from rapport.kernel.boards.filters import BoardFilter
    from rapport.kernel.boards.lanes import Lane
    from rapport.kernel.boards.moves import Spot

Records = Sequence[Any]  # Any: records of the board's type
Context = dict[str, Any]  # Any: what a template shows
Rows = Any  # a queryset of records of the board's type


@dataclass(frozen=True)
class Part:
    """One of several boards of a type, e.g. a pipeline: the lanes belong to it."""

    key: str
    label: str


@dataclass(frozen=True)
class QuickFilter:
    """A filter with one click, e.g. "No next step"."""

    key: str
    label: str | Promise
    condition: Callable[["User"], Q]


@dataclass(frozen=True)
class Drop:
    """A place beside the lanes onto which a card can be dropped; a key and the card's menu do the same.

    `act` is "win" (its address is posted to) or "lose" (its address opens in a dialog).
    """

    act: str
    label: str | Promise
    hint: str | Promise
    icon: str
    url_name: str


def no_extras(records: Records, user: "User") -> Mapping[UUID, Context]:
    return {}


@dataclass(frozen=True)
class Board:
    """The board of one record type.

    `money` names the Money field to sum and `weight` its chance in percent; `condition` says which records are on the
    board at all. `load` gives each shown card what its template needs besides the record, in one query for all.
    `part_field` names the field that a new record of a part gets.
    `head` fills `head_template` above the lanes for a user, the filter and the main currency.
    """

    type_key: str
    card_template: str = "kernel/boards/card.html"
    money: str = ""
    weight: Combinable = field(default_factory=lambda: Value(100))
    condition: Q = field(default_factory=Q)
    links: tuple[str, ...] = ()
    load: Callable[[Records, "User"], Mapping[UUID, Context]] = no_extras
    parts: Callable[[], list[Part]] | None = None
    part_field: str = ""
    lanes: Callable[[str], list["Lane"]] | None = None
    move: Callable[[Any, "Spot", "User"], Any] | None = None  # Any: a record in, the moved record out
    head: Callable[["User", "BoardFilter", str], Context] | None = None
    head_template: str = ""
    quick: tuple[QuickFilter, ...] = ()
    drops: tuple[Drop, ...] = ()

    def weighted(self) -> Combinable:
        """SQL for what one record is worth on average."""
        return F(self.money) * self.weight / 100


_boards: dict[str, Board] = {}


def add_board(board: Board) -> None:
    """Register the board of a type; called once when the area is loaded."""
    _boards[board.type_key] = board


def board_of(kind: RecordType) -> Board | None:
    """The board of that type, a plain one when it has registered none; None when the type has no board."""
    if not kind.board:
        return None
    return _boards.get(kind.key) or Board(kind.key)
