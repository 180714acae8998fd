"""The lanes of a board: the options of its field, with their sums and their first cards."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Sum

from rapport.accounts.models import User
from rapport.kernel.boards.registry import Board, Context, Rows
from rapport.kernel.fields import Choice, OptionLink
from rapport.kernel.registry import RecordType

SHOWN = 30  # cards of a lane at first, and with every "more"


@dataclass
class Sums:
    """How many cards there are and what they are worth: in the main currency, in others apart, never mixed."""

    count: int = 0
    total: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    others: dict[str, Decimal] = field(default_factory=dict)

    def add(self, currency: str, main: str, row: dict[str, Any]) -> None:  # Any: a row of the aggregate query
        self.count += row["n"]
        if row.get("total") is None:
            return
        if currency == main:
            self.total += row["total"]
            self.weighted += row["weighted"] or 0
        else:
            self.others[currency] = self.others.get(currency, Decimal(0)) + row["total"]

    def __add__(self, other: "Sums") -> "Sums":
        others = dict(self.others)
        for currency, total in other.others.items():
            others[currency] = others.get(currency, Decimal(0)) + total
        return Sums(
            self.count + other.count, self.total + other.total, self.weighted + other.weighted, others
        )


@dataclass
class Card:
    """One record on the board with what its template shows besides."""

    record: Any  # a record of the board's type
    amount: Decimal  # in the main currency, 0 in others: what the script adds to the lane
    chance: Decimal | None
    extra: Context


@dataclass
class Lane:
    """One option of the board's field."""

    key: str
    label: str
    hue: str = "grey"
    chance: Decimal | None = None
    sums: Sums = field(default_factory=Sums)
    cards: list[Card] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        """How many more cards there are."""
        return max(0, self.sums.count - len(self.cards))


def lanes_of(kind: RecordType, board: Board, part: str) -> list[Lane]:
    """The lanes in their order, still empty."""
    if board.lanes is not None:
        return board.lanes(part)
    source = kind.fields[kind.board]
    if isinstance(source, OptionLink):
        rows = source.related_model._default_manager.all()
        return [
            Lane(str(row.pk), str(row), getattr(row, "hue", "grey"), getattr(row, "chance", None))
            for row in rows
        ]
    if isinstance(source, Choice):
        return [Lane(key, label, source.hues.get(key, "grey")) for key, label in source.options()]
    raise TypeError(f"{kind.key}.{kind.board} has no options that could be lanes")


def column(kind: RecordType) -> str:
    return str(kind.fields[kind.board].attname)


def in_lanes(rows: Rows, kind: RecordType, lanes: Iterable[Lane]) -> Rows:
    """Only those of the rows that stand in one of these lanes."""
    return rows.filter(**{f"{column(kind)}__in": [lane.key for lane in lanes]})


def sum_up(rows: Rows, kind: RecordType, board: Board, main: str) -> dict[str, Sums]:
    """Count and sums by lane, in one query over the rows; the key is the lane's."""
    groups = [column(kind)] + ([f"{board.money}_currency"] if board.money else [])
    wanted: Context = {"n": Count("pk")}
    if board.money:
        wanted |= {"total": Sum(board.money), "weighted": Sum(board.weighted())}
    found: dict[str, Sums] = {}
    for row in rows.order_by().values(*groups).annotate(**wanted):
        sums = found.setdefault(str(row[groups[0]]), Sums())
        sums.add(row[groups[1]] if board.money else main, main, row)
    return found


def has_position(kind: RecordType) -> bool:
    """Cards of this type have a place of their own; others stand newest first."""
    return any(one.name == "position" and one.column for one in kind.model._meta.concrete_fields)


def fill(
    lanes: list[Lane],
    rows: Rows,
    kind: RecordType,
    board: Board,
    user: User,
    main: str,
    after: str = "",
) -> None:
    """Put the first cards into each lane (those behind `after`), in one query for the ids and one for the records."""
    picked: dict[Any, Lane] = {}  # Any: ids
    order = ("position", "pk") if has_position(kind) else ("-pk",)
    found = [
        rows.filter(**{column(kind): lane.key}).filter(behind(kind, after)).order_by(*order)[:SHOWN]
        for lane in lanes
    ]
    if not found:
        return
    keys = [one.values_list("pk", column(kind)) for one in found]
    by_key = {lane.key: lane for lane in lanes}
    for pk, key in keys[0].union(*keys[1:], all=True) if len(keys) > 1 else keys[0]:
        picked[pk] = by_key[str(key)]
    links = tuple(dict.fromkeys([*kind.model.links(), *board.links, "owner"]))
    records = list(kind.model.objects.filter(pk__in=picked).select_related(*links).order_by(*order))
    extras = board.load(records, user)
    for record in records:
        picked[record.pk].cards.append(card_of(record, board, main, extras.get(record.pk, {})))


def card_of(record: Any, board: Board, main: str, extra: Context) -> Card:  # Any: a record
    amount = getattr(record, board.money) if board.money else None
    if amount is None or getattr(record, f"{board.money}_currency") != main:
        amount = Decimal(0)
    return Card(record, amount, getattr(record, "win_chance", None), extra)


def behind(kind: RecordType, mark: str) -> Q:
    """The condition "below that card" for the mark that `mark_of` made of it; hostile marks are refused."""
    if not mark:
        return Q()
    position, _comma, key = mark.rpartition(",")
    try:
        pk = UUID(key)
        place = float(position) if has_position(kind) else 0.0
    except ValueError as problem:
        raise ValidationError("no such place") from problem
    if not has_position(kind):
        return Q(pk__lt=pk)
    return Q(position__gte=place) & (Q(position__gt=place) | Q(pk__gt=pk))


def mark_of(kind: RecordType, lane: Lane) -> str:
    """Where the shown cards of the lane end."""
    if not lane.cards:
        return ""
    last = lane.cards[-1].record
    return f"{last.position!r},{last.pk}" if has_position(kind) else f",{last.pk}"
