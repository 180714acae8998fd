"""Roles: administrators say what they may; nothing reaches further than seeing; built-in ones stay."""

import pytest
from django.test import Client

from rapport.accounts.grants import grant
from rapport.accounts.invitations.actions import invite, withdraw
from rapport.accounts.models import Provider, Role, Team, User
from rapport.kernel.custom.record_types import define
from rapport.kernel.permissions import can
from rapport.kernel.permissions.roles.actions import add_role, remove_role, save_tables
from rapport.kernel.records import Refused, RuleError, delete_records, save_record, update_records
from rapport.kernel.records.bulk_edit import edit_records
from rapport.kernel.registry import type_of
from rapport.kernel.shares.access import who_sees
from rapport.kernel.testing import make
from rapport.kernel.testing.make import make_user
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return make_user(role="administrator")


@pytest.fixture
def seller(boss: User) -> Role:
    return add_role("Seller", Role.objects.get(key="restricted"), by=boss)


def holder(role: Role) -> User:
    user = make_user()
    user.roles.set([role])
    return User.objects.get(pk=user.pk)


def test_what_the_table_says_holds_at_once(client: Client, boss: User, seller: Role) -> None:
    ada = make(Person, owner=boss, name="Ada")
    user = holder(seller)
    client.force_login(user)
    assert client.get(ada.get_absolute_url()).status_code == 404
    client.force_login(boss)
    answer = client.post(
        "/settings/roles/", {f"{seller.pk}:people:read": "all", f"{seller.pk}:people:edit": "own"}
    )
    assert answer.status_code == 303
    client.force_login(user)
    assert client.get(ada.get_absolute_url()).status_code == 200
    with pytest.raises(Refused):
        save_record(ada, {"position": "Chair"}, by=holder(seller))
    assert grant(holder(seller), "organizations", "read") == "team"  # other types stay as they were


def test_nobody_reaches_further_than_he_sees(boss: User, seller: Role) -> None:
    save_tables(
        {seller.pk: {("deals", "read"): "own", ("deals", "edit"): "all", ("deals", "export"): "team"}},
        by=boss,
    )
    user = holder(seller)
    assert [grant(user, "deals", act) for act in ("read", "edit", "export", "bulk")] == ["own"] * 4


def test_a_type_that_is_like_all_others_needs_no_line(boss: User, seller: Role) -> None:
    save_tables({seller.pk: {("people", "read"): "all", ("people", "edit"): "all"}}, by=boss)
    seller.refresh_from_db()
    assert set(seller.grants) == {"*", "people"}
    save_tables({seller.pk: {("people", "read"): "team", ("people", "edit"): "team"}}, by=boss)
    seller.refresh_from_db()
    assert set(seller.grants) == {"*"}


def test_what_is_said_of_other_records_reaches_every_type_without_a_line(boss: User, seller: Role) -> None:
    save_tables({seller.pk: {("people", "read"): "own"}}, by=boss)
    save_tables({seller.pk: {("*", "read"): "all"}}, by=boss)
    assert [grant(holder(seller), key, "read") for key in ("people", "deals", "later")] == [
        "own",
        "all",
        "all",
    ]


def test_administrators_have_no_table(client: Client, boss: User) -> None:
    role = Role.objects.get(key="administrator")
    client.force_login(boss)
    client.post("/settings/roles/", {f"{role.pk}:people:read": "none"})
    assert grant(holder(role), "people", "read") == "all"
    with pytest.raises(RuleError):
        add_role("Second", role, by=boss)


def test_of_several_roles_the_most_permissive_counts(boss: User, seller: Role) -> None:
    reader = add_role("Reader", None, by=boss)
    save_tables({reader.pk: {("organizations", "read"): "all"}}, by=boss)
    user = holder(seller)
    user.roles.add(reader)
    user = User.objects.get(pk=user.pk)
    firm = make(Organization, owner=boss, name="Halden")
    assert Organization.objects.visible_to(user).filter(pk=firm.pk).exists()
    assert grant(user, "organizations", "edit") == "team"


def test_a_role_in_use_or_built_in_stays(client: Client, boss: User, seller: Role) -> None:
    user = holder(seller)
    for role in (seller, Role.objects.get(key="member")):
        with pytest.raises(RuleError):
            remove_role(role, by=boss)
    user.roles.clear()
    client.force_login(boss)
    assert client.post(f"/settings/roles/{seller.pk}/remove/").status_code == 303
    assert not Role.objects.filter(pk=seller.pk).exists()


@pytest.mark.parametrize("name", ["", " \x00 ", "x" * 101])
def test_impossible_names_get_a_sentence(client: Client, boss: User, name: str) -> None:
    client.force_login(boss)
    answer = client.post("/settings/roles/new/", {"name": name, "like": "member"})
    assert answer.status_code == 422
    assert "A name has 1 to 100 characters." in answer.text


def test_two_roles_of_one_name_are_two(boss: User) -> None:
    assert len({add_role("Verkäufer", None, by=boss).key for _time in range(3)}) == 3


@pytest.mark.parametrize("said", ["everything", "ALL", ""])
def test_a_reach_that_does_not_exist_changes_nothing(
    client: Client, boss: User, seller: Role, said: str
) -> None:
    client.force_login(boss)
    assert client.post("/settings/roles/", {f"{seller.pk}:people:read": said}).status_code == 422
    assert grant(holder(seller), "people", "read") == "team"


def test_for_others_the_table_does_not_exist(client: Client, seller: Role) -> None:
    client.force_login(make_user(role="member"))
    assert client.get("/settings/roles/").status_code == 404
    assert client.post("/settings/roles/", {f"{seller.pk}:people:read": "all"}).status_code == 404
    with pytest.raises(Refused):
        save_tables({seller.pk: {("people", "read"): "all"}}, by=make_user(role="member"))


