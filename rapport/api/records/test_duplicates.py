"""Programs learn what is here already, and where a merged record has gone."""

import pytest

from rapport.accounts.models import User
from rapport.api.testing import Program
from rapport.kernel.merge.deed import merge_records
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Person

pytestmark = pytest.mark.django_db


def test_a_new_record_tells_whom_it_possibly_repeats(member: User) -> None:
    known = make(Person, owner=member, name="Anna Müller", phone="+49 30 1234567")
    said = {"fields": {"name": "Anna Mueller", "phone": "+49301234567"}}
    made = Program(member, name="Shop").post("people", said)
    assert made.status_code == 201
    assert f'</api/v1/people/{known.pk}>; rel="possible-duplicate"' in made["Link"]
    assert "same_phone" in made["Link"]
    stranger = make_user(role="restricted", team="Theirs")
    assert "Link" not in Program(stranger, name="Spy").post("people", said).headers


def test_the_address_of_a_merged_record_leads_to_the_survivor() -> None:
    boss = make_user(role="administrator")
    one, two = (make(Person, owner=boss, name=name) for name in ("Anna Muster", "A. Muster"))
    kind = type_by_key("people")
    assert kind is not None
    merge_records(kind, one.pk, [two.pk], by=boss)
    answer = Program(boss, name="Shop").get(f"people/{two.pk}")
    assert (answer.status_code, answer["Location"]) == (308, f"/api/v1/people/{one.pk}")
    stranger = make_user(role="restricted", team="Theirs")
    assert Program(stranger, name="Spy").get(f"people/{two.pk}").status_code == 404
