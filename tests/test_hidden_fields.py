"""What a role hides from a user stands in no answer: not on a page, not in a file, not in what programs are told."""

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from rapport.accounts.models import Role, Team, User
from rapport.api.testing import Program
from rapport.kernel.changes.models import Change, ChangeSet
from rapport.kernel.changes.sets import change_set
from rapport.kernel.custom import schema
from rapport.kernel.fields import Amount
from rapport.kernel.fields.base import FieldType
from rapport.kernel.permissions.fields import governed
from rapport.kernel.records import Record, RuleError, save_record
from rapport.kernel.registry import RecordType, types
from rapport.kernel.search.query import find
from rapport.kernel.testing.make import make_user
from rapport.kernel.testing.nothing_changed import said
from tests.addresses import Route, World, addresses, bodies, build_world, by_turns, links_to, routes
from tests.standing import standing
from tests.test_strangers import HTMX, PUBLIC, send

pytestmark = pytest.mark.django_db

WORD = "Verborgen"  # stands in every hidden value that is a text
SECRET = re.compile(
    r"verborgen|91[.,\u202f\u00a0]?827|918[.,]?27|30 ?77 ?66 ?55|3077665544"
    r"|1987-03-21|21\.0?3\.1987|03/21/1987|Mar(ch)? 21, 1987",
    re.IGNORECASE,
)
CHUNKS = 6
EVERY = [one for one in routes() if one.name not in PUBLIC]
PAGES = [one for one in EVERY if not one.pattern.startswith("api/v1/")]
CALLS = [one for one in EVERY if one.pattern.startswith("api/v1/") and one.name != "api_unknown"]


def value_of(one: FieldType) -> Any:
    """A value that is found again wherever it is told; None for fields whose values stand in menus anyway."""
    match one.kind:
        case "text" | "longtext":
            return f"{WORD} {one.name}"[: getattr(one, "longest", None) or 80]
        case "email":
            return "verborgen@secret.example"
        case "phone":
            return "+493077665544"
        case "web":
            return "https://verborgen.example"
        case "money":
            return Amount(Decimal("91827.00"), "EUR")
        case "number":
            return Decimal(91827)
        case "date":
            return date(1987, 3, 21)
        case "tags":
            return [WORD.lower()]
    return None


def hide_all(kind: RecordType, record: Record, owner: User) -> None:
    """Write the values, one by one, so that the log tells of each; parts get one, too."""
    for name in governed(kind):
        one = kind.fields.get(name)
        value = value_of(one) if one is not None and not getattr(one, "is_worked_out", False) else None
        if value is None:
            continue
        try:
            with transaction.atomic(), change_set(by=owner) as opened:
                opened.in_action += 1
                before = type(record).objects.get(pk=record.pk)
                if str(save_record(before, {name: value}, by=owner)) != str(record):
                    raise RuleError  # the name of a record follows from it, and names are seen
        except (RuleError, ValueError):
            continue  # what follows from something else, or has rules of its own
    if "addresses" in kind.parts:
        rows = [{"address": {"street": f"{WORD} 1", "city": f"{WORD}stadt", "country": "DE"}}]
        save_record(type(record).objects.get(pk=record.pk), {}, by=owner, parts={"addresses": rows})


@pytest.fixture(scope="module")
def everything(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, User]]:
    with standing(django_db_blocker, tmp_path_factory.mktemp("files")):
        Team.objects.create(name="South")
        administrator = make_user("Ada Administrator", role="administrator")
        found = build_world(administrator)
        for kind in types():
            hide_all(kind, found.records[kind.key], administrator)
            last = Change.objects.filter(record_id=found.records[kind.key].pk, part="").latest("id")
            found.sets[f"{kind.key} last"] = ChangeSet.objects.get(pk=last.change_set_id)
        yield found, blind_reader()


def blind_reader() -> User:
    """Somebody who may do everything with all records, and see nothing of what can be hidden."""
    acts = dict.fromkeys(("create", "read", "edit", "delete", "export", "bulk"), "all")
    hidden = {kind.key: dict.fromkeys(governed(kind), "hidden") for kind in types()}
    role = Role.objects.create(key="blind", name="Blind", grants={"*": acts}, field_rights=hidden)
    user = make_user("Reader")
    user.roles.set([role])
    return User.objects.get(pk=user.pk)


@pytest.fixture
def world(everything: tuple[World, User], db: None) -> World:
    schema.load()
    return everything[0]


@pytest.fixture
def reader(everything: tuple[World, User], world: World) -> User:
    return User.objects.get(pk=everything[1].pk)


def told(answer: Any) -> str:
    found = SECRET.search(said(answer))
    return found.group() if found else ""


def queries(world: World, key: str) -> list[dict[str, Any]]:
    record, names = world.records[key], ",".join(governed(type_called(key)))
    return [
        {},
        {"ids": str(record.pk), "fields": "all", "format": "csv", "part": "log"},
        {
            "columns": names,
            "sort": "-amount",
            "q": "Quarz",
            "typed": "1",
            "all": "1",
            "exact": "1",
            "type": key,
        },
        {"record": str(record.pk), "at": "2099-01-01", "by": "stage", "layout": "board"}
        | links_to(world, key),
    ]


