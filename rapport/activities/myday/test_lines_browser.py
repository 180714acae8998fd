"""The lines of My day by keyboard: what needs the user and what is due, moved on, put off, taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import make_company, signed_in
from rapport.activities.actions import plan
from rapport.activities.models import Activity
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Person
from rapport.ui.days import day_of, whole_day
from rapport.ui.testing.browser import axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Page = Any  # a page of the browser
LET_GO = """() => new Promise((told) => {
  document.activeElement.blur();
  setTimeout(() => {
    document.dispatchEvent(new CustomEvent("refreshed"));
    told(document.activeElement.tagName);
  }, 50);
})"""


@pytest.fixture
def user() -> User:
    make_company()
    return make_user("Mara Lindholm", role="administrator")


@pytest.fixture
def tasks(user: User) -> dict[str, Activity]:
    """Two promises that are overdue, and two tasks of today, one with an hour."""
    ingrid, today = make(Person, by=user, given_name="Ingrid", family_name="Solberg"), timezone.localdate()
    found = {
        name: plan([ingrid], "task", name, by=user, due_at=whole_day(today - timedelta(days=days)))
        for name, days in (("Offer", 3), ("Samples", 2), ("Letter", 0))
    }
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    return found | {"Report": plan([ingrid], "task", "Report", by=user, due_at=noon)}


def link(page: Page, name: str) -> Page:
    return page.locator("#day .tx a", has_text=name).first


def test_keys_go_through_all_lines_and_move_one_to_tomorrow(
    visit: Any, user: User, tasks: dict[str, Activity]
) -> None:
    page = visit("/", cookies=signed_in(user))
    for name in ("Offer", "Samples", "Letter", "Report"):
        page.keyboard.press("j")
        expect(link(page, name)).to_be_focused()
    expect(page.locator("#day .cur")).to_have_count(1)
    assert axe(page) == []
    page.keyboard.press("m")
    tomorrow = page.locator("#day-coming")
    expect(tomorrow).to_contain_text("Report")
    hour = tasks["Report"].due_at
    tasks["Report"].refresh_from_db()
    assert hour and tasks["Report"].due_at == hour + timedelta(days=1)
    # the next line has the cursor, which goes on from there
    page.keyboard.press("k")
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(link(page, "Offer")).to_be_focused()
    page.keyboard.press("m")
    expect(tomorrow).to_contain_text("Offer")
    expect(link(page, "Samples")).to_be_focused()
    tasks["Offer"].refresh_from_db()
    assert day_of(tasks["Offer"].due_at) == timezone.localdate() + timedelta(days=1)  # type: ignore[arg-type]  # just set
    assert not tasks["Offer"].has_hour


def test_what_is_put_off_is_gone_until_its_day_and_says_why_it_is_back(
    visit: Any, user: User, tasks: dict[str, Activity]
) -> None:
    page = visit("/", cookies=signed_in(user))
    page.keyboard.press("j")
    page.keyboard.press("s")
    page.get_by_label("Why").fill("waits for the board")
    page.keyboard.press("Enter")
    expect(link(page, "Samples")).to_be_visible()
    expect(page.locator("#day")).not_to_contain_text("Offer")
    expect(page.locator("#day-summary")).to_contain_text("1 overdue")
    page.locator("html[data-ready]").wait_for()
    page.keyboard.press("Control+z")
    expect(link(page, "Offer")).to_be_visible()
    # where it goes on: the line with the same link, or what stands at its place
    page.locator("html[data-ready]").wait_for()
    link(page, "Letter").focus()
    page.keyboard.press("s")
    expect(page.locator("#day form.moving").get_by_role("button", name="Today")).to_be_focused()
    page.keyboard.press("Escape")
    expect(link(page, "Letter")).to_be_focused()
    page.keyboard.press("s")
    expect(page.locator("#day form.moving")).to_be_visible()
    page.locator("#day form.moving").get_by_role("button", name="Tomorrow").click()
    page.locator("#day form.moving").get_by_role("button", name="Move").click()
    expect(page.locator("#day-coming")).to_contain_text("Letter")
    expect(link(page, "Report")).to_be_focused()


def test_keys_pass_by_a_line_that_gets_another_time(
    visit: Any, user: User, tasks: dict[str, Activity]
) -> None:
    page = visit("/", cookies=signed_in(user))
    link(page, "Letter").focus()
    page.keyboard.press("s")
    today = page.locator("#day form.moving").get_by_role("button", name="Today")
    expect(today).to_be_focused()
    page.keyboard.press("k")
    expect(link(page, "Samples")).to_be_focused()
    page.keyboard.press("j")
    expect(link(page, "Report")).to_be_focused()
    page.keyboard.press("k")
    expect(link(page, "Samples")).to_be_focused()


def test_who_has_let_go_of_a_line_is_not_brought_back_to_it(
    visit: Any, user: User, tasks: dict[str, Activity]
) -> None:
    page = visit("/", cookies=signed_in(user))
    page.keyboard.press("j")
    expect(link(page, "Offer")).to_be_focused()
    assert page.evaluate(LET_GO) == "BODY"
