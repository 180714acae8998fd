"""What narrows a board: an owner and quick filters besides what narrows every list. All of it stands in the address."""

from dataclasses import dataclass, field, replace
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F
from django.http import QueryDict

from rapport.accounts.models import User
from rapport.kernel.boards.registry import Board, QuickFilter, Rows
from rapport.kernel.filters import Condition, Group, Words, words_of
from rapport.kernel.lists.state import ListState

FACES = 6


@dataclass
class BoardFilter:
    """The filter of one request: that of the list (`state`), an owner, quick ones, the chosen board (pipeline)."""

    state: ListState
    owner: UUID | None = None
    quick: list[QuickFilter] = field(default_factory=list)
    part: str = ""

    @classmethod
    def read(cls, query: QueryDict, board: Board, state: ListState) -> "BoardFilter":
        """Read the filter from an address; what is not understood is told by the state."""
        try:
            owner = UUID(query.get("owner", ""))
        except ValueError:
            owner = None
        wanted = set(query.getlist("quick"))
        quick = [one for one in board.quick if one.key in wanted]
        return cls(state, owner, quick, query.get("in", "").replace("\0", "")[:100])

    def apply(self, rows: Rows, *, quick: bool = True) -> Rows:
        """Only the rows that fit; a condition that cannot be understood lets none through."""
        user = self.state.context.user
        if self.owner:
            rows = rows.filter(owner_id=self.owner)
        for one in self.quick if quick and user else ():
            rows = rows.filter(one.condition(user))  # type: ignore[arg-type]  # somebody is signed in
        return rows.filter(self.state.condition)

    @property
    def words(self) -> str:
        return self.state.search

    @property
    def is_on(self) -> bool:
        return bool(self.owner or self.quick or self.state.is_filtered)

    def chips(self) -> list[tuple[Words, str]]:
        """The conditions in words, each with the address of the board without it."""
        state = self.state
        shown = words_of(state.filter, state.kind, state.context)
        return [(one, self.address(filter=state.filter.without(at))) for at, one in enumerate(shown)]

    def pairs(self, **changes: object) -> list[tuple[str, str]]:
        """The query string in pieces, with these changes: owner, quick (switches that one), part, and the list's."""
        quick = {one.key for one in self.quick} ^ (
            {str(changes.pop("quick"))} if "quick" in changes else set()
        )
        own = {"in": changes.pop("part", self.part), "owner": changes.pop("owner", self.owner)}
        pairs = [(name, str(value)) for name, value in own.items() if value]
        pairs += [("quick", key) for key in sorted(quick)]
        return pairs + self.state.pairs(besides=[], **changes)

    def address(self, **changes: object) -> str:
        return "?" + urlencode(self.pairs(**changes))

    def cleared(self) -> str:
        """The same board without a filter."""
        by = [("by", self.state.by)] if "by" in self.state.changed else []
        return "?" + urlencode([("in", self.part), ("view", "all"), *by])

    @property
    def kept(self) -> ListState:
        """The list that a view of this board keeps: an owner is a condition like any other."""
        if not self.owner:
            return self.state
        mine = Condition("owner", "any", str(self.owner))
        tree = self.state.filter
        parts = tree.parts if tree.join == "all" else (tree,)
        besides = [pair for pair in self.state.besides if pair[0] != "owner"]
        changed = self.state.changed | {"filter"}
        return replace(self.state, filter=Group("all", (*parts, mine)), changed=changed, besides=besides)


def faces(user: User, chosen: UUID | None) -> list[User]:
    """Owners to filter by with one click: the user, his team, others; the chosen one is always among them."""
    active = User.objects.filter(is_active=True).exclude(pk=user.pk)
    others = list(active.order_by(F("team").asc(nulls_last=True), "name")[: FACES * 4])
    others.sort(key=lambda one: one.team_id != user.team_id or one.team_id is None)
    found = [user, *others][:FACES]
    if chosen and chosen not in {one.pk for one in found}:
        found[-1:] = User.objects.filter(pk=chosen)[:1]
    return found
