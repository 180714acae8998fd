"""What narrows a board: an owner, words, quick filters. All of it stands in the address."""

from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.http import QueryDict

from rapport.accounts.models import User
from rapport.kernel.boards.registry import Board, QuickFilter, Rows

FACES = 6
LONGEST = 200


@dataclass
class BoardFilter:
    """The filter of one request."""

    owner: UUID | None = None
    words: str = ""
    quick: list[QuickFilter] = field(default_factory=list)
    part: str = ""

    @classmethod
    def read(cls, query: QueryDict, board: Board) -> "BoardFilter":
        """Read the filter from an address; what is not understood counts as not said."""
        try:
            owner = UUID(query.get("owner", ""))
        except ValueError:
            owner = None
        words = query.get("q", "").replace("\0", "").strip()[:LONGEST]
        wanted = set(query.getlist("quick"))
        quick = [one for one in board.quick if one.key in wanted]
        return cls(owner, words, quick, query.get("in", "")[:100])

    def apply(self, rows: Rows, user: User) -> Rows:
        if self.owner:
            rows = rows.filter(owner_id=self.owner)
        for one in self.quick:
            rows = rows.filter(one.condition(user))
        if self.words:
            rows = rows.filter(pk__in=RawSQL(*words_sql(self.words)))  # noqa: S611 - our SQL, words as parameter
        return rows

    @property
    def is_on(self) -> bool:
        return bool(self.owner or self.words or self.quick)

    def address(self, **changes: object) -> str:
        """The query string with these changes: owner=…, quick=key switches that one, q=…, part=…"""
        owner = changes.get("owner", self.owner)
        quick = {one.key for one in self.quick} ^ ({str(changes["quick"])} if "quick" in changes else set())
        values = [
            ("in", changes.get("part", self.part)),
            ("owner", owner),
            ("q", changes.get("q", self.words)),
        ]
        pairs = [(name, str(value)) for name, value in values if value]
        return "?" + urlencode(pairs + [("quick", key) for key in sorted(quick)])


def words_sql(words: str) -> tuple[str, list[str]]:
    """SQL for the ids of all records that have words beginning with these: the index that search uses."""
    return (
        "select id from kernel_record where lexemes @@ array_to_string(array("
        "select quote_literal(word) || ':*' from unnest(kernel_words(%s)) as word), ' & ')::tsquery",
        [words],
    )


def faces(user: User, chosen: UUID | None) -> list[User]:
    """Owners to filter by with one click: the user, his team, others; the chosen one is always among them."""
    active = User.objects.filter(is_active=True).exclude(pk=user.pk)
    others = list(active.order_by(F("team").asc(nulls_last=True), "name")[: FACES * 4])
    others.sort(key=lambda one: one.team_id != user.team_id or one.team_id is None)
    found = [user, *others][:FACES]
    if chosen and chosen not in {one.pk for one in found}:
        found[-1:] = User.objects.filter(Q(pk=chosen))[:1]
    return found
