"""In the browser: a formula says what it gives while it is written, a form asks for what has become needed."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from rapport.kernel.custom.define import Draft, add_field
from rapport.kernel.custom.models import CustomField
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make, make_user
from rapport.sales.install import install
from rapport.ui.testing.browser import axe

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_formula_is_written_and_a_form_asks_for_what_is_needed(
    live_server: object, chromium: object
) -> None:
    install()  # an earlier test with real transactions may have emptied the database
    admin = make_user("Mara Lindt", role="administrator")
    kind = type_by_key("deals")
    assert kind is not None
    when = {"visible": "chance >= 90", "required": "chance = 100"}
    add_field(kind, Draft("text", {"label": {"": "Order number"}}, key="order", conditions=when), by=admin)
    deal = make(kind.model, owner=admin, name="Fleet", chance=50)
    client = Client()
    client.force_login(admin)
    context = chromium.new_context()  # type: ignore[attr-defined]
    url = live_server.url  # type: ignore[attr-defined]
    context.add_cookies(
        [{"name": name, "value": one.value, "url": url} for name, one in client.cookies.items()]
    )
    page: Page = context.new_page()
    page.goto(f"{url}/settings/fields/deals/new/?kind=formula")
    page.get_by_label("Label", exact=True).fill("Twice")
    page.get_by_label("Formula", exact=True).last.fill("chance * 2")
    expect(page.locator("#formula-check")).to_contain_text("Gives a number.")
    expect(page.locator("#formula-check")).to_contain_text("100")
    assert axe(page) == []
    page.get_by_role("button", name="Add field").click()
    expect(page.get_by_role("link", name="Twice")).to_be_visible()
    page.goto(f"{url}/deals/{deal.pk}/edit/")
    order = page.get_by_label("Order number")
    expect(order).to_be_hidden()
    page.get_by_label("Win chance").fill("95")
    expect(order).to_be_visible()
    page.get_by_label("Win chance").fill("100")
    expect(page.locator("[data-when=x_order] .req")).to_be_visible()
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("#f-x_order-error")).to_contain_text("Order number is needed when Win chance is 100")
    order.fill("A-17")
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url(f"{url}/deals/{deal.pk}/")
    expect(page.locator("#field-x_twice")).to_contain_text("200")
    context.close()
    assert CustomField.objects.get(key="twice").index_state == "ready"
