"""Relationships: both ends must be seen, one must be editable, and what makes no sense gets a sentence."""

from datetime import date

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.records import NotVisible, Refused, RuleError
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import save_relationship
from rapport.kernel.testing import make
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def works_at(db: None) -> RelationshipType:
    return RelationshipType.objects.get(key="works_at")


@pytest.fixture
def ends(member: User) -> tuple[Person, Organization]:
    return make(Person, owner=member, name="Ada"), make(Organization, owner=member, name="Acme")


def test_noted_changed_ended_removed_and_undone_on_the_page(
    client: Client, member: User, ends, works_at
) -> None:
    person, company = ends
    client.force_login(member)
    base = f"{company.get_absolute_url()}relationships/"
    answer = client.post(
        f"{base}new/",
        {"type": "works_at:in", "other": person.pk, "role": "Chair"},
        headers={"Rapport-Dialog": "1", "HX-Request": "true"},
    )
    assert answer["HX-Refresh"] == "true"
    edge = Relationship.objects.get(role="Chair")
    assert (edge.source_id, edge.target_id) == (person.pk, company.pk)
    html = client.get(company.get_absolute_url()).content.decode()
    assert "employs, Chair" in html and "Ada" in html
    client.post(
        f"{base}{edge.pk}/", {"role": "Chair", "valid_from": "2019-01-01", "valid_until": "2020-01-01"}
    )
    assert "1 former" in client.get(company.get_absolute_url()).content.decode()
    client.post(f"{base}{edge.pk}/remove/")
    assert not Relationship.objects.filter(pk=edge.pk).exists()
    client.post(f"/undo/{ChangeSet.objects.filter(actor=member).latest('at').pk}/")
    assert Relationship.objects.get(pk=edge.pk).role == "Chair"


def test_what_makes_no_sense_gets_a_sentence(client: Client, member: User, ends, works_at) -> None:
    person, company = ends
    client.force_login(member)
    base = f"{person.get_absolute_url()}relationships/"
    for said, sentence in [
        ({"type": "works_at:out", "other": ""}, "Choose a record"),
        ({"type": "works_at:out", "other": person.pk}, "cannot be related to itself"),
        ({"type": "works_at:out", "other": make(Person, owner=member).pk}, "does not fit"),
        ({"type": "nonsense", "other": company.pk}, "Choose how they are related"),
        (
            {
                "type": "works_at:out",
                "other": company.pk,
                "valid_from": "2020-01-01",
                "valid_until": "2019-01-01",
            },
            "end before it begins",
        ),
        ({"type": "works_at:out", "other": company.pk, "valid_from": "soon"}, "is not a date"),
        ({"type": "works_at:out", "other": company.pk, "share": "400"}, "largest number"),
    ]:
        answer = client.post(f"{base}new/", said)
        assert answer.status_code == 422 and sentence in answer.content.decode(), said
    assert not Relationship.objects.exists()


def test_rights_of_both_ends_count(member: User, restricted: User, ends, works_at) -> None:
    person, company = ends
    with pytest.raises(NotVisible):
        save_relationship(
            Relationship(type=works_at, source=person.entry, target=company.entry), {}, by=restricted
        )
    own = make(Person, owner=restricted, name="Rita's")
    with pytest.raises(NotVisible):
        save_relationship(
            Relationship(type=works_at, source=own.entry, target=company.entry), {}, by=restricted
        )
    role = restricted.roles.get()
    role.grants = {"*": {"read": "all", "create": "own", "edit": "own", "delete": "own"}}
    role.save()
    del restricted.held_roles
    save_relationship(Relationship(type=works_at, source=own.entry, target=company.entry), {}, by=restricted)
    with pytest.raises(Refused):
        save_relationship(
            Relationship(type=works_at, source=person.entry, target=company.entry), {}, by=restricted
        )


def test_there_is_one_main_relationship_of_a_kind(member: User, ends, works_at) -> None:
    person, company = ends
    other = make(Organization, owner=member, name="Other")
    first = save_relationship(
        Relationship(type=works_at, source=person.entry, target=company.entry),
        {"is_primary": True},
        by=member,
    )
    second = save_relationship(
        Relationship(type=works_at, source=person.entry, target=other.entry), {"is_primary": True}, by=member
    )
    first.refresh_from_db()
    assert (first.is_primary, second.is_primary) == (False, True)
    with pytest.raises(RuleError):
        save_relationship(Relationship(type=works_at, source=person.entry, target=other.entry), {}, by=member)
    with pytest.raises(RuleError):
        save_relationship(
            second, {"valid_from": date(2020, 1, 1), "valid_until": date(2019, 1, 1)}, by=member
        )


def test_those_to_hidden_records_are_not_shown(
    client: Client, member: User, restricted: User, ends, works_at
) -> None:
    person, company = ends
    save_relationship(Relationship(type=works_at, source=person.entry, target=company.entry), {}, by=member)
    Person.objects.filter(pk=person.pk).update(owner=restricted)
    client.force_login(restricted)
    html = client.get(person.get_absolute_url()).content.decode()
    assert "Acme" not in html
