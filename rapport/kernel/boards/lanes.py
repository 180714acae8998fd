"""The lanes of a board: what its field divides the records into, with their sums and their first cards."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q, Sum

from rapport.accounts.models import User
from rapport.kernel.boards.lines import lines_of
from rapport.kernel.boards.registry import Board, Context, Rows
from rapport.kernel.currencies.totals import Total
from rapport.kernel.currencies.worth import sums_of, worth
from rapport.kernel.fields import Context as Habits
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.lists.arranged.division import NONE, Division
from rapport.kernel.registry import RecordType, type_of_model

SHOWN = 15  # cards of a lane at first: twice what a usual screen is high; more come where one scrolls to their end
SHOWN_OF_MANY = 12  # where there are so many lanes that nobody sees all at once
MORE = 30  # further cards
MANY_LANES = 10
MOST_LANES = 40
EMPTY_LANES = 20  # with so few users or teams, those without a card have a lane, too


@dataclass
class Sums:
    """How many cards there are and what they are worth together."""

    count: int = 0
    money: Total = field(default_factory=Total)
    weighted: Decimal = Decimal(0)

    def add(self, currency: str, row: dict[str, Any]) -> None:  # Any: a row of the aggregate query
        self.count += row["n"]
        if currency and self.money.add(currency, row):
            self.weighted += row["weighted"] or 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.count + other.count, self.money + other.money, self.weighted + other.weighted)

    @property
    def total(self) -> Decimal:
        return self.money.amount


@dataclass
class Card:
    """One record on the board with what its template shows besides."""

    record: Any  # a record of the board's type
    amount: Decimal  # in the main currency, 0 without a rate: what the script adds to the lane
    chance: Decimal | None
    extra: Context


@dataclass
class Lane:
    """One part of the records; `is_open` says whether cards can be put into it."""

    key: str
    label: str
    hue: str = "grey"
    chance: Decimal | None = None
    sums: Sums = field(default_factory=Sums)
    cards: list[Card] = field(default_factory=list)
    is_open: bool = True

    @property
    def hidden(self) -> int:
        """How many more cards there are."""
        return max(0, self.sums.count - len(self.cards))


def open_lanes(division: Division, board: Board, part: str, user: User) -> list[Lane]:
    """The lanes that are there without a card: choices, rows of a list, few users or teams."""
    if board.lanes is not None:
        return board.lanes(part)
    source: Any = division.field
    if source.kind == "option":
        rows = source.related_model._default_manager.all()[:MOST_LANES]
        return [
            Lane(str(row.pk), str(row), getattr(row, "hue", "grey"), getattr(row, "chance", None))
            for row in rows
        ]
    keys = division.known()[:MOST_LANES]
    if source.kind in ("user", "team"):
        found = source.candidates(Habits(user=user)).order_by("name")[: EMPTY_LANES + 1]
        keys = [str(one.pk) for one in found] if len(found) <= EMPTY_LANES else []
    names = division.names(keys, user)
    return [Lane(key, names[key].label, names[key].hue) for key in keys if key in names]


def read_lanes(
    rows: Rows, kind: RecordType, board: Board, part: str, user: User, main: str
) -> tuple[list[Lane], int]:
    """The lanes with their sums, and how many records stand in lanes for which there is no room.

    What is offered no more (a retired choice, a user who left) has a lane while it holds cards.
    """
    division = board.division(kind)
    lanes = open_lanes(division, board, part, user)
    if board.lanes is not None:
        found = sum_up(in_lanes(rows, division, lanes), board, main, division)
    else:
        found, left = _sums_of_any(rows, board, main, division, user)
        known = {lane.key for lane in lanes} | {NONE}
        names = division.names([key for key in found if key not in known], user)
        has_options = division.has_options
        more = [Lane(key, name.label, name.hue, is_open=not has_options) for key, name in names.items()]
        more.sort(key=lambda lane: -found[lane.key].count)
        room = max(0, MOST_LANES - len(lanes))
        left += sum(found[lane.key].count for lane in more[room:])
        lanes += sorted(more[:room], key=lambda lane: lane.label.casefold())
        if NONE in found or division.may_be_many or not (division.field.required or board.by == kind.board):
            lanes.append(none_lane(division))
    for lane in lanes:
        lane.sums = found.get(lane.key, Sums())
    return lanes, left if board.lanes is None else 0


def none_lane(division: Division) -> Lane:
    return Lane(NONE, division.none_label, is_open=not division.field.required)


def lane_by_key(key: str, kind: RecordType, board: Board, part: str, user: User) -> Lane | None:
    """One lane, still empty; None for what is none, or is none for this user."""
    division = board.division(kind)
    if board.lanes is not None:
        return next((one for one in board.lanes(part) if one.key == key), None)
    if division.condition(key, user) is None:
        return None
    if key == NONE:
        return none_lane(division)
    name = division.names([key], user).get(key)
    return Lane(key, name.label, name.hue) if name is not None else None


def in_lanes(rows: Rows, division: Division, lanes: list[Lane]) -> Rows:
    """Only those of the rows that stand in one of these lanes."""
    return rows.filter(**{f"{division.column}__in": [lane.key for lane in lanes]})


def _sums_of_any(
    rows: Rows, board: Board, main: str, division: Division, user: User
) -> tuple[dict[str, Sums], int]:
    """The sums by lane where the lanes follow from the cards; and how many cards stand in further lanes."""
    if not division.may_be_many:
        return sum_up(rows, board, main, division), 0
    filled = rows.filter(division.filled(user))
    counted = filled.order_by().values(lane_key=division.expression()).annotate(n=Count("pk"))
    keys = [row["lane_key"] for row in counted.order_by("-n")[:MOST_LANES]]
    found = sum_up(rows.filter(**{f"{division.column}__in": keys}), board, main, division) if keys else {}
    left = 0
    if len(keys) == MOST_LANES:
        left = filled.exclude(**{f"{division.column}__in": keys}).count()
    without = sum_up(rows.filter(division.empty(user)), board, main, None)
    return {**found, **without}, left


def sum_up(rows: Rows, board: Board, main: str, division: Division | None) -> dict[str, Sums]:
    """Count and sums by lane, in one query over the rows; without a division of all together."""
    groups: Context = {"lane_key": division.expression()} if division is not None else {}
    wanted: Context = {"n": Count("pk")}
    if board.money:
        amount = type_of_model(rows.model).whole.fields[board.money]
        groups["currency"] = F(f"{board.money}{CURRENCY}")
        wanted |= {**sums_of(amount, main), "weighted": Sum(board.weighted(worth(amount, main)))}
    found: dict[str, Sums] = {}
    grouped = rows.order_by().values(**groups).annotate(**wanted) if groups else [rows.aggregate(**wanted)]
    for row in grouped:
        key = division.key_of(row["lane_key"]) if division is not None else NONE
        if row["n"]:
            sums = found.setdefault(key, Sums(money=Total(main)))
            sums.add(row["currency"] if board.money else "", row)
    return found


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
    division, is_ordered = board.division(kind), board.is_ordered(kind)
    order = ("position", "pk") if is_ordered else ("-pk",)
    below = behind(after, is_ordered=is_ordered)
    wanted = {lane.key: lane for lane in lanes if lane.sums.count}
    most = MORE if after else SHOWN if len(lanes) <= MANY_LANES else SHOWN_OF_MANY
    conditions = [division.condition(key, user) for key in wanted]
    found = [
        rows.filter(one).filter(below).order_by(*order).values_list("pk")[:most]
        for one in conditions
        if one is not None
    ]
    if not found:
        return
    keys = [pk for (pk,) in (found[0].union(*found[1:], all=True) if len(found) > 1 else found[0])]
    found_rows = kind.visible_to(user).filter(pk__in=keys).order_by(*order)
    place(list(wanted.values()), found_rows, kind, board, user, main)


def place(
    lanes: list[Lane], rows: Rows, kind: RecordType, board: Board, user: User, main: str
) -> None:  # fmt: skip
    """Put these records into those of the lanes in which they stand."""
    division, wanted = board.division(kind), {lane.key: lane for lane in lanes}
    links = tuple(dict.fromkeys([*kind.model.links(), *board.links, "owner"]))
    if board.money:
        rows = rows.annotate(in_main=worth(kind.fields[board.money], main))
    records = list(rows.select_related(*links))
    extras = board.load(records, user)
    lines = lines_of(records, kind, (board.by,), user) if board.has_plain_cards else {}
    for record in records:
        lane = wanted.get(division.key_of_record(record)) or wanted.get(NONE)
        if lane is not None:
            extra = {**extras.get(record.pk, {}), "lines": lines.get(record.pk, [])}
            amount = getattr(record, "in_main", None) or Decimal(0)
            lane.cards.append(Card(record, amount, getattr(record, "win_chance", None), extra))


def behind(mark: str, *, is_ordered: bool) -> Q:
    """The condition "below that card" for the mark that `mark_of` made of it; hostile marks are refused."""
    if not mark:
        return Q()
    position, _comma, key = mark.rpartition(",")
    try:
        pk = UUID(key)
        place = float(position) if is_ordered else 0.0
    except ValueError as problem:
        raise ValidationError("no such place") from problem
    if not is_ordered:
        return Q(pk__lt=pk)
    return Q(position__gte=place) & (Q(position__gt=place) | Q(pk__gt=pk))


def mark_of(lane: Lane, *, is_ordered: bool) -> str:
    """Where the shown cards of the lane end."""
    if not lane.cards:
        return ""
    last = lane.cards[-1].record
    return f"{last.position!r},{last.pk}" if is_ordered else f",{last.pk}"
