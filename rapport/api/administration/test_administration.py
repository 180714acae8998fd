"""Roles, territories and shares over the API: for administrators whose token may, and nobody else finds them."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from rapport.accounts.models import RightsEntry, Role, Team, Territory, User
from rapport.api.testing import Program
from rapport.api.tokens.models import Token
from rapport.kernel.shares.models import Share
from rapport.kernel.testing import make
from rapport.kernel.testing.make import make_user
from rapport.parties.models import Organization, Person

pytestmark = pytest.mark.django_db
BIKES = {"all": [{"field": "industry", "is": "is", "value": "Bikes"}]}


@pytest.fixture
def program(administrator: User) -> Program:
    return Program(administrator, may_administer=True)


def test_a_role_is_made_changed_read_and_removed(program: Program) -> None:
    said = {"name": "Seller", "like": "restricted", "rights": {"deals": {"read": "territory", "edit": "all"}}}
    made = program.post("administration/roles", said)
    assert made.status_code == 201
    role = made.json()
    assert role["rights"]["deals"]["edit"] == "territory"  # never further than it sees
    place = f"administration/roles/{role['id']}"
    changed = program.ask("PATCH", place, {
        "help": "Sells bikes", "rules": {"organizations": {"filter": BIKES, "acts": ["read", "edit"]}},
        "fields": {"organizations": {"employees": "hidden"}},
    })  # fmt: skip
    assert changed.status_code == 200, changed.text
    found = program.get(place).json()
    assert found["rules"] == {"organizations": {"filter": BIKES, "acts": ["read", "edit"]}}
    assert found["fields"] == {"organizations": {"employees": "hidden"}}
    assert found["help"] == "Sells bikes"
    assert program.ask("PATCH", place, {"rules": {"organizations": None}}).json()["rules"] == {}
    assert Role.objects.get(pk=role["id"]).field_rights == {"organizations": {"employees": "hidden"}}
    assert role["id"] in [one["id"] for one in program.get("administration/roles").json()["data"]]
    assert program.ask("DELETE", place).status_code == 204
    assert program.get(place).status_code == 404
    told = RightsEntry.objects.values_list("deed", "by_name", "program", "door")
    assert told[0] == ("removed", str(program.user), "Test program", "api")
    assert {one[2] for one in told} == {"Test program"}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"rights": {"nothing": {"read": "all"}}}, "rights.nothing"),
        ({"rights": {"deals": {"fly": "all"}}}, "rights.deals.fly"),
        ({"rights": {"deals": {"read": 5}}}, "rights.deals"),
        (
            {"rules": {"deals": {"filter": {"all": [{"field": "gone", "is": "is", "value": "x"}]}}}},
            "rules.deals",
        ),
        ({"rules": {"deals": []}}, "rules.deals"),
        ({"rules": {"deals": {"acts": ["create"]}}}, "rules.deals.acts"),
        ({"fields": {"deals": {"name": "hidden"}}}, "fields.deals.name"),
        ({"fields": {"deals": {"amount": "secret"}}}, "fields.deals"),
        ({"fields": []}, "fields"),
        ({"name": ["x"]}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_makes_no_sense_changes_nothing(program: Program, said: dict[str, Any], field: str) -> None:
    role = Role.objects.create(key="seller", name="Seller", grants={"*": {"read": "own"}})
    answer = program.ask(
        "PATCH", f"administration/roles/{role.pk}", {"rights": {"people": {"read": "all"}}, **said}
    )
    assert answer.status_code == 422, answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    role.refresh_from_db()
    assert (role.grants, role.rules, role.field_rights) == ({"*": {"read": "own"}}, {}, {})


def test_a_territory_is_made_staffed_and_removed(program: Program) -> None:
    user, team = make_user("Nora"), Team.objects.create(name="North")
    top = program.post("administration/territories", {"name": "Germany"}).json()
    said = {"name": "Bavaria", "parent": top["id"], "users": [str(user.pk)], "teams": [str(team.pk)],
            "filters": {"organizations": BIKES}}  # fmt: skip
    made = program.post("administration/territories", said)
    assert made.status_code == 201, made.text
    place = f"administration/territories/{made.json()['id']}"
    assert program.get(place).json() == made.json() == said | {"id": made.json()["id"]}
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert program.ask("PATCH", place, said).json() == made.json(), "what was read can be said again"
    assert (
        program.ask(
            "PATCH", f"administration/territories/{top['id']}", {"parent": made.json()["id"]}
        ).status_code
        == 422
    )
    assert (
        program.ask("PATCH", place, {"users": [], "filters": {"organizations": None}}).json()["filters"] == {}
    )
    for wrong in ({"users": [str(uuid4())]}, {"teams": "x"}, {"parent": "x"}, {"filters": {"deals": BIKES}}):
        assert program.ask("PATCH", place, wrong).status_code == 422, wrong
    assert program.ask("DELETE", f"administration/territories/{top['id']}").status_code == 204
    assert Territory.objects.get().parent is None
    told = RightsEntry.objects.filter(thing="territory").values_list("deed", "program")
    assert {"added", "placed", "given", "rule", "taken", "removed"} == {deed for deed, _program in told}
    assert {program for _deed, program in told} == {"Test program"}
    assert len(program.get("administration/territories").json()["data"]) == 1


def test_for_every_other_token_there_is_nothing(administrator: User, member: User, stranger: User) -> None:
    role, one = Role.objects.create(key="seller", name="Seller"), Territory.objects.create(name="North")
    others = [
        Program(administrator),
        Program(member, may_administer=True),
        Program(stranger, may_administer=True),
    ]
    for program in others:
        for path in ("roles", f"roles/{role.pk}", "territories", f"territories/{one.pk}"):
            for method in ("GET", "POST", "PATCH", "DELETE"):
                answer = program.ask(
                    method, f"administration/{path}", {"name": "Mine"} if method != "GET" else None
                )
                assert answer.status_code in (404, 405), (method, path)
        assert "/administration/roles" not in program.get("openapi.json").json()["paths"]
    assert (Role.objects.get(pk=role.pk).name, Territory.objects.get(pk=one.pk).name) == ("Seller", "North")
    reading = Program(administrator, may_administer=True, may_write=False)
    assert reading.get("administration/roles").status_code == 200
    assert reading.post("administration/roles", {"name": "x"}).status_code == 403
    assert "/administration/roles" in reading.get("openapi.json").json()["paths"]


def test_only_administrators_can_tick_it(client: Client, administrator: User, member: User) -> None:
    said = {"name": "Sync", "way": "write", "days": "30", "per_minute": "600", "may_administer": "on"}
    for user, may in ((member, False), (administrator, True)):
        client.force_login(user)
        assert client.post("/settings/tokens/new/", said).status_code == 200
        assert Token.objects.get(user=user).may_administer is may
    client.post("/settings/tokens/new/", said | {"name": "Narrow", "types": "people"})
    assert not Token.objects.get(name="Narrow").may_administer


def test_a_record_is_shared_by_who_may_edit_it(member: User, stranger: User) -> None:
    ada: Any = make(Person, owner=member, name="Ada")
    program, other = Program(member), Program(stranger)
    place = f"people/{ada.pk}/shares"
    assert other.post(place, {"user": str(stranger.pk)}).status_code == 404
    made = program.post(place, {"user": str(stranger.pk), "act": "read", "until": "2099-12-31"})
    assert made.status_code == 201, made.text
    assert program.get(place).json()["data"] == [made.json()]
    assert other.get(f"people/{ada.pk}").status_code == 200
    assert other.get(place).status_code == 200
    assert other.post(place, {"user": str(member.pk)}).status_code == 403
    assert other.ask("DELETE", f"{place}/{made.json()['id']}").status_code == 403
    for wrong in ({}, {"user": str(uuid4())}, {"user": str(stranger.pk), "until": "soon"},
                  {"user": str(stranger.pk), "act": "delete"}, {"team": 5}):  # fmt: skip
        assert program.post(place, wrong).status_code == 422, wrong
    firm: Any = make(Organization, owner=member, name="Acme")
    assert program.ask("DELETE", f"organizations/{firm.pk}/shares/{made.json()['id']}").status_code == 404
    assert program.ask("DELETE", f"{place}/{made.json()['id']}").status_code == 204
    assert not Share.objects.exists()
    assert other.get(f"people/{ada.pk}").status_code == 404
    narrow = Program(member, types={"people": ["name"]})
    assert narrow.get(place).status_code == 403


def test_the_page_of_the_api_shows_it_to_administrators(
    client: Client, administrator: User, member: User
) -> None:
    for user, is_there in ((administrator, True), (member, False)):
        client.force_login(user)
        assert ("/administration/roles" in client.get("/settings/api/").text) is is_there
        assert "/administration/roles" not in client.get("/settings/api/?type=people").text
