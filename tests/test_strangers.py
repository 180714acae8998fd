"""A stranger tries every address in every way: he finds nothing, and nothing changes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from rapport.accounts.models import User
from rapport.kernel.custom import schema
from rapport.kernel.registry import types
from rapport.kernel.testing.make import make_stranger, make_user
from rapport.kernel.testing.nothing_changed import said, written
from tests.addresses import HIDDEN, Route, World, addresses, bodies, build_world, by_turns, links_to, routes
from tests.standing import standing

pytestmark = pytest.mark.django_db

# Programs come with a token and get 401 without one; rapport/api and rapport/mcp try theirs with tokens of strangers.
ROUTES = [one for one in routes() if not one.pattern.startswith("api/v1/") and one.pattern != "mcp"]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
HTMX = {"HTTP_HX_REQUEST": "true"}

# Addresses that answer people who are not signed in, and why.
PUBLIC = {
    "health_live": "as health",
    "health_ready": "as health",
    "metrics": "answers to this machine or with a token only; figures, nobody's data",
    "health": "monitoring asks without signing in; it says only whether Rapport works",
    "sign_in": "the sign-in itself",
    "sign_out": "leads to the sign-in",
    "password_forgotten": "for who cannot sign in",
    "new_password": "its token is the proof",
    "calendar_feed": "its secret address is the proof",
    "second_factor": "for who has shown his password in this browser; leads to the sign-in without that",
    "passkey_begin": "gives a challenge to sign",
    "passkey_finish": "the signature is the proof",
    "invitation": "its token is the proof",
    "invitation_passkey_begin": "as above",
    "invitation_passkey": "as above",
    "single_begin": "leads to a provider of the company sign-in",
    "single_back": "state and token are the proof",
    "setup": "before there is a company; afterwards it leads to the sign-in",
    "setup_company": "as above",
    "setup_sample": "as above",
    "setup_wait": "as above",
    "gallery": "the components of the design, no data",
    "offline": "what the installed app shows without a network, no data",
    "worker": "the script that keeps that page",
}
# Pages of the settings that are about oneself; all others are the administrators'.
OWN_SETTINGS = {
    "settings", "profile", "change_password", "security", "own_signin_log", "session_end", "sessions_end",
    "confirm", "app_new", "codes_shown", "codes_new", "passkey_new_begin", "passkey_new_finish", "factor_remove",
    "imports", "tokens", "token_new", "token_fields", "token_revoke", "api_documents",
    "api_document_file", "viewing_stop", "changes", "trash", "proposals",
    "notification_choices", "digest",
    "own_calendar", "own_calendar_choose", "own_calendar_now", "own_calendar_end", "calendar_feed_renew",
    "calendar_feed_end", "reminders",
}  # fmt: skip


@pytest.fixture(scope="module")
def everything(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, User]]:
    with standing(django_db_blocker, tmp_path_factory.mktemp("files")):
        world = build_world(make_user("Mara Member", role="member", team="North"))
        yield world, make_stranger()


@pytest.fixture(autouse=True)
def _known(everything: tuple[World, User], db: None) -> None:
    schema.load()


@pytest.fixture
def world(everything: tuple[World, User]) -> World:
    return everything[0]


@pytest.fixture
def stranger(everything: tuple[World, User]) -> User:
    return everything[1]


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def send(client: Client, address: str, body: dict[str, Any]) -> Any:
    if "json" in body:
        return client.post(address, json.dumps(body["json"]), content_type="application/json", **HTMX)
    return client.post(address, body | {"files": SimpleUploadedFile("taken.pdf", b"%PDF- over")}, **HTMX)


def named(route: Route) -> bool:
    return route.names_record


def test_every_address_has_a_name_of_its_own() -> None:
    names = [route.name for route in ROUTES]
    assert all(names)
    assert len(set(names)) == len(names)
    assert len(ROUTES) > 80


def test_what_is_written_is_noticed_also_where_it_was_taken_back(world: World) -> None:
    """The test of the tests below: they count what was written."""
    before = written()
    with transaction.atomic():
        world.views["deals"].save(update_fields=["name"])
        transaction.set_rollback(True)
    assert written() == before | {"kernel_view": before["kernel_view"] + 1}


def test_who_is_not_signed_in_is_sent_to_the_sign_in(world: World) -> None:
    client, wrong = client_of(None), []
    before = written()
    for route in ROUTES:
        firsts = {key: address for address, key in reversed(by_turns(route, world))}
        for address in firsts.values():
            for method in METHODS:
                answer = client.generic(method, address)
                text = said(answer)
                sent_away = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
                fine = sent_away or answer.status_code in (404, 405)
                if route.name in PUBLIC:
                    fine = answer.status_code < 500
                if not fine or HIDDEN in text:
                    wrong.append((method, address, answer.status_code))
    assert not wrong
    assert written() == before


def test_a_part_of_a_page_leads_to_the_sign_in_as_a_whole(world: World) -> None:
    client, wrong = client_of(None), []
    for route in ROUTES:
        if route.name in PUBLIC:
            continue
        for address, _key in addresses(route, world)[:1]:
            for answer in (client.get(address, **HTMX), client.post(address, **HTMX)):
                if (answer.status_code, answer.headers.get("HX-Redirect")) not in (
                    (204, "/sign-in/?next=/"),
                    (405, None),
                ):
                    wrong.append((address, answer.status_code))
    assert not wrong


@pytest.mark.parametrize("route", [one for one in ROUTES if named(one)], ids=lambda one: one.name)
def test_a_stranger_finds_no_record_and_changes_nothing(route: Route, world: World, stranger: User) -> None:
    client, wrong = client_of(stranger), []
    before = written()
    for address, key in by_turns(route, world):
        answers = [client.get(address), client.get(address, **HTMX), client.head(address)]
        answers += [send(client, address, body) for body in bodies(world, key)]
        codes = {answer.status_code for answer in answers}
        if not codes <= {404, 405} or any(HIDDEN in said(answer) for answer in answers):
            wrong.append((address, codes))
    assert not wrong
    assert written() == before


@pytest.mark.parametrize("route", [one for one in ROUTES if named(one)], ids=lambda one: one.name)
def test_the_owner_finds_what_the_stranger_does_not(route: Route, world: World) -> None:
    """The test of the test above: the same requests reach their view and do something when they may."""
    client, codes = client_of(world.owner), set[int]()
    pairs = by_turns(route, world)
    for address, key in pairs[:: 1 if len(pairs) < 10 else 4]:
        codes.add(client.get(address).status_code)
        for body in bodies(world, key):
            with transaction.atomic():
                codes.add(send(client, address, body).status_code)
                transaction.set_rollback(True)
    assert codes & {200, 204, 302, 303, 403, 422}, codes
    assert not {code for code in codes if code >= 500}, codes


@pytest.mark.parametrize("route", [one for one in ROUTES if not named(one)], ids=lambda one: one.name)
def test_pages_without_a_record_do_not_tell_of_those_that_are_hidden(
    route: Route, world: World, stranger: User
) -> None:
    if route.name in PUBLIC:
        pytest.skip(PUBLIC[route.name])
    client, wrong = client_of(stranger), []
    before = written()
    for address, key in by_turns(route, world):
        record = world.records[key]
        for query in (
            {},
            {"q": HIDDEN[:5], "types": key},
            {"ids": str(record.pk), "fields": "all", "format": "csv"},
            {"view": str(world.views[key].pk)},
            {"type": key, "record": str(record.pk), "list": f"view={world.views[key].pk}"},
            {"all": "1", "exact": "1"},
            links_to(world, key),
        ):
            answer = client.get(address, query)
            if answer.status_code >= 500 or HIDDEN in said(answer):
                wrong.append((address, query, answer.status_code))
    assert not wrong
    assert written() == before


@pytest.mark.parametrize("kind", types(), ids=lambda one: one.key)
def test_a_stranger_cannot_change_records_by_naming_their_ids(
    kind: Any, world: World, stranger: User
) -> None:
    client, record = client_of(stranger), world.records[kind.key]
    before, codes = written(), set[int]()
    for route in ROUTES:
        if route.name.startswith("bulk_"):
            [(address, _key)] = [pair for pair in addresses(route, world) if pair[1] == kind.key]
            for query in (f"?ids={record.pk}", "?all=1"):
                for value in ("Taken over", str(stranger.pk)):
                    answer = client.post(address + query, {"value": value, "field": "source", "typed": "1"})
                    codes.add(answer.status_code)
                    assert HIDDEN not in said(answer)
    assert codes <= {404, 422}
    assert written() == before


@pytest.mark.parametrize("kind", types(), ids=lambda one: one.key)
def test_a_record_is_found_under_its_own_type_only(kind: Any, world: World) -> None:
    client = client_of(world.owner)
    for other, record in world.records.items():
        if other != kind.key:
            assert client.get(f"/{kind.key}/{record.pk}/").status_code == 404


@pytest.mark.parametrize("role", ["restricted", "member"])
def test_settings_of_administrators_are_not_there_for_others(role: str, world: World, stranger: User) -> None:
    client, wrong = client_of(stranger if role == "restricted" else world.owner), []
    before = written()
    pages = [one for one in ROUTES if one.pattern.startswith("settings/") and one.name not in OWN_SETTINGS]
    assert len(pages) > 10
    for route in pages:
        for address, key in addresses(route, world):
            answers = [client.get(address), *(send(client, address, body) for body in bodies(world, key))]
            if not {answer.status_code for answer in answers} <= {404, 405}:
                wrong.append((address, [answer.status_code for answer in answers]))
    assert not wrong
    assert written() == before
