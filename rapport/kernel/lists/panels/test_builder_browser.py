"""The builder and the typed filter in a real browser, with the keyboard alone, and what axe says."""

from typing import Any

import pytest
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make
from rapport.ui.testing.browser import axe

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]
LIST = "/people/?sort=name&columns=name,position,stage,email"


@pytest.fixture
def cookies(member: User) -> dict[str, str]:
    return signed_in(member)


@pytest.fixture
def people(member: User) -> None:
    kind: Any = type_by_key("people")
    deals: Any = type_by_key("deals")
    for name, stage in (("Ada", "lead"), ("Bea", "lead"), ("Cleo", "customer")):
        made = make(kind.model, owner=member, name=name, stage=stage)
        if name == "Ada":
            make(deals.model, owner=member, person=made)


def drawn(page: Any, deed: Any) -> None:  # Any: a page; something done on it
    """Do it and wait until the line is drawn anew."""
    with page.expect_response("**/filter/line/**"):
        deed()
    page.wait_for_timeout(150)


def test_a_related_record_with_its_own_filter_is_built(visit, cookies, people: None) -> None:
    page = visit(LIST, cookies=cookies)
    page.keyboard.press("f")
    page.locator("#filter-panel [data-drop-line]").click()
    expect(page.locator("#filter-panel [data-new=condition]:focus")).to_be_visible()
    drawn(page, lambda: page.locator(".fb [data-new=related]").click())
    related = page.locator("#filter-panel .related")
    expect(related.locator("[name^=relation]")).to_be_focused()
    drawn(page, lambda: related.locator("[name^=relation]").select_option("deals:person"))
    drawn(page, lambda: related.locator("[data-new=condition]").click())
    line = related.locator(".cond-lines [data-line]")
    drawn(page, lambda: line.locator("select[name^=field]").select_option("outcome"))
    line.locator("summary").click()
    line.locator(".picks label", has_text="Open").click()
    expect(page.locator("#filter-preview")).to_contain_text("1 person, was 3")
    expect(page.locator("[name=typed]")).to_have_value("has deals (outcome = open)")
    assert axe(page) == []
    drawn(page, lambda: page.locator(".fb [data-new=group]").click())
    expect(page.locator("#filter-lines > .group")).to_have_count(2)
    page.locator("#filter-panel button[type=submit]").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator(".chip")).to_contain_text("has deals (Outcome is Open)")


def test_a_filter_is_typed_with_completion_and_the_keyboard_alone(visit, cookies, people: None) -> None:
    page = visit(LIST, cookies=cookies)
    page.keyboard.press("/")
    page.keyboard.type("= stag")
    expect(page.locator("#typed-search [role=option]").first).to_contain_text("stage")
    page.keyboard.press("Tab")
    page.keyboard.type("= ")
    expect(page.locator("#typed-search [role=option]").first).to_be_visible()
    page.keyboard.type("lea")
    expect(page.locator("#typed-search [role=option]").first).to_contain_text("Lead")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-list-search]")).to_have_value("= stage = lead ")
    expect(page.locator("#typed-search .said")).to_contain_text("Stage is Lead")
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator(".chip")).to_contain_text("Stage")


def test_why_a_record_is_in_the_list_is_told_from_the_peek(visit, cookies, people: None) -> None:
    page = visit(LIST + "&f=stage.any.lead", cookies=cookies)
    page.keyboard.press("j")
    page.keyboard.press(" ")
    page.locator("[data-why]").click()
    expect(page.locator("dialog .why")).to_contain_text("Stage is Lead")
    assert axe(page) == []


def test_the_switches_of_all_columns_stand_below_each_other(visit, cookies, people: None) -> None:
    page = visit(LIST, cookies=cookies)
    page.get_by_role("button", name="Columns").click()
    for group in page.locator("#columns-panel details:visible").all():
        group.locator("summary").click()
    expect(page.locator("#columns-panel .sw[aria-label*='→ Postal']")).to_be_attached()
    edges = page.locator("#columns-panel .sw").evaluate_all(
        "all => all.map((one) => Math.round(one.getBoundingClientRect().right))"
    )
    assert len(edges) > 20 and max(edges) - min(edges) < 2


def test_a_comparison_without_a_value_has_no_place_for_one(visit, cookies, people: None) -> None:
    page = visit("/people/?f=owner.me", cookies=cookies)
    page.keyboard.press("f")
    line = page.locator("#filter-panel [data-line]")
    expect(line.locator("[name^=is]")).to_have_value("me")
    assert line.locator(".val").count() == 0
