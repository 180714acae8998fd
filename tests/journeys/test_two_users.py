"""Two users at the same time: what one must not see, and what both change."""

import pytest
from playwright.sync_api import Page, expect

from rapport.accounts.models import Company, User
from rapport.kernel.comments.store import add_comment
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Organization, Person
from rapport.sales.models import Deal
from tests.journeys.conftest import Enter, palette

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def mara(watched: object) -> User:
    Company.objects.get_or_create(id=1, defaults={"name": "Halden Cycles"})
    return make_user("Mara Lindholm", team="North")


def test_a_restricted_user_meets_nothing_of_others(enter: Enter, mara: User) -> None:
    rita = make_user("Rita Reich", role="restricted", team="South")
    hidden = make(Organization, owner=mara, name="Xenolith Works")
    theirs = make(Person, owner=mara, name="Xaver Hidden", organization=hidden, phone="+49 351 4712330")
    deal = make(Deal, owner=mara, name="Xenon lamps", organization=hidden)
    # what she owns touches what she must not see
    own = make(Person, owner=rita, by=mara, name="Olga Own", organization=hidden)
    bought = make(Deal, owner=rita, by=mara, name="Olga's lamps", organization=hidden, person=theirs)
    deal_page = bought.get_absolute_url()
    add_comment(theirs, "Xenophon was here", by=mara)
    page = enter("/", rita)
    for path in (
        "/", "/people/", "/organizations/", "/deals/", "/deals/board/", "/activities/", own.get_absolute_url(),
        deal_page, f"{deal_page}peek/", "/options/?q=olga", "/people/options/?q=olga",
        f"{own.get_absolute_url()}peek/", f"{own.get_absolute_url()}edit/", "/search/?q=xen", "/import/",
    ):  # fmt: skip
        page.goto(path)
        assert "xen" not in page.locator("body").inner_text().lower().replace("xen”", ""), path
        assert "xaver" not in page.content().lower(), path
    page.goto("/people/")
    for said in ("xaver", "xen", "0351 4712330"):
        found = " ".join(palette(page, said)).lower().replace(f"“{said}”", "")  # what was typed is said again
        assert "xa" not in found and "xen" not in found, found
    for record in (hidden, theirs, deal):
        for more in ("", "edit/", "peek/", "timeline/"):
            answer = page.goto(record.get_absolute_url() + more)
            assert answer and answer.status == 404, (record, more)
        assert page.get_by_role("link").count()  # the way back


def edit(page: Page, field: str, value: str) -> None:
    """Open the editor of a field and type; the caller presses Enter."""
    empty = page.locator(f"details.empties:not([open]):has(#field-{field}) summary")
    if empty.count():
        empty.click()
    page.hover(f"#field-{field}")
    page.click(f"#field-{field} .ed")
    page.fill(f"#field-{field} input.in", value)


def test_two_who_change_one_field_see_both_values(enter: Enter, mara: User) -> None:
    jonas = make_user("Jonas Weber", team="North")
    ada = make(Person, owner=mara, name="Ada", position="Engineer")
    one, other = enter(ada.get_absolute_url(), mara), enter(ada.get_absolute_url(), jonas)
    edit(one, "position", "Chief engineer")
    edit(other, "position", "Head of works")
    one.keyboard.press("Enter")
    expect(one.locator("#field-position .v")).to_have_text("Chief engineer")
    other.keyboard.press("Enter")
    clash = other.locator("dialog[data-clash]")
    expect(clash).to_contain_text("Chief engineer")
    expect(clash).to_contain_text("Head of works")
    ada.refresh_from_db()
    assert ada.position == "Chief engineer"
    clash.get_by_text("Yours").click()
    clash.get_by_role("button", name="Save the choice").click()
    expect(other.locator("#field-position .v")).to_have_text("Head of works")
    edit(one, "salutation", "Ms")  # her page still shows the older position
    one.keyboard.press("Enter")
    expect(one.locator("#field-salutation .v")).to_have_text("Ms")
    ada.refresh_from_db()
    assert (ada.position, ada.salutation) == ("Head of works", "Ms")


def test_a_record_that_somebody_deleted_meanwhile_says_so(enter: Enter, mara: User) -> None:
    ada = make(Person, owner=mara, name="Ada", position="Engineer")
    one, other = enter(ada.get_absolute_url(), mara), enter(ada.get_absolute_url(), mara)
    edit(other, "position", "Lost work")
    one.get_by_role("button", name="More actions").click()
    one.locator("#record-menu").get_by_text("Delete").click()
    one.locator("#dialog").get_by_role("button", name="Delete").click()
    expect(one.locator(".toast", has_text="deleted")).to_be_visible()
    other.keyboard.press("Enter")
    expect(other.locator(".toast")).to_be_visible()
    assert other.locator("#field-position input.in").input_value() == "Lost work"
    one.locator(".toast").get_by_role("button", name="Undo").click()
    expect(one.locator("body")).to_contain_text("Ada")
    other.locator("#field-position").get_by_role("button", name="Save").click()
    expect(other.locator("#field-position .v")).to_have_text("Lost work")


def test_a_double_click_writes_once(enter: Enter, mara: User) -> None:
    page = enter("/people/", mara)
    page.keyboard.press("c")
    page.locator("#dialog [name=email]").fill("ingrid@nordlys.example")
    page.locator("#dialog footer .primary").dblclick()
    expect(page.locator("#record-head h1")).to_have_text("Ingrid")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.keyboard.press("Shift+C")
    expect(page.get_by_label("What was said")).to_be_focused()
    page.keyboard.type("Wants forty bikes")
    page.get_by_role("button", name="Save call").dblclick()
    expect(page.locator("#timeline")).to_contain_text("Wants forty bikes")
    page.reload()
    expect(page.locator("#timeline .ev", has_text="Wants forty bikes")).to_have_count(1)
    assert Person.objects.count() == 1
