"""The filter of a webhook is clicked together in a real browser, also on a phone, and what axe says."""

import pytest
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.api.webhooks.models import Subscription
from rapport.kernel.testing import make
from rapport.parties.models import Person
from rapport.ui.testing.browser import axe

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]


@pytest.fixture
def cookies(administrator: User, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr("rapport.api.webhooks.forms.checked_url", lambda url: url)
    make(Person, by=administrator, owner=administrator, name="Ada", city="Ulm")
    return signed_in(administrator)


@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("phone", "dark")])
def test_a_filter_is_clicked_together_and_goes_along_with_the_record_type(
    visit, cookies, size: str, theme: str
) -> None:
    page = visit("/settings/webhooks/new/", size, theme, cookies)
    page.locator("[name=name]").fill("ERP")
    page.locator("[name=url]").fill("https://example.com/in")
    page.locator("[name=types][value=organizations]").check()
    expect(page.locator("[name=built-of]")).to_have_value("organizations")
    with page.expect_response("**/line/**"):
        page.locator("[name=field-0]").select_option("city")
    with page.expect_response("**/line/**"):
        page.locator("[name=is-0]").select_option("is")
    page.locator("input[name=value-0]").fill("Ulm")
    page.locator("input[name=value-0]").press("Tab")
    expect(page.locator("#filter-said")).to_have_text("City is Ulm")
    page.locator("[name=types][value=people]").check()
    expect(page.locator("#filter-preview")).to_have_text("A filter needs exactly one record type.")
    expect(page.locator("[name=typed]")).to_have_value("city = Ulm")
    page.locator("[name=types][value=organizations]").uncheck()
    expect(page.locator("[name=built-of]")).to_have_value("people")
    expect(page.locator("#filter-preview")).to_have_text("1 person")
    expect(page.locator("input[name=value-0]")).to_have_value("Ulm")
    assert axe(page) == []
    page.get_by_role("button", name="Make the webhook").click()
    expect(page.get_by_role("heading", name="Attempts")).to_be_visible()
    expect(page.locator("#filter-said")).to_have_text("City is Ulm")
    hook = Subscription.objects.get()
    assert (hook.types, hook.filter) == (
        ["people"],
        {"all": [{"field": "city", "is": "is", "value": "Ulm"}]},
    )
