"""Planning with a selection, by keys alone."""

from typing import Any

import pytest
from playwright.sync_api import expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.activities.models import Activity
from rapport.kernel.testing import make, make_user
from rapport.parties.models import Person
from rapport.ui.testing.browser import axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def mara() -> User:
    user = make_user("Mara Lindholm", role="administrator")
    for name in ("Ada", "Bea", "Cleo"):
        make(Person, owner=user, name=name)
    return user


def test_a_task_with_each_of_the_selection_is_planned_by_keys_and_taken_back(visit: Any, mara: User) -> None:
    page = visit("/people/?sort=name", cookies=signed_in(mara))
    for key in ("j", "x", "j", "x", "t"):
        page.keyboard.press(key)
    expect(page.locator("#dialog [name=subject]")).to_be_focused()
    assert axe(page) == []
    page.keyboard.type("Send the fleet guide")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Planned 2 times")
    assert Activity.objects.filter(deleted_at=None).count() == 2
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("2 records put back")
    assert Activity.objects.filter(deleted_at=None).count() == 0
