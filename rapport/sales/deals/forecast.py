"""The head of the board: what this quarter will probably bring, and which deals have gone silent."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, Sum
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.boards.filters import BoardFilter
from rapport.kernel.boards.registry import Rows
from rapport.kernel.currencies.worth import worth
from rapport.sales.deals.contacts import silent
from rapport.sales.deals.models import AMOUNT, Deal, Outcome
from rapport.sales.deals.weights import CHANCE


@dataclass(frozen=True)
class Quarter:
    """Three months."""

    first: date
    last: date

    @classmethod
    def of(cls, day: date) -> "Quarter":
        first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        after = date(first.year + (first.month == 10), first.month % 12 + 3 if first.month < 10 else 1, 1)
        return cls(first, after - timedelta(days=1))

    @property
    def number(self) -> int:
        return (self.first.month + 2) // 3


@dataclass(frozen=True)
class Forecast:
    """All in the main currency: with how many deals at a rate, and how many are left out for want of one (`others`)."""

    quarter: Quarter
    days_left: int
    won: Decimal
    won_count: int
    weighted: Decimal
    open: Decimal
    converted: int
    others: int
    silent_count: int
    silent_sum: Decimal

    @property
    def expected(self) -> Decimal:
        return self.won + self.weighted

    @property
    def sign(self) -> str:
        """Before sums in which rates were used."""
        return "≈ " if self.converted else ""

    @property
    def possible(self) -> Decimal:
        return self.won + self.open

    @property
    def rest(self) -> Decimal:
        """What will probably not come, going by the win chances."""
        return self.open - self.weighted

    def bars(self) -> list[tuple[str, float, float]]:
        """(class, x, width) of the bar's parts on a line 640 wide, with a gap of 2 between them."""
        parts = [("won", self.won), ("commit", self.weighted), ("gap", self.rest)]
        shown = [(name, float(value)) for name, value in parts if value > 0]
        whole, found, left = sum(value for _name, value in shown), [], 0.0
        for name, value in shown:
            width = value / whole * (640 - 2 * (len(shown) - 1))
            found.append((name, round(left, 1), round(width, 1)))
            left += width + 2
        return found


def forecast(user: User, filter: BoardFilter, main: str) -> dict[str, Any]:  # Any: what the template shows
    """Fill the head of the board for that user and filter, in two queries."""
    rows = Deal.objects.visible_to(user).filter(pipeline_id=filter.part)
    return {"forecast": forecast_of(filter.apply(rows, quick=False), main)}


def forecast_of(rows: Rows, main: str, *, tells_silent: bool = True) -> Forecast:
    """What these deals will probably bring in this quarter, in two queries; which are silent takes longest to know."""
    today = timezone.localdate()
    quarter = Quarter.of(today)
    rows = rows.annotate(worth=worth(AMOUNT, main))
    soon = Q(expected_on__lte=quarter.last)
    converted, unrated = (
        Q(worth__isnull=False) & ~Q(amount_currency=main),
        Q(amount__isnull=False, worth=None),
    )
    open_rows, silence = rows.filter(outcome=Outcome.OPEN), {}
    if tells_silent:
        open_rows = open_rows.annotate(is_silent=ExpressionWrapper(silent(), BooleanField()))
        silence = {
            "silent_count": Count("pk", filter=Q(is_silent=True)),
            "silent_sum": Sum("worth", filter=Q(is_silent=True)),
        }
    still = open_rows.filter(Q() if tells_silent else soon).aggregate(
        open=Sum("worth", filter=soon),
        weighted=Sum(F("worth") * CHANCE / 100, filter=soon),
        converted=Count("pk", filter=soon & converted),
        others=Count("pk", filter=soon & unrated),
        **silence,
    )
    won = rows.filter(outcome=Outcome.WON, closed_on__range=(quarter.first, quarter.last)).aggregate(
        sum=Sum("worth"),
        count=Count("pk"),
        converted=Count("pk", filter=converted),
        others=Count("pk", filter=unrated),
    )
    none = Decimal(0)
    return Forecast(
        quarter=quarter,
        days_left=(quarter.last - today).days,
        won=won["sum"] or none,
        won_count=won["count"],
        weighted=still["weighted"] or none,
        open=still["open"] or none,
        converted=still["converted"] + won["converted"],
        others=still["others"] + won["others"],
        silent_count=still.get("silent_count", 0),
        silent_sum=still.get("silent_sum") or none,
    )
