"""Signing in: the wrong password, too many of them, a new one by mail; out again; all of it by keyboard."""

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from rapport.accounts.models import Company, User
from rapport.accounts.sessions.models import Session
from rapport.accounts.signin import throttle
from rapport.activities.models import Activity
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Person
from tests.journeys.conftest import PASSWORD, Enter, check, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def mara(transactional_db: None) -> User:
    Company.objects.get_or_create(id=1, defaults={"name": "Halden Cycles"})
    user = make_user("Mara Lindholm")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(page: Page, user: User, password: str) -> None:
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(password)
    page.keyboard.press("Enter")


def test_a_forgotten_password_is_replaced_by_mail(
    enter: Enter, mara: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "SIGN_IN_PER_ADDRESS", throttle.Limit("sign-in-address", 2, 15))
    page = enter("/people/")
    check(page, "sign-in")
    for _try in range(2):
        sign_in(page, mara, "wrong")
        expect(page.get_by_text("E-mail and password do not match.")).to_be_visible()
    check(page, "sign-in-wrong")
    sign_in(page, mara, PASSWORD)
    expect(page.get_by_text("Too many tries. Try again in 15 minutes.")).to_be_visible()
    page.get_by_role("link", name="Forgot it").click()
    page.get_by_label("E-mail").fill(mara.email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    assert work() == 1
    link = re.search(r"https?://\S+", str(mail.outbox[0].body))
    assert link
    page.goto(link[0])
    for field in page.locator("input[type=password]").all():
        field.fill("four-wet-umbrellas")
    check(page, "new-password")
    page.get_by_role("button", name="Save and sign in").click()
    page.locator(".me").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Halden Cycles")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Sign in to Halden Cycles")).to_be_visible()
    sign_in(page, mara, "four-wet-umbrellas")
    expect(page.locator(".me")).to_contain_text("Mara Lindholm")
    page.wait_for_selector("html[data-ready]", state="attached")
    Session.objects.all().delete()  # ended elsewhere
    page.keyboard.press("Control+k")
    page.keyboard.type("a")
    expect(page.get_by_role("heading", name="Sign in to Halden Cycles")).to_be_visible()


def test_from_the_sign_in_to_a_logged_call_without_a_mouse(enter: Enter, mara: User) -> None:
    make(Person, owner=mara, name="Ingrid Solberg")
    page = enter("/")
    page.keyboard.type(mara.email)
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.tagName") == "A":  # the link beside the label
        page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mara")).to_be_visible()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    page.keyboard.type("solb")
    expect(page.locator("#palette [role=option]").first).to_contain_text("Ingrid Solberg")
    page.keyboard.press("Enter")
    expect(page.locator("#record-head h1")).to_have_text("Ingrid Solberg")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.keyboard.press("Shift+C")
    expect(page.get_by_label("What was said")).to_be_focused()
    page.keyboard.type("Wants forty bikes")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Wants forty bikes")
    call = Activity.objects.get()
    assert (call.type, call.body, call.owner) == ("call", "Wants forty bikes", mara)
