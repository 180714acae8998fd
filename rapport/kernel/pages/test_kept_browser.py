"""What was typed when a session ended, in a real browser: it comes back to who typed it, and to nobody else."""

import re

import pytest
from playwright.sync_api import Page, expect

from rapport.accounts.models import User
from rapport.accounts.sessions.models import Session
from rapport.accounts.testing import signed_in
from rapport.parties.models import Person

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]
KEPT = "sessionStorage.typed ?? null"


def end_session_while_typing(page: Page, *, by_palette: bool = False) -> None:
    page.fill("[name=name]", "Ada")
    page.fill("[data-tags=tags] input[type=text]", "Fair")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add another").first.click()
    page.select_option("[name=contact_points-0-kind]", "email")
    page.fill("[name=contact_points-0-value]", "ada@example.com")
    Session.objects.all().delete()
    if by_palette:  # nobody is asked whether to leave
        page.keyboard.press("Control+k")
    else:
        page.get_by_role("button", name="Create", exact=True).click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.wait_for_selector("html[data-ready]", state="attached")


def come_back(page: Page, user: User) -> None:
    site = page.url.split("/sign-in/")[0]
    page.context.add_cookies([{"name": "sessionid", "value": signed_in(user)["sessionid"], "url": site}])
    page.goto(f"{site}/people/new/")
    page.wait_for_selector("html[data-ready]", state="attached")


def test_what_was_typed_comes_back_after_the_session_has_ended(visit, member: User, stranger: User) -> None:
    page = visit("/people/new/", cookies=signed_in(member))
    end_session_while_typing(page)
    come_back(page, member)
    expect(page.locator("form .note")).to_contain_text("is here again")
    expect(page.locator("[name=name]")).to_have_value("Ada")
    expect(page.locator("[data-tags=tags] .tag")).to_have_text("Fair")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.locator("#record-head")).to_contain_text("Ada")
    person = Person.objects.get()
    assert (person.email, [str(tag) for tag in person.tags]) == ("ada@example.com", ["Fair"])
    page.wait_for_selector("html[data-ready]", state="attached")
    assert page.evaluate(KEPT) is None

    page.goto(page.url.split("/people/")[0] + "/people/new/")
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("[name=name]")).to_have_value("")
    end_session_while_typing(page, by_palette=True)
    come_back(page, stranger)
    expect(page.locator("[name=name]")).to_have_value("")
    assert page.evaluate(KEPT) is None
