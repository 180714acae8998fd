"""The calendar and a board by any field in a real browser: moved by keys and by hand, on a desk and on a phone."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Organization
from rapport.sales.models import Deal
from rapport.sales.testing import make_seller
from rapport.ui.testing.browser import axe
from rapport.ui.testing.by_hand import SHOTS, Finger, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def user() -> User:
    return make_seller()


@pytest.fixture
def session(user: User) -> dict[str, str]:
    return signed_in(user)


def test_an_entry_goes_to_another_day_with_keys_and_by_hand_and_back(
    visit: Any, session: dict[str, str], user: User
) -> None:
    day = date(2026, 5, 14)
    deal = make(Deal, by=user, owner=user, name="Framework contract", expected_on=day)
    for number in range(12):
        on = day + timedelta(days=number % 5 - (number % 3))
        make(Deal, by=user, owner=user, name=f"Campus post, tender {number}", expected_on=on)
    page = visit("/deals/calendar/?by=expected_on&on=2026-05-14", cookies=session)
    assert axe(page) == []
    shoot(page, "calendar")
    entry = page.locator(f'[data-entry="{deal.pk}"]')
    entry.locator("a").focus()
    with page.expect_response(re.compile("/on-day/")):
        page.keyboard.press("Shift+L")
    expect(page.locator('[data-day="2026-05-15"]').get_by_text("Framework contract")).to_be_visible()
    with page.expect_response(re.compile("/on-day/")):
        page.get_by_role("button", name="Undo").first.click()
    expect(page.locator('[data-day="2026-05-14"]').get_by_text("Framework contract")).to_be_visible()
    expect(page.locator("#say")).to_have_text("Taken back.")
    with page.expect_response(re.compile("/on-day/")):
        entry.drag_to(page.locator('[data-day="2026-05-21"]'))
    expect(page.locator('[data-day="2026-05-21"]').get_by_text("Framework contract")).to_be_visible()
    deal.refresh_from_db()
    assert deal.expected_on == date(2026, 5, 21)
    entry.locator("a").focus()
    page.keyboard.press("Space")
    expect(page.locator("#peek")).to_contain_text("Framework contract")
    shoot(page, "calendar-peek")


def test_a_calendar_on_a_phone_is_a_list_of_days_between_which_fingers_carry(
    visit: Any, session: dict[str, str], user: User
) -> None:
    deal = make(Deal, by=user, owner=user, name="Framework contract", expected_on=date(2026, 5, 14))
    page = visit("/deals/calendar/?by=expected_on&on=2026-05-14", size="phone", cookies=session)
    entry, other = page.get_by_text("Framework contract"), page.locator('[data-day="2026-05-15"]')
    expect(entry).to_be_visible()
    expect(other).to_be_hidden()
    assert axe(page) == []
    assert page.locator("[data-entry]").bounding_box()["height"] >= 44  # a thumb needs it
    shoot(page, "calendar-phone")
    # a finger rests on the entry, carries it to the next day and lets it go there
    finger = Finger(page)
    finger.rest(entry)
    expect(other).to_be_visible()
    finger.go(other)
    shoot(page, "calendar-phone-carried")
    with page.expect_response(re.compile("/on-day/")):
        finger.leave()
    expect(other.get_by_text("Framework contract")).to_be_visible()
    deal.refresh_from_db()
    assert deal.expected_on == date(2026, 5, 15)


def test_a_card_goes_to_another_owner_with_keys(visit: Any, session: dict[str, str], user: User) -> None:
    other = make_user("Nora North")
    deal = make(Deal, by=user, owner=user, name="Framework contract")
    page = visit("/deals/board/?by=owner", cookies=session)
    assert axe(page) == []
    shoot(page, "board-owner")
    page.locator(f'[data-card="{deal.pk}"]').focus()
    with page.expect_response(re.compile("/move/")):
        page.keyboard.press("Shift+L")
    expect(page.locator(f'[data-stage="{other.pk}"]').get_by_text("Framework contract")).to_be_visible()
    deal.refresh_from_db()
    assert deal.owner == other
    page.keyboard.press("f")
    page.get_by_role("button", name="Conditions …").click()
    expect(page.locator("#filter-panel").get_by_role("button", name="Done")).to_be_visible()
    shoot(page, "board-filter")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("^Form")).click()
    shoot(page, "board-form-menu")
    page.get_by_role("dialog", name="Form").get_by_role("link", name="Calendar").click()
    page.wait_for_url(re.compile("/deals/calendar/"))


def test_a_group_of_a_table_is_folded(visit: Any, session: dict[str, str], user: User) -> None:
    works = make(Organization, by=user, owner=user, name="Stadtwerke Elmenau")
    for number in range(8):
        make(Deal, by=user, owner=user, name=f"Deal {number}", organization=works if number % 2 else None)
    page = visit("/deals/?by=organization&columns=name,organization.owner,stage,amount", cookies=session)
    assert axe(page) == []
    expect(page.get_by_text("Deal 1", exact=True)).to_be_visible()
    shoot(page, "groups")
    page.get_by_role("button", name="Fold Stadtwerke Elmenau").click()
    expect(page.get_by_text("Deal 1", exact=True)).to_be_hidden()
    expect(page.get_by_text("Deal 0", exact=True)).to_be_visible()
    if SHOTS:
        for name, path in PICTURES.items():
            shoot(visit(path, theme="dark", cookies=session), f"{name}-dark")
            shoot(visit(path, size="phone", cookies=session), f"{name}-phone")
            shoot(visit(path, cookies=session), name)


PICTURES = {
    "board": "/deals/board/",
    "board-by-organization": "/deals/board/?by=organization",
    "calendar-week": "/deals/calendar/?by=created_at&span=week",
    "table-groups": "/deals/?by=organization",
    "columns": "/organizations/?columns=name,deals:organization,works_at:in:people",
}
