"""When two people or organizations count as the same: a table of cases."""

from typing import Any

import pytest

from rapport.kernel.duplicates.comparison import LISTED, SHOWN, comparison_of
from rapport.kernel.registry import type_by_key


def _score(type_key: str, one: dict[str, Any], other: dict[str, Any]) -> tuple[int, list[str]]:
    kind = type_by_key(type_key)
    assert kind is not None
    comparison = comparison_of(kind)
    assert comparison is not None
    score = comparison.score(comparison.of_values(one), comparison.of_values(other))
    back = comparison.score(comparison.of_values(other), comparison.of_values(one))
    assert (score.points, sorted(score.reasons)) == (back.points, sorted(back.reasons)), "both ways alike"
    return score.points, score.reasons


ANNA = {"name": "Anna Müller", "email": "anna.mueller@halden.example", "phone": "+49 30 1234567"}
SAME_PEOPLE = [
    ("the same address", ANNA, {"name": "Anna Müller", "email": "ANNA.MUELLER@halden.example "}, "same_email"),
    ("a plus in the address", ANNA, {"name": "A. Müller", "email": "anna.mueller+crm@halden.example"}, "initial"),
    ("dots at Gmail", {"email": "anna.m@gmail.com"}, {"email": "annam@googlemail.com"}, "same_email"),
    ("a number written otherwise", ANNA, {"name": "Anna Mueller", "phone": "030 / 123 45 67"}, "same_phone"),
    ("first and last name swapped", ANNA, {"given_name": "Müller", "family_name": "Anna", "phone": "0301234567"},
     "swapped"),
    ("a short form", {"name": "Robert Klein", "birthday": "1970-02-03"},
     {"name": "Bob Klein", "birthday": "1970-02-03"}, "nickname"),
    ("a German short form", {"name": "Josef Huber", "phone": "+4989555123"},
     {"name": "Sepp Huber", "phone": "+4989555123"}, "nickname"),
    ("sounds alike", {"name": "Jan Meier", "phone": "+4940555666"}, {"name": "Jan Mayr", "phone": "+4940555666"},
     "sounds"),
    ("a slip of the pen", {"name": "Christian Schneider", "birthday": "1970-02-03"},
     {"name": "Christian Schnieder", "birthday": "1970-02-03"}, "misspelled"),
    ("day and month swapped", {"name": "Eva Lund", "birthday": "1970-02-03", "city": "Köln"},
     {"name": "Eva Lund", "birthday": "1970-03-02", "city": "Köln"}, "similar_birthday"),
    ("one street", {"name": "Eva Lund", "address": {"street": "Hauptstraße 5", "city": "Köln"}},
     {"name": "Eva Lund", "address": {"street": "Hauptstr. 5", "city": "Koeln"}}, "same_street"),
    ("after a marriage", {"name": "Eva Lund", "email": "eva@lund.example", "phone": "+4940555666"},
     {"name": "Eva Holm", "email": "eva@lund.example", "phone": "+4940555666"}, "same_email"),
]  # fmt: skip
OTHER_PEOPLE = [
    ("namesakes in one city", {"name": "Thomas Müller", "city": "Köln"}, {"name": "Thomas Müller", "city": "Köln"}),
    ("namesakes with two birthdays", {"name": "Thomas Müller", "birthday": "1970-02-03", "phone": "+4930111222"},
     {"name": "Thomas Müller", "birthday": "1999-12-24", "phone": "+4930111222"}),
    ("a couple", {"name": "Eva Lund", "email": "lund@web.example", "phone": "+4940555666"},
     {"name": "Karl Lund", "email": "lund@web.example", "phone": "+4940555666"}),
    ("colleagues", {"name": "Eva Lund", "phone": "+4940555666", "website": "x.example"},
     {"name": "Karl Holm", "phone": "+4940555666", "website": "x.example"}),
    ("a mailbox of a department", {"name": "Eva Lund", "email": "info@halden.example"},
     {"name": "Karl Holm", "email": "info@halden.example"}),
    ("nothing known", {}, {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("_what", "one", "other", "reason"), SAME_PEOPLE, ids=[one[0] for one in SAME_PEOPLE]
)
def test_the_same_person_is_found(
    _what: str, one: dict[str, Any], other: dict[str, Any], reason: str
) -> None:
    points, reasons = _score("people", one, other)
    assert points >= LISTED, (points, reasons)
    assert reason in reasons


@pytest.mark.parametrize(("_what", "one", "other"), OTHER_PEOPLE, ids=[one[0] for one in OTHER_PEOPLE])
def test_two_people_are_two(_what: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    points, reasons = _score("people", one, other)
    assert points < LISTED, (points, reasons)


def test_a_namesake_is_shown_while_typing_but_not_listed() -> None:
    points, reasons = _score("people", {"name": "Eva Lund"}, {"name": "Eva Lund", "city": "Köln"})
    assert SHOWN <= points < LISTED and reasons == ["same_name"]


HALDEN = {"name": "Halden Cycles GmbH & Co. KG", "website": "https://www.halden.example/shop", "city": "Köln"}
SAME_ORGANIZATIONS = [
    ("another legal form", HALDEN, {"name": "Halden Cycles", "website": "halden.example"}, "same_domain"),
    ("a mailbox of the domain", HALDEN, {"name": "Halden-Cycles AG", "email": "info@halden.example"}, "same_domain"),
    ("a slip", {"name": "Bäckerei Schneider", "phone": "+4922155512"},
     {"name": "Baeckerei Schnieder", "phone": "+4922155512"}, "misspelled"),
    ("the VAT number", {"name": "Nord AG", "vat_number": "DE 123 456 789"},
     {"name": "Nord Aktiengesellschaft", "vat_number": "DE123456789"}, "same_number"),
    ("a street", {"name": "Zur Post", "address": {"street": "Am Markt 1", "city": "Ulm"}},
     {"name": "Zur Post GmbH", "address": {"street": "am Markt 1", "city": "Ulm"}}, "same_street"),
]  # fmt: skip
OTHER_ORGANIZATIONS = [
    ("bakers of two cities", {"name": "Bäcker", "city": "Köln"}, {"name": "Bäcker", "city": "Bonn"}),
    ("two depots", {"name": "Depot 4", "city": "Köln", "website": "depot.example"},
     {"name": "Depot 5", "city": "Köln", "website": "depot.example"}),
    ("tenants of one house", {"name": "Halden Cycles", "address": {"street": "Am Markt 1", "city": "Ulm"}},
     {"name": "Kanzlei Schuster", "address": {"street": "Am Markt 1", "city": "Ulm"}}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("_what", "one", "other", "reason"), SAME_ORGANIZATIONS, ids=[one[0] for one in SAME_ORGANIZATIONS]
)
def test_the_same_organization_is_found(
    _what: str, one: dict[str, Any], other: dict[str, Any], reason: str
) -> None:
    points, reasons = _score("organizations", one, other)
    assert points >= LISTED, (points, reasons)
    assert reason in reasons


@pytest.mark.parametrize(
    ("_what", "one", "other"), OTHER_ORGANIZATIONS, ids=[one[0] for one in OTHER_ORGANIZATIONS]
)
def test_two_organizations_are_two(_what: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    points, reasons = _score("organizations", one, other)
    assert points < LISTED, (points, reasons)


@pytest.mark.parametrize(("_what", "one", "other", "_reason"), SAME_PEOPLE + SAME_ORGANIZATIONS)
def test_whoever_is_the_same_shares_a_key(
    _what: str, one: dict[str, Any], other: dict[str, Any], _reason: str
) -> None:
    is_person = (_what, one, other, _reason) in SAME_PEOPLE
    kind = type_by_key("people" if is_person else "organizations")
    assert kind is not None
    comparison = comparison_of(kind)
    assert comparison is not None
    left, right = comparison.of_values(one), comparison.of_values(other)
    assert comparison.keys(left) & comparison.keys(right)
