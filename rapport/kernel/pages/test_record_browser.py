"""The page of a record in a real browser: editing in place, undo, making what is linked, rows, what axe says."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.kernel.comments.store import add_comment
from rapport.kernel.records import save_record
from rapport.kernel.testing import make
from rapport.parties.models import Organization, Person
from rapport.sales.deals.actions import lose
from rapport.sales.models import Deal
from rapport.sales.pipelines.models import LossReason
from rapport.ui.jinja import preloads
from rapport.ui.testing.browser import axe

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]


@pytest.fixture
def cookies(member: User) -> dict[str, str]:
    return signed_in(member)


@pytest.fixture
def ada(member: User) -> Person:
    acme = make(Organization, owner=member, name="Acme")
    person = make(
        Person, owner=member, name="Ada", position="Engineer", email="ada@example.com", organization=acme
    )
    add_comment(person, "Knows everybody", by=member)
    return save_record(person, {"stage": "customer", "source": "Fair"}, by=member)


def test_a_field_is_edited_in_place_and_taken_back(visit, cookies, ada: Person) -> None:
    page = visit(ada.get_absolute_url(), cookies=cookies)
    page.hover("#field-position")
    page.keyboard.press("e")
    page.fill("#field-position input.in", "Chief")
    page.keyboard.press("Enter")
    expect(page.locator("#record-head")).to_contain_text("Chief")
    expect(page.locator("#timeline")).to_contain_text("changed Position from Engineer to Chief")
    page.click(".toast button.link")
    expect(page.locator("#record-head")).not_to_contain_text("Chief")
    expect(page.locator(".toast")).to_contain_text("Taken back")
    ada.refresh_from_db()
    assert ada.position == "Engineer"


def test_keys_of_the_menu_act_while_it_is_closed(visit, cookies, ada: Person) -> None:
    page = visit(ada.get_absolute_url(), cookies=cookies)
    page.keyboard.press("Shift+E")
    expect(page).to_have_url(re.compile("/edit/$"))


def test_a_linked_record_is_made_while_typing(visit, cookies, ada: Person) -> None:
    page = visit(ada.get_absolute_url(), cookies=cookies)
    page.hover("#field-organization")
    page.click("#field-organization .ed")
    page.fill("#field-organization [role=combobox]", "Brand new")
    page.locator("[role=option]", has_text="Create “Brand new”").click()
    page.click("#field-organization button[type=submit]")
    expect(page.locator("#field-organization a").first).to_have_text("Brand new")
    ada.refresh_from_db()
    assert ada.organization.name == "Brand new"


class Gate:
    """Scripts that load where their element is do not come until the gate is opened."""

    def __init__(self, page: Page) -> None:
        self.held: list[Route] = []
        self.is_open = False
        first = {address.rsplit("/")[-1] for address in preloads()}
        page.route(lambda url: "/chunk-" in url and url.rsplit("/")[-1] not in first, self.hold)

    def hold(self, route: Route) -> None:
        if self.is_open:
            route.continue_()
        else:
            self.held.append(route)

    def open(self) -> None:
        self.is_open = True
        for route in self.held:
            route.continue_()


def test_a_click_before_the_scripts_are_there_is_done_when_they_are(visit, cookies, ada: Person) -> None:
    page = visit("/activities/plan/", cookies=cookies)
    gate = Gate(page)
    page.reload(wait_until="commit")
    page.locator(".when [data-day]").nth(1).click()
    page.wait_for_timeout(300)
    gate.open()
    expect(page.locator(".when [data-day]").nth(1)).to_have_attribute("aria-pressed", "true")


def test_what_is_typed_before_the_script_of_its_field_is_there_is_looked_for_when_it_is(
    visit, cookies, ada: Person
) -> None:
    page = visit(ada.get_absolute_url(), cookies=cookies)
    gate = Gate(page)
    page.hover("#field-organization")
    page.click("#field-organization .ed")
    page.fill("#field-organization [role=combobox]", "Brand new")
    page.wait_for_timeout(300)
    gate.open()
    expect(page.locator("[role=option]", has_text="Create “Brand new”")).to_be_visible()


def test_who_types_on_while_a_note_is_saved_has_begun_the_next_one(visit, cookies, ada: Person) -> None:
    page, held = visit(ada.get_absolute_url(), cookies=cookies), []
    page.route("**/write/**", lambda route: held.append(route))
    page.locator("#composer textarea").fill("The first")
    with page.expect_request("**/write/**"):
        page.keyboard.press("Control+Enter")
    page.keyboard.type("The sx")
    for key in ("Backspace", "e", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("cond")
    held[0].continue_()
    expect(page.locator("#composer textarea")).to_have_value("The se\ncond")
    expect(page.locator("#timeline")).to_contain_text("The first")


def test_who_types_on_while_the_form_of_a_tab_comes_types_into_it(visit, cookies, ada: Person) -> None:
    page, held = visit(ada.get_absolute_url(), cookies=cookies), []
    page.route(re.compile("/compose/|/write/"), lambda route: held.append(route))
    page.keyboard.press("t")
    while not held:
        page.wait_for_timeout(20)
    page.keyboard.type("eject n")  # E edits a field, J goes to the next record, N takes the tab of notes
    held[0].continue_()
    expect(page.locator("#composer [name=subject]")).to_have_value("eject n")
    expect(page.locator("form[data-celledit]")).to_have_count(0)


def test_contact_points_are_added_in_a_dialog(visit, cookies, ada: Person) -> None:
    page = visit(ada.get_absolute_url(), cookies=cookies)
    page.locator(".part-links a").first.click()
    page.click("#dialog [data-add-row]")
    row = page.locator("#dialog .prow:visible").last
    row.locator("select").first.select_option("email")
    row.locator("input[name$='-value']").fill("second@example.com")
    page.click("#dialog footer .primary")
    expect(page.locator("#record-fields")).to_contain_text("second@example.com")


@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("desk", "dark"), ("phone", "light")])
def test_everybody_can_use_page_and_form(visit, cookies, ada: Person, size: str, theme: str) -> None:
    for address in (ada.get_absolute_url(), f"{ada.get_absolute_url()}edit/"):
        page = visit(address, size, theme, cookies)
        assert axe(page) == []
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0
        page.emulate_media(media="print")  # on paper stands what the page says, not what one works with
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator(".side, .phonebar, .composer, .btn").filter(visible=True)).to_have_count(0)


def test_who_calls_finds_the_form_of_the_call_when_he_is_back(
    visit, cookies, ada: Person, member: User
) -> None:
    save_record(ada, {"phone": "+49 40 123456"}, by=member)
    page = visit(ada.get_absolute_url(), size="phone", cookies=cookies)
    page.click(".callbar a[href^='tel:']")
    expect(page.locator("#composer-body textarea")).to_have_attribute("aria-label", "What was said")
    expect(page.locator("#composer-body textarea")).to_be_focused()  # the form stands still now
    page.get_by_text("Not reached", exact=True).click()
    page.click("#composer-body .btn.primary")
    expect(page.locator("#timeline")).to_contain_text("not reached", ignore_case=True)


# Words that are wider than what they stand in: they would run into what stands beside them.
TOO_WIDE = """
[...document.querySelectorAll(".flist dt, .oneof span")].filter((one) => {
  const words = document.createRange();
  words.selectNodeContents(one);
  return words.getBoundingClientRect().width > one.getBoundingClientRect().width + 1;
}).map((one) => one.textContent)
"""


def test_german_labels_and_choices_keep_clear_of_what_stands_beside_them_on_a_phone(
    visit, cookies, member: User
) -> None:
    User.objects.filter(pk=member.pk).update(language="de")
    deal = make(Deal, by=member, name="Räder")
    lose(deal, by=member, loss_reason=make(LossReason, name="Preis"))
    page = visit(deal.get_absolute_url(), size="phone", cookies=cookies)
    page.get_by_text("Anruf", exact=True).first.tap()
    expect(page.get_by_text("Nachricht hinterlassen")).to_be_visible()
    assert page.get_by_text("Abgeschlossen am").count() and page.evaluate(TOO_WIDE) == []
