"""The main pages with a little of everything on them, and all others: both themes, on a phone, large, in contrast."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from rapport.accounts.models import Company, Role, User
from rapport.activities.actions import log, plan
from rapport.kernel.fields.numbers import Amount
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Organization, Person
from rapport.sales.models import Deal
from rapport.ui.testing.browser import axe
from rapport.ui.testing.everybody import faults_of_main, show
from tests.addresses import routes
from tests.journeys.conftest import Enter, check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

FOR_PROGRAMS = ("api/", "health", "metrics", "live", "mcp")
LONG = "Replacement of all batteries of the whole delivery fleet in Lower Saxony and Bremen"


@pytest.fixture
def places(watched: object) -> tuple[User, list[str]]:
    Company.objects.get_or_create(id=1, defaults={"name": "Halden Cycles"})
    mara = make_user("Mara Lindholm", role="administrator")
    works = make(
        Organization, owner=mara, name="Stadtwerke Elmenau Verkehrsbetriebe GmbH & Co. KG", city="Elmenau"
    )
    person = make(
        Person, owner=mara, name="Dr. Maximiliane von Hohenstein-Wackerbarth", position="Head of fleet",
        organization=works, email="maximiliane.von.hohenstein@stadtwerke-elmenau.example", phone="+493514712330",
    )  # fmt: skip
    deal = make(
        Deal,
        owner=mara,
        name=LONG,
        organization=works,
        person=person,
        amount=Amount(Decimal("1480000"), "EUR"),
    )
    now = timezone.now()
    for subject, due in ((LONG, now - timedelta(days=2)), ("Talk", now + timedelta(hours=1))):
        plan([deal, person], "call", subject, by=mara, owner=mara, due_at=due, people=[deal, person])
    earlier = now - timedelta(days=1)
    log(
        [person, deal], "meeting", LONG, "word " * 80, by=mara, at=earlier, duration=90, people=[person, deal]
    )
    return mara, [
        "/", "/people/", person.get_absolute_url(), works.get_absolute_url(), "/deals/board/",
        deal.get_absolute_url(), "/settings/users/",
    ]  # fmt: skip


def test_the_main_pages_can_be_used_by_everybody(enter: Enter, places: tuple[User, list[str]]) -> None:
    mara, paths = places
    page = enter("/", mara, "phone")
    for number, path in enumerate(paths):
        page.goto(path)
        page.wait_for_selector("html[data-ready]", state="attached")
        check(page, f"phone-{number}")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.emulate_media(color_scheme="dark")
        assert axe(page, rules=["wcag2aa"]) == [], path  # what depends on the theme and on what is shown
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 390, "height": 844})


def test_all_pages_can_be_used_by_everybody(
    enter: Enter, places: tuple[User, list[str]], client: Client
) -> None:
    """Every address of none or of a deal, a user, a role, in German, one narrow window and a contrast theme.

    As an administrator, then what differs for somebody of the narrowest rights, who sees none of the records.
    """
    mara, _paths = places
    mara.language = "de"
    mara.save()
    deal = Deal.objects.get()
    page = enter("/people/", mara, "phone")
    page.set_viewport_size({"width": 320, "height": 640})
    page.emulate_media(forced_colors="active")
    known = {"kind": "deals", "record_id": deal.pk, "pk": deal.pk, "name": "name"}
    known |= {"user_id": mara.pk, "role_id": Role.objects.get(key="restricted").pk}
    found = [
        one for one in routes() if {*one.parameters} <= {*known} and not one.pattern.startswith(FOR_PROGRAMS)
    ]
    shown = walk(
        page, [reverse(one.name, kwargs={name: known[name] for name in one.parameters}) for one in found]
    )
    assert len(shown) > 75
    client.force_login(make_user("Lucia Berg", role="restricted"))
    session = client.cookies["sessionid"].value
    home = page.url.removesuffix("people/")
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": home}])
    assert 15 < len(walk(page, shown)) < 40


STOPS = """
() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility()).length
"""


def test_settings_are_a_few_stops_of_tab_and_arrows_go_through_their_lists(
    enter: Enter, places: tuple[User, list[str]]
) -> None:
    page = enter("/settings/pipelines/", places[0])
    expect(page.locator(".setnav a:not([tabindex='-1'])")).to_have_text("Pipelines")
    for path in ("pipelines", "life-cycle", "needs", "users", "changes", "fields/deals"):
        page.goto(f"/settings/{path}/")
        expect(page.locator(".setnav a:not([tabindex='-1'])")).to_have_count(1)
        assert page.evaluate(STOPS) < (80 if path == "pipelines" else 40), path
    page.fill(".setnav input", "life")
    page.keyboard.press("Tab")
    expect(page.locator(".setnav a", has_text="Life cycle")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator(".lclist [role=switch]").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".lclist [role=switch]").nth(1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".lclist li").nth(1).locator("a").first).to_be_focused()


def test_tables_that_stand_as_lines_on_a_phone_are_tables_on_a_desk(
    enter: Enter, places: tuple[User, list[str]]
) -> None:
    tables = enter("/life-cycle/", places[0]).locator("table.stack")
    expect(tables.first).to_have_css("display", "table")


def walk(page: Page, paths: list[str]) -> list[str]:
    """Look at every page that was not the same before; return which."""
    found = {path: faults_of_main(page) for path in paths if show(page, path)}
    wrong = {path: faults for path, faults in found.items() if faults}
    assert not wrong, wrong
    return list(found)