def type_called(key: str) -> RecordType:
    return next(kind for kind in types() if kind.key == key)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_page_tells_what_is_hidden(chunk: int, world: World, reader: User) -> None:
    client, wrong = Client(raise_request_exception=False), set[tuple[str, str, str]]()
    client.force_login(reader)
    for route in PAGES[chunk::CHUNKS]:
        for address, key in some(by_turns(route, world)):
            asked = queries(world, key)
            answers = [client.get(address, one) for one in (asked if not route.names_record else asked[1:2])]
            answers.append(client.get(address, **HTMX))
            for body in bodies(world, key)[:1] if route.takes_post else ():
                with transaction.atomic():
                    answers.append(send(client, address, _without_secrets(body)))
                    transaction.set_rollback(True)
            for answer in answers:
                if (found := told(answer)) or answer.status_code >= 500:
                    wrong.add((route.name, key, found or str(answer.status_code)))
    assert not wrong


def some(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of the ways to fill an address a few for each type."""
    seen: dict[str, int] = {}
    for _address, key in pairs:
        seen[key] = seen.get(key, 0) + 1
    return [pair for place, pair in enumerate(pairs) if place % max(1, seen[pair[1]] // 2) == 0]


def _without_secrets(body: dict[str, Any]) -> dict[str, Any]:
    """A form that does not say itself what must not be told."""
    return {name: value for name, value in body.items() if not SECRET.search(str(value))}


def test_programs_are_not_told_what_is_hidden(world: World, reader: User) -> None:
    program, wrong = Program(reader), set[tuple[str, str, str]]()
    for route in CALLS:
        for address, key in calls(route, world):
            answers = [program.get(address), program.get(f"{address}?include=contact_points,addresses")]
            with transaction.atomic():
                answers.append(program.post(address, {}))
                transaction.set_rollback(True)
            for answer in answers:
                if (found := told(answer)) or answer.status_code >= 500:
                    wrong.add((route.name, key, found or str(answer.status_code)))
    assert not wrong


def calls(route: Route, world: World) -> list[tuple[str, str]]:
    """The paths of a call behind /api/v1/, once for each type."""
    found = []
    for key, record in world.records.items():
        ways = {
            "type_key": [key], "record_id": [record.pk], "source": ["erp"], "key": ["1", *type_called(key).actions],
            "edge_id": [world.edges[key].pk] if key in world.edges else [],
            "file_id": [world.files[key].pk] if key in world.files else [],
            "set_id": [one.pk for one in world.sets.values()],
        }  # fmt: skip
        for values in product(*(ways.get(name, [record.pk]) for name in route.parameters)):
            address = reverse(route.name, kwargs=dict(zip(route.parameters, map(str, values), strict=True)))
            found.append((address.removeprefix("/api/v1/"), key))
    return found


def test_the_same_addresses_tell_it_to_who_may_know(world: World) -> None:
    """The test of the tests above."""
    client, found = Client(), set[str]()
    client.force_login(world.owner)
    for name in ("list", "record", "peek", "record_edit", "record_past", "list_export_file", "merge"):
        for route in PAGES:
            if route.name == name:
                for address, key in addresses(route, world):
                    if any(told(client.get(address, one)) for one in queries(world, key)):
                        found.add(name)
    program = Program(world.owner)
    for kind in types():
        if told(program.get(kind.key)) and told(program.get(f"{kind.key}/{world.records[kind.key].pk}")):
            found.add("api")
    assert found >= {"list", "record", "peek", "record_edit", "record_past", "list_export_file", "api"}, found


def test_nobody_finds_a_record_by_words_of_a_hidden_field(world: World, reader: User) -> None:
    for words in (WORD, "verborgen@secret.example", "verborgen@", "3077665544", f"Quarzblatt {WORD}"):
        assert find(words, reader).hits == [], words
        assert find(words, world.owner).hits, words
    assert find("Quarzblatt", reader).hits
    client = Client()
    client.force_login(reader)
    for kind in types():
        assert str(world.records[kind.key].pk) not in client.get(f"/{kind.key}/", {"q": WORD}).text


def test_a_hidden_field_is_no_question_either(world: World, reader: User) -> None:
    """Filters, sorting, sums and forms do not know it; the door refuses it."""
    program = Program(reader)
    for kind in types():
        for name in governed(kind):
            if name in kind.parts:
                continue
            asked = json.dumps({"join": "all", "parts": [{"field": name, "operator": "filled", "said": ""}]})
            for path in (
                f"{kind.key}?filter={asked}",
                f"{kind.key}?sort={name}",
                f"{kind.key}?fields={name}",
            ):
                assert program.get(path).status_code == 422, path
            record = world.records[kind.key]
            with pytest.raises(RuleError):
                save_record(type(record).objects.get(pk=record.pk), {name: None}, by=reader)
