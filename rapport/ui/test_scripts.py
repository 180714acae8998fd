"""The scripts in a real browser: lists, cells, dialogs, palette, keys, board."""

import re

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from rapport.ui.testing import trial
from rapport.ui.testing.browser import axe

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("rapport.ui.testing.trial"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _nothing_posted():
    trial.posted.clear()


@pytest.fixture
def session(client):
    """The cookie of somebody who is signed in."""
    client.force_login(get_user_model().objects.create_user(email="mara@example.org", name="Mara Lindholm"))
    return {"sessionid": client.cookies["sessionid"].value}


def stage_of(page, card):
    return page.locator(f"[data-stage]:has([data-card={card}])").get_attribute("data-stage")


def test_a_peek_that_comes_late_gives_way_to_the_row_that_is_looked_at_by_now(visit):
    page, held = visit("/"), []
    page.route("**/peek/2/", lambda route: held.append(route))
    page.keyboard.press("j")
    page.keyboard.press(" ")
    page.wait_for_selector("#peek >> text=Peek 1")
    for _row in (2, 3):
        page.keyboard.press("j")
    page.wait_for_selector("#peek >> text=Peek 3")
    with page.expect_response("**/peek/2/"):
        held[0].continue_()
    page.wait_for_timeout(150)
    assert "Peek 3" in page.inner_text("#peek")
    page.keyboard.press("Escape")
    assert not page.locator("#peek").is_visible()


def test_keys_walk_select_and_peek(visit):
    page = visit("/")
    for key in ("j", "j", "x", "Shift+J", "Shift+J"):
        page.keyboard.press(key)
    assert page.locator("[data-row][aria-selected=true]").count() == 3
    assert page.inner_text("[data-bulk-count]") == "3"
    page.keyboard.press(" ")
    page.wait_for_selector("#peek >> text=Peek 4")
    page.keyboard.press("j")
    page.wait_for_selector("#peek >> text=Peek 5")
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.click("[data-bulk-post]")
    page.wait_for_selector(".toast >> text=Done")
    assert trial.posted == [{"ids": ["2,3,4"]}]


def test_all_rows_of_a_filter_can_be_selected(visit):
    page = visit("/?stage=lead")
    page.click("[data-select-all]")
    page.click("[data-bulk-all]")
    assert page.inner_text("[data-bulk-count]") == "40"
    page.click("[data-bulk-post]")
    page.wait_for_selector(".toast >> text=Done")
    assert trial.posted == [{"stage": ["lead"], "all": ["1"]}]


def test_more_rows_come_when_the_end_is_seen(visit):
    page = visit("/")
    page.locator(".scroll").evaluate("box => box.scrollTo(0, 9999)")
    page.wait_for_selector("[data-row='40']", state="attached")


def test_what_was_only_to_be_looked_at_did_not_load_and_nothing_was_to_be_saved(visit):
    page = visit("/")
    page.route(re.compile("/(more|peek|dialog|search|cell)/"), lambda route: route.abort())
    page.locator(".scroll").evaluate("box => box.scrollTo(0, 9999)")
    page.wait_for_selector(".toast >> text=This did not load. Try again.")
    for key in ("j", " ", "c", "Control+k"):
        page.keyboard.press(key)
    page.keyboard.type("elm")
    page.wait_for_selector("#palette-list >> text=This did not load. Try again.")
    expect(page.locator(".toast")).to_contain_text(["This did not load. Try again."] * 3)
    page.route("**/more/", lambda route: route.fulfill(status=500, body="<h1>Broken</h1>"))
    page.locator("#notices").evaluate("box => box.replaceChildren()")
    page.evaluate("htmx.ajax('GET', '/more/', 'main')")
    expect(page.locator(".toast").first).to_contain_text("This did not load. Try again.")
    assert "Not saved" not in page.inner_text("#notices")


def test_a_cell_is_edited_saved_and_left_with_keys(visit):
    page = visit("/")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_selector("input[name=value]:focus")
    page.keyboard.type("Write")
    page.keyboard.press("Tab")
    page.wait_for_selector("[data-cell='/cell/1/value/'] input:focus")
    assert "Write" in page.inner_text("[data-row='1']")
    page.keyboard.type("bad")
    page.keyboard.press("Enter")
    page.wait_for_selector(".err >> text=Not like this")
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-cell='/cell/1/value/']:focus")
    assert page.inner_text("[data-cell='/cell/1/value/']") == "9"


def test_the_last_change_is_undone_with_a_key(visit):
    page = visit("/")
    page.dblclick("[data-cell='/cell/2/next/']")
    page.wait_for_selector("input[name=value]:focus")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast >> text=Saved")
    with page.expect_request("**/undo/"):
        page.keyboard.press("Control+z")


