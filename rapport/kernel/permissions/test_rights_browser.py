"""The page of a role as administrators see and use it."""

import os

import pytest
from django.test import Client
from playwright.sync_api import expect

from rapport.accounts.models import Role
from rapport.kernel.permissions.roles.actions import add_role
from rapport.kernel.testing import make
from rapport.kernel.testing.make import make_user
from rapport.parties.models import Organization
from rapport.ui.testing.browser import Visit, axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("phone", "dark")])
def test_an_administrator_hides_a_field_and_writes_a_rule(
    visit: Visit, client: Client, size: str, theme: str
) -> None:
    boss = make_user("Mara", role="administrator")
    role = add_role("Seller", Role.objects.get(key="restricted"), by=boss)
    make(Organization, owner=boss, name="Acme Bikes", industry="Bikes")
    client.force_login(boss)
    session = {"sessionid": client.cookies["sessionid"].value}
    page = visit(f"/settings/roles/{role.pk}/of/organizations/", size, theme, cookies=session)
    page.fill("[name=rule]", "industry = Bikes")
    page.select_option("[name=field-employees]", "hidden")
    page.click(".savebar .primary")
    expect(page.locator("[aria-labelledby=seen-h]")).to_contain_text("Acme Bikes")
    expect(page.locator("[name=field-employees]")).to_have_value("hidden")
    assert not axe(page)
    if folder := os.environ.get("RIGHTS_SHOTS"):
        page.screenshot(path=f"{folder}/rights-{size}-{theme}.png", full_page=True)
        page.evaluate("document.querySelectorAll('.scroll').forEach((one) => one.scrollTo(0, 99999))")
        page.screenshot(path=f"{folder}/rights-{size}-{theme}-end.png")
