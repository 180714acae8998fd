"""My day and the question of a record in a real browser: keys on lines, a field in its place, what axe says."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.activities.models import Activity
from rapport.kernel.attention.models import Snooze
from rapport.kernel.testing import make
from rapport.parties.growing.models import FieldNeed
from rapport.parties.models import Organization, Person
from rapport.sales.deals.models import Deal
from rapport.ui.testing.browser import axe

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]
# F6 goes from part to part of the page, and comes round
TO_THE_FRAME = """() => {
  dispatchEvent(new KeyboardEvent("keydown", { key: "F6", cancelable: true }));
  return document.activeElement.matches("nav.side *");
}"""


@pytest.fixture
def cookies(member: User) -> dict[str, str]:
    return signed_in(member)


def test_lines_are_walked_put_off_and_planned_with_keys(visit, cookies, member: User) -> None:
    firm = make(Organization, by=member, owner=member, name="Nordhavn")
    for name, amount in (("Large", 90_000), ("Small", 900)):
        make(Deal, by=member, owner=member, name=name, organization=firm, amount=amount)
    page = visit("/", cookies=cookies)
    lines = page.locator("[data-needs] .nd")
    expect(lines).to_have_count(2)
    assert axe(page) == []
    page.wait_for_function(TO_THE_FRAME)
    # Tab goes through one line, up and down to another
    titles = lines.locator("a.cut")
    titles.first.focus()
    page.keyboard.press("ArrowDown")
    expect(titles.nth(1)).to_be_focused()
    expect(titles.first).to_have_attribute("tabindex", "-1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("s")
    page.fill("#dialog #f-reason", "waits for the board")
    assert axe(page) == []
    page.keyboard.press("Enter")
    expect(lines).to_have_count(1)
    assert Snooze.objects.get().reason == "waits for the board"
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("j")
    expect(lines.first).to_have_class("nd cur")
    page.keyboard.press("p")
    page.fill("#dialog #f-subject", "Call Walter")
    page.keyboard.press("Enter")
    expect(lines).to_have_count(0)
    planned = Activity.objects.get()
    assert planned.subject == "Call Walter" and planned.due_at > timezone.now()


def test_the_question_of_a_record_is_answered_in_its_place(visit, cookies, member: User) -> None:
    FieldNeed.objects.all().delete()
    FieldNeed.objects.create(type="people", field="phone", from_stage="suspect", weight=2)
    person = make(Person, by=member, owner=member, name="Ingrid Solberg")
    page = visit(person.get_absolute_url(), cookies=cookies)
    box = page.locator(".dqbox")
    expect(box).to_contain_text("Most useful next: Phone")
    box.get_by_text("Answer").click()
    box.locator("input.in").fill("+49 30 1234567")
    assert axe(page) == []
    page.keyboard.press("Enter")
    expect(box).to_contain_text("Complete for Suspect")
    box.get_by_text("Sources").click()
    expect(page.locator("#dialog table")).to_contain_text("Mara Member")
    assert axe(page) == []


def test_axe_finds_nothing_on_a_phone_in_the_dark(visit, cookies, member: User) -> None:
    make(Person, by=member, owner=member, name="Ingrid Solberg", stage="lead")
    for address in ("/life-cycle/", "/data-quality/", "/settings/my-day/"):
        page = visit(address, "phone", "dark", cookies)
        assert axe(page) == []
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) == 0