def test_a_dialog_shows_errors_links_records_and_takes_tags(visit):
    page = visit("/")
    page.keyboard.press("c")
    page.wait_for_selector("#dialog[open] [name=name]:focus")
    assert axe(page) == []
    page.keyboard.press("Enter")
    page.wait_for_selector("#dialog >> text=Give a name.")
    page.wait_for_selector("#dialog [name=name][aria-invalid=true]:focus")
    page.fill("#dialog [name=name]", "Ingrid")
    page.click("#dialog [role=combobox]")
    page.keyboard.type("elm")
    page.wait_for_selector("[role=option] >> text=elm 2")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.input_value("#dialog [role=combobox]") == "elm 2"
    page.click("#dialog [data-tags] input[type=text]")
    page.keyboard.type("vip,")
    page.click("#dialog [type=submit]")
    page.wait_for_selector(".toast >> text=Done")
    assert not page.is_visible("#dialog")
    [sent] = trial.posted
    assert (sent["name"], sent["org"], sent["tags"]) == (["Ingrid"], ["2"], ["a", "", "vip"])


def test_the_palette_finds_records_and_runs_commands(visit):
    page = visit("/")
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette[open]")
    page.keyboard.type("elm")
    page.wait_for_selector("#palette-list >> text=Found elm")
    assert axe(page) == []
    page.keyboard.press("Control+a")
    page.keyboard.type("> density")
    page.wait_for_selector("#palette-list .cur >> text=density")
    page.keyboard.press("Enter")
    page.wait_for_selector("html[data-density=comfortable]", state="attached")


def test_enter_in_the_palette_waits_for_what_was_typed(visit):
    page, held = visit("/"), []
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [role=option]").first).to_be_visible()
    page.keyboard.type(">")
    page.keyboard.type(" density", delay=20)
    page.keyboard.press("Enter")  # the list still shows what it showed before
    page.wait_for_selector("html[data-density=comfortable]", state="attached")
    page.route("**/search/**", lambda route: held.append(route))
    page.keyboard.press("Control+k")
    with page.expect_request("**/search/**"):
        page.keyboard.type("e")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    held[0].continue_()
    page.wait_for_timeout(200)
    expect(page).to_have_url(re.compile("/$"))  # who gave up goes nowhere


def test_a_visitors_theme_is_kept_in_the_browser(visit):
    page = visit("/")
    page.keyboard.press("Shift+D")
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert trial.posted == []


def test_a_users_theme_is_told_to_the_server(visit, session):
    page = visit("/", cookies=session)
    with page.expect_response("**/preferences/"):
        page.keyboard.press("Shift+D")
    assert trial.posted == [{"theme": ["dark"]}]


def test_question_mark_lists_the_keys_of_the_page(visit):
    page = visit("/")
    page.keyboard.press("?")
    page.wait_for_selector("#keys >> text=Edit the cell")
    assert axe(page) == []


def test_keys_stay_quiet_in_fields(visit):
    page = visit("/")
    page.keyboard.press("/")
    page.keyboard.type("cjx?")
    assert page.input_value("[data-search]") == "cjx?"
    assert not page.is_visible("dialog")


def test_a_card_is_dragged_and_the_sums_follow(visit):
    page = visit("/board/")
    page.locator("[data-card=A]").drag_to(page.locator("[data-stage='2'] ol"))
    page.wait_for_selector("[data-stage='2'] [data-card=A]:not(.saving)")
    assert page.inner_text("[data-stage='2'] [data-sum]").replace("\u00a0", " ") == "€ 9k"
    assert page.inner_text("[data-stage='2'] [data-weighted]").replace("\u00a0", " ") == "€ 3.6k"
    assert page.inner_text("[data-stage='1'] [data-lane-count]") == "1"
    assert trial.posted == [{"stage": "2", "position": 0, "before": None, "after": None, "version": 1}]


def test_a_refused_move_goes_back_and_says_why(visit):
    page = visit("/board/")
    page.focus("[data-card=A]")
    page.keyboard.press("Shift+L")
    page.wait_for_selector("[data-stage='2'] [data-card=A]:not(.saving):focus")
    page.keyboard.press("Shift+L")
    page.wait_for_selector(".toast >> text=A quote is needed first.")
    assert stage_of(page, "A") == "2"
    assert page.locator("[data-card=A]").evaluate("card => card === document.activeElement")
    page.keyboard.press("Control+z")
    page.wait_for_selector("[data-stage='1'] [data-card=A]")
    assert trial.posted[-1]["version"] == 2


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_gallery_is_accessible_in_both_themes_and_sizes(visit, session, size, theme):
    page = visit("/gallery/", size, theme, session)
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
