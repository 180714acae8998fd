"""Undo asks for the right to each record: what somebody did once does not let him write where he may not any more."""

import pytest
from django.test import Client

from rapport.accounts.models import Role, User
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.sets import change_set
from rapport.kernel.records import Refused, delete_record, save_record
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import save_relationship
from rapport.kernel.testing import make
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db


def changed(record: Person, by: User, **values: object) -> ChangeSet:
    with change_set(by=by) as opened:
        save_record(record, values, by=by)
    return opened.row


def without_rights(user: User) -> User:
    user.roles.set([Role.objects.get(key="restricted")])
    return User.objects.get(pk=user.pk)


def test_who_lost_sight_of_a_record_cannot_undo_what_he_did_to_it(
    client: Client, administrator: User, member: User
) -> None:
    person = make(Person, owner=administrator, name="Ada", position="Clerk")
    done = changed(person, member, position="Boss")
    member = without_rights(member)
    with pytest.raises(Refused):
        revert(done, by=member)
    client.force_login(member)
    assert client.post(f"/undo/{done.pk}/").status_code == 403
    person.refresh_from_db()
    done.refresh_from_db()
    assert (person.position, done.reverted_at) == ("Boss", None)
    revert(done, by=administrator)
    person.refresh_from_db()
    assert person.position == "Clerk"


def test_parts_and_relationships_of_hidden_records_stay(administrator: User, member: User) -> None:
    person = make(Person, owner=administrator, name="Ada")
    with change_set(by=member) as parts:
        save_record(
            person, {}, by=member, parts={"contact_points": [{"kind": "email", "value": "ada@x.example"}]}
        )
    kind = RelationshipType.objects.get(key="works_at")
    firm = make(Organization, owner=administrator)
    with change_set(by=member) as related:
        save_relationship(Relationship(type=kind, source=person.entry, target=firm.entry), {}, by=member)
    member = without_rights(member)
    for done in (parts.row, related.row):
        with pytest.raises(Refused):
            revert(done, by=member)
    assert person.contact_points.count() == 1
    assert Relationship.objects.filter(source=person.pk).count() == 1


def test_who_gave_a_record_away_takes_it_back(administrator: User, restricted: User) -> None:
    person = make(Person, owner=restricted, name="Ada")
    done = changed(person, restricted, owner=administrator)
    assert not Person.objects.visible_to(restricted).exists()
    revert(done, by=restricted)
    assert Person.objects.visible_to(restricted).get() == person


def test_but_not_once_its_new_owner_has_passed_it_on(
    administrator: User, restricted: User, member: User
) -> None:
    person = make(Person, owner=restricted, name="Ada", position="Clerk")
    done = changed(person, restricted, owner=administrator, position="Boss")
    save_record(Person.objects.get(pk=person.pk), {"owner": member}, by=administrator)
    with pytest.raises(Refused):
        revert(done, by=restricted)
    person.refresh_from_db()
    assert (person.owner, person.position) == (member, "Boss")


def test_deleting_and_creating_are_undone_by_who_did_it(restricted: User) -> None:
    with change_set(by=restricted) as made:
        person = make(Person, by=restricted, owner=restricted, name="Ada")
    with change_set(by=restricted) as gone:
        delete_record(person, by=restricted)
    revert(gone.row, by=restricted)
    assert Person.objects.visible_to(restricted).exists()
    revert(made.row, by=restricted)
    assert not Person.objects.visible_to(restricted).exists()
