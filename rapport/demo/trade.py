"""The deals of the sample company: how each went through the stages, day by day."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from rapport.demo import words
from rapport.demo.people import Party, Population
from rapport.kernel.fields import Amount
from rapport.sales.models import LossReason, Stage


@dataclass
class Step:
    """One change of a deal on its way."""

    at: datetime
    stage: Stage
    outcome: str = "open"
    reason: LossReason | None = None
    competitor: str = ""
    note: str = ""


@dataclass
class DealPlan:
    """One deal to be and its way."""

    created_at: datetime
    customer: Party
    person: Party | None
    values: dict[str, Any]  # Any: values of its fields
    steps: list[Step] = field(default_factory=list)
    id: UUID | None = None  # once it is written

    @property
    def is_won(self) -> bool:
        return bool(self.steps) and self.steps[-1].outcome == "won"

    @property
    def is_open(self) -> bool:
        return not self.steps or self.steps[-1].outcome == "open"


class Trade:
    """Invents deals for organizations."""

    def __init__(self, rng: random.Random, population: Population) -> None:
        self.rng, self.population, self.now = rng, population, population.now
        self.stages = list(Stage.objects.order_by("position"))
        self.reasons = list(LossReason.objects.order_by("position"))

    def deals(self, organizations: list[Party], count: int) -> list[DealPlan]:
        plans = []
        for _ in range(count):
            customer = self.rng.choice(organizations)
            plans.append(self._deal(customer))
        return plans

    def _deal(self, customer: Party) -> DealPlan:
        rng = self.rng
        oldest = max(3, (self.now - customer.created_at).days)
        # More of them are young, as in any pipeline.
        age = min(oldest, int(oldest * rng.random() ** 0.8) + 1)
        created = self.population.moment(oldest=age, newest=max(1, age - 5))
        product = rng.choice(words.PRODUCTS)
        subject = words.INDUSTRIES[customer.values["industry"]][1]
        amount = Decimal(rng.choice((39, 52, 86, 119, 157, 184, 243, 316, 482, 615, 940, 1480)) * 100)
        people = [person for person in customer.people if person.created_at <= created] or customer.people
        person = rng.choice(people) if people else None
        for known in filter(None, (customer, person)):  # whom we sell to, we know
            known.created_at = min(known.created_at, created)
        plan = DealPlan(
            created,
            customer,
            person,
            {
                "name": f"{subject}, {product}",
                "stage": self.stages[0],
                "amount": Amount(amount, "CHF" if customer.country == "CH" else "EUR"),
                "source": customer.values["source"],
                "tags": ["tender"] if rng.random() < 0.1 else [],
            },
        )
        self._walk(plan)
        self._outlook(plan)
        return plan

    def _walk(self, plan: DealPlan) -> None:
        """Move on every one to four weeks; lose on the way, win at the end; some rest where they are."""
        rng, at, place = self.rng, plan.created_at, 0
        while True:
            at += timedelta(days=rng.randint(3, 15), hours=rng.randint(-3, 3))
            if at >= self.now - timedelta(hours=2):
                return
            fate = rng.random()
            stage = self.stages[place]
            if fate < 0.13:
                reason = rng.choice(self.reasons)
                competitor = rng.choice(words.COMPETITORS) if reason.asks_competitor else ""
                note = "Told us by phone." if reason.name == "Other" else ""
                plan.steps.append(Step(at, stage, "lost", reason, competitor, note))
                return
            if fate < 0.20 and (self.now - at).days < 60:
                return  # silent: nobody moves it
            place += 1
            if place == len(self.stages):
                plan.steps.append(Step(at, stage, "won"))
                return
            plan.steps.append(Step(at, self.stages[place]))

    def _outlook(self, plan: DealPlan) -> None:
        """Expected close and next step of open deals; the closing day of the others."""
        rng = self.rng
        if not plan.is_open:
            plan.values["expected_on"] = plan.steps[-1].at.date()
            return
        today: date = self.now.date()
        plan.values["expected_on"] = today + timedelta(days=rng.randint(-6, 95))
        if rng.random() < 0.75:
            plan.values["next_step"] = rng.choice(words.NEXT_STEPS)
            plan.values["next_step_on"] = today + timedelta(days=rng.randint(-4, 18))
