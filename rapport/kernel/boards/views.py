"""The pages of a board: the board itself, more cards of a lane, moving a card."""

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from rapport.accounts.access import UserRequest
from rapport.accounts.grants import grant
from rapport.kernel.boards import lanes as lane_tools
from rapport.kernel.boards.filters import BoardFilter, faces
from rapport.kernel.boards.lanes import Lane, Sums
from rapport.kernel.boards.moves import move_card, spot_of
from rapport.kernel.boards.registry import Context, Drop, Rows, board_of
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters import TooExpensive, bounded
from rapport.kernel.lists.arranged.division import NONE
from rapport.kernel.lists.views import frame_of, state_of
from rapport.kernel.pages.context import context_of
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import policy
from rapport.kernel.records import Conflict, NotVisible, Refused, RuleError
from rapport.kernel.registry import RecordType
from rapport.kernel.views.models import BOARD, View
from rapport.ui.formats import format_moment, within

TEMPLATE = "kernel/boards/board.html"
ANY_CARD = "00000000-0000-0000-0000-000000000000"
EMPTY = "kernel/boards/more.html"
MOST_CARDS = 200  # asked for by their ids
MOST_LANES = 40
SOON = 2.0  # seconds that the new sums after a move may take
HEAD_AT_ONCE = 500  # with more open cards than this the head comes after the page: it looks at each of them


class Shown:
    """The board of one request: which lanes, which rows, which filter."""

    def __init__(self, request: UserRequest, kind: RecordType, views: list[View] | None = None) -> None:
        state = state_of(request, kind, views=views, layout=BOARD)
        board = board_of(kind, state.by)
        if board is None:
            raise Http404
        self.request, self.kind, self.board, self.user, self.state = request, kind, board, request.user, state
        self.filter = BoardFilter.read(request.GET, board, state)
        self.parts = board.parts() if board.parts else []
        if self.parts:
            self.filter.part = self._part()
        self.main = context_of(request).currency
        self.lanes: list[Lane] = []
        self.left = 0  # records that stand in lanes for which there is no room
        self.is_fixed = policy(self.user, kind.key, "edit").reach == "none" or not (
            board.move or state.by in kind.editable_fields()
        )

    def _part(self) -> str:
        """The chosen part (pipeline): of the address, else the one seen last, else the first."""
        known = [one.key for one in self.parts]
        remembered = f"board {self.kind.key}"
        chosen = self.filter.part if self.filter.part in known else ""
        if chosen and self.request.session.get(remembered) != chosen:
            self.request.session[remembered] = chosen
        last = self.request.session.get(remembered, "")
        return chosen or (last if last in known else known[0])

    def rows(self) -> Rows:
        """All cards of this board that the user may see, under the filter."""
        return self.filter.apply(self.kind.visible_to(self.user).filter(self.board.condition))

    def read(self) -> None:
        """The lanes with their sums and first cards; where that takes too long, a sentence and empty lanes."""
        try:
            with bounded():
                self.lanes, self.left = lane_tools.read_lanes(
                    self.rows(), self.kind, self.board, self.filter.part, self.user, self.main
                )
                self.fill(self.lanes)
        except TooExpensive as problem:
            self.state.refuse(problem)
            self.lanes = lane_tools.open_lanes(
                self.board.division(self.kind), self.board, self.filter.part, self.user
            )

    def fill(self, lanes: list[Lane], after: str = "") -> None:
        lane_tools.fill(lanes, self.rows(), self.kind, self.board, self.user, self.main, after)

    def sum_up(self, keys: Iterable[str]) -> dict[str, Sums]:
        """The sums of these lanes; none where that takes too long."""
        division, rows = self.board.division(self.kind), self.rows()
        found = {}
        try:
            with bounded(SOON):
                for key in keys:
                    condition = division.condition(key, self.user)
                    if condition is not None:
                        sums = lane_tools.sum_up(rows.filter(condition), self.board, self.main, None)
                        found[key] = sums.get(NONE, Sums())
        except TooExpensive:
            return {}
        return found

    @property
    def whole(self) -> Sums:
        return sum((lane.sums for lane in self.lanes), Sums(count=self.left))

    def head(self) -> Context | None:
        try:
            with bounded():
                return self.board.head(self.user, self.filter, self.main) if self.board.head else None
        except TooExpensive:
            return None

    def address(self, name: str, *args: object) -> str:
        return reverse(name, args=[self.kind.key, *args]) + self.filter.address(by=self.state.by)

    def more_address(self, lane: Lane, seen: int) -> str:
        """Where the cards behind those already seen come from."""
        mark = lane_tools.mark_of(lane, is_ordered=self.board.is_ordered(self.kind))
        return self.address("board_more") + "&" + urlencode({"lane": lane.key, "seen": seen, "after": mark})

    def new_address(self, lane: str = "") -> str:
        """Where a new record of this lane (else of the first one) is made."""
        first = next((one.key for one in self.lanes if one.is_open), "")
        values = {self.state.by: lane or first} if not self.is_fixed else {}
        if self.board.part_field:
            values[self.board.part_field] = self.filter.part
        return reverse("record_new", args=[self.kind.key]) + "?" + urlencode(values)

    @cached_property
    def drops(self) -> list[Drop]:
        """Where cards of this board can be dropped beside its lanes."""
        return [one for one in self.board.drops if len(self.parts) > 1 or not one.among_parts]

    def opens(self, drop: Drop) -> str:
        """Where a drop leads, with a stand-in for the card: one address instead of one on every card."""
        return reverse(drop.url_name, args=[*drop.args, ANY_CARD]).replace(ANY_CARD, "{card}")

    @cached_property
    def _patterns(self) -> dict[str, str]:
        """Addresses of a card with a stand-in for its id: worked out once, not for every card."""
        drops = {
            drop.act: reverse(drop.url_name, args=[ANY_CARD]) for drop in self.drops if drop.act != "open"
        }
        record = reverse("record", args=[self.kind.key, ANY_CARD])
        return drops | {"record": record, "move": self.address("board_move", ANY_CARD)}

    def urls(self, pk: UUID) -> dict[str, str]:
        """The addresses of one card: its record, where it is moved to, what its drops do."""
        key = str(pk)
        return {name: pattern.replace(ANY_CARD, key) for name, pattern in self._patterns.items()}

    def context(self) -> Context:
        return {
            "kind": self.kind, "board": self.board, "lanes": self.lanes, "filter": self.filter, "main": self.main,
            "parts": self.parts, "shown": self, "state": self.state,
            "is_ordered": self.board.is_ordered(self.kind),
            "may_create": grant(self.user, self.kind.key, "create") != "none",
        }  # fmt: skip


