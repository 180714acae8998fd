"""The funnel: how many parties are in each stage, where those went that left it in a period, and after how long."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F
from django.urls import reverse
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.fields import Context
from rapport.kernel.filters import Condition, Group, bounded, compile_filter, to_pairs
from rapport.kernel.lists.counting import Count as Counted
from rapport.kernel.lists.counting import count_rows
from rapport.kernel.registry import RecordType
from rapport.parties.models import Stage, StagePeriod

PERIODS: Final = (30, 90, 365)
RANKS: Final = {
    Stage.LOST: 0, Stage.SUSPECT: 1, Stage.PROSPECT: 2, Stage.LEAD: 3, Stage.AT_RISK: 4, Stage.CUSTOMER: 5,
    Stage.WON_BACK: 5, Stage.VALUED: 6,
}  # fmt: skip
MOVES_SHOWN: Final = 100
GROUPS: Final = ("owner", "source")
GROUPS_SHOWN: Final = 12


class MedianDays(Aggregate):
    """The middle of some differences between dates."""

    function = "percentile_cont"
    template = "percentile_cont(0.5) within group (order by %(expressions)s)"
    output_field = DurationField()


@dataclass
class Way:
    """How many went from one stage into another in the period."""

    to: Stage
    number: int
    percent: int
    is_forward: bool

    @property
    def label(self) -> str:
        return str(self.to.label)


@dataclass
class Row:
    """One stage of the funnel."""

    stage: Stage
    now: Counted
    address: str
    came: int = 0
    left: int = 0
    forward: int = 0
    days: float | None = None
    ways: list[Way] = field(default_factory=list)

    @property
    def percent(self) -> int | None:
        """Of those that left, how many went forward."""
        return round(100 * self.forward / self.left) if self.left else None


@dataclass
class Funnel:
    """All stages of one kind of party, for one user."""

    kind: RecordType
    days: int
    since: date
    rows: list[Row]
    group: str = ""
    groups: list[tuple[str, dict[str, int]]] = field(default_factory=list)

    @property
    def most(self) -> int:
        return max([row.left for row in self.rows] + [1])

    @property
    def has_moves(self) -> bool:
        return any(row.left for row in self.rows)


def is_forward(here: str, to: str) -> bool:
    return RANKS[Stage(to)] > RANKS[Stage(here)] if here in Stage.values and to in Stage.values else False


def visible(kind: RecordType, user: User, tree: Group, context: Context) -> Any:  # Any: a query set
    """The parties that the user sees and that fit his filter."""
    return kind.visible_to(user).filter(compile_filter(tree, kind, context).condition)


def moves(seen: Any, days: int) -> Any:  # Any: query sets
    """The stages that those parties left in the period."""
    since = timezone.localdate() - timedelta(days=days)
    return StagePeriod.objects.filter(until__gt=since, party__in=seen.order_by().values("pk")).order_by()


def funnel(kind: RecordType, user: User, context: Context, days: int, tree: Group, group: str = "") -> Funnel:
    """Work it out; TooExpensive when that takes too long."""
    with bounded():
        seen = visible(kind, user, tree, context)
        rows = {
            stage.value: Row(stage, count_rows(seen.filter(stage=stage.value)), _list(kind, tree, stage))
            for stage in Stage
        }
        moved = moves(seen, days)
        for here, to, number in moved.values_list("stage", "followed_by").annotate(number=Count("pk")):
            if here not in rows or to not in rows:
                continue
            rows[here].left += number
            rows[to].came += number
            forward = is_forward(here, to)
            rows[here].forward += number if forward else 0
            rows[here].ways.append(Way(Stage(to), number, 0, forward))
        length = ExpressionWrapper(F("until") - F("since"), output_field=DurationField())
        taken = moved.filter(since__isnull=False).values_list("stage").annotate(taken=MedianDays(length))
        for here, found in taken:
            if here in rows and found is not None:
                rows[here].days = found.total_seconds() / 86_400
        for row in rows.values():
            row.ways.sort(key=lambda way: -way.number)
            for way in row.ways:
                way.percent = round(100 * way.number / row.left)
        first = timezone.localdate() - timedelta(days=days - 1)  # the first day that counts
        made = Funnel(kind, days, first, list(rows.values()), group)
        if group in GROUPS and group in kind.fields:
            made.groups = _grouped(moved, kind, group)
    return made


def _list(kind: RecordType, tree: Group, stage: Stage) -> str:
    said = Group(
        "all", (Condition("stage", "any", stage.value), *((tree,) if tree.join != "all" else tree.parts))
    )
    return f"{reverse('list', args=[kind.key])}?{urlencode(to_pairs(said))}"


def _grouped(moved: Any, kind: RecordType, group: str) -> list[tuple[str, dict[str, int]]]:
    """How many came into each stage, by owner or source; those with the most moves first."""
    column = f"party__{kind.fields[group].attname}"
    found: dict[Any, dict[str, int]] = {}
    for key, to, number in moved.values_list(column, "followed_by").annotate(number=Count("pk")):
        found.setdefault(key, {})[to] = number
    most = sorted(found.items(), key=lambda one: -sum(one[1].values()))[:GROUPS_SHOWN]
    names: dict[Any, str] = {}
    if group == "owner":
        names = {one.pk: str(one) for one in User.objects.filter(pk__in=[key for key, _n in most if key])}
    return [(names.get(key, "") if group == "owner" else str(key or ""), counts) for key, counts in most]


def moves_shown(
    kind: RecordType, user: User, context: Context, days: int, tree: Group, here: str, to: str
) -> list[tuple[StagePeriod, Any]]:  # Any: a party
    """The newest moves of the period with the party, from that stage into that one, either left open."""
    with bounded():
        found = moves(visible(kind, user, tree, context), days)
        if here in Stage.values:
            found = found.filter(stage=here)
        if to in Stage.values:
            found = found.filter(followed_by=to)
        shown = list(found.order_by("-until", "-id")[: MOVES_SHOWN + 1])
        parties = kind.visible_to(user).in_bulk({one.party_id for one in shown})
    return [(one, parties[one.party_id]) for one in shown if one.party_id in parties]
