"""Merging people and organizations: contact points, places of work, deals, and two who merge at once."""

import threading
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections

from rapport.accounts.models import User
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.merge.deed import merge_records
from rapport.kernel.merge.links import _stay, links_to, moving
from rapport.kernel.merge.pointers import survivor_of
from rapport.kernel.provenance.disagreements import look_through, open_of
from rapport.kernel.provenance.models import Disagreement
from rapport.kernel.records import NotVisible, Refused, save_record
from rapport.kernel.registry import types
from rapport.kernel.relations.models import Relationship
from rapport.kernel.testing import make, make_user
from rapport.kernel.testing.custom_fields import add_custom_field
from rapport.kernel.testing.known import kind_of
from rapport.parties.models import ContactPoint, Organization, Person
from rapport.sales.deals.models import Deal


def _points(person: Person) -> set[tuple[str, str]]:
    return set(ContactPoint.objects.filter(party=person.pk).values_list("kind", "value"))


@pytest.mark.django_db
def test_ways_to_reach_somebody_are_united_without_doubles(member: User) -> None:
    one = make(Person, owner=member, name="Anna Muster", email="anna@a.example", phone="+49 30 1234567")
    two = make(Person, owner=member, name="A. Muster", email="anna@b.example", phone="+49301234567")
    done = merge_records(kind_of("people"), one.pk, [two.pk], by=make_user(role="administrator"))
    assert {value for kind, value in _points(one) if kind == "email"} == {"anna@a.example", "anna@b.example"}
    assert sum(kind == "phone" for kind, _value in _points(one)) == 1
    assert Person.objects.get(pk=done.record.pk).email == "anna@a.example"
    assert _points(two), "the other one keeps its own, to come back whole"


@pytest.mark.django_db
def test_the_chosen_address_becomes_the_main_one_and_the_other_stays(member: User) -> None:
    one = make(Person, owner=member, name="Anna Muster", email="anna@a.example")
    two = make(Person, owner=member, name="A. Muster", email="anna@b.example")
    boss = make_user(role="administrator")
    done = merge_records(kind_of("people"), one.pk, [two.pk], by=boss, choice={"email": two.pk})
    kept = Person.objects.get(pk=done.record.pk)
    assert kept.email == "anna@b.example" and kept.name == "Anna Muster"
    assert {value for _kind_, value in _points(one)} == {"anna@a.example", "anna@b.example"}


@pytest.mark.django_db
def test_what_the_others_say_otherwise_is_listed_unless_a_person_has_chosen(member: User) -> None:
    boss = make_user(role="administrator")
    said = {"name": "Anna Muster", "position": "Head", "email": "anna@a.example", "source": "Fair"}
    one = make(Person, owner=member, **said)
    two = make(
        Person, owner=member, **{**said, "position": "Boss", "email": "anna@b.example", "source": "FAIR "}
    )
    three = make(Person, owner=member, **{**said, "name": "Anne Muster", "given_name": "Anna"})
    done = merge_records(kind_of("people"), one.pk, [two.pk, three.pk], by=boss, choice={"name": one.pk})
    # The name was chosen, both addresses stay, case is no disagreement.
    [row] = Disagreement.objects.exclude(field="given_name")
    assert (row.record_id, row.field, row.typed, row.brought) == (one.pk, "position", "Head", "Boss")
    assert (row.change_set_id, row.is_written) == (done.change_set, False)
    look_through(0, 2**62)  # the reader of the log does not take the merge itself for a decision
    [shown] = [each for each in open_of(Person.objects.get(pk=one.pk), boss) if each.row.pk == row.pk]
    assert (shown.typed, shown.brought) == ("Head", "Boss") and shown.door.startswith("Merged: ")


@pytest.mark.django_db
def test_merged_organizations_keep_their_people_and_deals_and_give_them_back(member: User) -> None:
    boss = make_user(role="administrator")
    one, two = make(Organization, owner=member, name="Nord AG"), make(Organization, owner=member, name="Nord")
    anna = make(Person, owner=member, name="Anna Muster", organization=two, position="Buyer")
    deal = make(Deal, owner=member, organization=two)
    done = merge_records(kind_of("organizations"), one.pk, [two.pk], by=boss)
    anna.refresh_from_db()
    deal.refresh_from_db()
    assert (anna.organization_id, anna.position, deal.organization_id) == (one.pk, "Buyer", one.pk)
    edges = Relationship.objects.filter(source=anna.pk, type__key="works_at")
    assert [(edge.target_id, edge.valid_until) for edge in edges] == [(one.pk, None)], "no job has ended"
    revert(ChangeSet.objects.get(pk=done.change_set), by=boss)
    anna.refresh_from_db()
    deal.refresh_from_db()
    assert (anna.organization_id, deal.organization_id) == (two.pk, two.pk)
    assert [(edge.target_id, edge.valid_until) for edge in edges.all()] == [(two.pk, None)]
    assert survivor_of(two.pk, boss) is None


