"""The parties of the sample company: organizations and the people who work there."""

import random
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from rapport.accounts.models import User
from rapport.demo import words

DAYS = 730


def slug(text: str) -> str:
    """The text as it stands in an address on the web."""
    text = (
        text.lower()
        .replace("ß", "ss")
        .replace("ø", "o")
        .replace("æ", "ae")
        .replace("ı", "i")
        .replace("ć", "c")
    )
    text = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@dataclass
class Party:
    """One party to be, with what the later steps need to know."""

    created_at: datetime
    owner: User
    values: dict[str, Any]  # Any: values of its fields
    country: str
    place: tuple[str, str]
    works_at: "Party | None" = None
    people: list["Party"] = field(default_factory=list)
    id: UUID | None = None  # once it is written

    @property
    def name(self) -> str:
        return str(self.values["name"])


class Population:
    """Invents the parties, always the same for the same seed."""

    def __init__(self, rng: random.Random, users: list[User], now: datetime) -> None:
        self.rng, self.users, self.now = rng, users, now
        self.taken: set[str] = set()

    def moment(self, oldest: int = DAYS, newest: int = 1) -> datetime:
        """A working moment between so many days ago."""
        day = self.now - timedelta(days=self.rng.randint(newest, oldest))
        day -= timedelta(days=max(0, day.weekday() - 4))
        return day.replace(
            hour=self.rng.randint(8, 16), minute=self.rng.choice((0, 5, 10, 20, 30, 45)), second=0
        )

    def organizations(self, count: int) -> list[Party]:
        return [self._organization() for _ in range(count)]

    def _organization(self) -> Party:
        rng = self.rng
        country = rng.choices(list(words.CITIES), weights=(60, 9, 8, 7, 7, 4, 5))[0]
        place = rng.choice(words.CITIES[country])
        industry = rng.choice(list(words.INDUSTRIES))
        family = rng.choice(words.FAMILY[country].split())
        pattern = rng.choice(words.INDUSTRIES[industry][0])
        name = pattern.format(city=place[0], family=family)
        while name in self.taken:
            family = rng.choice(words.FAMILY[rng.choice(list(words.FAMILY))].split())
            suffix = rng.choice(("Nord", "Süd", "West", "Mitte", family))
            name = f"{pattern.format(city=place[0], family=family)} {suffix}"
        self.taken.add(name)
        created = self.moment(newest=3)
        values = {
            "name": name,
            "industry": industry,
            "legal_form": rng.choice(words.LEGAL),
            "employees": rng.choice((4, 8, 12, 25, 40, 80, 150, 400, 1200)),
            "website": f"https://{slug(name)}.example",
            "email": f"info@{slug(name)}.example",
            "phone": self._phone(country, mobile=False),
            "source": rng.choice(words.SOURCES),
            "language": words.LANGUAGE[country],
            "tags": rng.sample(words.TAGS, rng.choice((0, 0, 1, 1, 2))),
        }
        return Party(created, rng.choice(self.users), values, country, place)

    def employer(self, organizations: list[Party]) -> Party:
        """An organization that has few people yet; the older ones have more."""
        while True:
            found = self.rng.choice(organizations)
            if len(found.people) < 1 + min(6, (self.now - found.created_at).days // 60):
                return found

    def person(self, works_at: Party | None) -> Party:
        """A person at that organization, or a private customer."""
        rng = self.rng
        country = works_at.country if works_at else rng.choice(list(words.GIVEN))
        given, family = rng.choice(words.GIVEN[country].split()), rng.choice(words.FAMILY[country].split())
        domain = slug(works_at.name) if works_at else "mail"
        address = f"{slug(given)}.{slug(family)}"
        while f"{address}@{domain}" in self.taken:
            address += str(rng.randint(2, 99))
        self.taken.add(f"{address}@{domain}")
        oldest = (self.now - works_at.created_at).days if works_at else DAYS
        created = self.moment(oldest=max(2, oldest), newest=1)
        if works_at:
            created = max(created, works_at.created_at)
        values = {
            "given_name": given,
            "family_name": family,
            "academic_title": rng.choice(("", "", "", "", "", "", "", "Dr.")),
            "email": f"{address}@{domain}.example",
            "phone": self._phone(country, mobile=False) if rng.random() < 0.7 else "",
            "mobile": self._phone(country, mobile=True) if rng.random() < 0.6 else "",
            "language": words.LANGUAGE[country],
            "source": works_at.values["source"] if works_at else rng.choice(words.SOURCES),
            "tags": rng.sample(words.TAGS, rng.choice((0, 0, 0, 1, 2))),
        }
        if works_at:
            values |= {"position": rng.choice(words.POSITIONS)}
        if rng.random() < 0.4:
            values["birthday"] = (self.now - timedelta(days=rng.randint(8000, 23000))).date()
        owner = works_at.owner if works_at else rng.choice(self.users)
        place = works_at.place if works_at else rng.choice(words.CITIES[country])
        values["name"] = f"{given} {family}"
        party = Party(created, owner, values, country, place, works_at)
        if works_at:
            works_at.people.append(party)
        return party

    def _phone(self, country: str, *, mobile: bool) -> str:
        area = (
            self.rng.choice(("170", "151", "176")) if mobile else self.rng.choice(("30", "40", "221", "381"))
        )
        return f"{words.DIAL[country]}{area}555{self.rng.randint(1000, 9999)}"

    def address(self, party: Party) -> dict[str, str]:
        street = self.rng.choice(words.STREETS.split()).replace("_", " ")
        city, postcode = party.place
        house = self.rng.randint(1, 120)
        return {
            "street": f"{street} {house}",
            "postcode": postcode,
            "city": city,
            "region": "",
            "country": party.country,
        }
