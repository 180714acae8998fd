"""Working through a list with the keyboard: narrow it, keep it as a view, correct, hand over, delete, take it along."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rapport.accounts.models import Company, User
from rapport.kernel.changes.sets import change_set
from rapport.kernel.records import save_record
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Person
from tests.journeys.conftest import Enter, check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def mara(watched: object) -> User:
    Company.objects.get_or_create(id=1, defaults={"name": "Halden Cycles"})
    user = make_user("Mara Lindholm", role="administrator")
    with change_set(by=user):
        for number in range(130):
            stage = "customer" if number % 2 else "lead"
            save_record(Person(), {"name": f"Person {number:03}", "stage": stage, "owner": user}, by=user)
    make(Person, owner=user, name="=Formula <b>bold</b>", stage="lead", position="-1+1")
    return user


def test_a_list_is_worked_through(enter: Enter, mara: User, tmp_path: Path) -> None:
    jonas = make_user("Jonas Weber", role="administrator")
    page = enter("/people/?sort=name&columns=name,stage,position,owner", mara)
    check(page, "list")
    rows = page.locator("[data-row]")
    first = rows.count()
    page.locator("main .scroll").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(rows.nth(first)).to_be_attached()
    page.keyboard.press("f")
    page.locator("#filter-panel summary").click()
    page.locator("#filter-panel .picks label", has_text=re.compile("^Lead$")).click()
    check(page, "list-filter")
    page.locator("#filter-panel button[type=submit]:visible").click()
    expect(page.locator(".status")).to_contain_text("66 of 131 people")
    page.get_by_role("link", name="Save as view").click()
    page.locator("#dialog").get_by_label("Name").fill("Leads")
    page.keyboard.press("Enter")
    expect(page.locator(".tabs [aria-current=page]")).to_contain_text("Leads")
    expect(page.locator("html[data-ready]")).to_be_attached()

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Space")
    expect(page.locator("#peek")).to_contain_text("Person 000")
    check(page, "list-peek")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("e")
    expect(page.locator("form[data-celledit] input[name=position]")).to_be_focused()
    page.keyboard.type("Chief")
    page.keyboard.press("Enter")
    expect(rows.nth(1)).to_contain_text("Chief")

    for _row in range(3):
        page.keyboard.press("x")
        page.keyboard.press("j")
    expect(page.locator("[data-bulk-count]")).to_have_text("3")
    page.keyboard.press("a")
    page.locator("#dialog [role=combobox]").fill("Jonas")
    page.locator("#dialog [role=option]", has_text="Jonas").click()
    page.locator("#dialog").get_by_role("button", name="Assign").click()
    expect(rows.nth(1).get_by_role("img", name="Jonas Weber")).to_be_visible()
    assert Person.objects.filter(owner=jonas).count() == 3

    for row in (1, 2, 3):
        rows.nth(row).locator("[data-select]").check()
    page.keyboard.press("Delete")
    page.locator("#dialog").get_by_role("button", name="Delete").click()
    expect(page.locator(".status")).to_contain_text("63 of 128 people")
    page.locator(".toast").last.get_by_role("button", name="Undo").click()
    expect(page.locator(".status")).to_contain_text("66 of 131 people")

    page.get_by_role("link", name="Export").click()
    with page.expect_download() as loading:
        page.locator("#dialog").get_by_role("link", name="CSV file").first.click()
    loading.value.save_as(tmp_path / "people.csv")
    text = (tmp_path / "people.csv").read_bytes().decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))
    assert len(table) == 67
    assert table[1][0] == "'=Formula <b>bold</b>"
    assert table[2][0] == "Person 000"
