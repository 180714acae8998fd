"""The calendar of activities in a real browser: hours, dragging, longer and shorter, planning on a free slot."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import make_company
from rapport.activities.actions import complete, plan
from rapport.activities.models import Activity
from rapport.activities.recurring.deeds import begin
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Person
from rapport.ui.days import whole_day
from rapport.ui.testing.browser import axe
from rapport.ui.testing.by_hand import SHOTS, Finger, shoot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WEEK = "/activities/calendar/?span=week&who=me&on=2026-05-13"
# What stands in the line above the calendar, and beside the whole days, wider than its place.
TOO_NARROW = """
[...document.querySelectorAll(".calnav :is(.cut, .seg a), .hwhole > .hgut")]
  .filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)
"""


@pytest.fixture
def user() -> User:
    make_company()
    user = make_user("Mara Lindholm", role="administrator")
    User.objects.filter(pk=user.pk).update(time_zone="Europe/Berlin")
    return user


@pytest.fixture
def session(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    return {"sessionid": client.cookies["sessionid"].value}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In Berlin, in May: two hours before the clock."""
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC) - timedelta(hours=2)


def fill_week(user: User) -> Activity:
    ingrid = make(Person, by=user, given_name="Ingrid", family_name="Solberg-Haas")
    for day, hour, minutes, kind, subject in (
        (11, 9, 45, "meeting", "Stand-up"), (11, 9, 60, "call", "Klinikum Westerau, price review"),
        (12, 11, 90, "meeting", "Lune Livraison, test ride route"), (13, 14, 30, "call", "Contract call, Stadtwerke"),
        (13, 14, 120, "meeting", "Workshop with the fleet team"), (13, 15, 30, "task", "Price table per depot"),
        (14, 16, 60, "meeting", "Second call, Alpenkurier"), (15, 8, 30, "call", "Renewal talk"),
    ):  # fmt: skip
        plan([ingrid], kind, subject, by=user, due_at=at(day, hour), duration=minutes)
    plan([], "task", "Send battery quote", by=user, due_at=at(14, 0))
    plan([], "meeting", "Trade fair in Utrecht", by=user, due_at=at(12, 0), duration=2 * 1440)
    complete(plan([], "call", "Thank for the review", by=user, due_at=at(12, 15), duration=30), by=user)
    return plan([ingrid], "meeting", "Visit: Hafenrand Immobilien", by=user, due_at=at(13, 10), duration=45)


def test_an_appointment_is_moved_stretched_and_planned_by_hand_and_with_keys(
    visit: Any, session: dict[str, str], user: User
) -> None:
    moved = fill_week(user)
    page = visit(WEEK, cookies=session)
    entry = page.locator(f'[data-entry="{moved.pk}"]')
    expect(entry).to_be_visible()
    assert axe(page) == []
    shoot(page, "week")
    box, hour = entry.bounding_box(), page.locator('[data-day="2026-05-14"].hday').bounding_box()
    with page.expect_response(re.compile("/at/")):
        page.mouse.move(box["x"] + 30, box["y"] + 8)
        page.mouse.down()
        page.mouse.move(hour["x"] + 40, box["y"] + 40, steps=4)
        page.mouse.move(hour["x"] + 40, box["y"] + 8 + 48, steps=2)
        shoot(page, "week-carried")
        page.mouse.up()
    thursday = page.locator('[data-hourday][data-day="2026-05-14"]')
    expect(thursday.get_by_text("Visit: Hafenrand Immobilien")).to_be_visible()
    moved.refresh_from_db()
    assert (moved.due_at, moved.duration) == (at(14, 11), 45)
    entry.locator("a").focus()
    with page.expect_response(re.compile("/calendar/")):
        page.keyboard.press("Shift+J")
    expect(entry.locator("[data-clock]")).to_have_text("11:15")
    with page.expect_response(re.compile("/calendar/")):
        page.keyboard.press("+")
    expect(entry).to_have_attribute("data-minutes", "60")
    moved.refresh_from_db()
    assert (moved.due_at, moved.duration) == (at(14, 11, 15), 60)
    column = page.locator('[data-hourday][data-day="2026-05-11"]').bounding_box()
    page.mouse.click(
        column["x"] + 30, page.locator(".nowline, .hbody").first.bounding_box()["y"] + 13 * 48 + 4
    )
    dialog = page.locator("#dialog")
    expect(dialog.get_by_label("Day", exact=True)).to_have_value("2026-05-11")
    expect(dialog.get_by_label("Time", exact=True)).to_have_value("13:00")
    assert axe(page) == []
    dialog.get_by_label("Subject").fill("Lunch with Walter")
    dialog.get_by_label("Repeats").select_option("WEEKLY")
    shoot(page, "plan")
    dialog.get_by_role("button", name="Plan").click()
    expect(
        page.locator('[data-hourday][data-day="2026-05-11"]').get_by_text("Lunch with Walter")
    ).to_be_visible()
    assert (
        Activity.objects.filter(subject="Lunch with Walter", series__rule__startswith="FREQ=WEEKLY").count()
        > 5
    )


