"""The pages of a board: the board itself, more cards of a lane, moving a card."""

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
from rapport.kernel.boards.registry import Context, Rows, board_of
from rapport.kernel.pages.context import context_of
from rapport.kernel.pages.routing import page
from rapport.kernel.records import Conflict, NotVisible, Refused, RuleError
from rapport.kernel.registry import RecordType

TEMPLATE = "kernel/boards/board.html"
ANY_CARD = "00000000-0000-0000-0000-000000000000"
HEAD_AT_ONCE = 3000  # with more open cards than this the head comes after the page


class Shown:
    """The board of one request: which lanes, which rows, which filter."""

    def __init__(self, request: UserRequest, kind: RecordType) -> None:
        board = board_of(kind)
        if board is None or grant(request.user, kind.key, "read") == "none":
            raise Http404
        self.request, self.kind, self.board, self.user = request, kind, board, request.user
        self.filter = BoardFilter.read(request.GET, kind, board, context_of(request))
        self.parts = board.parts() if board.parts else []
        if self.parts:
            self.filter.part = self._part()
        self.lanes = lane_tools.lanes_of(kind, board, self.filter.part)
        self.main = context_of(request).currency

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
        rows = self.kind.visible_to(self.user).filter(self.board.condition)
        return self.filter.apply(lane_tools.in_lanes(rows, self.kind, self.lanes))

    def sum_up(self) -> Sums:
        found = lane_tools.sum_up(self.rows(), self.kind, self.board, self.main)
        whole = Sums()
        for lane in self.lanes:
            lane.sums = found.get(lane.key, Sums())
            whole += lane.sums
        return whole

    def head(self) -> Context | None:
        return self.board.head(self.user, self.filter, self.main) if self.board.head else None

    def address(self, name: str, *args: object) -> str:
        return reverse(name, args=[self.kind.key, *args]) + self.filter.address()

    def more_address(self, lane: Lane, seen: int) -> str:
        """Where the cards behind those already seen come from."""
        mark = lane_tools.mark_of(self.kind, lane)
        return self.address("board_more") + "&" + urlencode({"lane": lane.key, "seen": seen, "after": mark})

    def new_address(self, lane: str = "") -> str:
        """Where a new record of this lane (else of the first one) is made."""
        values = {self.kind.board: lane or (self.lanes[0].key if self.lanes else "")}
        if self.board.part_field:
            values[self.board.part_field] = self.filter.part
        return reverse("record_new", args=[self.kind.key]) + "?" + urlencode(values)

    @cached_property
    def _patterns(self) -> dict[str, str]:
        """Addresses of a card with a stand-in for its id: worked out once, not for every card."""
        drops = {drop.act: reverse(drop.url_name, args=[ANY_CARD]) for drop in self.board.drops}
        record = reverse("record", args=[self.kind.key, ANY_CARD])
        return drops | {"record": record, "move": self.address("board_move", ANY_CARD)}

    def urls(self, pk: UUID) -> dict[str, str]:
        """The addresses of one card: its record, where it is moved to, what its drops do."""
        key = str(pk)
        return {name: pattern.replace(ANY_CARD, key) for name, pattern in self._patterns.items()}

    def context(self) -> Context:
        return {
            "kind": self.kind, "board": self.board, "lanes": self.lanes, "filter": self.filter, "main": self.main,
            "parts": self.parts, "shown": self, "may_create": grant(self.user, self.kind.key, "create") != "none",
        }  # fmt: skip


@page("<type:kind>/board/", name="board")
def board(request: Any, kind: RecordType) -> HttpResponse:  # Any: a request of a signed-in user
    """The board of a record type."""
    shown = Shown(request, kind)
    if request.GET.get("part") == "head":
        return render(request, shown.board.head_template, shown.context() | {"head": shown.head()})
    whole = shown.sum_up()
    lane_tools.fill(shown.lanes, shown.rows(), kind, shown.board, request.user, shown.main)
    context = shown.context() | {
        "whole": whole,
        "faces": faces(request.user, shown.filter.owner),
        "head": shown.head() if whole.count <= HEAD_AT_ONCE else None,
        "now_lane": next(
            (lane.key for lane in shown.lanes if lane.cards), shown.lanes[0].key if shown.lanes else ""
        ),
    }
    return render(request, TEMPLATE, context)


@page("<type:kind>/board/more/", name="board_more")
def board_more(request: Any, kind: RecordType) -> HttpResponse:  # Any: as above
    """The next cards of one lane."""
    shown = Shown(request, kind)
    lane = next((one for one in shown.lanes if one.key == request.GET.get("lane")), None)
    if lane is None:
        raise Http404
    lane.sums = lane_tools.sum_up(shown.rows(), kind, shown.board, shown.main).get(lane.key, Sums())
    try:
        mark = request.GET.get("after", "")
        before = int(request.GET.get("seen", 0))
        lane_tools.fill([lane], shown.rows(), kind, shown.board, request.user, shown.main, mark)
    except (ValidationError, ValueError) as problem:
        raise Http404 from problem
    context = shown.context() | {"lane": lane, "seen": before + len(lane.cards)}
    return render(request, "kernel/boards/more.html", context)


@page("<type:kind>/<uuid:pk>/move/", name="board_move", methods=("POST",))
def board_move(request: Any, kind: RecordType, pk: UUID) -> JsonResponse:  # Any: as above
    """Put a card into a lane; answers the new sums of the lanes, or the sentence why not."""
    shown = Shown(request, kind)
    record = kind.visible_to(request.user).filter(pk=pk).first()
    if record is None:
        raise Http404
    try:
        moved = move_card(record, spot_of(request), kind, shown.board, by=request.user)
    except NotVisible as problem:
        raise Http404 from problem
    except ValidationError as problem:
        return refused(" ".join(problem.messages), 422)
    except (RuleError, Conflict, Refused) as problem:
        return refused(str(problem), {RuleError: 422, Conflict: 409, Refused: 403}[type(problem)])
    shown.sum_up()
    return JsonResponse(
        {"version": moved.version, "sums": {lane.key: sums_json(lane) for lane in shown.lanes}}
    )


def sums_json(lane: Lane) -> dict[str, Decimal | int | str]:
    return {
        "total": str(lane.sums.total), "weighted": str(lane.sums.weighted), "count": lane.sums.count,
    }  # fmt: skip


def refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence or gettext("This was not saved.")}, status=status)
