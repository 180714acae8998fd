"""People and organizations: names, contact points, places of work, life cycle."""

import pytest
from django.db import connection
from django.utils import timezone

from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.revert import revert
from rapport.kernel.fields import Context
from rapport.kernel.filters import compile_filter
from rapport.kernel.filters.text import parse_text
from rapport.kernel.lists.sorting import sortable_fields
from rapport.kernel.models import Relationship
from rapport.kernel.records import RuleError, save_record
from rapport.kernel.search.query import find
from rapport.kernel.testing import RecordContract, make, make_user
from rapport.kernel.testing.known import kind_of
from rapport.parties.models import ContactPoint, Organization, Party, PartyAddress, Person
from rapport.runtime.ids import uuid7

pytestmark = pytest.mark.django_db


class TestPersonIsARecord(RecordContract):
    model = Person
    coupled = ("name", "given_name", "family_name", "academic_title", "organization", "position")


class TestOrganizationIsARecord(RecordContract):
    model = Organization


def test_an_email_address_alone_is_enough_and_the_name_is_marked_as_guessed():
    user = make_user()
    person = save_record(Person(), {"email": "Ingrid.Solberg@sw-elmenau.de"}, by=user)
    assert (person.name, person.given_name, person.is_name_guessed) == ("Ingrid Solberg", "Ingrid", True)
    person = save_record(person, {"given_name": "Inge"}, by=user)
    assert (person.name, person.is_name_guessed) == ("Inge Solberg", False)


def test_a_party_without_name_and_email_is_refused_with_a_sentence():
    with pytest.raises(RuleError, match="name or an e-mail"):
        save_record(Person(), {"phone": "+49301234567"}, by=make_user())
    assert not Party.objects.exists()


def test_the_main_email_on_the_person_and_its_contact_points_follow_each_other():
    user = make_user()
    person = save_record(Person(), {"name": "Karl Voss", "email": "kv@old.de"}, by=user)
    assert [point.value for point in person.contact_points.all()] == ["kv@old.de"]
    person = save_record(person, {"email": "kv@new.de"}, by=user)
    assert [point.value for point in person.contact_points.all()] == ["kv@new.de"]
    parts = {"contact_points": [{"kind": "email", "value": "private@voss.de", "purpose": "private"}]}
    person = save_record(person, {}, by=user, parts=parts)
    assert person.email == "kv@new.de"
    person = save_record(person, {"email": "private@voss.de"}, by=user)
    main = {point.value: point.is_primary for point in person.contact_points.all()}
    assert main == {"kv@new.de": False, "private@voss.de": True}
    person = save_record(person, {"email": ""}, by=user)
    person.refresh_from_db()
    assert person.email == "kv@new.de"


def test_a_contact_point_that_is_removed_or_over_is_not_the_main_one_any_more():
    user = make_user()
    person = save_record(Person(), {"name": "Karl Voss", "email": "kv@old.de"}, by=user)
    point = person.contact_points.get()
    rows = [{"id": point.pk, "valid_until": "2020-01-01"}, {"kind": "email", "value": "kv@new.de"}]
    person = save_record(person, {}, by=user, parts={"contact_points": rows})
    assert person.email == "kv@new.de"


def test_contact_points_follow_writes_that_do_not_come_through_the_door():
    person = make(Person, name="Karl Voss", email="kv@old.de")
    with connection.cursor() as cursor:
        cursor.execute("update parties_party set email = 'bulk@new.de', phone = '+4930123456'")
    assert set(person.contact_points.values_list("value", flat=True)) == {"bulk@new.de", "+4930123456"}
    ContactPoint.objects.filter(party=person, kind="phone").delete()
    person.refresh_from_db()
    assert (person.email, person.phone) == ("bulk@new.de", "")


def test_postcode_city_and_country_come_from_the_main_address_and_find_whom_it_belongs_to():
    user = make_user(role="administrator")
    person = make(Person, by=user)
    address = {
        "street": "Werkstraße 14",
        "postcode": "21337",
        "city": "Elmenau",
        "region": "",
        "country": "DE",
    }
    person = save_record(person, {}, by=user, parts={"addresses": [{"address": address}]})
    assert (person.postcode, person.city, person.country) == ("21337", "Elmenau", "DE")
    kind, context = kind_of("people"), Context(user)
    for said, count in (("postal code starts with 21", 1), ("postcode = 20095", 0)):
        wanted = compile_filter(parse_text(said, kind, context), kind, context).condition
        assert Person.objects.visible_to(user).filter(wanted, pk=person.pk).count() == count
    assert {"postcode", "city", "country"} <= set(sortable_fields(kind))
    PartyAddress.objects.all().delete()
    person.refresh_from_db()
    assert (person.postcode, person.city) == ("", "")


