"""Deals in a real browser: keys, dragging, the dialog for losing, undo; on a phone; legible for everybody."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.activities.actions import log
from rapport.kernel.fields.numbers import Amount
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Organization
from rapport.sales.deals.actions import move
from rapport.sales.models import Deal
from rapport.sales.pipelines.models import Stage
from rapport.sales.testing import make_seller
from rapport.ui.testing.browser import axe
from rapport.ui.testing.by_hand import Finger, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Page = Any  # a page of the browser


@pytest.fixture
def user() -> User:
    return make_seller()


@pytest.fixture
def session(user: User) -> dict[str, str]:
    return signed_in(user)


@pytest.fixture
def deals(user: User) -> list[Deal]:
    """Three deals in the first lane, the last one on top."""
    organization = make(Organization, by=user, name="Stadtwerke Elmenau")
    return [
        make(
            Deal,
            by=user,
            owner=user,
            name=name,
            organization=organization,
            amount=Amount(Decimal(amount), "EUR"),
        )
        for name, amount in (("Battery renewal", 21_400), ("Campus post", 61_200), ("Forty bikes", 148_000))
    ]


def lane(page: Page, number: int) -> Page:
    return page.locator("[data-stage]").nth(number)


def names(page: Page, number: int) -> list[str]:
    found: list[str] = lane(page, number).locator(".dc-t").all_inner_texts()
    return found


def fresh(deal: Deal) -> Deal:
    return Deal.objects.get(pk=deal.pk)


def test_a_deal_goes_to_the_next_stage_with_keys_and_back_with_undo(
    visit: Any, session: dict[str, str], deals: list[Deal]
) -> None:
    page = visit("/deals/board/", cookies=session)
    assert axe(page) == []
    page.keyboard.press("j")
    with page.expect_response(re.compile("/move/")):
        page.keyboard.press("Shift+L")
    assert (names(page, 0), names(page, 1)) == (["Campus post", "Battery renewal"], ["Forty bikes"])
    assert lane(page, 1).locator("[data-sum]").inner_text() == "€\xa0148k"
    assert fresh(deals[2]).stage.position == 1
    with page.expect_response(re.compile("/move/")):
        page.keyboard.press("Control+z")
    assert names(page, 0) == ["Forty bikes", "Campus post", "Battery renewal"]
    assert fresh(deals[2]).stage.position == 0


def test_a_card_that_somebody_else_moved_goes_back_and_says_so(
    visit: Any, session: dict[str, str], deals: list[Deal]
) -> None:
    from rapport.sales.deals.actions import move

    page = visit("/deals/board/", cookies=session)
    move(deals[2], by=make_user("Jonas Weber"), stage=Stage.objects.all()[3])
    page.keyboard.press("j")
    page.keyboard.press("Shift+L")
    clash = page.locator("dialog[open]", has_text="Jonas Weber")
    clash.get_by_role("button").first.click()
    expect(page.locator("[data-stage]").nth(3)).to_contain_text("Forty bikes")
    assert fresh(deals[2]).stage.position == 3


def test_a_card_is_dragged_between_two_others(visit: Any, session: dict[str, str], deals: list[Deal]) -> None:
    page = visit("/deals/board/", cookies=session)
    card, above = page.locator(f'[data-card="{deals[0].pk}"]'), page.locator(f'[data-card="{deals[1].pk}"]')
    start, end = card.bounding_box(), above.bounding_box()
    page.mouse.move(start["x"] + 60, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] - 10, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + 10, steps=6)
    expect(page.locator("[data-dropbar]")).to_contain_text("Later")
    assert page.locator(".drop + [data-card]").get_attribute("data-card") == str(deals[1].pk)
    shoot(page, "board-carried")
    with page.expect_response(re.compile("/move/")):
        page.mouse.up()
    page.reload()
    assert names(page, 0) == ["Forty bikes", "Battery renewal", "Campus post"]


def test_a_lost_deal_asks_for_reason_and_competitor_and_comes_back_by_undo(
    visit: Any, session: dict[str, str], deals: list[Deal]
) -> None:
    page = visit("/deals/board/", cookies=session)
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    page.wait_for_selector("#dialog[open] .reasons")
    assert axe(page) == []
    page.keyboard.press("2")
    page.get_by_role("button", name="Mark as lost").click()
    page.wait_for_selector("text=Say to whom it was lost.")
    page.fill("[name=competitor]", "Veltra Cargo")
    page.get_by_role("button", name="Mark as lost").click()
    page.wait_for_selector(".toast >> text=Lost: Forty bikes")
    assert names(page, 0) == ["Campus post", "Battery renewal"]
    assert fresh(deals[2]).competitor == "Veltra Cargo"
    with page.expect_navigation():
        page.locator(".toast").get_by_role("button", name="Undo").click()
    assert "Forty bikes" in names(page, 0)


def test_a_dialog_takes_nothing_while_its_answer_is_on_its_way_because_that_would_be_lost(
    visit: Any, session: dict[str, str], deals: list[Deal]
) -> None:
    page, held = visit("/deals/board/", cookies=session), []
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    dialog = page.locator("#dialog[open]")
    expect(dialog.locator(".reasons")).to_be_visible()
    page.route("**/lose/", lambda route: held.append(route))
    with page.expect_request("**/lose/"):
        dialog.get_by_role("button", name="Mark as lost").click()
    page.keyboard.press("2")
    dialog.locator(".dlg-b").click(force=True)
    expect(dialog.locator(":checked:is([type=radio])")).to_have_count(0)
    held[0].continue_()
    expect(dialog.get_by_text("Say why the deal was lost.")).to_be_visible()
    expect(dialog.locator("[name=loss_reason]").first).to_be_focused()
    page.keyboard.press("2")
    expect(dialog.locator("[name=loss_reason]").nth(1)).to_be_checked()


def test_an_answer_that_comes_late_stays_out_of_the_dialog_that_is_open_by_then(
    visit: Any, session: dict[str, str], deals: list[Deal]
) -> None:
    page, held = visit("/deals/board/", cookies=session), []
    dialog = page.locator("#dialog[open]")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(dialog.locator(".reasons")).to_be_visible()
    page.route("**/lose/", lambda route: held.append(route))
    with page.expect_request("**/lose/"):
        dialog.get_by_role("button", name="Mark as lost").click()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.keyboard.press("Escape")  # not this time
    page.keyboard.press("c")
    dialog.locator("[name=name]").fill("Wheels")
    with page.expect_response("**/lose/"):
        held[0].continue_()
    page.wait_for_timeout(150)
    expect(dialog.locator("[name=name]")).to_have_value("Wheels")
    with page.expect_response("**/duplicates/**"):
        page.keyboard.type(" for")  # what looks for the like meanwhile does not hold up what is typed
    page.keyboard.type(" Wismar")
    expect(dialog.locator("[name=name]")).to_have_value("Wheels for Wismar")


def test_keys_pressed_while_a_dialog_is_on_its_way_are_its_own_and_do_nothing_to_the_page(
    visit: Any, session: dict[str, str], deals: list[Deal]
) -> None:
    page, held = visit("/deals/board/", cookies=session), []
    page.route("**/lose/", lambda route: held.append(route))
    page.keyboard.press("j")
    with page.expect_request("**/lose/"):
        page.keyboard.press("Shift+X")
    for key in ("w", "2", "Enter"):  # W would win the deal that the cursor is on
        page.keyboard.press(key)
    held[0].continue_()
    expect(page.locator("#dialog[open] [name=loss_reason]").nth(1)).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog[open]")).to_have_count(0)
    page.unroute("**/lose/")
    page.route("**/new/**", lambda route: held.append(route))
    with page.expect_request("**/new/**"):
        page.keyboard.press("c")
    page.keyboard.type("Wheels for Wismar")
    held[1].continue_()
    expect(page.locator("#dialog[open] [name=name]")).to_have_value("Wheels for Wismar")
    assert fresh(deals[2]).outcome == "open"


def test_a_long_lane_goes_on_where_one_scrolls_to_its_end_and_a_won_deal_leaves_the_board(
    visit: Any, user: User, session: dict[str, str], deals: list[Deal]
) -> None:
    for number in range(18):  # a new one stands on top: these three come behind the first 15
        make(Deal, by=user, owner=user, name=f"Deal {number}")
    page = visit("/deals/board/", cookies=session)
    page.locator("li.more").scroll_into_view_if_needed()
    expect(lane(page, 0).locator("[data-card]")).to_have_count(21)
    expect(page.locator("li.more")).to_have_count(0)
    Deal.objects.filter(name__startswith="Deal ").update(deleted_at=timezone.now())
    page = visit("/deals/board/", cookies=session)
    page.keyboard.press("j")
    page.keyboard.press("w")
    page.wait_for_selector(".toast >> text=Won: Forty bikes")
    assert names(page, 0) == ["Campus post", "Battery renewal"]
    assert fresh(deals[2]).outcome == "won"


def test_on_a_phone_one_lane_is_shown_and_cards_move_by_their_menu_or_by_finger(
    visit: Any, session: dict[str, str], deals: list[Deal]
) -> None:
    page = visit("/deals/board/", size="phone", cookies=session)
    assert axe(page) == []
    assert page.locator("[data-stage]:visible").count() == 1
    page.locator("[data-card-menu]").first.click()
    with page.expect_response(re.compile("/move/")):
        page.locator("#card-menu").get_by_role("button", name="Proposal").click()
    page.locator("[data-show-lane]").nth(2).click()
    assert names(page, 2) == ["Forty bikes"] and lane(page, 2).is_visible()
    finger = Finger(page)
    finger.rest(lane(page, 2).locator("[data-card]"))
    finger.go(page.locator("[data-show-lane]").nth(1))
    shoot(page, "board-phone-carried")
    with page.expect_response(re.compile("/move/")):
        finger.leave()
    assert names(page, 1) == ["Forty bikes"] and fresh(deals[2]).stage.position == 1


def test_the_page_of_a_deal_moves_wins_and_takes_people(
    visit: Any, session: dict[str, str], deals: list[Deal]
) -> None:
    page = visit(f"/deals/{deals[2].pk}/", cookies=session)
    assert axe(page) == []
    page.locator(".track").get_by_role("button", name="Negotiation").click()
    page.wait_for_selector(".track [aria-current=step] >> text=Negotiation")
    page.keyboard.press("w")
    page.wait_for_selector(".qacts >> text=Reopen")
    assert fresh(deals[2]).outcome == "won"


def test_on_a_phone_the_stage_of_a_deal_is_in_sight_and_lines_are_as_high_as_a_thumb(
    visit: Any, session: dict[str, str], deals: list[Deal], user: User
) -> None:
    last = Stage.objects.order_by("-position")[0]
    move(deals[2], stage=last, by=user)
    log([deals[2]], "note", "Wants a price per depot", by=user)
    page = visit(f"/deals/{deals[2].pk}/", size="phone", cookies=session)
    expect(page.locator(".track [aria-current=step]")).to_be_in_viewport(ratio=1)
    page.get_by_role("link", name="Wants a price per depot").scroll_into_view_if_needed()
    line = page.get_by_role("link", name="Wants a price per depot").bounding_box()
    # 20 pixels above the middle of the words is still their link
    page.touchscreen.tap(line["x"] + 20, line["y"] + line["height"] / 2 - 20)
    page.wait_for_url("**/activities/**")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pipelines_are_legible_and_ordered_by_dragging(
    visit: Any, session: dict[str, str], theme: str
) -> None:
    page = visit("/settings/pipelines/", theme=theme, cookies=session)
    assert axe(page) == []
    grips = page.locator("[data-order-grip]")
    start, end = grips.nth(2).bounding_box(), grips.nth(0).bounding_box()
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, start["y"] - 10, steps=3)
    page.mouse.move(end["x"] + 5, end["y"] - 4, steps=6)
    page.mouse.up()
    page.get_by_role("button", name="Save stages").click()
    page.wait_for_selector(".toast >> text=Saved.")
    assert Stage.objects.all()[0].name == "Proposal"
