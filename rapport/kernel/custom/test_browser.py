"""An administrator adds a field in the browser, and everybody works with it at once."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.kernel.custom.models import CustomField
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make, make_user
from rapport.sales.install import install

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_choice_is_added_and_used_within_two_minutes(live_server: object, chromium: object) -> None:
    install()  # an earlier test with real transactions may have emptied the database
    admin: User = make_user("Mara Lindt", role="administrator")
    kind = type_by_key("deals")
    assert kind is not None
    deal = make(kind.model, owner=admin)
    client = Client()
    client.force_login(admin)
    context = chromium.new_context()  # type: ignore[attr-defined]
    url = live_server.url  # type: ignore[attr-defined]
    context.add_cookies(
        [{"name": name, "value": one.value, "url": url} for name, one in client.cookies.items()]
    )
    page = context.new_page()
    page.goto(f"{url}/settings/fields/deals/")
    page.get_by_role("link", name="New field").click()
    page.get_by_label("Label", exact=True).fill("Frame")
    page.locator("label", has=page.locator("input[name=kind][value=choice]")).click()
    page.get_by_label("Further choices, one in each line").fill("Steel\nAluminium")
    page.get_by_label("Show in list by default").check()
    page.get_by_role("button", name="Add field").click()
    expect(page.get_by_role("link", name="Frame")).to_be_visible()
    page.goto(f"{url}/deals/{deal.pk}/edit/")
    page.get_by_label("Frame").select_option(label="Steel")
    page.get_by_role("button", name="Save").first.click()
    page.wait_for_url(f"{url}/deals/{deal.pk}/")
    page.goto(f"{url}/deals/?f=x_frame.any.steel")
    expect(page.locator("td", has_text="Steel")).to_be_visible()
    context.close()
    assert CustomField.objects.get(key="frame").index_state == "ready"