@page("<type:kind>/board/", name="board")
def board(request: Any, kind: RecordType) -> HttpResponse:  # Any: a request of a signed-in user
    """The board of a record type."""
    views = list(View.objects.filter(type=kind.key).visible_to(request.user))
    shown = Shown(request, kind, views)
    if request.GET.get("part") == "head":
        return render(request, shown.board.head_template or EMPTY, shown.context() | {"head": shown.head()})
    shown.read()
    whole = shown.whole
    context = (
        shown.context()
        | frame_of(request, shown.filter.kept, views)
        | {
            "whole": whole,
            "faces": faces(request.user, shown.filter.owner),
            "head": shown.head() if whole.count <= HEAD_AT_ONCE else None,
            "now_lane": next(
                (lane.key for lane in shown.lanes if lane.cards), shown.lanes[0].key if shown.lanes else ""
            ),
        }
    )
    return render(request, TEMPLATE, context)


@page("<type:kind>/board/more/", name="board_more")
def board_more(request: Any, kind: RecordType) -> HttpResponse:  # Any: as above
    """The next cards of one lane."""
    shown = Shown(request, kind)
    lane = lane_tools.lane_by_key(
        request.GET.get("lane", ""), kind, shown.board, shown.filter.part, request.user
    )
    if lane is None:
        raise Http404
    try:
        mark = request.GET.get("after", "")
        before = int(request.GET.get("seen", 0))
        with bounded():
            lane.sums = shown.sum_up([lane.key]).get(lane.key, Sums(count=before + lane_tools.MORE))
            shown.fill([lane], mark)
    except (ValidationError, ValueError) as problem:
        raise Http404 from problem
    context = shown.context() | {"lane": lane, "seen": before + len(lane.cards)}
    return render(request, "kernel/boards/more.html", context)


