"""What merging does with relationships that have limits, and with links from one of the records to another."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.preview import left_of
from rapport.kernel.changes.revert import revert
from rapport.kernel.merge.deed import merge_records
from rapport.kernel.records import save_record
from rapport.kernel.registry import type_of
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import save_relationship
from rapport.kernel.testing import make
from rapport.kernel.testing.custom_fields import add_custom_field
from rapport.kernel.testing.make import make_user
from rapport.kernel.testing.merging import everything
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make_user(role="administrator")


def halls(boss: User, *names: str) -> list[Any]:
    return [make(Organization, by=boss, name=name) for name in names]


def relate(kind: RelationshipType, one: Any, other: Any, by: User, **values: Any) -> Relationship:
    return save_relationship(Relationship(type=kind, source=one.entry, target=other.entry), values, by=by)


def twins(most: int = 1) -> RelationshipType:
    names = {"name": "is the twin of", "inverse_name": "has the twin"}
    return RelationshipType.objects.create(key="twin", most_targets=most, most_sources=most, **names)


def held(record: Any) -> set[Any]:
    return set(Relationship.objects.of(record.pk).values_list("note", flat=True))


def test_what_stays_has_no_more_relationships_than_its_kind_allows_and_all_come_back(boss: User) -> None:
    one, two, three, north, south, west = halls(boss, "One", "Two", "Three", "North", "South", "West")
    kind, year = twins(), date(2021, 1, 1)
    relate(kind, one, north, boss, note="kept", valid_from=year)
    relate(kind, two, south, boss, note="too many", valid_from=year)
    relate(kind, two, west, boss, note="was before", valid_until=date(2020, 12, 31))
    relate(kind, west, three, boss, note="other side", valid_from=year)
    before = everything()
    merged = merge_records(type_of(one), one.pk, [two.pk, three.pk], by=boss)
    assert held(one) == {"kept", "was before", "other side"}
    revert(ChangeSet.objects.get(pk=merged.change_set), by=boss)
    assert everything() == before


def test_the_page_says_what_would_leave(client: Client, boss: User) -> None:
    one, two, north, south = halls(boss, "One", "Two", "North", "South")
    kind = twins()
    relate(kind, one, north, boss)
    relate(kind, two, south, boss)
    partner = RelationshipType.objects.create(key="p", name="p", inverse_name="p", most_targets=1)
    for each in (one, two):  # the same of both: one stays
        relate(partner, each, north, boss)
    client.force_login(boss)
    text = client.get(f"/organizations/merge/?ids={one.pk},{two.pk}").content.decode()
    assert "1 relationship does not stay" in text


def test_one_that_stands_beside_too_many_others_can_be_changed_and_ended(boss: User) -> None:
    one, north, south = halls(boss, "One", "North", "South")
    kind = twins(2)
    relate(kind, one, north, boss)
    edge = relate(kind, one, south, boss)
    RelationshipType.objects.filter(pk=kind.pk).update(most_targets=1)  # the limit is younger
    edge = Relationship.objects.get(pk=edge.pk)
    assert save_relationship(edge, {"note": "noted"}, by=boss).note == "noted"
    save_relationship(edge, {"valid_until": date(2021, 1, 31)}, by=boss)
    assert str(Relationship.objects.get(pk=edge.pk).valid_until) == "2021-01-31"


@pytest.mark.parametrize("survivor", ["part", "whole"])
def test_what_stays_never_leads_to_itself_but_to_what_the_other_led_to(boss: User, survivor: str) -> None:
    above, whole, part = halls(boss, "Above", "Whole", "Part")
    field = add_custom_field(type_of(part), "link", by=boss)
    name = str(field.name)
    save_record(whole, {name: above}, by=boss)
    save_record(part, {name: whole}, by=boss)
    before = everything()
    kept, gone = (part, whole) if survivor == "part" else (whole, part)
    merged = merge_records(type_of(part), kept.pk, [gone.pk], by=boss)
    assert Organization.objects.get(pk=kept.pk).custom[name] == str(above.pk)
    revert(ChangeSet.objects.get(pk=merged.change_set), by=boss)
    assert everything() == before


def works_at(somebody: Any) -> str:
    somebody.refresh_from_db()
    return str(somebody.organization)


def test_of_two_merges_the_first_is_undone_first_and_nothing_stays_with_the_record_between(
    boss: User,
) -> None:
    first, middle, last, other = halls(boss, "First", "Middle", "Last", "Other")
    somebody = make(Person, by=boss, name="Ann Ek", organization=first)
    kind = RelationshipType.objects.create(key="knows", name="knows", inverse_name="is known by")
    for each in (first, last):  # the same of both: in the second merge one of them leaves
        relate(kind, each, other, boss)
    field = add_custom_field(type_of(first), "link", by=boss)
    save_record(other, {field.name: first}, by=boss)
    before = everything()
    merged = [merge_records(type_of(middle), middle.pk, [first.pk], by=boss)]
    merged += [merge_records(type_of(last), last.pk, [middle.pk], by=boss)]
    earlier, later = (ChangeSet.objects.get(pk=one.change_set) for one in merged)
    assert works_at(somebody) == "Last"
    undone = revert(earlier, by=boss)
    assert works_at(somebody) == "First" and not undone.kept_count
    assert Relationship.objects.filter(source=first.pk, target=other.pk).count() == 1
    assert Organization.objects.get(pk=other.pk).custom[field.name] == str(first.pk)
    again = revert(undone.change_set, by=boss)  # the undo is undone while the middle one is still in the last
    assert works_at(somebody) == "Last" and Relationship.objects.filter(type=kind).count() == 1
    assert Organization.objects.get(pk=other.pk).custom[field.name] == str(last.pk)
    revert(again.change_set, by=boss)
    revert(later, by=boss)
    assert everything() == before


@pytest.mark.parametrize("is_chosen", [True, False])
def test_a_unique_value_that_was_taken_meanwhile_is_told_and_all_else_comes_back(
    boss: User, is_chosen: bool
) -> None:
    """The one that stayed gave its value up for that of the other, or the other lies in the trash with its own."""
    one, two = halls(boss, "One", "Two")
    field = add_custom_field(type_of(one), "text", by=boss, unique=True)
    for each, value in ((one, "S-1"), (two, "S-2")):
        save_record(each, {field.name: value}, by=boss)
    somebody = make(Person, by=boss, name="Ann Ek", organization=two)
    choice = {field.name: two.pk} if is_chosen else None
    merged = merge_records(type_of(one), one.pk, [two.pk], by=boss, choice=choice)
    taker = make(Organization, by=boss, name="Taker")
    save_record(taker, {field.name: "S-1" if is_chosen else "S-2"}, by=boss)
    undone = revert(ChangeSet.objects.get(pk=merged.change_set), by=boss)
    told = [(line.row and line.row.title, line.why) for line in left_of(undone.change_set, boss)]
    assert told == [("One" if is_chosen else "Two", "Another record has this value now")]
    assert undone.kept_count == 1 and undone.kept[0][1] == field.name
    one, two = (Organization.objects.get(pk=each.pk) for each in (one, two))
    values = (one.custom.get(field.name), two.custom.get(field.name))
    assert values == ((None, "S-2") if is_chosen else ("S-1", None))
    assert two.deleted_at is None and works_at(somebody) == "Two"
