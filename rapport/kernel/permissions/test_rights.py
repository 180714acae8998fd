"""Field rights and rules of roles: said on the page of a role, obeyed at once, refused with a sentence."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rapport.accounts.models import Role, User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.sets import change_set
from rapport.kernel.custom import define
from rapport.kernel.custom.define import Draft
from rapport.kernel.fields import Context
from rapport.kernel.filters import Condition, Group, compile_filter
from rapport.kernel.permissions import can
from rapport.kernel.permissions.fields import NarrowType, governed, seen_by
from rapport.kernel.permissions.roles.actions import add_role
from rapport.kernel.permissions.roles.rights import save_rights
from rapport.kernel.records import Refused, RuleError, delete_record, save_record, update_records
from rapport.kernel.registry import types
from rapport.kernel.testing import make
from rapport.kernel.testing.known import kind_of
from rapport.kernel.testing.make import make_user
from rapport.parties.models import Organization, Person
from rapport.sales.models import Deal

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make_user("Boss", role="administrator")


@pytest.fixture
def seller(boss: User) -> Role:
    return add_role("Seller", Role.objects.get(key="restricted"), by=boss)


def holder(*roles: Role) -> User:
    user = make_user()
    user.roles.set(roles)
    return User.objects.get(pk=user.pk)


def say(
    role: Role, boss: User, key: str = "organizations", rule: str = "", acts: Any = (), **levels: str
) -> None:
    save_rights(role, kind_of(key), levels, rule, acts, by=boss)
    role.refresh_from_db()


def test_who_has_no_field_rights_gets_the_type_itself_and_no_query(
    boss: User, seller: Role, django_assert_num_queries: Any
) -> None:
    user = holder(seller)
    assert not user.held_roles[0].field_rights
    with django_assert_num_queries(0):
        assert all(seen_by(one, user) is one for one in types())


def test_read_only_is_seen_and_not_changed(client: Client, boss: User, seller: Role) -> None:
    say(seller, boss, industry="read", employees="hidden")
    user = holder(seller)
    firm = make(Organization, by=boss, owner=user, name="Acme", industry="Bikes", employees=77)
    client.force_login(user)
    page = client.get(firm.get_absolute_url()).text
    assert "Bikes" in page
    assert f"{firm.get_absolute_url()}field/industry/" not in page
    assert client.get(f"{firm.get_absolute_url()}field/industry/").status_code == 404
    for name, value in (("industry", "Trade"), ("employees", 5)):
        with pytest.raises(RuleError):
            save_record(Organization.objects.get(pk=firm.pk), {name: value}, by=user)
        with pytest.raises(RuleError):
            update_records(kind_of("organizations"), [firm.pk], {name: value}, by=user)
    save_record(Organization.objects.get(pk=firm.pk), {"legal_form": "AG"}, by=user)
    firm.refresh_from_db()
    assert (firm.industry, firm.employees, firm.legal_form) == ("Bikes", 77, "AG")  # nothing hidden was lost


def test_of_several_roles_the_most_permissive_counts(boss: User, seller: Role) -> None:
    other = add_role("Other", seller, by=boss)
    blind = add_role("Sees no organizations", None, by=boss)
    say(seller, boss, industry="hidden", city="hidden", legal_form="read")
    say(other, boss, industry="read")
    for roles, hidden, locked in (
        ([seller], {"industry", "city", "addresses"}, {"legal_form"}),
        ([seller, other], set[str](), {"industry"}),
        ([seller, blind], {"industry", "city", "addresses"}, {"legal_form"}),
        ([seller, Role.objects.get(key="administrator")], set[str](), set[str]()),
    ):
        seen = seen_by(kind_of("organizations"), holder(*roles))
        assert (seen.hidden if isinstance(seen, NarrowType) else set()) == hidden
        assert (seen.locked - seen.hidden if isinstance(seen, NarrowType) else set()) == locked


def test_rows_and_what_is_taken_from_them_say_the_same(boss: User, seller: Role) -> None:
    say(seller, boss, contact_points="hidden")
    seen = seen_by(kind_of("organizations"), holder(seller))
    assert isinstance(seen, NarrowType)
    assert seen.hidden == {"contact_points", "email", "phone", "mobile"}


def test_the_name_and_what_rights_stand_on_are_always_seen(boss: User, seller: Role) -> None:
    say(seller, boss, name="hidden", owner="hidden", team="read")
    assert seller.field_rights == {}
    for one in types():
        assert not {one.title, one.board, "owner", "team"} & set(governed(one))


def test_undo_leaves_what_its_user_may_not_write(boss: User, seller: Role) -> None:
    user = holder(seller)
    firm = make(Organization, by=boss, owner=user, name="Acme", industry="Bikes")
    with change_set(by=user) as opened:
        save_record(firm, {"industry": "Trade"}, by=user)
    say(seller, boss, industry="read")
    with pytest.raises(Refused):
        revert(opened.row, by=User.objects.get(pk=user.pk))
    assert Organization.objects.get(pk=firm.pk).industry == "Trade"


def test_a_rule_opens_records_for_what_it_says(client: Client, boss: User, seller: Role) -> None:
    bikes = make(Organization, owner=boss, name="Acme Bikes", industry="Bikes")
    trade = make(Organization, owner=boss, name="Acme Trade", industry="Trade")
    say(seller, boss, rule="industry = Bikes", acts=["edit"])
    user = holder(seller)
    client.force_login(user)
    listed = client.get("/organizations/", {"sort": "name"}).text
    assert "Acme Bikes" in listed
    assert "Acme Trade" not in listed
    assert [client.get(one.get_absolute_url()).status_code for one in (bikes, trade)] == [200, 404]
    assert [one.pk for one in AnyRecord.objects.visible_to(user).filter(type="organizations")] == [bikes.pk]
    assert [can(user, act, bikes) for act in ("read", "edit", "delete", "export")] == [
        True,
        True,
        False,
        False,
    ]
    found = client.get("/search/palette/?q=Acme").text
    assert "<mark>Acme</mark> Bikes" in found
    assert "Trade" not in found
    save_record(bikes, {"industry": "Steel"}, by=user)
    assert client.get(bikes.get_absolute_url()).status_code == 404  # it fits no more


def test_a_rule_opens_a_type_that_the_table_closes(boss: User) -> None:
    role = add_role("Only bikes", None, by=boss)
    say(role, boss, rule="industry = Bikes")
    user = holder(role)
    own = make(Organization, by=boss, owner=user, name="Own", industry="Trade")
    bikes = make(Organization, owner=boss, name="Acme", industry="Bikes")
    assert [one.pk for one in Organization.objects.visible_to(user)] == [bikes.pk]
    assert not can(user, "read", own)


def test_rules_see_what_their_user_does_not(boss: User, seller: Role) -> None:
    """A rule over a hidden field and over records that the user does not see: it is the product that compares."""
    firm = make(Organization, owner=boss, name="Acme", industry="Bikes")
    ada = make(Person, by=boss, owner=boss, name="Ada", organization=firm)
    say(seller, boss, industry="hidden", rule="industry = Bikes")
    save_rights(seller, kind_of("people"), {}, "organization.industry = Bikes", [], by=boss)
    seller.refresh_from_db()
    user = holder(seller)
    assert Person.objects.visible_to(user).filter(pk=ada.pk).exists()
    assert [one.industry for one in Organization.objects.visible_to(user)] == [""]
    with_nothing = add_role("Without organizations", None, by=boss)
    save_rights(with_nothing, kind_of("people"), {}, "organization.industry = Bikes", [], by=boss)
    assert [one.pk for one in Person.objects.visible_to(holder(with_nothing))] == [ada.pk]


@pytest.mark.parametrize(
    "rule", ["colour = red", "industry", "country = ", "has machines", "((industry = x", "x" * 5000]
)
def test_a_rule_that_makes_no_sense_gets_a_sentence(
    client: Client, boss: User, seller: Role, rule: str
) -> None:
    client.force_login(boss)
    address = f"/settings/roles/{seller.pk}/of/organizations/"
    answer = client.post(address, {"typed": rule, "field-city": "hidden"})
    assert answer.status_code == 422
    assert 'aria-describedby="filter-preview"' in answer.text and '<span class="bad">' in answer.text
    seller.refresh_from_db()
    assert (seller.rules, seller.field_rights) == ({}, {})


def test_the_page_says_it_and_shows_what_the_role_would_see(client: Client, boss: User, seller: Role) -> None:
    user = holder(seller)
    make(Organization, by=boss, owner=user, name="Own firm")
    make(Organization, owner=boss, name="Acme Bikes", industry="Bikes")
    client.force_login(boss)
    address = f"/settings/roles/{seller.pk}/of/organizations/"
    said = {"typed": "industry = Bikes", "act": "edit", "field-city": "hidden", "field-industry": "read"}
    assert client.post(address, said).status_code == 303
    seller.refresh_from_db()
    assert seller.field_rights == {"organizations": {"city": "hidden", "industry": "read"}}
    assert set(seller.rules["organizations"]) == {"read", "edit"}
    page = client.get(address).text
    assert "industry = Bikes" in page
    for shown in ("Own records", "Own firm", "Acme Bikes", "Rule: Industry is Bikes"):
        assert shown in page, shown
    assert client.post(address, {"n": []}).status_code == 303
    seller.refresh_from_db()
    assert (seller.rules, seller.field_rights) == ({}, {})
    built = {"n": "0", "form-0": "condition", "field-0": "industry", "is-0": "is", "value-0": "Bikes"}
    counted = client.post(f"{address}?preview=1", built).text
    assert '<b class="t2">1</b> organization<' in counted and "industry = Bikes" in counted
    assert client.post(address, built).status_code == 303
    seller.refresh_from_db()
    assert seller.rules["organizations"]["read"]["all"][0]["value"] == "Bikes"


def test_only_administrators_and_never_for_them(client: Client, boss: User, seller: Role) -> None:
    member, top = make_user(role="member"), Role.objects.get(key="administrator")
    client.force_login(member)
    assert client.post(f"/settings/roles/{seller.pk}/of/people/", {"field-city": "hidden"}).status_code == 404
    with pytest.raises(Refused):
        save_rights(seller, kind_of("people"), {}, "city = x", [], by=member)
    with pytest.raises(RuleError):
        save_rights(top, kind_of("people"), {"city": "hidden"}, "", [], by=boss)


def test_a_rule_over_what_is_worked_out_over_links_holds(boss: User, seller: Role) -> None:
    """The product works it out: also for who does not see the linked record, and beside filters of his own."""
    people, draft = (
        kind_of("people"),
        Draft("formula", {"label": {"": "Of"}}, options={"formula": OF}, key="of"),
    )
    name = define.add_field(people, draft, by=boss).name
    firm = make(Organization, owner=boss, name="Acme", industry="Bikes")
    ada = make(Person, by=boss, owner=boss, name="Ada", organization=firm)
    make(Person, by=boss, owner=boss, name="Bob")
    save_rights(seller, people, {}, f'{name} = "Bikes"', [], by=boss)
    user = holder(seller)
    assert [one.pk for one in Person.objects.visible_to(user)] == [ada.pk]
    assert can(user, "read", ada)
    assert not Organization.objects.visible_to(user).exists()
    own = Condition(str(name), "is", "Bikes")
    found = compile_filter(Group("all", (own,)), people, Context(user)).condition
    assert not Person.objects.visible_to(user).filter(found).exists()  # he himself does not know it
    assert [one.pk for one in AnyRecord.objects.visible_to(user).filter(type="people")] == [ada.pk]


OF = "organization.industry & ''"


@pytest.mark.parametrize(
    "place", ["/settings/trash/", "/deals/calendar/?by=expected_on", "/deals/board/", "/deals/"]
)
def test_rules_are_asked_for_a_page_and_not_for_each_record(
    client: Client, boss: User, seller: Role, place: str
) -> None:
    for key in ("deals", "organizations"):
        save_rights(seller, kind_of(key), {}, "name starts with Of", ["edit", "delete"], by=boss)
    user, firm = holder(seller), make(Organization, owner=boss, name="Of all")
    client.force_login(user)
    counts = []
    for number in (2, 6):
        for at in range(number):
            values = {"expected_on": timezone.localdate(), "organization": firm}
            deal = make(Deal, by=boss, owner=boss, name=f"Of {number} {at}", **values)
            if "trash" in place:
                delete_record(deal, by=boss)
        client.get(place)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(place)
        assert "Of 2 1" in answer.text
        counts.append(len(asked))
    assert counts[0] == counts[1]
