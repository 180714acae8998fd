"""When two people or organizations are probably the same."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.kernel.duplicates.comparison import (
    Comparison,
    Facts,
    Score,
    Values,
    common,
    domain_of,
    first,
    normal_email,
)
from rapport.kernel.duplicates.nicknames import are_nicknames, on_paper
from rapport.kernel.duplicates.texts import begins_alike, digits_of, is_misspelled, plain, sound_of, words_of
from rapport.kernel.records.base import Record
from rapport.parties.legal_forms import without_legal_form
from rapport.parties.models import ContactPoint, Party, PartyAddress
from rapport.parties.name_words import PUBLIC_DOMAINS, TITLES
from rapport.parties.names import is_shared, split_name

_STREET = re.compile(r"(strasse|str\b|straße)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
PARTY = ("id", "name", "given_name", "family_name", "email", "phone", "mobile", "website", "city", "birthday",
         "organization_id", "vat_number")  # fmt: skip


class PartyComparison(Comparison):
    """What people and organizations have in common: ways to reach them, and addresses."""

    def facts_of(self, ids: Sequence[UUID]) -> dict[UUID, Facts]:
        rows = Party.objects.filter(pk__in=ids, deleted_at=None, kind=self.kind.kind).values(*PARTY)
        raw: dict[UUID, dict[str, Any]] = {
            row["id"]: {**row, "contact_points": [], "addresses": []} for row in rows
        }
        points = ContactPoint.objects.filter(party_id__in=raw.keys())
        for key, kind, value in points.values_list("party_id", "kind", "value"):
            raw[key]["contact_points"].append({"kind": kind, "value": value})
        places = PartyAddress.objects.filter(party_id__in=raw.keys())
        for key, address in places.values_list("party_id", "address"):
            raw[key]["addresses"].append({"address": address})
        return {key: self.of_values(row) for key, row in raw.items()}

    def of_record(self, record: Record) -> Facts:
        return self.facts_of([record.pk]).get(record.pk, {})

    def of_values(self, values: Values) -> Facts:
        found: dict[str, Any] = {"email": {}, "shared": {}, "phone": {}, "domain": {}}
        for kind in ("email", "phone", "mobile"):
            if said := values.get(kind):
                self._take_contact(found, kind, str(said))
        for row in values.get("contact_points", ()):
            self._take_contact(found, str(row.get("kind") or ""), str(row.get("value") or ""))
        if website := values.get("website"):
            found["domain"][domain_of(str(website))] = None
        self._take_places(found, values)
        if vat := plain(str(values.get("vat_number") or "")).replace(" ", ""):
            found["number"] = [vat]
        self.name_facts(found, values)
        return {name: list(said) for name, said in found.items() if said}

    def name_facts(self, found: dict[str, Any], values: Values) -> None:
        found["name"] = [str(values.get("name") or "")]

    def _take_contact(self, found: dict[str, Any], kind: str, value: str) -> None:
        if kind == "email" and "@" in value:
            address = normal_email(value)
            found["shared" if is_shared(value) else "email"][address] = None
            if (domain := domain_of(value)) not in PUBLIC_DOMAINS:
                found["domain"][domain] = None
        elif kind in ("phone", "mobile") and len(digits := digits_of(value)) > 5:
            found["phone"][digits[-9:]] = None
        elif kind == "web":
            found["domain"][domain_of(value)] = None

    def _take_places(self, found: dict[str, Any], values: Values) -> None:
        places: list[Values] = [row.get("address") or {} for row in values.get("addresses", ())]
        if isinstance(values.get("address"), dict):
            places.append(values["address"])
        cities = {plain(str(values.get("city") or "")): None}
        postcodes: dict[str, None] = {}
        streets: dict[str, None] = {}
        for place in places:
            cities[plain(str(place.get("city") or ""))] = None
            postcodes[plain(str(place.get("postal_code") or "")).replace(" ", "")] = None
            streets[normal_street(str(place.get("street") or ""))] = None
        found["city"] = [one for one in cities if one]
        found["postcode"] = [one for one in postcodes if one]
        found["street"] = [one for one in streets if one]

    # -- what both kinds weigh alike ----------------------------------------------------------------------------
    def place_score(self, found: Score, one: Facts, other: Facts) -> None:
        near = common(one, other, "city") or common(one, other, "postcode")
        if common(one, other, "street") and (near or not one.get("city") or not other.get("city")):
            found.add(36 if common(one, other, "postcode") else 26, "same_street")
        elif common(one, other, "postcode"):
            found.add(10, "same_postcode")
        elif common(one, other, "city"):
            found.add(5, "same_city")
        elif one.get("city") and other.get("city") and not near and "same_organization" not in found.reasons:
            found.add(-8)


class PersonComparison(PartyComparison):
    """People: their name in all its forms, ways to reach them, birthday, where they live and work."""

    said: str | Promise = _("name, e-mail addresses, phone numbers, birthday, address and organization")

    def name_facts(self, found: dict[str, Any], values: Values) -> None:
        given, family = str(values.get("given_name") or ""), str(values.get("family_name") or "")
        if not given and not family and values.get("name"):
            name = split_name(str(values["name"]))
            given, family = name.given, name.family
        found["given"] = [word for word in words_of(given) if word not in TITLES]
        found["family"] = [word for word in words_of(family) if word not in TITLES]
        if values.get("birthday"):
            found["birthday"] = [str(values["birthday"])[:10]]
        company = values.get("organization_id") or values.get("organization")
        if company:
            found["organization"] = [str(getattr(company, "pk", company))]

    def keys(self, facts: Facts) -> set[str]:
        found = {f"{name}:{one}" for name in ("email", "phone") for one in facts.get(name, ())}
        names, rough = _name_keys(facts), _rough(facts)
        near = [f"{name}:{one}" for name in ("organization", "street", "birthday", "postcode", "shared", "domain")
                for one in facts.get(name, ())]  # fmt: skip
        near += [f"year:{one[:4]}" for one in facts.get("birthday", ())]
        found |= {f"{name}|{place}" for name in names for place in near}
        sure = [
            f"{name}:{one}" for name in ("organization", "street", "birthday") for one in facts.get(name, ())
        ]
        return found | {f"{name}|{place}" for name in rough for place in sure}

    def loose_keys(self, facts: Facts) -> set[str]:
        return set(_name_keys(facts))

    def score(self, one: Facts, other: Facts) -> Score:
        found = Score()
        name = _name_score(found, one, other)
        if common(one, other, "email"):
            found.add(62, "same_email")
        elif common(one, other, "shared"):
            found.add(14, "shared_email")
        elif _similar_email(one, other) and name > 0:
            found.add(16, "similar_email")
        if common(one, other, "phone"):
            found.add(36, "same_phone")
        self._birthday(found, first(one, "birthday"), first(other, "birthday"))
        if common(one, other, "organization"):
            found.add(32, "same_organization")
        elif common(one, other, "domain") and "same_email" not in found.reasons:
            found.add(14, "same_domain")
        self.place_score(found, one, other)
        is_sure = {"same_email", "same_birthday"} & set(found.reasons)
        if name <= -30 or (name < 0 and not is_sure):
            found.points = min(found.points, 55)  # different people of one household or mailbox
        if "same_email" in found.reasons:
            found.points = max(found.points, 32)  # worth a look whatever the name
        return found.done()

    def _birthday(self, found: Score, one: str, other: str) -> None:
        if not one or not other:
            return
        if one == other:
            found.add(36, "same_birthday")
        elif sorted(one) == sorted(other) or sum(a != b for a, b in zip(one, other, strict=False)) == 1:
            found.add(20, "similar_birthday")
        else:
            found.add(-28)


class OrganizationComparison(PartyComparison):
    """Organizations: name without the legal form, domain, telephone, address, official number."""

    said: str | Promise = _("name without legal form, web domain, phone numbers, address and VAT number")

    def name_facts(self, found: dict[str, Any], values: Values) -> None:
        found["name"] = without_legal_form(words_of(str(values.get("name") or "")))

    def keys(self, facts: Facts) -> set[str]:
        found = {f"{name}:{one}" for name in ("email", "shared", "phone", "domain", "number")
                 for one in facts.get(name, ())}  # fmt: skip
        words = facts.get("name", ())
        sounds = {sound_of(word) for word in words if len(word) > 2} - {""}
        near = [f"{name}:{one}" for name in ("city", "postcode", "street") for one in facts.get(name, ())]
        found |= {f"w:{sound}|{place}" for sound in sounds for place in near}
        return found | {f"n:{text}" for text in _whole(words)}

    def loose_keys(self, facts: Facts) -> set[str]:
        words = [word for word in facts.get("name", ()) if len(word) > 2][:2]
        return {f"w:{sound_of(word)}" for word in words[:1]} | {
            f"ww:{'|'.join(sorted(map(sound_of, words)))}"
        }

    def score(self, one: Facts, other: Facts) -> Score:
        found = Score()
        alike = _company_score(found, one.get("name", ()), other.get("name", ()))
        if common(one, other, "number"):
            found.add(60, "same_number")
        elif one.get("number") and other.get("number"):
            found.add(-30)
        if common(one, other, "domain"):
            found.add(30, "same_domain")
        if common(one, other, "email") or common(one, other, "shared"):
            found.add(24, "same_email")
        if common(one, other, "phone"):
            found.add(30, "same_phone")
        self.place_score(found, one, other)
        if alike < 0:
            found.points = min(found.points, 55)
        return found.done()


# -- names of people ----------------------------------------------------------------------------------------------
def _name_keys(facts: Facts) -> list[str]:
    """How the name sounds, with every name on paper behind a short form, in either order of its parts."""
    family = sound_of("".join(facts.get("family", ())))
    given = facts.get("given", ())
    if not family or not given:
        return [f"n:{family or sound_of(first(facts, 'given'))}"] if family or given else []
    sounds = {sound_of(name) for name in on_paper(given[0])}
    return ["n:" + "|".join(sorted((family, sound))) for sound in sorted(sounds)]


def _rough(facts: Facts) -> list[str]:
    """What survives a slip in one half of the name: the sound of the other half."""
    family, given = "".join(facts.get("family", ())), first(facts, "given")
    names = {sound_of(name) for name in (on_paper(given) if given else ())} | {sound_of(family)}
    return [f"r:{name}" for name in sorted(names) if name]


def _name_score(found: Score, one: Facts, other: Facts) -> int:
    """Points for the names, the reason noted; negative when these are two people."""
    left = (tuple(one.get("given", ())), tuple(one.get("family", ())))
    right = (tuple(other.get("given", ())), tuple(other.get("family", ())))
    if not any(left) or not any(right):
        return 0
    points, reason = _names(left, right)
    swapped, _reason = _names(left, (right[1], right[0]))
    if swapped > max(points, 0):
        points, reason = min(swapped, 32), _reason if _reason == "initial" else "swapped"
    found.add(points, reason)
    return points


Half = tuple[str, ...]


def _names(one: tuple[Half, Half], other: tuple[Half, Half]) -> tuple[int, str]:
    given, how = _half(one[0], other[0], is_given=True)
    family, how_family = _half(one[1], other[1], is_given=False)
    if given == family == 3:
        return 36, "same_name"
    if "initial" in (how, how_family) and given > 0 and family > 0:
        return 24, "initial"
    if how == "initial":
        return (24, "initial") if family > 0 else (-40, "")
    if given > 0 and family > 0:
        weakest = how if given < family else how_family
        return {3: 36, 2: 32, 1: 28}[min(given, family)] - (4 if given + family == 2 else 0), weakest
    if given == 0 or family == 0:  # one half is not known
        known = max(given, family)
        return (12, "part_of_name") if known > 0 else (-30, "") if min(given, family) < 0 else (0, "")
    if given == 3 and family < 0:
        return -4, ""  # who has married keeps the first name
    return (-30, "") if family > 0 else (-45, "")


def _half(one: Half, other: Half, *, is_given: bool) -> tuple[int, str]:
    """How alike one half of the name is: 3 the same, 2 a form of it, 1 nearly, 0 not known, -1 another."""
    if not one or not other:
        return 0, ""
    left, right = "".join(one), "".join(other)
    if left == right:
        return 3, "same_name"
    if is_given:
        if min(len(left), len(right)) == 1 or (min(map(len, (*one, *other))) == 1 and left[0] == right[0]):
            return (1, "initial") if left[0] == right[0] else (-1, "")
        if any(are_nicknames(a, b) or a == b for a in one for b in other) or begins_alike(left, right):
            return 2, "nickname"
    elif min(len(left), len(right)) == 1 and left[0] == right[0]:
        return 1, "initial"
    elif set(one) & set(other) and max(len(one), len(other)) > 1:
        return 2, "part_of_name"  # a double name
    if is_misspelled(left, right):
        return 1, "misspelled"
    if sound_of(left) == sound_of(right) and len(sound_of(left)) > 1 and left[0] == right[0]:
        return 1, "sounds"
    return -1, ""


def _similar_email(one: Facts, other: Facts) -> bool:
    """The same mailbox at another provider, or a slip in the address."""
    for left in one.get("email", ()):
        for right in other.get("email", ()):
            local, _at, domain = left.partition("@")
            local_too, _at, domain_too = right.partition("@")
            if local == local_too and len(local) > 6:
                return True
            if domain == domain_too and len(local) > 5 and is_misspelled(local, local_too):
                return True
    return False


# -- names of organizations ---------------------------------------------------------------------------------------
def _whole(words: Sequence[str]) -> list[str]:
    """The whole name, written together and in sounds."""
    glued = "".join(sorted(words))
    return [glued, " ".join(sorted(sound_of(word) or word for word in words))] if len(glued) > 2 else []


def _company_score(found: Score, one: Sequence[str], other: Sequence[str]) -> int:
    if not one or not other:
        return 0
    points, reason = _company(one, other)
    found.add(points, reason)
    return points


def _company(one: Sequence[str], other: Sequence[str]) -> tuple[int, str]:
    if sorted(one) == sorted(other) or "".join(one) == "".join(other):
        return 46, "same_name"
    left, right = [word for word in one if word not in other], [word for word in other if word not in one]
    if _NUMBER.findall(" ".join(left)) != _NUMBER.findall(" ".join(right)):
        return -30, ""  # "Depot 4" and "Depot 5"
    if len(left) == len(right) and all(
        is_misspelled(a, b) or begins_alike(a, b) for a, b in zip(sorted(left), sorted(right), strict=True)
    ):
        return 38, "misspelled"
    if is_misspelled("".join(one), "".join(other)):
        return 38, "misspelled"
    if [sound_of(word) for word in sorted(left)] == [sound_of(word) for word in sorted(right)]:
        return 32, "sounds"
    if (not left or not right) and len(set(one) & set(other)) >= 1:
        return 22, "part_of_name"
    shared = sum(len(word) for word in set(one) & set(other))
    return (4, "") if shared * 2 > sum(map(len, one)) else (-30, "")


def normal_street(street: str) -> str:
    """Street and number for comparing: "Hauptstraße 5", "Hauptstr. 5" and "Haupt-Str. 5" are one."""
    bare = _STREET.sub("str", street.replace(".", " ").replace("-", ""))
    return "".join(words_of(bare)).replace("strasse", "str").replace("street", "st").replace("road", "rd")
