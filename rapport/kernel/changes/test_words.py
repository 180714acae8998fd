"""Changes are told in plain words: who, what, from what to what; never what the reader may not see."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.utils import translation

from rapport.accounts.models import User
from rapport.kernel.changes.models import Cause, Change
from rapport.kernel.changes.sets import change_set
from rapport.kernel.changes.words import Told, tell
from rapport.kernel.records import delete_record, restore_record, save_record
from rapport.kernel.registry import type_of
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import remove_relationship, save_relationship
from rapport.kernel.testing import make
from rapport.parties.models import Organization, Person
from rapport.sales.models import Deal

pytestmark = pytest.mark.django_db


def told(record, user: User) -> list[Told]:
    return tell(
        list(Change.objects.filter(record_id=record.pk).order_by("-at", "-id")), type_of(record), user
    )


def said(record, user: User) -> list[str]:
    return [one.sentence.striptags() for one in told(record, user)]


def lines(record, user: User) -> list[str]:
    return [line.said.striptags() for line in told(record, user)[0].lines]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def ada(member: User) -> Person:
    return make(Person, owner=member, name="Ada", position="Engineer", stage="lead")


def test_a_new_record_is_one_line(ada: Person, member: User) -> None:
    assert said(ada, member) == ["Mara Member created this person"]


def test_what_a_record_was_born_with_is_not_told(member: User) -> None:
    acme = make(Organization, owner=member, name="Acme")
    ada = make(Person, owner=member, name="Ada", organization=acme, email="ada@example.com")
    assert said(ada, member) == ["Mara Member created this person"]


def test_one_field_from_what_to_what(ada: Person, member: User) -> None:
    save_record(ada, {"stage": "customer"}, by=member)
    assert said(ada, member)[0] == "Mara Member changed Stage from Lead to Customer"


def test_set_and_removed(ada: Person, member: User) -> None:
    ada = save_record(ada, {"birthday": date(1979, 5, 15)}, by=member)
    assert said(ada, member)[0] == "Mara Member set Birthday to 15 May 1979"
    save_record(ada, {"birthday": None}, by=member)
    assert said(ada, member)[0] == "Mara Member removed Birthday, which was 15 May 1979"


def test_several_fields_of_one_act_are_told_together(ada: Person, member: User) -> None:
    save_record(ada, {"position": "Boss", "source": "Fair"}, by=member)
    assert said(ada, member)[0] == "Mara Member changed Position, Source"
    assert len(told(ada, member)[0].lines) == 2


def test_the_parts_of_a_name_are_not_told_beside_the_name(ada: Person, member: User) -> None:
    save_record(ada, {"given_name": "Grace", "family_name": "Hopper"}, by=member)
    assert lines(ada, member) == ["Mara Member changed Name from Ada to Grace Hopper"]


def test_links_become_titles_and_hidden_ones_stay_hidden(ada: Person, member: User, restricted: User) -> None:
    acme = make(Organization, owner=member, name="Acme")
    save_record(ada, {"organization": acme}, by=member)
    assert "Acme" in " ".join(lines(ada, member))
    mine = make(Person, owner=restricted, name="Rita's")
    with change_set(by=member):
        Person.objects.filter(pk=mine.pk).update(organization=acme)
    words = " ".join(said(mine, restricted))
    assert "Acme" not in words


def test_parts_are_named_by_what_they_are(ada: Person, member: User) -> None:
    save_record(
        ada,
        {},
        by=member,
        parts={"contact_points": [{"kind": "email", "value": "ada@example.com", "purpose": "work"}]},
    )
    assert "added the E-mail ada@example.com" in " ".join(lines(ada, member))
    assert len(lines(ada, member)) == 1
    point = ada.contact_points.get()
    save_record(ada, {}, by=member, parts={"contact_points": [{"id": point.pk, "remove": True}]})
    assert "removed the E-mail ada@example.com" in " ".join(lines(ada, member))


def test_relationships_are_told_on_both_sides(ada: Person, member: User, restricted: User) -> None:
    boss = make(Person, owner=member, name="Grace")
    kind = RelationshipType.objects.create(key="reports_to", name="reports to", inverse_name="leads")
    edge = save_relationship(
        Relationship(type=kind, source=ada.entry, target=boss.entry), {"role": "Fleet"}, by=member
    )
    assert said(ada, member)[0] == "Mara Member noted: reports to Grace"
    assert said(boss, member)[0] == "Mara Member noted: leads Ada"
    save_relationship(edge, {"role": "Workshop"}, by=member)
    assert said(boss, member)[0] == "Mara Member changed “leads Ada”: Role: Workshop"
    remove_relationship(edge, by=member)
    assert said(ada, member)[0] == "Mara Member removed: reports to Grace"
    assert not [one for one in said(ada, restricted) if "Grace" in one]


def test_deleting_and_restoring(ada: Person, member: User) -> None:
    delete_record(ada, by=member)
    assert said(ada, member)[0] == "Mara Member deleted this person"
    restore_record(Person.objects.get(pk=ada.pk), by=member)
    assert said(ada, member)[0] == "Mara Member restored this person"


def test_the_door_is_named_when_it_was_no_page(ada: Person, member: User) -> None:
    with change_set(by=member, cause=Cause.IMPORT, label="Import of customers.csv"):
        save_record(ada, {"source": "Fair"}, by=member)
    assert told(ada, member)[0].because == "Import of customers.csv"
    with connection.cursor() as cursor:
        cursor.execute("select set_config('rapport.actor', '', true), set_config('rapport.cause', '', true)")
    Person.objects.filter(pk=ada.pk).update(source="psql")
    newest = told(ada, member)[0]
    assert (newest.who, newest.because) == ("Somebody in the database", "directly in the database")


def test_money_keeps_its_currency(member: User) -> None:
    deal = make(Deal, owner=member, amount=900)
    save_record(deal, {"amount": 1200}, by=member)
    assert said(deal, member)[0] == "Mara Member changed Amount from € 900 to € 1,200"


def test_what_people_wrote_is_escaped(ada: Person, member: User) -> None:
    save_record(ada, {"position": "<script>alert(1)</script> 100 %(who)s"}, by=member)
    html = str(told(ada, member)[0].sentence)
    assert "<script>" not in html and "100 %(who)s" in html


def test_the_queries_do_not_grow_with_the_entries(
    ada: Person, member: User, django_assert_max_num_queries
) -> None:
    for n in range(20):
        acme = make(Organization, owner=member, name=f"Acme {n}")
        ada = save_record(ada, {"organization": acme, "owner": member}, by=member)
    with django_assert_max_num_queries(8):
        told(ada, member)
