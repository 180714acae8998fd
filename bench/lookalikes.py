"""A seeded company of which 5 % are there twice, in disturbed copies that a person would still recognize.

The namesakes, couples, fathers and sons, colleagues behind one switchboard number and shared mailboxes that every
company has are in it, too: they are no duplicates.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from rapport.demo import words
from rapport.kernel.duplicates.nicknames import LINES
from rapport.runtime.ids import uuid7

GIVEN = sorted({name for names in words.GIVEN.values() for name in names.split()})
STEMS = sorted({name for names in words.FAMILY.values() for name in names.split()})
ENDINGS = (
    "",
    "",
    "",
    "er",
    "mann",
    "berg",
    "feld",
    "stein",
    "bach",
    "hofer",
    "lein",
    "sen",
    "ski",
    "brink",
    "haus",
)
TRADES = (
    "Bau",
    "Technik",
    "Logistik",
    "Werke",
    "Handel",
    "Systeme",
    "Druck",
    "Elektro",
    "Cycles",
    "Foods",
    "Consulting",
)
FORMS = ("GmbH", "AG", "GmbH & Co. KG", "KG", "Ltd", "e.K.", "UG", "SE", "Inc.")
CITIES = [(city, code) for places in words.CITIES.values() for city, code in places]
STREETS = ("Hauptstraße", "Bahnhofstraße", "Gartenweg", "Lindenallee", "Am Markt", "Schulstraße", "Ringstraße",
           "Kirchgasse", "Feldweg", "Goethestraße", "Mühlenweg", "Rosenstraße", "Hafenstraße", "Bergweg")  # fmt: skip
FREE = ("gmail.com", "web.de", "gmx.de", "outlook.com", "t-online.de", "yahoo.com")
SHORT = {line.split()[0]: line.split()[1:] for line in LINES.strip().splitlines() if len(line.split()) > 1}


@dataclass
class Someone:
    """One row of the table of parties."""

    kind: str = "person"
    given: str = ""
    family: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""
    website: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    birthday: date | None = None
    organization: UUID | None = None
    vat: str = ""
    id: UUID = field(default_factory=uuid7)
    same: UUID | None = None

    @property
    def called(self) -> str:
        return self.name or " ".join(one for one in (self.given, self.family) if one)


class Company:
    """Makes up people and organizations; the same seed makes the same ones."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self.organizations: list[Someone] = []

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def number(self) -> str:
        return (
            f"+49{self.random.choice(('30', '89', '40', '221', '711'))}{self.random.randrange(10**6, 10**8)}"
        )

    def place(self, one: Someone) -> None:
        city, code = self.random.choice(CITIES)
        one.city = city
        one.postcode = code[:3] + f"{self.random.randrange(100):02}" if code[:3].isdigit() else code
        one.street = f"{self.random.choice(STREETS)} {self.random.randrange(1, 180)}"

    def organization(self, number: int) -> Someone:
        stem = self.random.choice(STEMS) + self.random.choice(ENDINGS)
        name = f"{stem} {self.random.choice(TRADES)}"
        one = Someone("organization", name=f"{name} {self.random.choice(FORMS)}")
        self.place(one)
        site = f"{_ascii(name).replace(' ', '-')}-{number}.example"
        if self.chance(0.8):
            one.website = f"https://www.{site}"
        if self.chance(0.7):
            one.email = f"info@{site}"
        if self.chance(0.8):
            one.phone = self.number()
        if self.chance(0.3):
            one.vat = f"DE{self.random.randrange(10**8, 10**9)}"
        if not _can_be_known(one, one):
            one.phone = self.number()
        self.organizations.append(one)
        return one

    def person(self) -> Someone:
        one = Someone(
            given=self.random.choice(GIVEN), family=self.random.choice(STEMS) + self.random.choice(ENDINGS)
        )
        works = self.random.choice(self.organizations) if self.chance(0.7) else None
        local = f"{_ascii(one.given)}.{_ascii(one.family)}"
        if works is not None:
            one.organization = works.id
            site = works.website.removeprefix("https://www.")
            if site and self.chance(0.85):
                one.email = f"{local}{self.random.choice(('', '', self.random.randrange(99)))}@{site}"
            if works.phone and self.chance(0.25):
                one.phone = works.phone  # the switchboard
            elif self.chance(0.5):
                one.phone = self.number()
        elif self.chance(0.8):
            one.email = f"{local}{self.random.randrange(10_000)}@{self.random.choice(FREE)}"
        if self.chance(0.45):
            one.mobile = f"+4917{self.random.randrange(10**8, 10**9)}"
        if self.chance(0.6):
            self.place(one)
        if self.chance(0.5):
            one.birthday = date(1940, 1, 1) + timedelta(days=self.random.randrange(25_000))
        if not _can_be_known(one, one):
            one.mobile = f"+4917{self.random.randrange(10**8, 10**9)}"
        return one

    def neighbor(self, one: Someone) -> Someone:
        """Somebody who has much in common with that one and is another: a partner, or a son of the same name."""
        landline = one.phone if one.organization is None else self.number()
        other = Someone(
            family=one.family, street=one.street, postcode=one.postcode, city=one.city, phone=landline
        )
        if self.chance(0.15) and one.birthday:
            other.given = one.given
            other.birthday = one.birthday + timedelta(days=9000 + self.random.randrange(3000))
        else:
            other.given = self.random.choice([name for name in GIVEN if name[0] != one.given[0]])
            if self.chance(0.5):
                other.birthday = date(1950, 1, 1) + timedelta(days=self.random.randrange(20_000))
        other.mobile = f"+4917{self.random.randrange(10**8, 10**9)}"
        return other

    # -- copies -----------------------------------------------------------------------------------------------
    def typo(self, word: str) -> str:
        if len(word) < 4:
            return word
        place = self.random.randrange(1, len(word) - 1)
        what = self.random.randrange(4)
        letter = self.random.choice("aeinrstlmo")
        if what == 0:
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        if what == 1:
            return word[:place] + word[place + 1 :]
        if what == 2:
            return word[:place] + letter + word[place:]
        return word[:place] + letter + word[place + 1 :]

    def copy_of(self, one: Someone) -> Someone:
        """The same once more, as somebody else enters it: two to four disturbances, and still to be recognized."""
        deeds = PERSON_DEEDS if one.kind == "person" else ORGANIZATION_DEEDS
        while True:
            other = replace(one, id=uuid7(), same=one.id)
            for deed in self.random.sample(deeds, self.random.randrange(2, 5)):
                getattr(self, f"_{deed}")(other)
            if _can_be_known(one, other):
                return other

    def _typo_family(self, one: Someone) -> None:
        one.family = self.typo(one.family)

    def _typo_given(self, one: Someone) -> None:
        one.given = self.typo(one.given)

    def _nickname(self, one: Someone) -> None:
        one.given = self.random.choice(SHORT.get(one.given.lower(), [one.given])).capitalize()

    def _initial(self, one: Someone) -> None:
        one.given = f"{one.given[0]}."

    def _swapped(self, one: Someone) -> None:
        one.given, one.family = one.family, one.given

    def _umlaut(self, one: Someone) -> None:
        for old, new in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
            one.family, one.given = one.family.replace(old, new), one.given.replace(old, new)
            one.name, one.street = one.name.replace(old, new), one.street.replace(old, new)

    def _capitals(self, one: Someone) -> None:
        one.family, one.name = one.family.upper(), one.name.upper()

    def _no_email(self, one: Someone) -> None:
        one.email = ""

    def _other_email(self, one: Someone) -> None:
        one.email = (
            f"{_ascii(one.called).replace(' ', '.')}{self.random.randrange(99)}@{self.random.choice(FREE)}"
        )

    def _no_phone(self, one: Someone) -> None:
        one.phone = ""

    def _other_mobile(self, one: Someone) -> None:
        one.mobile = f"+4917{self.random.randrange(10**8, 10**9)}"

    def _phone_for_mobile(self, one: Someone) -> None:
        one.phone, one.mobile = one.mobile, ""

    def _no_birthday(self, one: Someone) -> None:
        one.birthday = None

    def _day_for_month(self, one: Someone) -> None:
        if one.birthday and one.birthday.day <= 12:
            one.birthday = date(one.birthday.year, one.birthday.day, one.birthday.month)

    def _no_organization(self, one: Someone) -> None:
        one.organization = None

    def _short_street(self, one: Someone) -> None:
        one.street = one.street.replace("straße", "str.")

    def _no_address(self, one: Someone) -> None:
        one.street = one.postcode = one.city = ""

    def _moved(self, one: Someone) -> None:
        self.place(one)

    def _other_form(self, one: Someone) -> None:
        for form in FORMS:
            one.name = one.name.removesuffix(f" {form}")
        one.name += self.random.choice(("", "", *(f" {form}" for form in FORMS)))

    def _typo_name(self, one: Someone) -> None:
        first, _space, rest = one.name.partition(" ")
        one.name = f"{self.typo(first)} {rest}"

    def _no_website(self, one: Someone) -> None:
        one.website = ""


