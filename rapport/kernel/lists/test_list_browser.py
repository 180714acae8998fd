"""The list in a real browser: filter, columns, cells, many rows, undo, further rows, what axe says."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make
from rapport.ui.testing.browser import axe

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]


@pytest.fixture
def cookies(member: User) -> dict[str, str]:
    return signed_in(member)


@pytest.fixture
def people(member: User) -> list[Any]:
    kind = type_by_key("people")
    assert kind is not None
    stages = ["lead", "lead", "customer"]
    names = ["Ada", "Bea", "Cleo"]
    return [
        make(kind.model, owner=member, name=name, stage=stage, position="Clerk")
        for name, stage in zip(names, stages, strict=True)
    ]


LIST = "/people/?sort=name&columns=name,position,stage,email"


def test_the_builder_filters_and_says_how_many_remain(visit, cookies, people: list[Any]) -> None:
    page = visit(LIST, cookies=cookies)
    page.keyboard.press("f")
    page.locator("#filter-panel summary").click()
    page.locator("#filter-panel .picks label", has_text=re.compile("^Lead$")).click()
    expect(page.locator("#filter-preview")).to_contain_text("2 people, was 3")
    save = page.locator("#filter-preview [data-dialog]")
    expect(save).to_have_attribute("href", re.compile(r"/people/views/new/\?.*f=stage\.any\.lead"))
    page.locator("#filter-panel button[type=submit]").click()
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator(".chip")).to_contain_text("Stage")
    expect(page.locator(".status")).to_contain_text("2 of 3 people")
    page.locator(".chip .x").click()
    expect(page.locator("[data-row]")).to_have_count(3)


def test_a_cell_is_edited_with_the_keyboard_and_taken_back(visit, cookies, people: list[Any]) -> None:
    page = visit(LIST, cookies=cookies)
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("e")
    editor = page.locator("form[data-celledit] input[name=position]")
    expect(editor).to_be_focused()
    editor.fill("Chief")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]").first).to_contain_text("Chief")
    page.keyboard.press("Control+z")
    expect(page.locator("[data-row]").first).to_contain_text("Clerk")


def test_ticked_rows_are_deleted_and_come_back(visit, cookies, people: list[Any]) -> None:
    page = visit(LIST, cookies=cookies)
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("[data-bulk-count]")).to_have_text("2")
    page.keyboard.press("Delete")
    expect(page.locator("#dialog")).to_contain_text("Delete 2 people?")
    page.locator("#dialog button.danger").press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("[data-row][data-cursor] a").first).to_be_focused()  # what stands there now
    page.locator(".toast button.link").click()
    expect(page.locator("[data-row]")).to_have_count(3)


def test_ticked_rows_are_set_and_put_back_by_keyboard_alone(visit, cookies, people: list[Any]) -> None:
    page = visit(LIST, cookies=cookies)

    def on(name: str) -> None:
        """Go on with Tab to what has that name; it is close, however long the list is."""
        for _step in range(6):
            page.keyboard.press("Tab")
            if page.evaluate(
                "document.activeElement.ariaLabel ?? document.activeElement.innerText"
            ).startswith(name):
                return
        raise AssertionError(name)

    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("#say")).to_contain_text("2 selected")
    on("Set field")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog select[name=add]")).to_be_focused()
    page.keyboard.type("Position")  # letter by letter past other fields; nothing happens until it is chosen
    page.keyboard.press("Enter")
    expect(page.locator("#dialog [data-cursor-here] input[type=text]")).to_be_focused()
    page.keyboard.type("Pilot")
    on("See what it does")
    page.keyboard.press("Enter")
    expect(page.locator(".bulk-preview")).to_contain_text("Pilot")
    expect(page.locator("#dialog button.btn[value=preview]")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("tr[data-row]", has_text="Pilot")).to_have_count(2)
    expect(page.locator(".toast")).to_contain_text("2 people")
    expect(page.locator("[data-row]").nth(1).locator("a").first).to_be_focused()
    expect(page.locator("[data-row]").nth(1)).to_have_attribute("data-cursor", "")
    page.keyboard.press("Control+z")
    expect(page.locator("tr[data-row]", has_text="Pilot")).to_have_count(0)


def test_columns_move_and_go(visit, cookies, people: list[Any]) -> None:
    page = visit(LIST, cookies=cookies)
    page.locator("button[popovertarget=columns-panel]").click()
    line = page.locator("[data-columns] [data-column]", has_text="Stage")
    place = page.locator("[data-columns] [data-column]", has_text="Position")
    page.locator("[data-columns-rest] [data-column]", has_text="Salutation").drag_to(place)
    carried = page.locator("[data-columns] [data-column]", has_text="Salutation").locator("[name=show]")
    expect(carried).to_be_checked()
    carried.click()
    for _past in ("Salutation", "Position"):
        line.hover()
        line.locator("[data-move='-1']").click()
    page.locator("[data-columns] [data-column]", has_text="E-mail").locator("[name=show]").click()
    page.locator("#columns-panel button.primary").click()
    expect(page.locator("thead th")).to_have_text(["", re.compile("Name"), "Stage", "Position"])


def test_a_view_is_saved_changed_and_reset(visit, cookies, people: list[Any]) -> None:
    page = visit("/people/?f=stage.any.lead", cookies=cookies)
    page.locator("text=Save as view").click()
    page.locator("#dialog input[name=name]").fill("Leads")
    page.locator("#dialog button[type=submit]").click()
    expect(page.locator(".tabs [aria-current]")).to_contain_text("Leads")
    page.locator("thead a", has_text="Name").click()
    expect(page.locator(".tool .edited")).to_contain_text("Edited")
    page.locator(".tool .edited a", has_text="Reset").click()
    expect(page.locator(".tool .edited")).to_have_count(0)


def test_the_list_goes_on_by_itself(visit, cookies, member: User) -> None:
    kind = type_by_key("people")
    assert kind is not None
    kind.model.objects.bulk_create([kind.model(name=f"Person {n:03}", owner=member) for n in range(90)])
    page = visit("/people/?sort=name", cookies=cookies)
    expect(page.locator("[data-row]")).to_have_count(60)
    page.locator("[data-more]").scroll_into_view_if_needed()
    expect(page.locator("[data-row]")).to_have_count(90)


@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("desk", "dark"), ("phone", "light")])
def test_everybody_can_use_list_and_panels(visit, cookies, people: list[Any], size: str, theme: str) -> None:
    page = visit(f"{LIST}&f=stage.any.lead", size, theme, cookies)
    assert axe(page) == []
    page.locator("[data-filter]").click()
    expect(page.locator("#filter-panel [data-line]")).to_be_visible()
    assert axe(page) == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