def test_the_team_tree_reaches_down_and_never_up_or_aside(client: Client, boss: User, seller: Role) -> None:
    save_tables({seller.pk: {("people", "read"): "tree", ("people", "edit"): "team"}}, by=boss)
    top = Team.objects.create(name="Europe")
    middle = Team.objects.create(name="Germany", parent=top)
    leaf, aside = (
        Team.objects.create(name="Berlin", parent=middle),
        Team.objects.create(name="France", parent=top),
    )
    records = {
        team.name: make(Person, owner=boss, team=team, name=f"Of {team.name}") for team in Team.objects.all()
    }
    user = holder(seller)
    User.objects.filter(pk=user.pk).update(team=middle)
    user = User.objects.get(pk=user.pk)
    seen = {one.name for one in Person.objects.visible_to(user)}
    assert seen == {"Of Germany", "Of Berlin"}
    assert {name for name, one in records.items() if can(user, "read", one)} == {"Germany", "Berlin"}
    assert {name for name, one in records.items() if can(user, "edit", one)} == {"Germany"}
    client.force_login(user)
    page = client.get("/people/").text
    assert "Of Berlin" in page and "Of France" not in page and "Of Europe" not in page
    assert user.pk in {one.user.pk for one in who_sees(records["Berlin"])}
    assert (leaf.parent, aside.parent) == (middle, top)


def test_changing_many_can_be_kept_from_a_role_and_one_record_not(
    client: Client, boss: User, seller: Role
) -> None:
    full = {("people", act): "all" for act in ("read", "edit", "delete")}
    save_tables({seller.pk: {**full, ("people", "bulk"): "none"}}, by=boss)
    people = [make(Person, owner=boss, name=name) for name in ("Ada", "Bob")]
    kind, user = type_of(people[0]), holder(seller)
    keys = [one.pk for one in people]
    for deed in (
        lambda: update_records(kind, keys, {"position": "Chair"}, by=user),
        lambda: delete_records(kind, keys, by=user),
    ):
        with pytest.raises(Refused):
            deed()
    assert set(edit_records(kind, keys, {"position": "Chair"}, by=user).refused) == set(keys)
    client.force_login(user)
    page = client.get("/people/").text
    assert "bulk/set/" not in page and "bulk/delete/" not in page
    said = ",".join(str(key) for key in keys)
    for what in ("set", "assign", "tags", "delete"):
        assert client.get(f"/people/bulk/{what}/?ids={said}").status_code == 404
    assert {one.position for one in Person.objects.all()} == {""}
    save_record(people[0], {"position": "Chair"}, by=user)
    delete_records(kind, keys[:1], by=user)
    assert Person.objects.visible_to(user).count() == 1


def test_pages_of_roles_stay_small_with_many_record_types(client: Client, boss: User, seller: Role) -> None:
    said = {"label": {"": "Thing"}, "plural": {"": "Things"}}
    client.force_login(boss)
    few = len(client.get("/settings/roles/").content)
    for number in range(12):
        words = {**said, "plural": {"": f"Things {number:02}"}}
        define.add_type(define.TypeDraft(words, key=f"things_{number:02}", in_menu=False), by=boss)
    many = client.get("/settings/roles/").text
    assert len(many) < few * 4
    assert "Things 11" not in many
    assert "Things 11" in client.get("/settings/roles/?q=things 11").text
    assert "Things 11" in client.get("/settings/roles/?from=12").text
    answer = client.post("/settings/roles/?q=things 11", {f"{seller.pk}:things_11:read": "own"})
    assert answer.headers["Location"] == "/settings/roles/?q=things+11"
    assert "Things 11" in client.get("/settings/roles/").text  # what a role says of its own comes first
    place = f"/settings/roles/{seller.pk}/types/"
    assert "Things 10" in client.get(f"{place}?q=things 10").text
    assert "No record type is called" in client.get(f"{place}?q=nothing").text


def test_one_looks_as_somebody_who_has_the_role(client: Client, boss: User, seller: Role) -> None:
    def of(role: Role, name: str, *, is_active: bool = True) -> User:
        user = make_user(name, is_active=is_active)
        user.roles.set([role])
        return user

    of(seller, "Adam Away", is_active=False)
    nora = of(seller, "Nora North")
    of(seller, "Zoe Zander")
    client.force_login(boss)
    page = client.get("/settings/roles/").text
    assert f"/settings/users/{nora.pk}/view-as/" in page and page.count("/view-as/") == 1
    one = client.get(f"/settings/roles/{seller.pk}/types/").text
    assert "See as Nora North" in one and one.count("/view-as/") == 1
    User.objects.exclude(pk=boss.pk).update(is_active=False)
    assert "/view-as/" not in client.get("/settings/roles/").text


def test_a_role_that_somebody_would_get_stays(client: Client, boss: User, seller: Role) -> None:
    client.force_login(boss)
    remove = f"/settings/roles/{seller.pk}/remove/"
    provider = Provider.objects.create(name="Halden account", issuer="https://id.example", role=seller)
    refused = client.post(remove)
    assert (refused.status_code, "Halden account" in refused.text) == (422, True)
    provider.delete()
    invitation = invite(name="Nora", email="nora@example.com", role=[seller], team=None, by=boss)
    refused = client.post(remove)
    assert (refused.status_code, "Nora is invited" in refused.text) == (422, True)
    withdraw(invitation, by=boss)
    assert client.post(remove).status_code == 303
    assert not Role.objects.filter(pk=seller.pk).exists()
