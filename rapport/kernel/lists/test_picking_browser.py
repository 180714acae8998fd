"""Selecting rows in a real browser: with a finger, from the menu, and the bar with what can be done with them."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, Route, expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.kernel.testing import make
from rapport.parties.models import Person
from rapport.ui.testing.browser import axe
from rapport.ui.testing.by_hand import Finger, shoot

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]
BOXES = "all => all.map((one) => one.getBoundingClientRect()).map(({ left, right }) => [left, right])"
LIST = "/people/?sort=name&columns=name,position,stage,email"


@pytest.fixture
def cookies(member: User) -> dict[str, str]:
    return signed_in(member)


@pytest.fixture
def people(member: User) -> list[Person]:
    return [
        make(Person, owner=member, name=name, position="Clerk") for name in ("Ada", "Bea", "Cleo", "Dora")
    ]


def counted(page: Page, number: int) -> None:
    expect(page.locator("[data-bulk]")).to_be_visible()
    expect(page.locator("[data-bulk-count]")).to_have_text(str(number))
    expect(page.locator("[data-row][aria-selected=true]")).to_have_count(number)


def test_a_finger_that_rests_begins_and_then_taps_tick(visit, cookies, people: list[Person]) -> None:
    page = visit(LIST, "phone", cookies=cookies)
    rows, finger, here = page.locator("[data-row]"), Finger(page), page.url
    finger.rest(rows.nth(1))
    drag = "link => link.dispatchEvent(new DragEvent('dragstart', { bubbles: true, cancelable: true }))"
    assert rows.nth(1).locator("a").first.evaluate(drag) is False  # a phone would take the link along
    finger.leave()
    counted(page, 1)
    expect(rows.nth(1).locator("[data-select]")).to_be_checked()
    expect(page.locator(".phonebar")).to_be_hidden()
    rows.nth(3).tap()
    counted(page, 2)
    shoot(page, "picking")
    assert axe(page) == []
    rows.nth(3).tap()
    counted(page, 1)
    rows.nth(1).tap()
    expect(page.locator("[data-bulk]")).to_be_hidden()
    expect(page.locator(".phonebar")).to_be_visible()
    assert page.url == here
    rows.nth(1).tap()
    expect(page).to_have_url(re.compile(str(people[1].pk)))


def test_a_finger_that_goes_on_ticks_what_it_passes_and_back_again(
    visit, cookies, people: list[Person]
) -> None:
    page = visit(LIST, "phone", cookies=cookies)
    rows, finger = page.locator("[data-row]"), Finger(page)
    finger.rest(rows.nth(0))
    finger.go(rows.nth(2))
    counted(page, 3)
    finger.go(rows.nth(1))
    counted(page, 2)
    finger.leave()
    counted(page, 2)


def test_esc_and_back_close_the_peek_before_the_selection(visit, cookies, people: list[Person]) -> None:
    page = visit(LIST, "phone", cookies=cookies)
    page.set_viewport_size({"width": 1024, "height": 768})
    rows, finger, peek = page.locator("[data-row]"), Finger(page), page.locator("#peek")
    finger.rest(rows.nth(0))
    finger.leave()
    rows.nth(1).tap()
    # in a field the key is no key of the list: the browser takes it as its way back
    for place in (rows.nth(1).locator("a").first, page.locator("main [data-search]")):
        rows.nth(1).locator("a").first.focus()
        page.keyboard.press("Space")
        expect(peek).to_contain_text("Bea")
        place.focus()
        page.keyboard.press("Escape")
        expect(peek).to_be_hidden()
        counted(page, 2)
    page.locator("main [data-search]").focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-bulk]")).to_be_hidden()


def test_ticks_that_come_back_are_gone_on_with_by_tapping_where_a_finger_points(
    visit, cookies, people: list[Person]
) -> None:
    page = visit(LIST, "phone", cookies=cookies)

    def tick(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace(" data-select ", " data-select checked ", 1)
        )

    page.route("**/people/?*", tick)
    page.reload()
    expect(page.locator("html[data-ready][data-picking]")).to_be_visible()
    counted(page, 1)
    # a laptop that has a mouse and can be touched
    page.context.add_init_script(
        """{ const asked = matchMedia.bind(window);
        window.matchMedia = (what) => asked(what === "(pointer: coarse)" ? "not all" : what); }"""
    )
    page.reload()
    expect(page.locator("html[data-ready]:not([data-picking])")).to_be_visible()
    counted(page, 1)
    page.locator("[data-row] a").first.click()
    expect(page).to_have_url(re.compile(str(people[0].pk)))


def test_a_finger_that_scrolls_selects_nothing(visit, cookies, member: User) -> None:
    Person.objects.bulk_create([Person(name=f"Person {n:03}", owner=member) for n in range(50)])
    page = visit(LIST, "phone", cookies=cookies)
    Finger(page).wipe(page.locator("[data-row]").nth(5), down=-200)
    page.wait_for_timeout(600)
    assert page.locator("main .scroll").evaluate("box => box.scrollTop") > 50
    expect(page.locator("[data-row][aria-selected=true]")).to_have_count(0)
    expect(page.locator("[data-bulk]")).to_be_hidden()


def test_who_does_not_touch_selects_from_the_menu(visit, cookies, people: list[Person]) -> None:
    page = visit(LIST, "phone", cookies=cookies)
    page.locator(".viewsel").click()
    page.get_by_role("button", name="Select records").click()
    expect(page.get_by_role("checkbox", name="Select Ada")).to_be_focused()
    expect(page.locator("[data-bulk-count]")).to_have_text("0")
    expect(page.get_by_role("button", name="Assign")).to_be_disabled()
    page.keyboard.press("Space")
    counted(page, 1)
    expect(page.locator("#say")).to_have_text("1 selected")
    page.get_by_role("button", name="Select all 4").click()
    counted(page, 4)
    page.get_by_role("button", name="More actions").click()
    menu = page.locator("#bulk-menu")
    expect(menu.get_by_role("button", name="Delete")).to_be_visible()
    assert axe(page) == []
    menu.get_by_role("button", name="Delete").click()
    expect(page.locator("#dialog")).to_contain_text("Delete 4 people?")
    page.locator("#dialog").get_by_role("button", name="Keep them").click()
    expect(page.locator("#dialog")).to_be_hidden()
    page.get_by_role("button", name="Clear the selection").click()
    expect(page.locator("[data-bulk]")).to_be_hidden()
    expect(page.locator("[data-row][aria-selected=true]")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 800])
def test_keys_of_the_bar_act_while_something_is_ticked_also_from_its_menu(
    visit, cookies, people: list[Person], width: int
) -> None:
    page = visit(LIST, cookies=cookies)
    page.set_viewport_size({"width": width, "height": 900})
    page.keyboard.press("j")
    page.keyboard.press("x")
    counted(page, 1)
    page.keyboard.press("e")
    expect(page.locator("#dialog")).to_contain_text("Set fields of 1 person")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    page.keyboard.press("Delete")
    expect(page.locator("#dialog")).to_contain_text("Delete Ada?")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    assert page.locator("#bulk-menu button").count() > 0 or width > 1000
    boxes = page.locator("[data-bulk], [data-bulk] button:visible").evaluate_all(BOXES)
    assert boxes[0] == [max(0, boxes[0][0]), min(width, boxes[0][1])]
    assert all(left[1] <= right[0] + 1 for left, right in pairwise(boxes[1:]))
    page.keyboard.press("?")
    for text in ("Set a field of the selection", "Delete the selection"):
        expect(page.locator("#keys section", has_text="In lists")).to_contain_text(text)
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("[data-bulk]")).to_be_hidden()
    page.locator("[data-row]").first.locator("[data-cell*=position]").focus()
    page.keyboard.press("e")
    expect(page.locator("form[data-celledit] input[name=position]")).to_be_focused()


def test_all_that_the_filter_finds_is_selected_from_one_tick_and_what_comes_later_is_ticked(
    visit, cookies, member: User
) -> None:
    Person.objects.bulk_create([Person(name=f"Person {n:03}", owner=member) for n in range(90)])
    page = visit(LIST, cookies=cookies)
    expect(page.locator(".status")).to_contain_text("90 people")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_role("button", name="Select all 90").click()
    expect(page.locator("[data-bulk-count]")).to_have_text("90")
    page.locator("[data-more]").scroll_into_view_if_needed()
    expect(page.locator("[data-row]")).to_have_count(90)
    counted(page, 90)


def test_enter_shows_first_what_setting_a_field_does_and_keeps_the_field(
    visit, cookies, people: list[Person]
) -> None:
    page = visit(LIST, cookies=cookies)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("e")
    dialog = page.locator("#dialog")
    dialog.get_by_role("combobox", name="Another field").select_option(label="Position")
    dialog.get_by_role("textbox", name="Position").fill("Chief")
    page.keyboard.press("Enter")
    expect(dialog.locator(".bulk-preview")).to_be_visible()
    expect(dialog.get_by_role("textbox", name="Position")).to_have_value("Chief")
    people[0].refresh_from_db()
    assert people[0].position == "Clerk"
    dialog.get_by_role("button", name="Change 1").click()
    expect(page.locator("[data-row]").first).to_contain_text("Chief")
