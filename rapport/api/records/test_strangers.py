"""Whoever may not see a record finds it through no address of the API; whatever is sent, nothing breaks."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from rapport.accounts.models import User
from rapport.api.testing import Program
from rapport.kernel.custom import schema
from rapport.kernel.files.models import StoredFile
from rapport.kernel.registry import types
from rapport.kernel.testing.make import make_user
from rapport.kernel.testing.nothing_changed import OF_RECORDS, checksum, said
from tests.addresses import HIDDEN, World, build_world, links_to
from tests.standing import standing

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("kind", types(), ids=lambda one: one.key)


@pytest.fixture(scope="module")
def everything(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with standing(django_db_blocker, tmp_path_factory.mktemp("files")):
        yield build_world(make_user("Mara Member", role="member", team="North"))


@pytest.fixture
def world(everything: World, db: None) -> World:
    schema.load()
    return everything


@pytest.fixture
def member(world: World) -> User:
    return world.owner


def calls(key: str, world: World) -> list[tuple[str, str, Any]]:
    """Every way to ask for something of one record."""
    place = f"{key}/{world.records[key].pk}"
    edge = f"{place}/relationships/{world.edges[key].pk}"
    fields = {"fields": {"source": "Taken over"}}
    return [
        ("GET", place, None), ("PATCH", place, fields), ("DELETE", place, None), ("POST", f"{place}/restore", {}),
        ("GET", f"{place}/actions", None), ("POST", f"{place}/actions/win", {}),
        ("GET", f"{place}/relationships", None),
        ("POST", f"{place}/relationships", {"type": "knows-of", "other": str(world.records[key].pk)}),
        ("PATCH", edge, {"fields": {"role": "x"}}), ("DELETE", edge, None), ("GET", f"{place}/files", None),
        ("POST", f"{place}/files", {}), ("GET", f"{place}/timeline", None), ("HEAD", place, None),
        ("GET", f"{place}/duplicates", None), ("POST", f"{place}/merge", {"others": [str(uuid4())]}),
        ("GET", f"{place}/merge?others={world.edges[key].pk}", None), ("PATCH", f"{place}?dry_run=true", fields),
        ("GET", f"files/{world.files[key].pk}", None), ("DELETE", f"files/{world.files[key].pk}", None),
    ]  # fmt: skip


@EACH
def test_a_stranger_gets_the_answer_of_what_does_not_exist(kind: Any, world: World, stranger: User) -> None:
    program, before = Program(stranger), checksum(*OF_RECORDS)
    for method, path, body in calls(kind.key, world):
        hidden = program.ask(method, path, body)
        parts = [str(uuid4()) if len(one) == 36 else one for one in path.split("/")]
        unknown = program.ask(method, "/".join(parts), body)
        assert hidden.status_code == 404, (method, path)
        assert said(hidden) == said(unknown)
        assert HIDDEN not in said(hidden)
    assert checksum(*OF_RECORDS) == before


@EACH
def test_the_owner_finds_it_by_the_same_calls(kind: Any, world: World, member: User) -> None:
    program = Program(member)
    codes = {program.ask(method, path, body).status_code for method, path, body in calls(kind.key, world)[4:]}
    assert 200 in codes
    assert not {one for one in codes if one >= 500}


@EACH
def test_lists_of_a_stranger_tell_nothing(kind: Any, world: World, stranger: User) -> None:
    program = Program(stranger)
    key = str(world.records[kind.key].pk)
    queries = ["", "count=true", f"q={HIDDEN}", "include=" + ",".join(kind.parts)]
    queries += [f"f={name}.any.{link}" for name, link in links_to(world, kind.key).items()]
    queries += [f"sort={name}" for name in ("created_at", "-created_at")]
    for query in queries:
        answer = program.get(f"{kind.key}?{query}")
        assert answer.status_code in (200, 422), answer.content
        assert HIDDEN not in said(answer).replace(f"q={HIDDEN}", "")
        assert key not in said(answer)
        if answer.status_code == 200:
            assert answer.json()["data"] == []


@EACH
def test_nobody_links_what_he_does_not_see(kind: Any, world: World, stranger: User) -> None:
    own, program = build_world(stranger), Program(stranger)
    place = f"{kind.key}/{own.records[kind.key].pk}"
    for name, link in links_to(world, kind.key).items():
        refused = program.patch(place, {"fields": {name: link}})
        unknown = program.patch(place, {"fields": {name: str(uuid4())}})
        assert refused.status_code == unknown.status_code == 422
        assert refused.json()["errors"][0]["field"] == name
    other = str(world.records[kind.key].pk)
    related = program.post(f"{place}/relationships", {"type": "knows-of", "other": other})
    assert related.status_code == 422
    files = StoredFile.objects.filter(uploaded_by=world.owner).values_list("pk", flat=True)
    for name, field in kind.editable_fields().items():
        if field.kind in ("file", "picture"):
            taken = program.patch(place, {"fields": {name: str(files[0])}})
            assert taken.status_code == 422


HOSTILE: list[Any] = [
    "x" * 10_000_000, "\x00", "a\x00b", "\ud800", "", " ", "<script>", "' or 1=1 --", -1, 0, 10**30, 1e308, True, None,
    [], {}, [[]], [None], [1], ["\x00"], {"a": "b"}, {"amount": "1", "currency": "EURO"}, {"amount": None},
    "9999-99-99",
    "0001-01-01", "9999-12-31T23:59:59+23:59", "0001-01-01T00:00:00-12:00", "infinity", "NaN", "٣", "1e999999", "0x10",
    str(uuid4()), ["x" * 100_000], ["x"] * 5000, {"street": ["x"]}, {"street": "x" * 9999},
]  # fmt: skip


def send_each(program: Program, address: str, fields: dict[str, Any]) -> None:
    """Send these values together; those that were not refused again without the others, until each was looked at."""
    answer = program.patch(address, {"fields": fields})
    assert answer.status_code in (200, 400, 409, 422), (list(fields), str(fields)[:80], answer.status_code)
    assert len(answer.content) < 100_000
    if answer.status_code == 200 or len(fields) == 1:
        return
    errors = answer.json().get("errors", []) if answer.status_code == 422 else []
    refused = {one.get("field") for one in errors} & fields.keys()
    for rest in [fields.keys() - refused] if refused else [{name} for name in fields]:
        if rest:
            send_each(program, address, {name: fields[name] for name in rest})


@EACH
def test_nothing_that_is_sent_as_a_value_breaks_anything(kind: Any, member: User, world: World) -> None:
    program, record = Program(member, per_minute=100_000), world.records[kind.key]
    address = f"{kind.key}/{record.pk}"
    # Fields of one kind read alike: of each the last one tells enough.
    fields = {(type(one), one.required): (name, one) for name, one in kind.editable_fields().items()}
    # People and organizations have the same parts: they are tried with the first that has them.
    before = [part.model for one in types()[: types().index(kind)] for part in one.parts.values()]
    parts = {key: part for key, part in kind.parts.items() if part.model not in before}
    for value in HOSTILE:
        if isinstance(value, str) and len(value) > 1_000_000:  # two of them are more than a request takes
            for name, field in fields.values():
                if field.kind in ("text", "longtext", "number"):
                    send_each(program, address, {name: value})
            continue
        send_each(program, address, {name: value for name, _field in fields.values()})
        for key, part in parts.items():
            for name in part.fields:
                answer = program.patch(address, {"parts": {key: [{name: value}]}})
                assert answer.status_code in (200, 400, 422), (key, name, str(value)[:40])


BODIES = [
    b"", b"x", b"[]", b"null", b"1", b'"x"', b"{", b"\xff\xfe", b'{"a":' * 100_000, b"[" * 200_000, b'{"fields":null}',
    b'{"fields":[]}', b'{"fields":{"nonsense":1}}', b'{"fields":{"\\u0000":1}}', b'{"parts":[]}', b'{"parts":{"x":1}}',
    b'{"parts":{"addresses":{}}}', b'{"parts":{"addresses":[1]}}', b'{"version":"1","fields":{}}', b'{"version":true}',
    b'{"version":99999999999999999999}', b'{"fields":{"source":NaN}}', b'{"fields":{"source":Infinity}}',
    b'{"nonsense":1}',
    b'{"fields":{"source":' + b"9" * 10_000 + b"}}", json.dumps({"fields": {"x" * 100_000: 1}}).encode(),
]  # fmt: skip


@EACH
def test_no_body_breaks_anything(kind: Any, member: User, world: World) -> None:
    program, place = Program(member, per_minute=100_000), f"{kind.key}/{world.records[kind.key].pk}"
    edge = f"{place}/relationships/{world.edges[kind.key].pk}"
    for raw in BODIES:
        for method, path in (
            ("POST", kind.key), ("PATCH", place), ("POST", f"{place}/relationships"), ("PATCH", edge),
            ("POST", f"{place}/actions/win"), ("POST", f"{place}/files"),
        ):  # fmt: skip
            answer = program.ask(method, path, raw=raw)
            assert answer.status_code < 500, (method, path, raw[:40])
    for media in (
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/xml",
        "x",
    ):
        for path in (kind.key, f"{place}/files"):
            assert program.ask("POST", path, raw=b"--x\r\n", content_type=media).status_code in (
                400,
                415,
                422,
            )


@pytest.mark.parametrize(
    "path",
    ["people/x", "people/%00", "people/00000000-0000-0000-0000-000000000000/%00", "nonsense", "nonsense/x/y/z", "%ff",
     "people?q=%00", "people?q=%ff", "people?f=%00", "people?f=name.is.%00", "people?%00=1", "people?filter=%00",
     "people?cursor=%ff%00", "types/nonsense", "files/x",
     "people/external/erp/%00", "people/external/%00/x", "people/external/e/%ED%A0%80",
     "people/external/" + "x" * 500 + "/y",
     "changes?since=%00", "changes?types=%00", "changes?types=nonsense",
     "people?limit=9999999999999999999", "people?fields=%00",
     "people?f=name.is." + "x" * 9000, "deals?f=amount.is." + "9" * 9000, "people?filter=" + "{" * 9000],
)  # fmt: skip
def test_no_address_breaks_anything(path: str, member: User) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"):
        answer = Program(member).ask(method, path)
        assert 200 <= answer.status_code < 500
        if answer.status_code >= 400 and method != "HEAD":
            assert answer["Content-Type"] == "application/problem+json"
