"""How well and how fast duplicates are found: a seeded company of which 5 % are there twice, in disturbed copies.

    python -m bench.duplicates 100000

Fills the (empty, migrated) database of RAPPORT_DATABASE_URL, works the list out, compares it with what is known, and
times the check while typing. The namesakes, couples, fathers and sons, colleagues behind one switchboard number and
shared mailboxes that every company has are in it, too: they are no duplicates.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from rapport.demo import words  # noqa: E402
from rapport.kernel.duplicates.comparison import comparison_of  # noqa: E402
from rapport.kernel.duplicates.models import DuplicatePair  # noqa: E402
from rapport.kernel.duplicates.nicknames import _LINES  # noqa: E402
from rapport.kernel.duplicates.pairs import fingerprint_all, rebuild  # noqa: E402
from rapport.kernel.duplicates.store import candidates  # noqa: E402
from rapport.kernel.registry import type_by_key  # noqa: E402
from rapport.runtime.ids import uuid7  # noqa: E402

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
SHORT = {line.split()[0]: line.split()[1:] for line in _LINES.strip().splitlines() if len(line.split()) > 1}


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


def fill(size: int) -> dict[str, set[tuple[UUID, UUID]]]:
    """Write them past the triggers, with what the triggers would have written; return the pairs that are the same."""
    truth: dict[str, set[tuple[UUID, UUID]]] = {"people": set(), "organizations": set()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica; truncate kernel_record cascade;"
                       " create temporary table made (like parties_party including defaults) on commit drop;"
                       " create temporary table place (party uuid, address jsonb) on commit drop")  # fmt: skip
        columns = ("id, kind, name, is_name_guessed, salutation, academic_title, given_name, family_name, position,"
                   " industry, stage, email, phone, mobile, website, city, country, language, legal_form, vat_number,"
                   " about, tags, source, origin, origin_detail, created_at, changed_at, version, custom,"
                   " organization_id, birthday")  # fmt: skip
        rows, places = [], []
        for one in everybody(size):
            rows.append(_line(one))
            if one.city:
                places.append((one.id, json.dumps({"street": one.street, "postal_code": one.postcode,
                                                   "city": one.city, "country": "DE"})))  # fmt: skip
            if one.same is not None:
                key = "people" if one.kind == "person" else "organizations"
                truth[key].add((min(one.id, one.same), max(one.id, one.same)))
        with cursor.copy(f"copy parties_party ({columns}) from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        with cursor.copy("copy place from stdin") as copy:
            for place in places:
                copy.write_row(place)
        cursor.execute(FOLLOWING)
    with connection.cursor() as cursor:
        cursor.execute("analyze parties_party; analyze parties_contactpoint; analyze parties_partyaddress;"
                       " analyze kernel_record")  # fmt: skip
    return truth


def _line(one: Someone) -> tuple[object, ...]:
    now = "2026-01-01 00:00:00+00"
    return (one.id, one.kind, one.called, False, "", "", one.given, one.family, "", "", "lead", one.email, one.phone,
            one.mobile, one.website, one.city, "DE", "de", "", one.vat, "", [], "", "page", "", now, now, 1, "{}",
            one.organization, one.birthday)  # fmt: skip


FOLLOWING = """
insert into kernel_record (id, type, title, rank_at)
select id, case kind when 'person' then 'people' else 'organizations' end, name, created_at from parties_party;
insert into parties_contactpoint (id, party_id, kind, value, normalized, purpose, is_primary)
select kernel_uuid7(), p.id, c.kind, c.value, parties_normalized(c.kind, c.value), 'work', true
from parties_party p
cross join lateral (values ('email', p.email), ('phone', p.phone), ('mobile', p.mobile)) as c (kind, value)
where c.value <> '';
insert into parties_partyaddress (id, party_id, purpose, address, is_primary)
select kernel_uuid7(), party, 'work', address, true from place
"""


def measure(key: str, truth: set[tuple[UUID, UUID]]) -> None:
    kind = type_by_key(key)
    comparison = comparison_of(kind) if kind is not None else None
    if kind is None or comparison is None:
        return
    began = time.perf_counter()
    fingerprint_all(comparison)
    fingerprinted = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("analyze kernel_fingerprint")
    rebuild(kind)
    took = time.perf_counter() - fingerprinted
    listed = set(DuplicatePair.objects.filter(type=key).values_list("first_id", "second_id"))
    hits = len(listed & truth)
    print(
        f"{key}: {kind.model.objects.count()} records, {len(truth)} disturbed copies, {len(listed)} pairs listed"
    )
    print(
        f"  recall {100 * hits / max(1, len(truth)):.1f} %, precision {100 * hits / max(1, len(listed)):.1f} %"
    )
    print(f"  fingerprints {fingerprinted - began:.0f} s, the whole list (with them once more) {took:.0f} s")
    _say_some("missed", truth - listed, comparison)
    _say_some("wrong", listed - truth, comparison)
    _time_checks(key, truth)


def _say_some(what: str, pairs: set[tuple[UUID, UUID]], comparison: object) -> None:
    if "-v" not in sys.argv:
        return
    for one, other in sorted(pairs)[:400:20]:
        facts = comparison.facts_of([one, other])  # type: ignore[attr-defined]
        score = comparison.score(facts[one], facts[other])  # type: ignore[attr-defined]
        print(what, score.points, score.reasons, json.dumps(facts[one], ensure_ascii=False), "|",
              json.dumps(facts[other], ensure_ascii=False))  # fmt: skip


def _time_checks(key: str, truth: set[tuple[UUID, UUID]]) -> None:
    from rapport.accounts.models import Role, User
    from rapport.kernel.duplicates.check import matches_of

    kind = type_by_key(key)
    comparison = comparison_of(kind) if kind is not None else None
    if comparison is None:
        return
    user = User.objects.filter(email="bench@example.com").first() or User.objects.create_user(
        "bench@example.com", None, name="Bench"
    )
    user.roles.set([Role.objects.get(key="administrator")])
    user = User.objects.get(pk=user.pk)
    times, found, looked = [], 0, []
    for one, other in random.Random(3).sample(sorted(truth), min(300, len(truth))):
        facts = comparison.facts_of([other])[other]
        began = time.perf_counter()
        matches = matches_of(comparison, facts, by=user, without=[other])
        times.append(1000 * (time.perf_counter() - began))
        found += one in [match.record.pk for match in matches]
        looked.append(len(candidates(comparison, facts)))
    times.sort()
    print(f"  check: median {statistics.median(times):.1f} ms, 95 % {times[int(len(times) * 0.95)]:.1f} ms,"
          f" longest {times[-1]:.1f} ms; {100 * found / len(times):.1f} % found among the first five;"
          f" {statistics.mean(looked):.0f} candidates on average")  # fmt: skip


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    began = time.perf_counter()
    truth = fill(size)
    print(f"filled in {time.perf_counter() - began:.0f} s")
    for key, pairs in truth.items():
        measure(key, pairs)


if __name__ == "__main__":
    main()