def test_a_change_of_employer_keeps_the_old_one_in_the_history():
    user = make_user()
    old, new = make(Organization, name="Old AG"), make(Organization, name="New AG")
    person = save_record(Person(), {"name": "Karl Voss", "organization": old, "position": "Buyer"}, by=user)
    person = save_record(person, {"organization": new, "position": "Head"}, by=user)
    jobs = Relationship.objects.filter(source_id=person.pk).order_by("id")
    assert [(job.target.title, job.role, job.valid_until is None) for job in jobs] == [
        ("Old AG", "Buyer", False),
        ("New AG", "Head", True),
    ]
    revert(ChangeSet.objects.latest("at"), by=user)
    person.refresh_from_db()
    assert (person.organization, person.position) == (old, "Buyer")
    assert [(job.target.title, job.valid_until) for job in jobs.all()] == [("Old AG", None)]


def test_ending_a_relationship_takes_the_organization_off_the_person():
    user = make_user()
    person = make(Person, by=user, organization=make(Organization, by=user))
    Relationship.objects.filter(source_id=person.pk).update(valid_until="2020-01-01")
    person.refresh_from_db()
    assert person.organization is None


def test_stages_of_the_life_cycle_have_their_dates():
    user = make_user()
    person = make(Person, by=user, stage="lead")
    save_record(person, {"stage": "customer"}, by=user)
    person.refresh_from_db()
    today = timezone.localdate()
    assert list(person.stage_periods.values_list("stage", "since", "until")) == [("lead", today, today)]
    assert (person.stage, person.stage_since) == ("customer", today)


def test_a_change_of_stage_that_is_taken_back_leaves_no_period():
    user = make_user()
    person = make(Person, by=user, stage="lead")
    save_record(person, {"stage": "customer"}, by=user)
    revert(ChangeSet.objects.latest("at"), by=user)
    person.refresh_from_db()
    assert (person.stage, person.stage_periods.count()) == ("lead", 0)


@pytest.mark.parametrize(
    "typed",
    ["muller", "Müll", "mueller", "anna mül", "MÜLLER Anna", "a.mueller@", "0170 5550188", "+49 (0)170 555-0188",
     "5550188", "0049170555", "Muler", "stadtw"],
)  # fmt: skip
def test_search_finds_parts_of_names_addresses_numbers_and_typing_errors(typed):

    user = make_user()
    person = make(
        Person,
        by=user,
        given_name="Anna",
        family_name="Müller",
        email="a.mueller@example.de",
        mobile="+491705550188",
        organization=make(Organization, by=user, name="Stadtwerke Elmenau"),
    )
    with connection.cursor() as cursor:
        cursor.execute("select kernel_add_words(array(select id from kernel_record))")
    assert person in [hit.record for hit in find(typed, user).hits]


def test_contact_points_that_are_written_before_their_party_find_it_too():
    user = make_user(role="administrator")
    person = make(Person, by=user, name="Anna Holm")
    values = Person.objects.filter(pk=person.pk).values()[0] | {"id": uuid7()}
    ContactPoint.objects.create(party_id=values["id"], kind="fax", value="+49 351 5550100")
    Person.objects.bulk_create([Person(**values)])
    assert [hit.record.pk for hit in find("0351 5550100", user).hits] == [values["id"]]


def test_search_shows_nobody_what_he_may_not_see():
    make(Person, name="Anna Geheim", owner=make_user(team="Ours"))
    assert not find("geheim", make_user(role="restricted", team="Theirs")).hits


def test_people_are_found_by_the_new_name_of_their_organization():
    user = make_user()
    works = make(Organization, by=user, name="Stadtwerke Elmenau")
    person = make(Person, by=user, name="Anna Holm", organization=works)
    save_record(works, {"name": "Netzwerk Nord"}, by=user)
    assert person in [hit.record for hit in find("netzwerk", user).hits]
    assert person not in [hit.record for hit in find("elmenau", user).hits]
