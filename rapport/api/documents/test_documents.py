"""The description is right: whatever schemathesis makes of it, each answer is one that the description names."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from rapport.accounts.models import User
from rapport.api.testing import Program
from rapport.kernel.registry import types
from rapport.kernel.testing import make
from tests.addresses import build_world

pytestmark = pytest.mark.django_db

CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
FEW = settings(
    max_examples=4, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@contextmanager
def one_connection() -> Iterator[None]:
    """Requests stay in the transaction of the test, as those of Django's own test client do."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def described(program: Program) -> dict[str, Any]:
    answer = program.get("openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_every_answer_is_as_the_description_says(member: User, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.ALLOWED_HOSTS = ["*"]
    program, world = Program(member, per_minute=1_000_000), build_world(member)
    schema = schemathesis.openapi.from_dict(described(program))
    schema.app = WSGIHandler()
    tried, codes = 0, set[int]()
    for result in schema.get_all_operations():
        operation = result.ok()
        key = operation.path.split("/")[1]
        known = str(world.records[key].pk) if key in world.records else ""
        with one_connection():
            codes |= try_operation(operation, program, known)
        tried += 1
    assert tried > 12 * len(types())
    assert {200, 201, 400, 404, 422} <= codes, "otherwise nothing was tried"


def try_operation(operation: Any, program: Program, known: str) -> set[int]:
    """Some cases as they come, and each also for a record that there is."""
    seen = set[int]()
    headers = {"Authorization": f"Bearer {program.secret}", "Accept-Encoding": "identity"}

    @FEW
    @given(case=operation.as_strategy() | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def run(case: Any) -> None:
        for with_known in (False, True):
            if with_known and (
                not known or "id" not in (case.path_parameters or {}) or operation.method == "delete"
            ):
                continue
            if with_known:
                case.path_parameters["id"] = known
            response = case.call(headers=headers)
            seen.add(response.status_code)
            checked = CHECKS if is_wrong(case, with_known) else CHECKS[:-1]
            case.validate_response(response, checks=checked, headers=headers)

    run()
    return seen


def is_wrong(case: Any, has_known_id: bool) -> bool:
    """Whether the call as it is sent must be refused: the token is always right, and so is an id put in later.

    Words of the address that no description names are passed over by what asks for none.
    """
    places = {"body"} if has_known_id else {"body", "path"}
    if set(case.query or {}) <= {one.name for one in case.operation.query}:
        places.add("query")
    parts = case.meta.components.items()
    return any(place.value in places and one.mode is GenerationMode.NEGATIVE for place, one in parts)


def test_the_description_has_what_the_user_has_and_nothing_else(member: User) -> None:
    every = described(Program(member))
    assert {f"/{kind.key}" for kind in types()} <= set(every["paths"])
    reading = described(Program(member, may_write=False))
    writes = [path for path, item in reading["paths"].items() if {"post", "patch"} & set(item)]
    assert not [path for path in writes if not path.endswith("/duplicates")], "these only ask"
    narrow = Program(member, types={"deals": ["name", "amount"]})
    text = json.dumps(described(narrow))
    assert "/people" not in text
    assert "loss_reason" not in text
    assert set(described(narrow)["components"]["schemas"]["deals"]["properties"]["fields"]["properties"]) == {
        "name", "amount",
    }  # fmt: skip


def test_the_page_shows_the_types_of_the_user(member: User, stranger: User) -> None:
    make(types()[0].model, owner=member, by=member)
    client = Client()
    client.force_login(member)
    page = client.get("/settings/api/")
    assert page.status_code == 200
    for kind in types():
        assert f"?type={kind.key}" in page.content.decode()
        assert f"/{kind.key}/{{id}}" in client.get(f"/settings/api/?type={kind.key}").content.decode()
    assert client.get("/settings/api/?type=nonsense").status_code == 200
    assert client.get("/settings/api/openapi.json").json()["openapi"] == "3.1.0"
    assert "/deals" in client.get("/settings/api/openapi.json?type=deals").json()["paths"]
    assert client.get("/settings/api/openapi.json?type=nonsense").status_code == 404


def test_with_many_types_the_description_is_an_index_and_each_type_has_its_own(
    member: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rapport.api.documents.document.WHOLE", 2)
    monkeypatch.setattr("rapport.api.about.PAGE", 2)
    program = Program(member)
    index = described(program)
    assert "/me" in index["paths"]
    assert not {"/people", "/people/{id}"} & set(index["paths"])
    places = {one["name"]: one["externalDocs"]["url"] for one in index["tags"] if "externalDocs" in one}
    assert set(places) == {kind.key for kind in types()}
    found = program.get(places["deals"].partition("/api/v1/")[2]).json()
    assert "/deals/{id}" in found["paths"]
    assert not {"/me", "/people"} & set(found["paths"])
    assert {"deals", "Problem"} <= set(found["components"]["schemas"])
    assert program.get("openapi.json?types=deals,people").json()["paths"].keys() > {"/deals", "/people"}
    assert program.get("openapi.json?types=deals,nonsense").status_code == 404
    assert program.get("openapi.json?types=people,deals,activities").status_code == 422
    told, place = list[str](), ""
    while place is not None:
        page = program.get(f"types?cursor={place}" if place else "types").json()
        told, place = told + [one["key"] for one in page["data"]], page["next"]
    assert told == [kind.key for kind in types()]
    assert program.get("types?cursor=nonsense").status_code == 422