PERSON_DEEDS = ["typo_family", "typo_given", "nickname", "initial", "swapped", "umlaut", "capitals", "no_email",
                "other_email", "no_phone", "other_mobile", "phone_for_mobile", "no_birthday", "day_for_month",
                "no_organization", "short_street", "no_address", "moved"]  # fmt: skip
ORGANIZATION_DEEDS = ["other_form", "other_form", "typo_name", "umlaut", "capitals", "no_email", "no_phone",
                      "short_street", "no_address", "no_website", "moved"]  # fmt: skip


def _ascii(said: str) -> str:
    for old, new in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        said = said.lower().replace(old, new)
    return said.encode("ascii", "ignore").decode().replace("'", "").replace(".", "")


def _can_be_known(one: Someone, other: Someone) -> bool:
    """A person would say that these are the same: one thing that few share has stayed."""
    if one.kind == "organization":
        return bool(
            (one.website and one.website == other.website) or (one.email and one.email == other.email)
            or (one.phone and one.phone == other.phone) or (one.vat and one.vat == other.vat)
            or (one.street and one.street[:6] == other.street[:6] and one.city == other.city)
        )  # fmt: skip
    numbers = {one.phone, one.mobile} & {other.phone, other.mobile} - {""}
    return bool(
        (one.email and one.email == other.email) or numbers
        or (one.birthday and one.birthday == other.birthday)
        or (one.street and one.street[:6] == other.street[:6] and one.postcode == other.postcode)
        or (one.organization and one.organization == other.organization)
    )  # fmt: skip


def everybody(size: int) -> Iterator[Someone]:
    company = Company()
    for number in range(size // 10):
        one = company.organization(number)
        yield one
        if company.chance(0.05):
            yield company.copy_of(one)
    for _number in range(size - size // 10):
        one = company.person()
        yield one
        if company.chance(0.05):
            yield company.copy_of(one)
        elif company.chance(0.03) and one.street:
            yield company.neighbor(one)
