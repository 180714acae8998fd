"""Territories: whoever works one reaches what lies in it and below it, through every door, and nobody else does."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from rapport.accounts.models import Role, Team, Territory, User
from rapport.api.testing import Program
from rapport.kernel.changes.revert import revert
from rapport.kernel.changes.sets import change_set
from rapport.kernel.custom.record_types import define
from rapport.kernel.filters import Condition, Group, to_json
from rapport.kernel.filters.text import parse_text
from rapport.kernel.permissions import can
from rapport.kernel.permissions.asked import asked_fields
from rapport.kernel.permissions.jobs import prepare_indexes
from rapport.kernel.permissions.roles.actions import add_role, save_tables
from rapport.kernel.permissions.roles.seeing import holder_of, seen_by_role
from rapport.kernel.permissions.rules import alternatives, trusted
from rapport.kernel.permissions.territories.actions import (
    add_territory,
    change_territory,
    remove_territory,
    save_filter,
)
from rapport.kernel.records import NotVisible, Refused, RuleError, save_record
from rapport.kernel.shares.access import who_sees
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
    """A role that sees by territory and edits own records only."""
    role = add_role("Seller", None, by=boss)
    reach = {(key, "read"): "territory" for key in ("organizations", "people", "deals")}
    save_tables({role.pk: {**reach, ("organizations", "edit"): "own"}}, by=boss)
    return Role.objects.get(pk=role.pk)


def where(field: str, said: str) -> Group:
    return Group("all", (Condition(field, "is", said),))


def territory(boss: User, name: str, industry: str, parent: Territory | None = None) -> Territory:
    made = add_territory(name, parent, by=boss)
    save_filter(made, kind_of("organizations"), where("industry", industry), by=boss)
    return made


def works(boss: User, one: Territory, *users: User, teams: Any = ()) -> None:
    change_territory(one, one.name, one.parent, users, teams, by=boss)


def holder(*roles: Role, **values: Any) -> User:
    user = make_user(**values)
    user.roles.set(roles)
    return again(user)


def again(user: User) -> User:
    """The same user as the next request reads him."""
    return User.objects.get(pk=user.pk)


def sees(user: User) -> set[str]:
    return {one.name for one in Organization.objects.visible_to(again(user))}


def test_who_works_a_territory_sees_what_lies_in_it_and_below(boss: User, seller: Role) -> None:
    for name in ("North", "South", "Coast"):
        make(Organization, owner=boss, name=name, industry=name)
    user, mate = holder(seller), holder(seller, team="Coasters")
    make(Organization, by=boss, owner=user, name="Own", industry="x")
    north = territory(boss, "North", "North")
    coast = territory(boss, "Coast", "Coast", parent=north)
    territory(boss, "South", "South")
    assert sees(user) == {"Own"}
    works(boss, north, user)
    works(boss, coast, teams=Team.objects.filter(name="Coasters"))
    assert sees(user) == {"Own", "North", "Coast"}
    assert sees(mate) == {"Coast"}
    found = Organization.objects.get(name="Coast")
    assert can(again(user), "read", found)
    assert not can(again(user), "edit", found)
    with pytest.raises(Refused):
        save_record(found, {"industry": "South"}, by=again(user))
    save_record(found, {"industry": "South"}, by=boss)  # it moves into another territory
    assert sees(mate) == set()
    User.objects.filter(pk=mate.pk).update(team=None)
    save_record(Organization.objects.get(pk=found.pk), {"industry": "Coast"}, by=boss)
    assert sees(mate) == set()  # he left the team that works there


def test_deals_and_people_lie_where_their_organization_does(boss: User, seller: Role) -> None:
    firm = make(Organization, owner=boss, name="Acme", industry="Bikes")
    other = make(Organization, owner=boss, name="Other", industry="Trade")
    for one in (firm, other):
        make(Deal, owner=boss, name=f"Deal of {one}", organization=one)
        make(Person, owner=boss, name=f"Clerk of {one}", organization=one)
    bikes = add_territory("Bikes", None, by=boss)
    for key in ("deals", "people"):
        save_filter(bikes, kind_of(key), where("organization.industry", "Bikes"), by=boss)
    user = holder(seller)
    works(boss, bikes, user)
    assert [one.name for one in Deal.objects.visible_to(again(user))] == ["Deal of Acme"]
    assert [one.name for one in Person.objects.visible_to(again(user))] == ["Clerk of Acme"]
    assert not Organization.objects.visible_to(again(user)).exists()  # of them the territory says nothing


def test_a_role_without_that_reach_gets_nothing_by_a_territory(boss: User) -> None:
    make(Organization, owner=boss, name="North", industry="North")
    north = territory(boss, "North", "North")
    user = holder(Role.objects.get(key="restricted"))
    works(boss, north, user)
    assert sees(user) == set()


def test_teams_and_territories_of_several_roles_add_up(boss: User, seller: Role) -> None:
    team = Team.objects.create(name="South")
    make(Organization, owner=boss, name="Of the team", team=team, industry="x")
    make(Organization, owner=boss, name="North", industry="North")
    user = holder(seller, Role.objects.get(key="restricted"), team="South")
    works(boss, territory(boss, "North", "North"), user)
    assert sees(user) == {"Of the team", "North"}


def test_nobody_edits_by_territory_what_he_sees_by_team(boss: User) -> None:
    role = add_role("Mixed", None, by=boss)
    said = {("deals", "read"): "team", ("deals", "edit"): "territory", ("deals", "export"): "tree"}
    save_tables({role.pk: said}, by=boss)
    grants = Role.objects.get(pk=role.pk).grants["deals"]
    assert [grants[act] for act in ("read", "edit", "export")] == ["team", "own", "team"]


def test_who_sees_it_and_what_a_role_would_see_name_the_territory(boss: User, seller: Role) -> None:
    firm = make(Organization, owner=boss, name="Acme", industry="North")
    user = holder(seller)
    works(boss, territory(boss, "Hanse", "North"), user)
    told = {one.user.pk: one.reasons for one in who_sees(firm)}
    assert told[user.pk] == ["It lies in the territory Hanse: Industry is North."]
    seen = seen_by_role(seller, kind_of("organizations"), holder_of(seller, user, boss))
    assert [(one.label, one.count) for one in seen.ways] == [("Own records", 0), ("Territory Hanse", 1)]


def test_a_tree_has_no_circle_and_parts_move_up(boss: User) -> None:
    top = add_territory("Europe", None, by=boss)
    middle = add_territory("Germany", top, by=boss)
    leaf = add_territory("Berlin", middle, by=boss)
    for above in (top, middle, leaf):
        if above != top:
            with pytest.raises(RuleError):
                change_territory(top, "Europe", above, [], [], by=boss)
    with pytest.raises(RuleError):
        add_territory("Berlin", None, by=boss)
    remove_territory(middle, by=boss)
    assert Territory.objects.get(name="Berlin").parent == top
    with pytest.raises(Refused):
        remove_territory(top, by=make_user(role="member"))


def test_types_of_ones_own_lie_in_territories_too(client: Client, boss: User) -> None:
    words = {"label": {"": "Machine"}, "plural": {"": "Machines"}}
    define.add_type(define.TypeDraft(words, key="machines"), by=boss)
    machines = kind_of("machines")
    for name in ("Lathe", "Drill"):
        make(machines.model, owner=boss, **{machines.title: name})
    one = add_territory("Workshop", None, by=boss)
    save_filter(one, machines, where(machines.title, "Lathe"), by=boss)
    role = add_role("Fitter", None, by=boss)
    save_tables({role.pk: {("*", "read"): "territory", ("*", "export"): "territory"}}, by=boss)
    user = holder(Role.objects.get(pk=role.pk))
    works(boss, one, user)
    client.force_login(again(user))
    page = client.get("/machines/").text
    assert "Lathe" in page
    assert "Drill" not in page
    exported = b"".join(client.get("/machines/export/file/?format=csv")).decode()
    assert "Lathe" in exported
    assert "Drill" not in exported
    assert "data-glance" not in client.get("/search/palette/?q=Drill").text
    assert Program(user).get("machines?count=true").json()["count"]["number"] == 1


def test_what_has_left_the_territory_is_not_taken_back(boss: User, seller: Role) -> None:
    save_tables({seller.pk: {("organizations", "edit"): "territory"}}, by=boss)
    firm = make(Organization, owner=boss, name="Acme", industry="North")
    user = holder(seller)
    works(boss, territory(boss, "North", "North"), user)
    with change_set(by=again(user)) as opened:
        save_record(firm, {"legal_form": "AG"}, by=again(user))
    save_record(Organization.objects.get(pk=firm.pk), {"industry": "South"}, by=boss)
    with pytest.raises((Refused, NotVisible)):
        revert(opened.row, by=again(user))
    assert Organization.objects.get(pk=firm.pk).legal_form == "AG"


def test_a_broken_filter_lets_nothing_through(boss: User, seller: Role) -> None:
    make(Organization, owner=boss, name="Acme", industry="North")
    one = territory(boss, "North", "North")
    user = holder(seller)
    works(boss, one, user)
    Territory.objects.update(
        filters={"organizations": {"all": [{"field": "gone", "is": "is", "value": "x"}]}}
    )
    assert sees(user) == set()


def test_the_pages_say_all_of_it(client: Client, boss: User, seller: Role) -> None:
    make(Organization, owner=boss, name="Acme", industry="North")
    client.force_login(boss)
    assert "No territories yet" in client.get("/settings/territories/").text
    assert client.post("/settings/territories/new/", {"name": " Hanse "}).status_code == 303
    one, user = Territory.objects.get(), holder(seller, name="Nora North")
    place = f"/settings/territories/{one.pk}/"
    said = {"name": "Hanse", "users": str(user.pk), "teams": ["", "x"]}
    assert client.post(place, said).status_code == 303
    built = {"n": "0", "form-0": "condition", "field-0": "industry", "is-0": "is", "value-0": "North"}
    counted = client.post(f"{place}of/organizations/?preview=1", built).text
    assert '<b class="t2">1</b> organization<' in counted
    assert client.post(f"{place}of/organizations/", built).status_code == 303
    assert sees(user) == {"Acme"}
    page = client.get(place).text
    assert "Industry is North" in page
    assert "Nora North" in client.get("/settings/territories/").text
    typed = {"typed": "industry = ", "typed-before": ""}
    assert client.post(f"{place}of/organizations/", typed).status_code == 422
    typed["typed"] = "industry = South"
    assert client.post(f"{place}of/organizations/", typed).status_code == 303
    assert sees(user) == set()
    assert client.post(f"{place}of/organizations/", {"clear": "1"}).status_code == 303
    assert Territory.objects.get().filters == {}
    assert client.post(f"{place}remove/").status_code == 303
    client.force_login(user)
    assert client.get("/settings/territories/").status_code == 404


def test_lines_of_a_refused_filter_count_when_it_is_saved_again(client: Client, boss: User) -> None:
    client.force_login(boss)
    one = territory(boss, "North", "North")
    place = f"/settings/territories/{one.pk}/of/organizations/"
    # no preview brought the text of the new lines
    sent = {"typed": "industry = North", "typed-before": "industry = North", "n": "0", "form-0": "condition"}
    refused = client.post(place, {**sent, "field-0": "gone", "is-0": "is", "value-0": "x"})
    assert refused.status_code == 422
    shown = dict(re.findall(r'name="(typed|typed-before)" value="([^"]*)"', refused.text))
    assert shown["typed"] == shown["typed-before"]
    assert (
        client.post(place, {**sent, **shown, "field-0": "city", "is-0": "is", "value-0": "Ulm"}).status_code
        == 303
    )
    assert Territory.objects.get().filters["organizations"] == to_json(where("city", "Ulm"))
    # what was typed and cannot be read stays as it was typed
    assert 'value="city ="' in client.post(place, {"typed": "city =", "typed-before": ""}).text


def test_what_filters_compare_has_an_index_and_loses_it_with_them(boss: User) -> None:
    one = add_territory("Bikes", None, by=boss)
    save_filter(one, kind_of("organizations"), where("industry", "Bikes"), by=boss)
    save_filter(
        one, kind_of("people"), Group("all", (Condition("organization.language", "any", "de"),)), by=boss
    )
    assert asked_fields() == {"organizations": ["industry", "language"]}
    assert {"industry", "language"} <= listed_columns()
    remove_territory(one, by=boss)
    assert "language" not in listed_columns()


def listed_columns() -> set[str]:
    """The columns with which the indexes of lists of organizations begin, when all is prepared."""
    prepare_indexes()
    with connection.cursor() as cursor:
        cursor.execute(
            "select indexdef from pg_indexes where tablename = 'parties_party' and indexname like 'list_%%'"
            " and indexdef like '%%organization%%'"
        )
        return {line.partition("(")[2].partition(",")[0] for (line,) in cursor.fetchall()}


def test_many_filters_are_few_conditions(boss: User) -> None:
    def count(key: str, *said: str) -> int:
        return len(alternatives(parse_text(one, kind_of(key), trusted(boss)) for one in said))

    assert count("organizations", "industry = x", "city = y or industry = z", "owner is me and city = y") == 1
    assert (
        count("people", "organization.city = x", "organization.industry = y", "city = x", "stage = lead") == 2
    )
    assert count("organizations", "has people", "not (industry = x)", "city = y") == 3
