"""The page "Record types" as administrators see and use it."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import expect

from rapport.kernel.custom.record_types.define import forget_type
from rapport.kernel.custom.record_types.models import CustomType
from rapport.kernel.testing.make import make_user
from rapport.ui.testing.browser import Visit, axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def _types_go(transactional_db: None) -> Iterator[None]:
    """Django empties the tables that it knows; that of a made type would stay."""
    yield
    for one in CustomType.objects.all():
        forget_type(one)


@pytest.mark.usefixtures("_types_go")
@pytest.mark.parametrize(("size", "theme"), [("desk", "light"), ("phone", "dark")])
def test_an_administrator_makes_a_type_with_a_field_and_its_first_record(
    visit: Visit, client: Client, size: str, theme: str
) -> None:
    client.force_login(make_user("Mara", role="administrator"))
    page = visit(
        "/settings/types/new/", size, theme, cookies={"sessionid": client.cookies["sessionid"].value}
    )
    page.fill("[name=label]", "Machine")
    page.fill("[name=plural]", "Machines")
    page.locator(".iconpick label:has([value=cog])").click()
    assert not axe(page)
    page.click(".feform footer .primary")
    expect(page.locator("h1")).to_contain_text("Machines")
    page.goto(page.url.partition("/settings")[0] + "/machines/new/")
    page.fill("[name=name]", "Lathe 7")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#record-head")).to_contain_text("Lathe 7")
    assert not axe(page)
    page.goto(page.url.partition("/machines")[0] + "/settings/types/")
    expect(page.locator(".typest")).to_contain_text("Machines")
    assert not axe(page)
