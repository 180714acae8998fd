"""Passkeys, with the virtual authenticator of a real browser: added, used alone and as a second factor, refused."""

import json
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import CDPSession, Page, expect

from rapport.accounts.models import User
from rapport.accounts.second_factor.models import Authenticator
from rapport.accounts.signin_log.models import Event, SignInEntry, Way
from rapport.accounts.testing import PASSWORD, make_company, make_user
from rapport.ui.testing.browser import Visit, axe

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def plug_in(page: Page) -> tuple[CDPSession, str]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return session, made["authenticatorId"]


def sign_in(page: Page, user: User) -> None:
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.locator(".me").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_added_and_then_signs_in_alone_and_as_second_factor(visit: Visit) -> None:
    make_company()
    ada = make_user("Ada", password=PASSWORD)
    page = visit("/sign-in/?next=/settings/security/")
    device, number = plug_in(page)
    sign_in(page, ada)
    page.get_by_label("Name of a new passkey").fill("This laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert page.locator(".codes li").count() == 10
    assert not axe(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("button", name="Remove This laptop")).to_be_visible()
    assert not axe(page)
    sign_out(page)
    page.goto(page.url + "?next=/settings/security/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Sign-in and devices")).to_be_visible()
    assert SignInEntry.objects.filter(event=Event.SIGNED_IN, way=Way.PASSKEY, user=ada).count() == 1
    sign_out(page)
    sign_in(page, ada)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    assert not axe(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator(".me")).to_contain_text("Ada")
    # a copy that counts backwards, somebody who may not sign in any more
    Authenticator.objects.update(sign_count=1000)
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_have_text("This passkey is not known here, or not any more.")
    Authenticator.objects.update(sign_count=0)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_have_text("This passkey is not known here, or not any more.")
    assert SignInEntry.objects.filter(event=Event.INACTIVE, user=ada).count() == 1
    device.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": number})


def ask(client: Client, path: str, said: Any = None) -> Any:
    return client.post(path, json.dumps(said), content_type="application/json")


RUBBISH: list[Any] = [None, [], {}, {"credential": {}}, {"credential": {"rawId": "AA", "id": "AA"}}, "x"]


@pytest.mark.django_db
def test_rubbish_from_a_browser_is_refused() -> None:
    client, user = Client(), make_user(password=PASSWORD)
    for said in RUBBISH:
        assert ask(client, "/sign-in/passkey/", said).status_code == 422, "no challenge"
        assert ask(client, "/sign-in/passkey/begin/").json()["userVerification"] == "required"
        assert ask(client, "/sign-in/passkey/", said).status_code == 422
    client.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    for said in RUBBISH:
        assert ask(client, "/settings/security/passkeys/", said).status_code == 422
        assert ask(client, "/settings/security/passkeys/begin/").json()["rp"]["id"] == "testserver"
        assert ask(client, "/settings/security/passkeys/", said).status_code == 422
    assert not Authenticator.objects.exists()
