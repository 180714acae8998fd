"""The pages of roles and territories as administrators see and use them."""

import os

import pytest
from playwright.sync_api import Page, expect

from rapport.accounts.models import Role
from rapport.accounts.testing import signed_in
from rapport.kernel.filters import Condition, Group
from rapport.kernel.permissions.roles.actions import add_role
from rapport.kernel.permissions.territories.actions import add_territory, save_filter
from rapport.kernel.registry import type_of_model
from rapport.kernel.testing import make
from rapport.kernel.testing.make import make_user
from rapport.parties.models import Organization
from rapport.ui.testing.browser import Visit, axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("phone", "dark")])
def test_an_administrator_hides_a_field_and_writes_a_rule(visit: Visit, size: str, theme: str) -> None:
    boss = make_user("Mara", role="administrator")
    role = add_role("Seller", Role.objects.get(key="restricted"), by=boss)
    make(Organization, owner=boss, name="Acme Bikes", industry="Bikes")
    session = signed_in(boss)
    page = visit(f"/settings/roles/{role.pk}/of/organizations/", size, theme, cookies=session)
    page.select_option("[name=field-employees]", "hidden")
    page.fill("[name=typed]", "industry = Bikes")
    page.locator("[name=typed]").press("Control+Enter")  # past all fields
    expect(page.locator("[aria-labelledby=seen-h]")).to_contain_text("Acme Bikes")
    expect(page.locator("[name=field-employees]")).to_have_value("hidden")
    assert not axe(page)
    if folder := os.environ.get("RIGHTS_SHOTS"):
        page.screenshot(path=f"{folder}/rights-{size}-{theme}.png", full_page=True)
        page.evaluate("document.querySelectorAll('.scroll').forEach((one) => one.scrollTo(0, 99999))")
        page.screenshot(path=f"{folder}/rights-{size}-{theme}-end.png")
    page.goto(page.url.partition(f"{role.pk}/of/")[0])
    expect(page.locator("tbody[data-walk] select:not([tabindex='-1']):visible")).to_have_count(
        page.locator("tbody[data-walk]").count()
    )
    if size == "phone":
        expect(page.locator("[name='2:people:delete']")).to_be_hidden()
        page.locator("summary", has_text="All choices").first.click()
    # Tab goes from type to type, the arrows through the choices of one
    page.locator("[name='2:people:read']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[name='2:people:create']")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[name='2:people:create']")).to_have_value("none")
    expect(page.locator("[data-unsaved]")).to_have_text("One change is not saved yet.")
    expect(page.locator("[data-changes]")).to_have_text("Member: Create, People: All → None")
    assert not axe(page)


@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("phone", "dark")])
def test_an_administrator_says_what_lies_in_a_territory_and_sees_how_much(
    visit: Visit, size: str, theme: str
) -> None:
    boss = make_user("Mara", role="administrator", team="Sales north")
    north = add_territory("North", add_territory("Germany", None, by=boss), by=boss)
    make_user("Jonas Weber")
    make(Organization, owner=boss, name="Acme Bikes", industry="Bikes")
    make(Organization, owner=boss, name="Acme Trade", industry="Trade")
    make(Organization, owner=boss, name="Beta Bikes", industry="Bikes")
    save_filter(
        north, type_of_model(Organization), Group("all", (Condition("industry", "is", "Trade"),)), by=boss
    )
    session = signed_in(boss)
    place = f"/settings/territories/{north.pk}/"
    page = visit(f"{place}of/organizations/", size, theme, cookies=session)
    expect(page.locator("#filter-preview")).to_contain_text("1 organization")
    page.fill("[name=value-0]", "Bikes")
    page.press("[name=value-0]", "Tab")
    expect(page.locator("#filter-preview")).to_contain_text("2 organizations")
    expect(page.locator("[name=typed]")).to_have_value("industry = Bikes")
    assert not axe(page)
    shoot(page, f"filter-{size}-{theme}")
    page.click(".savebar .primary")
    expect(page.locator(".terrf")).to_contain_text("Industry is Bikes")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.fill("#f-pick-users", "Jonas")
    page.click("[role=option]:has-text('Jonas Weber')")
    expect(page.locator(".picked .tag")).to_contain_text("Jonas Weber")
    assert not axe(page)
    shoot(page, f"territory-{size}-{theme}")
    page.click("form[data-list] .primary")
    expect(page.locator(".notice, [role=status]").first).to_be_attached()
    page.goto(page.url.replace(f"{north.pk}/", ""))
    expect(page.locator(".terrt")).to_contain_text("Jonas Weber")
    assert not axe(page)
    shoot(page, f"territories-{size}-{theme}")


def shoot(page: Page, name: str) -> None:
    """A picture for whoever wants to look at it."""
    if folder := os.environ.get("RIGHTS_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")
