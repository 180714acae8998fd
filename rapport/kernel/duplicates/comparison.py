"""What makes two records of a type alike: facts of each, keys under which they meet, a score with its reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.kernel.duplicates.texts import digits_of, key_of, plain, sound_of, words_of
from rapport.kernel.fields import Email, Link, Phone, Text, Web
from rapport.kernel.records.base import Record
from rapport.kernel.registry import RecordType

Facts = Mapping[str, Sequence[str]]  # what is compared, by its name: every fact may have several values
Values = Mapping[str, Any]  # Any: each field type has its own values

LISTED = 60  # from here on a pair stands in the work list
SHOWN = 28  # from here on a record is shown while typing

REASONS: dict[str, str | Promise] = {
    "same_name": _("same name"),
    "nickname": _("a short form of the name"),
    "swapped": _("first and last name swapped"),
    "misspelled": _("name spelled almost alike"),
    "sounds": _("name sounds alike"),
    "initial": _("initial fits"),
    "part_of_name": _("part of the name"),
    "same_email": _("same e-mail address"),
    "shared_email": _("same e-mail address of a department"),
    "similar_email": _("e-mail address almost alike"),
    "same_phone": _("same phone number"),
    "same_birthday": _("same birthday"),
    "similar_birthday": _("birthday almost alike"),
    "same_street": _("same street"),
    "same_postcode": _("same postcode"),
    "same_city": _("same city"),
    "same_organization": _("same organization"),
    "same_domain": _("same web domain"),
    "same_number": _("same official number"),
    "same_link": _("linked with the same record"),
}
# The fields whose values a reason gives away; who may not read one of them does not get the reason.
TELLS: dict[str, tuple[str, ...]] = {
    "same_email": ("email",),
    "shared_email": ("email",),
    "similar_email": ("email",),
    "same_phone": ("phone", "mobile"),
    "same_birthday": ("birthday",),
    "similar_birthday": ("birthday",),
    "same_street": ("city",),
    "same_postcode": ("city",),
    "same_city": ("city",),
    "same_organization": ("organization",),
    "same_domain": ("website", "email"),
    "same_number": ("vat_number",),
}


@dataclass
class Score:
    """How sure it is that two records are the same (0 to 100), and why."""

    points: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, points: int, reason: str = "") -> None:
        self.points += points
        if reason and reason not in self.reasons:
            self.reasons.append(reason)

    def done(self) -> "Score":
        self.points = max(0, min(100, self.points))
        return self


def in_words(reasons: Iterable[str]) -> list[str]:
    """The reasons as words for people, e.g. "same phone number"."""
    return [str(REASONS[one]) for one in reasons if one in REASONS]


class Comparison:
    """What is compared of the records of one type; areas that know their type better inherit from it.

    This plain one, which every type has until its area declares another, takes the name, e-mail addresses, phone
    numbers, web addresses and links that the fields of the type hold.
    """

    said: str | Promise = _("name, e-mail addresses, phone numbers, web addresses and links")

    def __init__(self, kind: RecordType) -> None:
        self.kind = kind

    # -- facts ------------------------------------------------------------------------------------------------
    def facts_of(self, ids: Sequence[UUID]) -> dict[UUID, Facts]:
        """The facts of these records, as far as they are not in the trash; set-based."""
        rows = self.kind.model.objects.filter(pk__in=ids, deleted_at=None)
        return {record.pk: self.of_record(record) for record in rows}

    def of_record(self, record: Record) -> Facts:
        return self.of_values({name: one.raw(record) for name, one in self.kind.fields.items()})

    def of_values(self, values: Values) -> Facts:
        """The facts of a record that is being written: typed values by field name, rows of parts by their key."""
        found: dict[str, list[str]] = {"name": [str(values.get(self.kind.title) or "")]}
        for name, one in self.kind.fields.items():
            value = values.get(name)
            if value is None or value == "" or not one.editable:
                continue
            if isinstance(one, Email):
                found.setdefault("email", []).append(normal_email(str(value)))
            elif isinstance(one, Phone):
                found.setdefault("phone", []).append(digits_of(str(value)))
            elif isinstance(one, Web):
                found.setdefault("domain", []).append(domain_of(str(value)))
            elif isinstance(one, Link):
                found.setdefault("link", []).append(f"{name}:{getattr(value, 'pk', value)}")
            elif isinstance(one, Text) and one.unique:
                found.setdefault("number", []).append(f"{name}:{plain(str(value))}")
        return {name: [one for one in said if one] for name, said in found.items() if any(said)}

    # -- keys -------------------------------------------------------------------------------------------------
    def keys(self, facts: Facts) -> set[str]:
        """Keys under which records that may be the same meet, strong enough for the work list."""
        words = tuple(sorted(words_of(first(facts, "name"))))
        found = {f"{name}:{one}" for name in ("email", "phone", "number") for one in facts.get(name, ())}
        name = " ".join(sound_of(word) or word for word in words)
        if name:
            found |= {f"nl:{name}|{one}" for one in facts.get("link", ())}
            found |= {f"nd:{name}|{one}" for one in facts.get("domain", ())}
        return found

    def loose_keys(self, facts: Facts) -> set[str]:
        """Keys that serve only the check while typing."""
        words = tuple(sorted(words_of(first(facts, "name"))))
        return {f"n:{' '.join(sound_of(word) or word for word in words)}"} if words else set()

    # -- score ------------------------------------------------------------------------------------------------
    def score(self, one: Facts, other: Facts) -> Score:
        """How alike two records are; a pure function of their facts."""
        found = Score()
        left, right = words_of(first(one, "name")), words_of(first(other, "name"))
        if left and sorted(left) == sorted(right):
            found.add(38, "same_name")
        elif left and right and [sound_of(word) for word in left] == [sound_of(word) for word in right]:
            found.add(28, "sounds")
        elif left and right:
            found.add(-30)
        if common(one, other, "number"):
            found.add(60, "same_number")
        if common(one, other, "email"):
            found.add(40, "same_email")
        if common(one, other, "phone"):
            found.add(30, "same_phone")
        if common(one, other, "domain"):
            found.add(15, "same_domain")
        links = common(one, other, "link")
        if links:
            found.add(min(30, 22 * len(links)), "same_link")
        elif one.get("link") and other.get("link"):
            found.add(-25)
        return found.done()


def first(facts: Facts, name: str) -> str:
    return next(iter(facts.get(name, ())), "")


def common(one: Facts, other: Facts, name: str) -> set[str]:
    """The values that both have of that fact."""
    left, right = one.get(name), other.get(name)
    return set(left) & set(right) if left and right else set()


def normal_email(address: str) -> str:
    """An address as its mailbox has it: lower case, without what stands behind a plus, at Gmail without dots."""
    local, _at, domain = address.strip().lower().partition("@")
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}" if domain else ""


def domain_of(address: str) -> str:
    """The domain of a web or e-mail address, without www."""
    host = address.strip().lower().rpartition("@")[2]
    host = host.partition("://")[2] or host
    return host.partition("/")[0].partition(":")[0].removeprefix("www.")


# -- which type is compared how ---------------------------------------------------------------------------------
_declared: dict[str, type[Comparison] | None] = {}


def compare(type_key: str, comparison: type[Comparison] | None) -> None:
    """Declare what is compared of that type; None: its records are never duplicates of each other."""
    _declared[type_key] = comparison


def comparison_of(kind: RecordType) -> Comparison | None:
    """How records of the type are compared, None when they are not."""
    chosen = _declared.get(kind.key, Comparison)
    return None if chosen is None else chosen(kind)


def hashed(texts: Iterable[str]) -> list[int]:
    return sorted({key_of(text) for text in texts})


def label_of(points: int) -> str | Promise:
    """How sure that is, in a word."""
    if points >= 85:
        return _("almost certain")
    return _("probable") if points >= LISTED else _("possible")