@pytest.mark.django_db
def test_who_may_edit_only_his_own_moves_hidden_links_and_learns_nothing_of_them(
    member: User, restricted: User
) -> None:
    one = make(Person, owner=restricted, by=restricted, name="Anna Muster")
    two = make(Person, owner=restricted, by=restricted, name="A. Muster")
    hidden = make(Deal, owner=member, person=two)
    assert not moving(kind_of("people"), [two.pk], restricted) or all(
        "Deal" not in line.label for line in moving(kind_of("people"), [two.pk], restricted)
    )
    done = merge_records(kind_of("people"), one.pk, [two.pk], by=restricted)
    hidden.refresh_from_db()
    assert hidden.person_id == one.pk
    result = revert(ChangeSet.objects.get(pk=done.change_set), by=restricted)
    hidden.refresh_from_db()
    assert hidden.person_id == two.pk and not result.kept


@pytest.mark.django_db
def test_without_the_right_to_delete_the_others_nothing_is_merged(member: User) -> None:
    reader = make_user(role="member")
    one, two = (make(Person, owner=member, name=name) for name in ("Anna Muster", "A. Muster"))
    reader.roles.clear()
    with pytest.raises((NotVisible, Refused)):
        merge_records(kind_of("people"), one.pk, [two.pk], by=User.objects.get(pk=reader.pk))


@pytest.mark.django_db
def test_every_column_that_leads_to_a_record_is_moved_or_said_to_stay() -> None:
    """What the database knows as a reference to a record table is known to merging, too."""
    parts = {part.model._meta.db_table for kind in types() for part in kind.parts.values()}
    for kind in types():
        of_table = [one for one in types() if one.table == kind.table]
        known = {(link.table, link.column) for one in of_table for link in links_to(one)}
        with connection.cursor() as cursor:
            cursor.execute(
                "select c.conrelid::regclass::text, a.attname from pg_constraint c"
                " join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]"
                " where c.contype = 'f' and c.conparentid = 0"
                " and c.confrelid in (%s::regclass, 'kernel_record'::regclass)",
                [kind.table],
            )
            found = set(cursor.fetchall())
        staying = {apps.get_model(label)._meta.db_table for label in _stay}
        left = {one for one in found - known if one[0] not in staying | parts}
        assert not left, (kind.key, left)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_the_same_records_one_comes_late(db: None) -> None:
    boss = make_user(role="administrator")
    one, two = (make(Person, owner=boss, name=name) for name in ("Anna Muster", "A. Muster"))
    results: list[str] = []
    start = threading.Barrier(2)

    def merge(survivor: Person, other: Person) -> None:
        start.wait()
        try:
            merge_records(kind_of("people"), survivor.pk, [other.pk], by=boss)
            results.append("merged")
        except NotVisible:
            results.append("late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=merge, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(results) == ["late", "merged"]
    assert Person.objects.filter(deleted_at=None).count() == 1


@pytest.mark.django_db
def test_the_history_of_the_others_stands_in_the_timeline_of_the_survivor(member: User, client: Any) -> None:
    boss = make_user(role="administrator")
    one, two = (make(Person, owner=boss, name=name) for name in ("Anna Muster", "A. Muster"))
    save_record(two, {"source": "Quarzblatt fair"}, by=boss)
    merge_records(kind_of("people"), one.pk, [two.pk], by=boss, choice={"source": one.pk})
    client.force_login(boss)
    assert "Quarzblatt fair" in client.get(f"/people/{one.pk}/timeline/?tab=changes").content.decode()


@pytest.mark.django_db
def test_links_that_an_administrator_has_added_move_and_come_back(member: User) -> None:
    boss, kind = make_user(role="administrator"), kind_of("people")
    field = add_custom_field(kind, "link", by=boss, key="boss")
    one, two, third = (
        make(Person, owner=boss, name=name) for name in ("Anna Muster", "A. Muster", "Eva Lund")
    )
    save_record(third, {field.name: two}, by=boss)
    assert [line.count for line in moving(kind, [two.pk], boss)] == [1]
    done = merge_records(kind, one.pk, [two.pk], by=boss)
    assert field.raw(Person.objects.get(pk=third.pk)) == one.pk
    revert(ChangeSet.objects.get(pk=done.change_set), by=boss)
    assert field.raw(Person.objects.get(pk=third.pk)) == two.pk
