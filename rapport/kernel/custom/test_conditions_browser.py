"""When a field is shown is clicked together in a real browser, also on a phone and by keyboard, and what axe says."""

from typing import Any

import pytest
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.kernel.custom.models import CustomField
from rapport.kernel.testing import make
from rapport.parties.models import Person
from rapport.ui.testing.browser import axe

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]
NEW = "/settings/fields/people/new/"


@pytest.fixture
def cookies(administrator: User) -> dict[str, str]:
    make(Person, by=administrator, owner=administrator, name="Ada", stage="customer")
    return signed_in(administrator)


def drawn(page: Any, deed: Any) -> None:  # Any: a page; something done on it
    """Do it, and wait until the line is drawn anew."""
    with page.expect_response("**/line/**"):
        deed()


@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("phone", "dark")])
def test_when_a_field_is_shown_is_clicked_together(visit, cookies, size: str, theme: str) -> None:
    page = visit(NEW, size, theme, cookies)
    page.locator("[name=label]").fill("Serial number")
    page.get_by_role("button", name="Add it and say when").click()
    page.get_by_role("link", name="Shown when: Change").click()
    expect(page.get_by_role("heading", name="When Serial number is shown")).to_be_visible()
    expect(page.locator("[name=field-0] option[value=x_serial_number]")).to_have_count(0)
    expect(page.locator("html[data-ready]")).to_be_attached()
    drawn(page, lambda: page.locator("[name=field-0]").select_option("owner"))
    expect(page.locator("[name=is-0]")).to_have_value("any")
    drawn(page, lambda: page.locator("[name=field-0]").select_option("stage"))
    page.locator("[data-line] summary").click()
    page.locator(".picks label", has_text="Customer").first.click()
    expect(page.locator("#filter-preview")).to_have_text("1 person")
    expect(page.locator("#filter-said")).to_have_text("Stage is Customer")
    expect(page.locator("[name=typed]")).to_have_value("stage = customer")
    assert axe(page) == []
    # when the session ends, the text brings all of it back
    kept = page.evaluate("Object.values(JSON.parse(sessionStorage.typed).forms)[0].said")
    assert kept == {"typed": ["stage = customer"]}
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".fe")).to_contain_text("Stage is Customer")
    assert axe(page) == []
    said = {"all": [{"field": "stage", "is": "any", "value": "customer"}]}
    assert CustomField.objects.get().conditions == {"visible": said}


def test_a_condition_is_built_by_keyboard_alone_and_what_cannot_be_one_is_told_at_its_line(
    visit, cookies
) -> None:
    page = visit(NEW, cookies=cookies)
    page.locator("[name=label]").fill("Serial number")
    page.get_by_role("button", name="Add it and say when").press("Enter")
    page.get_by_role("link", name="Needed when: Change").press("Enter")
    expect(page.locator("html[data-ready]")).to_be_attached()
    typed = page.locator("[name=typed]")
    typed.press_sequentially("city = Ulm and has deals")
    expect(page.locator("#typed-panel:popover-open")).to_be_visible()
    typed.press("Escape")
    page.get_by_role("button", name="Condition", exact=True).last.focus()
    lines = page.locator("#filter-lines > [data-line]")
    expect(lines).to_have_count(2)
    expect(lines.last.locator(".err")).to_contain_text("own fields only")
    page.locator("#filter-lines [data-drop-line]").last.press("Enter")
    expect(page.locator("#filter-said")).to_have_text("City is Ulm")
    drawn(page, lambda: page.locator(".fb [data-new=group]").press("Enter"))
    expect(page.locator("#filter-lines [name^=join]")).to_be_focused()
    expect(page.locator(".adders [data-new=related]")).to_have_count(0)
    page.locator("input[name=value-0]").press("Enter")
    expect(page.locator(".fe")).to_contain_text("City is Ulm")
    assert [*CustomField.objects.get().conditions] == ["required"]
