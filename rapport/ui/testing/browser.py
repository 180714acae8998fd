"""Chromium for tests: pages that watch for script errors and policy violations, and axe's verdict on them."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import axe_core_python  # type: ignore[import-untyped]  # one file of JavaScript
import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
# As .ci/browser looks for them: the first has no windows and opens a page in a quarter of the time of the others.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
# There is no telephone here: a moment after a click on a number the browser asks with which program to open it, and
# that question takes all further clicks of the test.
WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  window.tellOfViolation(`${event.violatedDirective} ${event.blockedURI}`));
window.addEventListener("click", (event) => {
  if (event.target.closest?.('a[href^="tel:"]')) event.preventDefault();
});
"""
AXE = next(Path(axe_core_python.__file__).parent.rglob("axe*.js"))
# What is in order is not told: describing a thousand elements takes ten times as long as looking at them.
FIND = """
([part, rules, without]) => axe.run(part, {runOnly: rules, resultTypes: ["violations"],
  rules: Object.fromEntries(without.map((rule) => [rule, {enabled: false}]))}).then((found) => found.violations)
"""
LATENCY = int(os.environ.get("RAPPORT_LATENCY", "0"))  # ms by which each answer comes later: shows races
Visit = Callable[..., Page]


def launch_options() -> dict[str, Any]:  # Any: Playwright's own options
    """The first of BROWSERS that is there, else the one that Playwright installed."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    options: dict[str, Any] = {"args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]}
    return options | ({"executable_path": found} if found else {})


def watch(context: BrowserContext, violations: list[str]) -> None:
    """Collect what the content security policy refuses. Told at once: when a test ends, its page may be leaving."""
    context.expose_function("tellOfViolation", lambda what: violations.append(what))
    context.add_init_script(WATCH)
    if LATENCY:
        context.on("page", _slow)


def _slow(page: Page) -> None:
    """A network on which every answer takes longer, as on a busy machine or a train."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    limits = {"offline": False, "latency": LATENCY, "downloadThroughput": -1, "uploadThroughput": -1}
    session.send("Network.emulateNetworkConditions", limits)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the whole run."""
    # Playwright runs an event loop in this thread; Django would refuse the database there
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    # A machine that has much to do needs longer than the usual five seconds.
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Visit]:  # Any: pytest-django's own type
    """Open a path in a fresh profile; after the test no script may have failed and no policy been violated."""
    pages: list[Page] = []
    failures: list[Error] = []
    violations: list[str] = []

    def open_page(
        path: str, size: str = "desk", theme: str = "light", cookies: dict[str, str] | None = None
    ) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]  # light or dark
            has_touch=size == "phone",
            reduced_motion="reduce",
        )
        for name, value in (cookies or {}).items():
            context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        watch(context, violations)
        page = context.new_page()
        page.on("pageerror", lambda error: failures.append(error))  # Playwright refuses the bare method
        page.goto(live_server.url + path)
        page.wait_for_selector("html[data-ready]", state="attached")
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.context.close()
    assert (failures, violations) == ([], [])


def axe(
    page: Page, part: str = "html", rules: Sequence[str] = RULES, without: Sequence[str] = ()
) -> list[str]:
    """Return what axe finds against WCAG 2.2 A and AA in the page or a part of it, one line per finding."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text() + "; undefined")
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in page.evaluate(FIND, [part, list(rules), list(without)])
        for node in one["nodes"]
    ]