@page("<type:kind>/board/cards/", name="board_cards")
def board_cards(request: Any, kind: RecordType) -> HttpResponse:  # Any: as above
    """Some cards as they stand now, in their lanes; with the sums of these and of the lanes that were named."""
    shown = Shown(request, kind)
    ids = [key for said in request.GET.get("ids", "").split(",")[:MOST_CARDS] if (key := parse_id(said))]
    division = shown.board.division(kind)
    try:
        with bounded():
            rows = shown.rows().filter(pk__in=ids)
            keys = {division.key_of_record(one) for one in rows} | set(
                request.GET.getlist("lanes")[:MOST_LANES]
            )
            named = [
                lane_tools.lane_by_key(key, kind, shown.board, shown.filter.part, request.user)
                for key in keys
            ]
            shown.lanes = [one for one in named if one is not None]
            sums = shown.sum_up([lane.key for lane in shown.lanes])
            for lane in shown.lanes:
                lane.sums = sums.get(lane.key, Sums())
            order = ("position", "pk") if shown.board.is_ordered(kind) else ("-pk",)
            lane_tools.place(shown.lanes, rows.order_by(*order), kind, shown.board, request.user, shown.main)
    except TooExpensive as problem:
        raise Http404 from problem
    return render(request, "kernel/boards/cards.html", shown.context())


@page("<type:kind>/<uuid:pk>/move/", name="board_move", methods=("POST",))
def board_move(request: Any, kind: RecordType, pk: UUID) -> JsonResponse:  # Any: as above
    """Put a card into a lane; answers the new sums of the lanes, or the sentence why not."""
    shown = Shown(request, kind)
    record = kind.visible_to(request.user).filter(pk=pk).first()
    if record is None:
        raise Http404
    division = shown.board.division(kind)
    lanes = {division.key_of_record(record)}
    try:
        moved = move_card(record, spot_of(request), kind, shown.board, by=request.user)
    except NotVisible as problem:
        raise Http404 from problem
    except ValidationError as problem:
        return refused(" ".join(problem.messages), 422)
    except Conflict as problem:
        return _clash(request, shown, pk, problem)
    except (RuleError, Refused) as problem:
        return refused(str(problem), 422 if isinstance(problem, RuleError) else 403)
    lanes.add(division.key_of_record(moved))
    sums = {key: sums_json(one) for key, one in shown.sum_up(lanes).items()}
    return JsonResponse({"version": moved.version, "sums": sums})


def _clash(request: Any, shown: Shown, pk: UUID, problem: Conflict) -> JsonResponse:  # Any: as above
    """Somebody else moved the card, too: both lanes by name, for the question which one it is."""
    fresh = shown.kind.visible_to(request.user).filter(pk=pk).first()
    if fresh is None:
        raise Http404
    division, lanes = shown.board.division(shown.kind), []
    for key in (division.key_of_record(fresh), spot_of(request).lane):
        lane = lane_tools.lane_by_key(key, shown.kind, shown.board, shown.filter.part, request.user)
        lanes.append(lane.label if lane is not None else "–")
    clash = {
        "by": problem.by or gettext("Somebody"), "at": within(format_moment(problem.at)), "version": fresh.version,
        "theirs": lanes[0], "mine": lanes[1], "stage": division.key_of_record(fresh),
    }  # fmt: skip
    return JsonResponse({"error": str(problem), "clash": clash}, status=409)


def sums_json(sums: Sums) -> dict[str, Decimal | int | str]:
    return {"total": str(sums.total), "weighted": str(sums.weighted), "count": sums.count}


def refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence or gettext("This was not saved.")}, status=status)
