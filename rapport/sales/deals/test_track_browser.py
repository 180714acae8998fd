"""The stages of a deal and the dialog of its loss in a real browser: names are whole, mistakes are said."""

import re

import pytest
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.kernel.records import save_record
from rapport.kernel.testing import make
from rapport.sales.install import install
from rapport.sales.models import Deal, Stage
from rapport.ui.testing.browser import axe
from rapport.ui.testing.by_hand import shoot

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]
# Names and days that are not shown to their end, and stages that reach beyond their track
CUT = """track => {
  const right = (one) => one.getBoundingClientRect().right;
  return [...track.querySelectorAll("b, span")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 || right(one) > right(track))
    .map((one) => one.textContent);
}"""


@pytest.fixture
def cookies(administrator: User) -> dict[str, str]:
    return signed_in(administrator)


@pytest.fixture
def deal(administrator: User) -> Deal:
    install()
    for stage, name in zip(Stage.objects.all(), ("Erstgespräch", "Bedarf verstanden"), strict=False):
        Stage.objects.filter(pk=stage.pk).update(name=name)
    return make(Deal, owner=administrator, name="Night trains", amount=900)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_names_of_stages_are_whole_where_there_is_little_room(visit, cookies, deal: Deal, theme: str) -> None:
    page = visit(f"/deals/{deal.pk}/", theme=theme, cookies=cookies)
    page.set_viewport_size({"width": 1024, "height": 768})
    track = page.locator("#record-head .track")
    expect(track).to_contain_text("Bedarf verstanden")
    assert track.evaluate(CUT) == []
    shoot(page, f"track-{theme}")


def test_a_peek_names_the_stage_of_now_and_reads_the_others(visit, cookies, deal: Deal) -> None:
    page = visit("/deals/?view=all", cookies=cookies)
    page.keyboard.press("j")
    page.keyboard.press("Space")
    now = page.locator("#peek .track .now b")
    expect(now).to_have_text("Erstgespräch")
    assert now.evaluate("one => one.scrollWidth <= one.clientWidth + 1")
    other = page.locator("#peek .track li:not(.now) button").first
    expect(other).to_have_text(re.compile("^Bedarf verstanden"))
    expect(other).to_have_accessible_name(re.compile("^Bedarf verstanden"))
    assert axe(page) == []


def test_who_does_not_say_why_a_deal_was_lost_reads_so_in_the_dialog(visit, cookies, deal: Deal) -> None:
    page = visit(f"/deals/{deal.pk}/", cookies=cookies)
    page.locator(".rec-head .qacts").get_by_text("Lost").click()
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name="Mark as lost").click()
    expect(dialog.get_by_role("alert")).to_have_text("Say why the deal was lost.")
    expect(dialog.locator("[name=loss_reason]").first).to_be_focused()
    assert axe(page) == []
    dialog.locator("label", has_text="No budget").click()
    dialog.get_by_role("button", name="Mark as lost").click()
    expect(page.locator("#record-head .track .lost")).to_be_visible()


def test_a_next_step_that_is_refused_stays_until_it_is_right(
    visit, cookies, administrator: User, deal: Deal
) -> None:
    page = visit(deal.get_absolute_url(), cookies=cookies)
    day = page.locator(".nextstep [name=next_step_on]")
    day.fill("12026-05-01")
    day.press("Enter")
    expect(page.locator("#deal-next-step [role=alert]")).to_be_visible()
    expect(day).to_have_accessible_description(re.compile(r"\w"))
    page.locator("h1").click()
    save_record(Deal.objects.get(pk=deal.pk), {"name": "Day trains"}, by=administrator)
    page.evaluate("document.dispatchEvent(new CustomEvent('record-changed'))")
    expect(page.locator("h1")).to_have_text("Day trains")
    expect(day).to_have_value("12026-05-01")
    expect(page.locator("#deal-next-step [role=alert]")).to_be_visible()
