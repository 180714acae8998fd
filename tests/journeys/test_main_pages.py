"""The main pages with a little of everything on them: light, dark and on a phone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from rapport.accounts.models import Company, User
from rapport.activities.actions import log, plan
from rapport.kernel.fields.numbers import Amount
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Organization, Person
from rapport.sales.models import Deal
from tests.journeys.conftest import Enter, check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

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


@pytest.mark.parametrize(("size", "theme"), [("desk", "dark"), ("phone", "light")])
def test_the_main_pages_are_legible_everywhere(
    enter: Enter, places: tuple[User, list[str]], size: str, theme: str
) -> None:
    mara, paths = places
    page = enter("/", mara, size, theme)
    for number, path in enumerate(paths):
        page.goto(path)
        page.wait_for_selector("html[data-ready]", state="attached")
        check(page, f"{size}-{theme}-{number}")
