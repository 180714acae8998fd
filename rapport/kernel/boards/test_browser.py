"""A board by keyboard: one stop of Tab, whatever lane is looked at and whatever comes, goes and is moved."""

from typing import Any

import pytest
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.kernel.testing import make
from rapport.sales.deals.actions import move
from rapport.sales.models import Deal
from rapport.sales.pipelines.models import Stage
from rapport.sales.testing import make_seller
from rapport.ui.testing.browser import axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Page = Any  # a page of the browser
BOARD = "/deals/board/"
# What Tab reaches within the board: of a card the card itself and its menu.
REACHED = """
board => [...board.querySelectorAll("a[href], button, [tabindex]")]
  .filter((one) => one.tabIndex >= 0 && one.checkVisibility())
  .map((one) => one.closest("[data-card]")?.dataset.card ?? one.ariaLabel ?? one.textContent)
"""


@pytest.fixture
def user() -> User:
    return make_seller()


@pytest.fixture
def deals(user: User) -> list[Deal]:
    """Sixteen cards in the first lane, one more than are shown at first, and one in the third."""
    made = [make(Deal, by=user, owner=user, name=f"Deal {number}") for number in range(17)]
    third = Stage.objects.filter(pipeline=made[0].stage.pipeline).order_by("position")[2]
    move(made[-1], stage=third, by=user)
    return made


def card(page: Page, deal: Deal) -> Page:
    return page.locator(f'[data-card="{deal.pk}"]')


def reached(page: Page, deal: Deal) -> None:
    """Tab reaches this card with its menu, and nothing else of the board."""
    expect(card(page, deal)).to_have_attribute("tabindex", "0")
    assert page.locator("[data-board]").evaluate(REACHED) == [str(deal.pk)] * 2


def test_a_board_is_one_stop_of_tab_and_keys_go_through_it(visit: Any, user: User, deals: list[Deal]) -> None:
    page = visit(BOARD, cookies=signed_in(user))
    first = Deal.objects.exclude(pk=deals[-1].pk).order_by("position", "pk")
    reached(page, first[0])
    assert axe(page) == []
    page.locator("[data-board]").focus()
    page.keyboard.press("Tab")
    expect(card(page, first[0])).to_be_focused()
    page.keyboard.press("Tab")
    expect(card(page, first[0]).locator("[data-card-menu]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(card(page, first[1])).to_be_focused()
    page.keyboard.press("j")
    reached(page, first[2])
    page.keyboard.press("ArrowRight")
    expect(
        page.get_by_role("region", name="Board of Deals").locator("section").nth(1).locator("header a")
    ).to_be_focused()
    page.keyboard.press("l")
    expect(page.locator("[data-stage]").nth(2).locator("header a")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(card(page, deals[-1])).to_be_focused()
    reached(page, deals[-1])
    page.keyboard.press("Shift+Tab")
    expect(page.locator("[data-board]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(card(page, deals[-1])).to_be_focused()


def test_the_stop_stays_with_the_card_that_is_moved_and_goes_on_where_it_goes(
    visit: Any, user: User, deals: list[Deal]
) -> None:
    page = visit(BOARD, cookies=signed_in(user))
    moved = deals[-1]
    card(page, moved).focus()
    page.keyboard.press("Shift+L")
    expect(
        page.locator("[data-stage]").nth(3).locator(f'[data-card="{moved.pk}"]:not(.saving)')
    ).to_be_focused()
    reached(page, moved)
    # a card that comes anew in its place is no second stop
    page.evaluate(
        """key => {
      const old = document.querySelector(`[data-card="${key}"]`);
      const fresh = old.cloneNode(true);
      fresh.tabIndex = 0;
      for (const one of fresh.querySelectorAll("button")) one.removeAttribute("tabindex");
      old.replaceWith(fresh);
    }""",
        str(moved.pk),
    )
    reached(page, moved)
    # further cards of the first lane come by scrolling
    lane = page.locator("[data-stage]").first
    lane.locator(".more").scroll_into_view_if_needed()
    expect(lane.locator("[data-card]")).to_have_count(16)
    reached(page, moved)
    # else the cursor, and the stop with it, goes to what stands in its lane
    page.locator("[data-board]").focus()
    card(page, moved).evaluate("card => card.remove()")
    expect(page.locator("[data-card][tabindex='0']")).to_have_count(1)


def test_keys_ask_again_for_the_cards_that_did_not_come(visit: Any, user: User, deals: list[Deal]) -> None:
    page = visit(BOARD, cookies=signed_in(user))
    lane, refused = page.locator("[data-stage]").first, []
    page.route("**/more/**", lambda route: (refused.append(route), route.fulfill(status=500)))
    last = lane.locator("[data-card]").last
    last.focus()
    lane.locator(".more").scroll_into_view_if_needed()
    expect(lane.locator(".more button:not(.htmx-request)")).to_be_visible()
    expect(lane.locator("[data-card]")).to_have_count(15)
    page.unroute("**/more/**")
    page.keyboard.press("ArrowDown")
    expect(lane.locator("[data-card]")).to_have_count(16)
    expect(lane.locator("[data-card]").nth(14)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(lane.locator("[data-card]").nth(15)).to_be_focused()
    assert refused


def test_on_a_phone_the_stop_is_in_the_lane_that_is_shown(visit: Any, user: User, deals: list[Deal]) -> None:
    page = visit(BOARD, size="phone", cookies=signed_in(user))
    page.locator("[data-show-lane]").nth(2).click()
    reached(page, deals[-1])
