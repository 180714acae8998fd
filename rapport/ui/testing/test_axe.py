"""What axe finds is found: a page with mistakes is told, element by element."""

import pytest
from playwright.sync_api import Browser

from rapport.ui.testing.browser import axe

pytestmark = pytest.mark.browser


def test_each_mistake_is_told_and_a_page_without_any_tells_nothing(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src=a><img src=b><input></main>")
    assert sorted(one.partition(":")[0] for one in axe(page)) == ["image-alt", "image-alt", "label"]
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><p>In order</main>")
    assert axe(page) == []
    page.close()
