"""What narrows a board: an owner, words, quick filters, conditions of the list. All of it stands in the address."""

from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F
from django.http import QueryDict

from rapport.accounts.models import User
from rapport.kernel.boards.registry import Board, QuickFilter, Rows
from rapport.kernel.fields import Context
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters import (
    EVERYTHING,
    FilterError,
    Group,
    Words,
    compile_filter,
    from_json,
    from_query,
    to_pairs,
    words_of,
)
from rapport.kernel.lists.search import text_condition
from rapport.kernel.registry import RecordType
from rapport.kernel.views.models import View

FACES = 6
LONGEST = 200


@dataclass
class BoardFilter:
    """The filter of one request; `group` holds conditions as lists have them, `part` the chosen board (pipeline)."""

    kind: RecordType
    context: Context
    owner: UUID | None = None
    words: str = ""
    quick: list[QuickFilter] = field(default_factory=list)
    group: Group = EVERYTHING
    problems: list[str] = field(default_factory=list)
    part: str = ""

    @classmethod
    def read(cls, query: QueryDict, kind: RecordType, board: Board, context: Context) -> "BoardFilter":
        """Read the filter from an address; what is not understood is told in `problems`."""
        try:
            owner = UUID(query.get("owner", ""))
        except ValueError:
            owner = None
        words = query.get("q", "").replace("\0", "").strip()[:LONGEST]
        wanted = set(query.getlist("quick"))
        quick = [one for one in board.quick if one.key in wanted]
        group, problems = from_query(query)
        if "f" not in query and "g" not in query and (view := _view(query.get("view", ""), kind, context)):
            group = view
        part = query.get("in", "").replace("\0", "")[:100]
        return cls(kind, context, owner, words, quick, group, problems, part)

    def apply(self, rows: Rows, *, quick: bool = True) -> Rows:
        """Only the rows that fit; a condition that cannot be understood lets none through."""
        if self.owner:
            rows = rows.filter(owner_id=self.owner)
        for one in self.quick if quick and self.context.user else ():
            rows = rows.filter(one.condition(self.context.user))  # type: ignore[arg-type]  # somebody is signed in
        if self.words and self.context.user:
            rows = rows.filter(text_condition(self.kind, self.words, self.context.user))
        if self.group:
            compiled = compile_filter(self.group, self.kind, self.context)
            self.problems += [one for one in compiled.problems if one not in self.problems]
            rows = rows.filter(compiled.condition)
        return rows

    @property
    def is_on(self) -> bool:
        return bool(self.owner or self.words or self.quick or self.group)

    def chips(self) -> list[tuple[Words, str]]:
        """The conditions in words, each with the address of the board without it."""
        shown = words_of(self.group, self.kind, self.context)
        return [(one, self.address(group=self.group.without(at))) for at, one in enumerate(shown)]

    def pairs(self, **changes: object) -> list[tuple[str, str]]:
        """The query string in pieces, with these changes: owner, quick (switches that one), q, part, group."""
        quick = {one.key for one in self.quick} ^ ({str(changes["quick"])} if "quick" in changes else set())
        group = changes.get("group", self.group)
        values = {
            "in": changes.get("part", self.part),
            "owner": changes.get("owner", self.owner),
            "q": changes.get("q", self.words),
        }
        pairs = [(name, str(value)) for name, value in values.items() if value]
        pairs += [("quick", key) for key in sorted(quick)]
        return pairs + (to_pairs(group) if isinstance(group, Group) and group else [])

    def address(self, **changes: object) -> str:
        return "?" + urlencode(self.pairs(**changes))

    def list_address(self) -> str:
        """The same filter for the list of the type."""
        pairs = [("q", self.words)] if self.words else []
        group = self.group.parts
        return "?" + urlencode(pairs + (to_pairs(self.group) if group else []))


def _view(said: str, kind: RecordType, context: Context) -> Group | None:
    """The conditions of a saved view, when the user may see it."""
    key = parse_id(said)
    if key is None or context.user is None:
        return None
    view = View.objects.visible_to(context.user).filter(pk=key, type=kind.key).first()
    try:
        return from_json(view.filter) if view is not None and view.filter else None
    except FilterError:
        return None


def faces(user: User, chosen: UUID | None) -> list[User]:
    """Owners to filter by with one click: the user, his team, others; the chosen one is always among them."""
    active = User.objects.filter(is_active=True).exclude(pk=user.pk)
    others = list(active.order_by(F("team").asc(nulls_last=True), "name")[: FACES * 4])
    others.sort(key=lambda one: one.team_id != user.team_id or one.team_id is None)
    found = [user, *others][:FACES]
    if chosen and chosen not in {one.pk for one in found}:
        found[-1:] = User.objects.filter(pk=chosen)[:1]
    return found
