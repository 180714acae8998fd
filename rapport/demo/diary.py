"""The activities of the sample company: calls, meetings, notes and tasks with its customers."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rapport.accounts.models import User
from rapport.demo import words
from rapport.demo.people import Party, Population
from rapport.demo.trade import DealPlan


@dataclass
class Entry:
    """One activity to be."""

    created_at: datetime
    owner: User
    values: dict[str, Any]  # Any: values of its fields
    about: list[Party | DealPlan]


class Diary:
    """Invents what happened with whom."""

    def __init__(self, rng: random.Random, population: Population) -> None:
        self.rng, self.population, self.now = rng, population, population.now

    def entries(self, parties: list[Party], deals: list[DealPlan], count: int) -> list[Entry]:
        """Done activities: most with the customers that have deals, the more recent the more."""
        rng, found = self.rng, list[Entry]()
        active = [plan for plan in deals if plan.person is not None]
        while len(found) < count:
            if active and rng.random() < 0.7:
                plan = rng.choice(active)
                person = plan.person or plan.customer
                start = plan.created_at
                about: list[Party | DealPlan] = [person, plan]
            else:
                person = rng.choice(parties)
                start, about = person.created_at, [person]
            span = max(1, (self.now - start).days)
            at = start + timedelta(days=int(span * rng.random() ** 0.6), hours=rng.randint(0, 3))
            if at < self.now - timedelta(minutes=20):
                found.append(self._done(person, at, about))
        return found

    def _done(self, person: Party, at: datetime, about: list[Party | DealPlan]) -> Entry:
        rng = self.rng
        kind = rng.choices(("call", "meeting", "note", "task"), weights=(48, 16, 18, 18))[0]
        values: dict[str, Any] = {"type": kind, "done_at": at}
        if kind == "call":
            subject, body = rng.choice(words.CALLS)
            outcome = "not_reached" if subject == "Not reached" else "reached"
            values |= {"subject": subject, "body": body, "outcome": outcome, "duration": rng.randint(1, 34)}
            values["direction"] = rng.choice(("out", "out", "in"))
        elif kind == "meeting":
            subject, body = rng.choice(words.MEETINGS)
            values |= {
                "subject": subject,
                "body": body,
                "outcome": "held",
                "duration": rng.choice((30, 45, 60, 90)),
            }
        elif kind == "note":
            subject, body = rng.choice(words.NOTES)
            values |= {"subject": subject, "body": body}
        else:
            values |= {"subject": rng.choice(words.TASKS), "outcome": "done", "due_at": at}
        return Entry(at, person.owner, values, about)

    def plans(self, parties: list[Party], deals: list[DealPlan]) -> list[Entry]:
        """What is still to do: a few overdue, some today, the rest in the next weeks."""
        rng, found = self.rng, list[Entry]()
        open_deals = [plan for plan in deals if plan.is_open and plan.person is not None]
        for plan in rng.sample(open_deals, int(len(open_deals) * 0.7)):
            found.append(self._planned(plan.customer.owner, [plan.person or plan.customer, plan]))
        found += [
            self._planned(person.owner, [person])
            for person in rng.sample(parties, min(120, len(parties) // 8))
        ]
        return found

    def _planned(self, owner: User, about: list[Party | DealPlan]) -> Entry:
        rng = self.rng
        kind = rng.choices(("call", "meeting", "task"), weights=(40, 20, 40))[0]
        subject = rng.choice(
            {"call": words.NEXT_STEPS, "meeting": [m[0] for m in words.MEETINGS]}.get(kind, words.TASKS)
        )
        day = self.now + timedelta(days=rng.choice((-6, -2, -1, 0, 0, 0, 1, 1, 2, 3, 4, 7, 9, 12, 16)))
        due = day.replace(
            hour=rng.randint(8, 17), minute=rng.choice((0, 15, 30, 45)), second=0, microsecond=0
        )
        created = self.now - timedelta(days=rng.randint(7, 20))
        values: dict[str, Any] = {"type": kind, "subject": subject, "due_at": due}
        if kind != "task":
            values["duration"] = rng.choice((15, 30, 45, 60))
        return Entry(created, owner, values, about)
