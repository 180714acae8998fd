"""The check of an import in a real browser: rows are judged and mended by keys; what axe says."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Page, expect

from rapport.accounts.models import User
from rapport.accounts.testing import signed_in
from rapport.kernel.fields import Context
from rapport.kernel.imports import deeds, jobs
from rapport.kernel.imports.conftest import prints
from rapport.kernel.imports.models import Import
from rapport.kernel.testing.make import make
from rapport.parties.models import Person
from rapport.ui.testing.browser import axe

pytestmark = [pytest.mark.django_db(transaction=True, serialized_rollback=True), pytest.mark.browser]
Visit = Callable[..., Page]
FILE = """Vorname;Nachname;Geburtstag;E-Mail;Position
Bob;Klein;1970-02-03;;Boss
Kathi;Lund;1971-03-04;;Clerk
Ada;Neu;1980-01-01;ada@;Clerk
Bo;Sol;1981-02-31;bo@sol.example;Clerk
Ida;Sol;1982-02-03;ida@sol.example;Clerk
"""


@pytest.fixture
def checked(administrator: User) -> Import:
    make(Person, owner=administrator, name="Robert Klein", birthday="1970-02-03", position="Head")
    make(Person, owner=administrator, name="Katharina Lund", birthday="1971-03-04")
    prints()
    kind = next(one for one in deeds.types_for(administrator) if one.key == "people")
    one = deeds.take_in(kind, "fair.csv", ContentFile(FILE.encode()), Context(administrator, "DE", "EUR"))
    deeds.start_check(one)
    jobs.check_file(import_id=str(one.pk))
    one.refresh_from_db()
    return one


@pytest.mark.parametrize(("size", "theme"), [("desk", "dark"), ("phone", "light")])
def test_rows_are_judged_and_mended_by_keys(
    visit: Visit, administrator: User, checked: Import, size: str, theme: str
) -> None:
    page = visit(f"/import/{checked.pk}/rows/", size, theme, signed_in(administrator))
    foot, judged = page.locator("#foot"), page.locator("#judge tr.decided")
    expect(foot).to_contain_text("Imports 3 rows now. 2 rows stay out.")
    assert axe(page) == []
    page.keyboard.press("s")
    expect(judged).to_have_count(1)
    page.keyboard.press("n")
    expect(judged).to_have_count(2)
    verdicts: dict[Any, Any] = dict(checked.alike.values_list("title", "verdict"))
    assert sorted(verdicts.values()) == ["new", "same"]
    cell = page.get_by_label("E-Mail in row 4")
    cell.fill("ada@neu.example")
    cell.press("Enter")
    expect(foot).to_contain_text("Imports 4 rows now. 1 row stays out.")
    expect(page.get_by_label("Geburtstag in row 5")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("1981-02-28")
    page.keyboard.press("Enter")
    expect(foot).to_contain_text("Imports 5 rows now.")
    assert axe(page) == [] and page.evaluate("document.documentElement.scrollWidth <= innerWidth")
