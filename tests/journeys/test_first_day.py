"""The first day: from an empty database to a won deal."""

import re

import pytest
from playwright.sync_api import Page, expect

from rapport.kernel.search.jobs import learn_words
from rapport.kernel.search.models import Word
from rapport.parties.models import Person
from rapport.sales.models import Deal
from tests.journeys.conftest import PASSWORD, Enter, check, drag, palette

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_from_an_empty_database_to_a_won_deal(enter: Enter) -> None:
    page = set_up(enter)
    make_person(page)
    log_call(page)
    see_it_at_the_organization(page)
    find_her(page)
    make_deal(page, "Forty cargo bikes", "148,000")
    move_and_win(page)
    lose_and_reopen(page)


def set_up(enter: Enter) -> Page:
    page = enter("/")
    expect(page).to_have_url(re.compile("/setup/$"))
    expect(page.get_by_text("Look around with a sample company")).to_be_visible()
    check(page, "setup")
    page.get_by_text("Set up my company").click()
    page.get_by_label("Name of the company").fill("Halden Cycles")
    page.get_by_label("Country").select_option("DE")
    page.get_by_label("Currency").select_option("EUR")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("Your name").fill("Mara Lindholm")
    page.get_by_label("E-mail").fill("mara@cycles.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password_again]").fill(PASSWORD)
    check(page, "setup-company")
    page.get_by_role("button", name="Set up and begin").click()
    expect(page.get_by_text("Nothing waits for you").last).to_be_visible()
    check(page, "first-day")
    return page


def make_person(page: Page) -> None:
    """An e-mail address alone is enough; Enter creates."""
    page.goto("/people/")
    check(page, "people-empty")
    page.keyboard.press("c")
    dialog = page.locator("#dialog[open]")
    dialog.get_by_label("Phone").fill("+49 (0)351 4712-330")
    dialog.get_by_label("E-mail").fill("ingrid.solberg@nordlys.example")
    check(page, "person-new")
    page.keyboard.press("Enter")
    expect(page.locator("#record-head h1")).to_have_text("Ingrid Solberg")
    expect(page.get_by_text("Name is guessed", exact=True)).to_be_visible()
    expect(page.locator("html[data-ready]")).to_be_attached()
    page.locator("details.empties:has(#field-organization) summary").click()
    page.hover("#field-organization")
    page.click("#field-organization .ed")
    page.fill("#field-organization [role=combobox]", "Nordlys Energi")
    page.locator("[role=option]", has_text="Create “Nordlys Energi”").click()
    page.click("#field-organization button[type=submit]")
    expect(page.locator(".rh-sub")).to_contain_text("Nordlys Energi")


def log_call(page: Page) -> None:
    """Shift C, a sentence, Ctrl Enter; then the next step, which is completed and offers one more."""
    page.keyboard.press("Shift+C")
    expect(page.get_by_label("What was said")).to_be_focused()
    page.keyboard.type("She wants an offer for forty bikes")
    page.get_by_label("Plan the next step").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#composer").get_by_label("Subject")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("Send the offer")
    page.keyboard.press("Control+Enter")
    planned = page.locator("#timeline .ev.plan")
    expect(planned).to_contain_text("Send the offer")
    expect(page.locator('[data-compose="note"]')).to_have_attribute("aria-selected", "true")
    check(page, "person")
    planned.get_by_role("button", name="Done").click()
    follow_up = page.locator("#timeline form.follow-up")
    follow_up.get_by_label("Subject").fill("Ask whether it arrived")
    follow_up.get_by_role("button", name="Plan it").click()
    expect(page.locator("#timeline .ev.plan")).to_contain_text("Ask whether it arrived")
    expect(page.locator(".vitals")).to_contain_text("Ask whether it arrived")


def see_it_at_the_organization(page: Page) -> None:
    page.locator(".rh-sub a").first.click()
    expect(page.locator("#record-head h1")).to_have_text("Nordlys Energi")
    expect(page.locator("#timeline")).to_contain_text("She wants an offer for forty bikes")
    check(page, "organization")


def find_her(page: Page) -> None:
    """By parts of the name, by digits in another notation, and in spite of a typing error."""
    for _try in range(900):  # what others write on this server at the moment holds the log up
        learn_words()
        if Word.objects.filter(word="solberg").exists():
            break
        page.wait_for_timeout(200)
    for said in ("ingr", "solb ingr", "0351 4712330", "00493514712330", "Solbreg"):
        found = palette(page, said)
        assert any("Ingrid Solberg" in text for text in found), (said, found)
    check(page, "palette")
    page.locator("#palette [role=option]", has_text="Ingrid Solberg").first.click()
    expect(page).to_have_url(re.compile(str(Person.objects.get().pk)))


def make_deal(page: Page, name: str, amount: str) -> None:
    page.goto("/deals/board/")
    page.keyboard.press("c")
    dialog = page.locator("#dialog[open]")
    dialog.get_by_label("Name").fill(name)
    dialog.locator("[name=amount]").fill(amount)
    dialog.get_by_label("Organization").fill("nordl")
    page.locator("[role=option]", has_text="Nordlys Energi").first.click()
    dialog.get_by_role("button", name="Create").click()
    expect(page.locator(".toast")).to_contain_text(f"{name} created")


def move_and_win(page: Page) -> None:
    """Dragged to the next stage, moved on by keys, won, and all of it in the history."""
    page.goto("/deals/board/")
    lanes = page.locator("[data-stage]")
    card = page.locator("[data-card]")
    with page.expect_response(re.compile("/move/")):
        drag(page, card, lanes.nth(1))
    expect(lanes.nth(1).locator(".dc-t")).to_have_text(["Forty cargo bikes"])
    check(page, "board")
    page.reload()
    lanes.nth(1).locator("[data-card]").focus()
    with page.expect_response(re.compile("/move/")):
        page.keyboard.press("Shift+L")
    expect(lanes.nth(2).locator(".dc-t")).to_have_text(["Forty cargo bikes"])
    page.keyboard.press("w")
    expect(page.locator(".toast", has_text="Won: Forty cargo bikes")).to_be_visible()
    deal = Deal.objects.get()
    assert (deal.outcome, deal.stage.position) == ("won", 2)
    page.goto(deal.get_absolute_url())
    expect(page.locator("#timeline")).to_contain_text("Needs understood")
    check(page, "deal-won")


def lose_and_reopen(page: Page) -> None:
    """Lost only with a reason, here one that asks for the competitor; reopened, and that undone by the notice."""
    make_deal(page, "Campus post", "61200")
    deal = Deal.objects.get(name="Campus post")
    page.goto(deal.get_absolute_url())
    page.get_by_role("button", name="Lost", exact=True).click()
    dialog = page.locator("#dialog[open]")
    dialog.get_by_role("button", name="Mark as lost").click()
    expect(dialog.get_by_text("Say why the deal was lost.")).to_be_visible()
    deal.refresh_from_db()
    assert deal.outcome == "open"
    dialog.get_by_role("radio", name="Competitor").check()
    dialog.get_by_role("button", name="Mark as lost").click()
    expect(dialog.get_by_text("Say to whom it was lost.")).to_be_visible()
    check(page, "deal-lose")
    dialog.get_by_role("combobox", name="Competitor").fill("Veltra Cargo")
    dialog.get_by_role("button", name="Mark as lost").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(page.locator("#timeline")).to_contain_text("Veltra Cargo")
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("button", name="Lost", exact=True)).to_be_visible()
    page.locator(".toast").last.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    deal.refresh_from_db()
    assert (deal.outcome, deal.competitor) == ("lost", "Veltra Cargo")