def test_a_day_to_which_keys_move_an_entry_is_said_as_a_date(
    visit: Any, session: dict[str, str], user: User
) -> None:
    moved = fill_week(user)
    page = visit(WEEK, cookies=session)
    page.locator(f'[data-entry="{moved.pk}"] a').focus()
    with page.expect_response(re.compile("/calendar/")):
        page.keyboard.press("Shift+L")
    expect(page.locator("#say")).to_have_text("Moved to 14 May 2026")
    expect(page.locator('[data-hourday][data-day="2026-05-14"]').get_by_text("Visit:")).to_be_visible()


def test_what_is_made_longer_is_told_as_that_also_a_whole_day_and_one_of_a_series(
    visit: Any, session: dict[str, str], user: User
) -> None:
    fill_week(user)
    made = begin(
        "FREQ=WEEKLY;COUNT=3",
        [],
        by=user,
        due_at=at(15, 14),
        values={"type": "call", "subject": "Jour fixe", "duration": 30},
    )
    page = visit(WEEK, cookies=session)
    told = page.locator(".toast").last
    fair = page.locator("[data-whole] [data-entry]:not([data-later])", has_text="Trade fair")
    fair.locator("a").focus()
    page.keyboard.press("+")
    expect(told).to_contain_text("Trade fair in Utrecht now takes 3 days.")
    expect(fair).to_have_attribute("data-took", str(3 * 1440))
    page.keyboard.press("Control+z")
    expect(fair).to_have_attribute("data-took", str(2 * 1440))
    grip = page.locator(f'[data-entry="{made.pk}"] [data-grip]')
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=3)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 24, steps=3)
    page.mouse.up()
    page.get_by_role("button", name="All that are not done yet").click()
    expect(told).to_contain_text(re.compile("Jour fixe now takes 1.h"))
    fixed = Activity.objects.filter(subject="Jour fixe", deleted_at=None)
    assert set(fixed.values_list("duration", flat=True)) == {60}


def test_what_is_made_shorter_goes_to_the_next_step_and_never_gets_longer(
    visit: Any, session: dict[str, str], user: User
) -> None:
    plan([], "call", "Contract call", by=user, due_at=at(13, 14), duration=50)
    plan([], "task", "Price table", by=user, due_at=whole_day(date(2026, 5, 14)), duration=30)
    page = visit(WEEK, cookies=session)
    moves: list[str] = []
    page.on("request", lambda request: moves.append(request.url) if "/at/" in request.url else None)
    page.locator("[data-whole] [data-entry]", has_text="Price table").locator("a").focus()
    page.keyboard.press("-")
    call = page.locator("[data-hourday] [data-entry]", has_text="Contract call")
    for minutes in ("45", "30"):
        call.locator("a").focus()
        page.keyboard.press("-")
        expect(call).to_have_attribute("data-took", minutes)
    assert len(moves) == 2


def test_the_calendar_on_a_phone_and_in_the_dark(visit: Any, session: dict[str, str], user: User) -> None:
    moved = fill_week(user)
    page = visit(WEEK.replace("week", "day"), size="phone", cookies=session)
    expect(page.get_by_text("Visit: Hafenrand Immobilien")).to_be_visible()
    assert axe(page) == []
    shoot(page, "day-phone")
    assert page.evaluate(TOO_NARROW) == []
    page.locator(".hd .btn").first.tap()
    subject = page.get_by_label("Subject")
    expect(subject).to_be_visible()
    assert subject.bounding_box()["height"] >= 36
    page.keyboard.press("Escape")
    finger = Finger(page)
    finger.rest(page.get_by_text("Visit: Hafenrand Immobilien"))
    finger.go(down=92)
    shoot(page, "day-phone-carried")
    with page.expect_response(re.compile("/at/")):
        finger.leave()
    expect(page.locator(f'[data-entry="{moved.pk}"] [data-clock]')).to_have_text("11:00")
    page.goto(page.url.replace("span=day", "span=list"))
    expect(page.get_by_text("Visit: Hafenrand Immobilien")).to_be_visible()
    assert axe(page) == []
    shoot(page, "list-phone")
    if SHOTS:
        key = Activity.objects.filter(done_at=None).order_by("due_at")[0].pk
        pages = {
            "week-dark": WEEK,
            "month": WEEK.replace("span=week", "span=month"),
            "settings": "/settings/calendar/",
        }
        pages |= {"reminder": f"/activities/{key}/reminder/", "record": f"/activities/{key}/"}
        for name, path in pages.items():
            shoot(visit(path, theme="dark" if "dark" in name else "light", cookies=session), name)
