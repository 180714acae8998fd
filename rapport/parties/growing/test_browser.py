"""Growing records in a real browser."""

import pytest
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.kernel.testing import make
from rapport.parties.models import Person
from rapport.ui.testing.browser import Visit

LONG = "bartholomaeus-maximilian.oberhofer-hofstaetter@gemeindewerke-hintertupfing.example"

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]


def test_sources_show_their_date_and_marks_beside_a_long_value(visit: Visit, member: User) -> None:
    person = make(Person, by=member, owner=member, email=LONG)
    page = visit(person.get_absolute_url(), cookies=signed_in(member))
    page.locator(".dqbox .link").click()
    body = page.locator("#dialog .dlg-b")
    expect(body).to_contain_text(LONG)
    assert body.evaluate("one => one.scrollWidth - one.clientWidth") == 0
    page.get_by_role("button", name="E-mail is doubtful").click()
    expect(page.locator(".dqask")).to_contain_text("E-mail is doubtful. Is it right?")
