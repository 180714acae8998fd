"""Duplicates in a real browser: the note while typing, the work list, merging and taking it back; what axe says."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.kernel.comments.store import add_comment
from rapport.kernel.duplicates.pairs import rebuild
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make
from rapport.parties.models import Organization, Person
from rapport.ui.testing.browser import axe

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]
Visit = Callable[..., Page]
SHOTS = os.environ.get("RAPPORT_SHOTS", "")


@pytest.fixture
def cookies(administrator: User) -> dict[str, str]:
    return signed_in(administrator)


@pytest.fixture
def twins(administrator: User) -> list[Any]:
    nord = make(Organization, owner=administrator, name="Nord AG")
    one = make(Person, owner=administrator, name="Anna Müller", email="anna@halden.example",
               phone="+49 30 1234567", organization=nord, position="Head of purchasing")  # fmt: skip
    two = make(Person, owner=administrator, name="Mueller, Anna", phone="+49301234567", source="Trade fair",
               tags=["fleet"])  # fmt: skip
    make(Person, owner=administrator, name="Eva Lund", birthday="1970-02-03", email="eva@lund.example")
    make(Person, owner=administrator, name="Ewa Lund", birthday="1970-02-03", phone="+49 40 555666")
    add_comment(two.entry, "Wants an offer", by=administrator)
    kind = type_by_key("people")
    assert kind is not None
    rebuild(kind)
    return [one, two]


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def test_whoever_is_typed_in_and_here_already_is_shown(
    visit: Visit, cookies: dict[str, str], twins: list[Any]
) -> None:
    page = visit("/people/new/", cookies=cookies)
    page.locator("#f-given_name").press_sequentially("Ana")
    page.fill("#f-family_name", "Mueller")
    page.fill("#f-phone", "030 1234567")
    expect(page.locator("#alike")).to_contain_text("same phone number")
    shot(page, "typing")
    assert not axe(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_work_list_and_the_merge_page_can_be_used_by_everybody(
    visit: Visit, cookies: dict[str, str], twins: list[Any], size: str, theme: str
) -> None:
    page = visit("/duplicates/?type=people", size, theme, cookies=cookies)
    expect(page.locator(".dup")).to_have_count(2)
    page.locator(".dup summary").first.click()
    expect(page.locator(".dup .mergetbl").first).to_be_visible()
    shot(page, f"list-{size}-{theme}")
    assert not axe(page)
    page.goto(page.url.partition("/duplicates")[0] + f"/people/merge/?ids={twins[0].pk},{twins[1].pk}")
    expect(page.locator(".mergetbl").first).to_be_visible()
    shot(page, f"merge-{size}-{theme}")
    assert not axe(page)


def test_two_are_merged_and_come_back(visit: Visit, cookies: dict[str, str], twins: list[Any]) -> None:
    page = visit(f"/people/merge/?ids={twins[0].pk},{twins[1].pk}", cookies=cookies)
    page.locator(".savebar button.primary").click()
    expect(page.locator("#record-head")).to_contain_text("Anna Müller")
    expect(page.locator("#timeline")).to_contain_text("Wants an offer")
    page.click(".toast button.link")
    expect(page.locator(".toast")).to_contain_text("2 records put back")
    assert Person.objects.filter(deleted_at=None, pk__in=[one.pk for one in twins]).count() == 2
