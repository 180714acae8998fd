"""What a record type adds to its board: how a card looks, what is summed, how a card is moved. All of it optional."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

from rapport.kernel.lists.arranged.division import Division
from rapport.kernel.lists.arranged.fields import known_by
from rapport.kernel.registry import RecordType
from rapport.kernel.views.models import BOARD

if TYPE_CHECKING:
    from rapport.accounts.models import User
    from rapport.kernel.boards.filters import BoardFilter
    from rapport.kernel.boards.lanes import Lane
    from rapport.kernel.boards.moves import Spot

Records = Sequence[Any]  # Any: records of the board's type
Context = dict[str, Any]  # Any: what a template shows
PLAIN = "kernel/boards/card.html"
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

    `act` is "win" (its address is posted to), "lose" (its address opens in a dialog, and it has a key) or "open" (its
    address opens in a dialog). The address is that of `url_name` with `args` and the id of the card.
    """

    act: str
    label: str | Promise
    hint: str | Promise
    icon: str
    url_name: str
    args: tuple[str, ...] = ()
    among_parts: bool = False  # only where there is another part (pipeline) to go to


def no_extras(records: Records, user: "User") -> Mapping[UUID, Context]:
    return {}


@dataclass(frozen=True)
class Board:
    """The board of one record type, with its lanes by the field `by`.

    `money` names the Money field to sum and `weight` its chance in percent; `condition` says which records are on the
    board at all. `load` gives each shown card what its template needs besides the record, in one query for all.
    `part_field` names the field that a new record of a part gets.
    `head` fills `head_template` above the lanes for a user, the filter and the main currency.
    """

    type_key: str
    card_template: str = PLAIN
    money: str = ""
    weight: Combinable | None = None
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
    by: str = ""

    @property
    def has_plain_cards(self) -> bool:
        return self.card_template == PLAIN

    def weighted(self, amount: Combinable) -> Combinable:
        """SQL for what one record is worth on average, going by that amount."""
        return amount if self.weight is None else amount * self.weight / 100

    def division(self, kind: RecordType) -> Division:
        """What the lanes are."""
        return Division(kind, kind.fields[self.by or kind.board])

    def is_ordered(self, kind: RecordType) -> bool:
        """Have cards a place of their own in the lane? Others stand newest first."""
        is_own = self.by in ("", kind.board)
        return is_own and any(
            one.name == "position" and one.column for one in kind.model._meta.concrete_fields
        )


_boards: dict[str, Board] = {}


def add_board(board: Board) -> None:
    """Register the board of a type; called once when the area is loaded."""
    _boards[board.type_key] = board


def board_of(kind: RecordType, by: str = "") -> Board | None:
    """The board of that type by that field, else as it usually is; None when no field of it can be lanes.

    By the type's own field it is what its area has registered. By any other field it keeps the looks of that, but shows
    all records, and a move writes the field.
    """
    by = known_by(kind, BOARD, by)
    if not by:
        return None
    own = replace(_boards.get(kind.key) or Board(kind.key, money=_money(kind)), by=by)
    # What an area has made for its cards knows fields that this user must not see.
    if getattr(kind, "hidden", None):
        own = replace(
            own, card_template=PLAIN, load=no_extras, head=None, head_template="", links=(), weight=None,
            quick=(), money=own.money if own.money in kind.fields else "",
        )  # fmt: skip
    if by == kind.board:
        return own
    return replace(
        own, condition=Q(), parts=None, part_field="", lanes=None, move=None, head=None, head_template="",
        drops=(),
    )  # fmt: skip


def _money(kind: RecordType) -> str:
    """The amount that lanes add up."""
    amounts = (one.name for one in kind.fields.values() if one.kind == "money" and not one.is_worked_out)
    return next(amounts, "")
