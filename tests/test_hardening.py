"""What protects every page: headers, cookies, the host, the token of forms, addresses that lead elsewhere."""

import json
import os
import re
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from rapport.accounts.models import User
from rapport.accounts.testing import PASSWORD, make_company, make_user
from rapport.kernel.registry import types
from tests.addresses import Route, routes

pytestmark = pytest.mark.django_db
ROUTES = routes()
EXAMPLES = {"uuid": str(UUID(int=1)), "int": "1", "str": "x", "slug": "x", "path": "x"}

# Addresses that answer without the token of a form, because a program's own token is the proof, and why.
WITHOUT_TOKEN = ("api/v1/", "mcp")
ELSEWHERE = ["https://evil.example/", "//evil.example", "/\\evil.example"]


def example(route: Route) -> str:
    """An address of that form; nothing need be there."""

    def fill(found: re.Match[str]) -> str:
        converter, name = found[1], found[2]
        if converter == "type" or name == "kind":
            return types()[0].key
        return EXAMPLES.get(converter, "x")

    return "/" + re.sub(r"<(\w+):(\w+)>", fill, route.pattern)


@pytest.fixture
def boss() -> User:
    make_company()
    return make_user("Boss", role="administrator")


@pytest.fixture
def ada(settings: Any) -> User:
    """Somebody with a password, which is hashed quickly here."""
    settings.PASSWORD_HASHERS = ["rapport.accounts.testing.QuickHasher"]
    make_company()
    return make_user("Ada", password=PASSWORD)


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/people/", "/settings/security/", "/no/such/page/", "/health"]
)
@pytest.mark.parametrize("known", [True, False])
def test_every_answer_has_the_headers_that_keep_others_out(boss: User, path: str, known: bool) -> None:
    client = Client()
    if known:
        client.force_login(boss)
    answer = client.get(path)
    head = answer.headers
    assert head["X-Content-Type-Options"] == "nosniff"
    assert head["Referrer-Policy"] == "same-origin"
    assert head["X-Frame-Options"] == "DENY"
    assert head["Cross-Origin-Opener-Policy"] == "same-origin"
    assert head["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in head["Permissions-Policy"]
    said = dict(part.strip().partition(" ")[::2] for part in head["Content-Security-Policy"].split(";"))
    assert said["default-src"] == "'none'"
    assert said["script-src"] == said["style-src"] == said["form-action"] == said["connect-src"] == "'self'"
    assert said["frame-ancestors"] == said["base-uri"] == "'none'"
    assert "unsafe" not in head["Content-Security-Policy"]
    if known and answer.status_code == 200 and path != "/health":
        assert "no-store" in head["Cache-Control"], "a page of somebody is kept nowhere"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(ada: User) -> None:
    client = Client()
    client.get("/sign-in/")
    client.post("/sign-in/", {"email": ada.email, "password": PASSWORD})
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"], name
        assert client.cookies[name]["samesite"] == "Lax", name


def settings_with(**environment: str) -> dict[str, Any]:
    """The settings of a process that was started with these variables."""
    names = [
        "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "ALLOWED_HOSTS",
        "SECURE_PROXY_SSL_HEADER", "CSRF_TRUSTED_ORIGINS", "DEBUG",
    ]  # fmt: skip
    said = f"{{name: getattr(settings, name, None) for name in {names!r}}}"
    code = f"import json; from rapport import settings; print(json.dumps({said}))"
    env = {name: value for name, value in os.environ.items() if not name.startswith(("RAPPORT_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env | environment, capture_output=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_behind_tls_cookies_travel_over_tls_only_and_browsers_remember() -> None:
    found = settings_with(RAPPORT_URL="https://crm.example.com", RAPPORT_PROXIES="1")
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert found["CSRF_TRUSTED_ORIGINS"] == ["https://crm.example.com"]
    assert "crm.example.com" in found["ALLOWED_HOSTS"]
    assert "*" not in found["ALLOWED_HOSTS"]
    assert not found["DEBUG"]


def test_without_a_proxy_nobody_is_believed_who_says_that_he_came_over_tls() -> None:
    found = settings_with(RAPPORT_URL="https://crm.example.com")
    assert not found["SECURE_PROXY_SSL_HEADER"]
    assert found["SESSION_COOKIE_SECURE"]


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "a b", ""]
)
def test_only_our_own_names_are_answered(boss: User, host: str, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    answer = Client(raise_request_exception=False).get("/sign-in/", HTTP_HOST=host)
    assert answer.status_code == 400
    forwarded = Client().get("/sign-in/", HTTP_HOST="localhost", HTTP_X_FORWARDED_HOST="evil.example")
    assert "evil.example" not in forwarded.text


def test_links_in_mails_name_our_address_and_not_what_a_request_says(
    monkeypatch: pytest.MonkeyPatch, rf: Any
) -> None:
    from rapport.accounts.mail import base_of

    monkeypatch.setenv("RAPPORT_URL", "https://crm.example.com")
    assert base_of(rf.get("/", HTTP_HOST="testserver")) == "https://crm.example.com"


def test_no_post_is_taken_without_the_token_of_a_form(boss: User) -> None:
    client, wrong, tried = Client(enforce_csrf_checks=True, raise_request_exception=False), [], 0
    client.force_login(boss)
    for route in ROUTES:
        if route.pattern.startswith(WITHOUT_TOKEN):
            continue
        tried += 1
        answer = client.post(example(route), {"name": "forged"})
        # 404: an address whose parts are converted finds nothing there
        if answer.status_code not in (403, 404) and not (answer.status_code == 405 and not route.takes_post):
            wrong.append((route.pattern, answer.status_code))
        if answer.status_code == 403 and "This page is too old" not in answer.content.decode():
            wrong.append((route.pattern, "not in our words"))
    assert not wrong
    assert tried > 150


@pytest.mark.parametrize(
    ("headers", "back"),
    [
        ({"Referer": "http://testserver/people/new/?name=Ada"}, "/people/new/%3Fname%3DAda"),
        ({"HX-Request": "true", "HX-Current-URL": "http://testserver/people/"}, "/people/"),
        ({"Referer": "http://elsewhere.example/people/"}, "/"),
        ({"Referer": "http://testserver//elsewhere.example/"}, "/"),
        ({"Referer": "javascript:alert(1)"}, "/"),
        ({}, "/"),
    ],
)
def test_whose_session_has_ended_comes_back_to_his_form(headers: dict[str, str], back: str, db: None) -> None:
    answer = Client().post("/people/new/", {"name": "Ada"}, headers=headers)
    assert answer.headers.get("HX-Redirect", answer.headers.get("Location")) == f"/sign-in/?next={back}"


def test_who_comes_without_that_token_is_a_program_with_its_own() -> None:
    exempt = {route.pattern for route in ROUTES if getattr(route.view, "csrf_exempt", False)}
    assert not {one for one in exempt if not one.startswith(WITHOUT_TOKEN)}


def test_nobody_is_led_to_another_site(ada: User) -> None:
    for target in ELSEWHERE:
        client = Client()
        assert target not in client.get("/sign-in/", {"next": target}).text
        answer = client.post("/sign-in/", {"email": ada.email, "password": PASSWORD, "next": target})
        assert answer.headers["Location"] == "/"
    answer = client.post("/settings/security/confirm/", {"password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/settings/security/"
    for path in ("/people/", "/settings/security/", "/search/", "/sign-in/"):
        found = client.get(path, {"next": ELSEWHERE[0], "back": ELSEWHERE[0], "url": ELSEWHERE[0]})
        assert "evil.example" not in found.headers.get("Location", "")


def test_a_session_gets_a_new_key_when_somebody_signs_in(ada: User) -> None:
    client = Client()
    client.post("/sign-in/passkey/begin/")
    before = client.cookies["sessionid"].value
    client.post("/sign-in/", {"email": ada.email, "password": PASSWORD})
    assert client.cookies["sessionid"].value != before


def test_passwords_are_kept_slow_to_guess() -> None:
    assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
