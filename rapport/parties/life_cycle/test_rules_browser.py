"""A rule of the life cycle is clicked together in a real browser, also on a phone, and what axe says."""

from typing import Any

import pytest
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.kernel.testing import make
from rapport.parties.life_cycle.models import LifeCycleRule
from rapport.parties.models import Organization
from rapport.ui.testing.browser import axe

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]


@pytest.fixture
def cookies(administrator: User) -> dict[str, str]:
    make(Organization, by=administrator, owner=administrator, name="Nordhavn", city="Ulm")
    return signed_in(administrator)


def chosen(page: Any, field: Any, value: str) -> None:  # Any: a page; a choice in a line
    """Choose, and wait until the line is drawn anew."""
    with page.expect_response("**/line/**"):
        field.select_option(value)


@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("phone", "dark")])
def test_a_rule_is_clicked_together(visit, cookies, size: str, theme: str) -> None:
    page = visit("/settings/life-cycle/new/", size, theme, cookies)
    page.locator("[name=name]").fill("From Ulm")
    page.locator("[name=from_stages][value=suspect]").check()
    page.locator("[name=to_stage]").select_option("lead")
    chosen(page, page.locator("[name=field-0]"), "city")
    chosen(page, page.locator("[name=is-0]"), "is")
    page.locator("input[name=value-0]").fill("Ulm")
    page.locator("input[name=value-0]").press("Tab")
    expect(page.locator("#filter-preview")).to_have_text("1 organization")
    expect(page.locator("#rule-said")).to_have_text(
        "Organizations move from Suspect to Lead when: City is Ulm"
    )
    expect(page.locator("[name=typed]")).to_have_value("city = Ulm")
    assert axe(page) == []
    page.get_by_role("button", name="Save and try out").click()
    expect(page.get_by_role("cell", name="Nordhavn")).to_be_visible()
    assert LifeCycleRule.objects.get(name="From Ulm").where == {
        "all": [{"field": "city", "is": "is", "value": "Ulm"}]
    }


def test_typing_and_clicking_go_on_from_one_another(visit, cookies) -> None:
    page = visit("/settings/life-cycle/new/", cookies=cookies)
    page.locator("[name=typed]").fill("city = Ulm or has deals")
    page.locator("[name=typed]").press("Escape")
    page.locator("[name=name]").focus()
    expect(page.locator("[name=join-0]")).to_have_value("any")
    page.locator("input[name='value-0-0']").fill("Kiel")
    page.locator("[name=name]").focus()
    expect(page.locator("[name=typed]")).to_have_value("city = Kiel or has deals")
    page.locator(".fb [data-new=condition]").click()
    # its number is not one of those that came with the text
    expect(page.locator("[name=n]")).to_have_count(4)
    numbers = page.locator("[name=n]").evaluate_all("all => all.map((one) => one.value)")
    assert len(set(numbers)) == 4
    page.locator("[name=type]").select_option("people")
    expect(page.locator("[name=built-of]")).to_have_value("people")
    expect(page.locator("[name^=relation]")).to_have_value("deals:person")
    # when the session ends, the text brings all of it back; the lines alone would be of another filter
    kept = page.evaluate("Object.values(JSON.parse(sessionStorage.typed).forms)[0].said")
    assert kept == {"typed": ["city = Kiel or has deals"], "type": ["people"]}
