"""The log of rights as administrators come to it, find in it and read on."""

import re

import pytest
from playwright.sync_api import Page, expect

from rapport.accounts.models import Company, Role
from rapport.accounts.testing import signed_in
from rapport.kernel.permissions.roles.actions import add_role, save_tables
from rapport.kernel.permissions.roles.log_views import SHOWN
from rapport.kernel.permissions.roles.rights import save_rights
from rapport.kernel.registry import type_of
from rapport.kernel.testing.make import make_user
from rapport.sales.deals.models import Deal
from rapport.ui.testing.browser import Visit
from rapport.ui.testing.everybody import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def there(page: Page, end: str) -> None:
    """Wait for the page of that address, until its scripts and styles are there, too: they come after its words."""
    expect(page).to_have_url(re.compile(re.escape(end)))
    expect(page.locator("html[data-ready]")).to_be_attached()


@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("phone", "dark")])
def test_an_administrator_reads_who_changed_what(visit: Visit, size: str, theme: str) -> None:
    Company.objects.get_or_create(id=1, defaults={"name": "Halden Cycles"})
    boss = make_user("Mara Lindholm", role="administrator")
    sales = add_role("Sales of the whole north", Role.objects.get(key="restricted"), by=boss)
    for number in range(SHOWN + 5):
        save_tables({sales.pk: {("people", "read"): ("own", "team")[number % 2]}}, by=boss)
    rule = "amount > 10000 and organization.city = Elmenau or owner = me"
    save_rights(sales, type_of(Deal()), {"amount": "hidden"}, rule, ["edit"], by=boss)
    make_user("Jonas").set_roles([sales], by=boss)
    page = visit("/settings/roles/", size, theme, cookies=signed_in(boss))
    page.locator("a[href='/settings/roles/log/']:visible").click()
    there(page, "/settings/roles/log/")
    lines = page.locator("tbody tr:not([data-more])")
    expect(lines.first).to_contain_text("Mara Lindholm gave Jonas the role Sales of the whole north")
    expect(lines.filter(has_text="also see deals")).to_contain_text("Amount is more than 10,000")
    expect(lines).to_have_count(SHOWN)
    assert not faults(page)
    page.locator("[data-more]").scroll_into_view_if_needed()
    expect(lines.last).to_contain_text("added the role Sales of the whole north")
    page.fill("[name=q]", "jonas")
    page.press("[name=q]", "Enter")
    there(page, "?q=jonas")
    expect(lines).to_have_count(2)
    page.select_option("[name=of]", label="Sales of the whole north")
    there(page, f"of=role%3A{sales.pk}")
    expect(lines).to_have_count(1)
