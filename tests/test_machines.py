"""In two minutes an administrator has machines: with fields, relations, a board, rights, an import and the API."""

from typing import Any

import pytest
from django.test import Client

from rapport.accounts.models import Role, User
from rapport.api.testing import Program
from rapport.kernel.imports.conftest import Importer
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make
from rapport.kernel.testing.make import make_user
from rapport.kernel.testing.nothing_changed import said
from rapport.parties.models import Organization

pytestmark = pytest.mark.django_db
FILE = "Serial number;State;Customer;Delivered on\nLathe 7;In repair;Ole's Bikes;24.12.2025\nLathe 8;New;;1.2.2026\n"


@pytest.fixture
def mara(client: Client, settings: Any, tmp_path: Any) -> User:
    settings.MEDIA_ROOT = tmp_path
    user = make_user("Mara", role="administrator")
    client.force_login(user)
    return user


def field(client: Client, label: str, kind: str, **more: str) -> None:
    said = {"label": label, "kind": kind, "is_listed": "yes", "is_indexed": "yes", **more}
    answer = client.post("/settings/fields/machines/new/", said)
    assert answer.status_code == 302, answer.content.decode()[-2000:]


def define(client: Client) -> None:
    """What an administrator clicks and types."""
    client.post("/settings/types/new/", {"label": "Machine", "plural": "Machines", "title": "Serial number"})
    field(client, "State", "choice", choices_new="New\nIn repair")
    field(client, "Customer", "link", to="organizations")
    field(client, "Delivered on", "date")
    kind: Any = type_by_key("machines")
    said = {"label": "Machine", "plural": "Machines", "title": "Serial number", "board": "x_state"}
    client.post(f"/settings/types/{kind.definition.pk}/", {**said, "subtitle_0": "x_customer"})
    kinds = {"name": "is looked after by", "inverse_name": "looks after", "source_types": "machines",
             "target_types": "people"}  # fmt: skip
    assert client.post("/settings/relationships/new/", kinds).status_code < 400
    restricted = Role.objects.get(key="restricted")
    client.post("/settings/roles/", {f"{restricted.pk}:machines:read": "none"})


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_machines_are_there_with_everything_that_people_have(client: Client, mara: User) -> None:
    define(client)
    make(Organization, by=mara, name="Ole's Bikes")
    Importer(client).bring(FILE, type="machines")
    machines: Any = type_by_key("machines")
    lathe = machines.model.objects.get(name="Lathe 7")
    assert (str(lathe.custom["x_delivered_on"]), lathe.custom["x_state"]) == ("2025-12-24", "in_repair")

    assert "Lathe 7" in shown(client, "/machines/?f=x_customer~name.is.Ole%27s+Bikes")
    assert "Lathe 8" not in shown(client, "/machines/?f=x_customer~name.is.Ole%27s+Bikes")
    assert "In repair" in shown(client, "/machines/board/")
    assert "Lathe 7" in said(client.get("/search/palette/?q=lathe"))
    assert b"Lathe 7" in b"".join(client.get("/machines/export/file/?format=csv"))  # type: ignore[arg-type]
    assert "is looked after by" in shown(client, f"/machines/{lathe.pk}/relationships/new/")

    program = Program(mara)
    made = program.post("machines", {"fields": {"name": "Mill 1", "x_state": "new"}})
    assert made.status_code == 201, made.content
    listed = program.get("machines?f=x_state.any.new").json()
    assert {one["fields"]["name"] for one in listed["data"]} == {"Mill 1", "Lathe 8"}
    assert "/machines" in str(program.get("openapi.json").json()["paths"].keys())


def test_who_may_not_see_machines_finds_none_through_any_door(client: Client, mara: User) -> None:
    define(client)
    machines: Any = type_by_key("machines")
    lathe = make(machines.model, by=mara, name="Lathe 7")
    stranger = make_user(role="restricted")
    client.force_login(stranger)
    for address in ("/machines/", "/machines/board/", "/search/palette/?q=lathe", "/people/"):
        text = said(client.get(address))
        assert "Lathe 7" not in text and 'href="/machines/"' not in text
    assert client.get(f"/machines/{lathe.pk}/").status_code == 404
    program = Program(stranger)
    assert program.get(f"machines/{lathe.pk}").status_code == 404
    assert "Lathe" not in program.get("machines").content.decode()
    assert "/machines" not in program.get("openapi.json").content.decode()
