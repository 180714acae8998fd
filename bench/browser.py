"""`python -m bench browser`: what a person waits for in a browser, on an installation of its own.

A first page with nothing in the cache, what pages weigh on their way, and how soon the page shows the answer to a key
or click: from the event to the first frame that has it (frames come every 16 ms).
"""

import os
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.load.installation import Installation
from bench.machine import Stolen
from rapport.ui.testing.browser import launch_options

PARTIES = 10_000
FIRST_PAGES = ("/people/", "/", "/deals/board/")
STARTS, TIMES = 7, 15
VISIBLE_WITHIN, ANSWER_WITHIN, WEIGHT = 1000.0, 100.0, 150.0  # ms, ms, kB
# From the first event of the person to the first frame in which the answer is there.
WATCH = """() => {
  const begun = { at: 0 };
  const note = (event) => { begun.at ||= event.timeStamp; };
  for (const kind of ["keydown", "pointerdown", "input"]) addEventListener(kind, note, { capture: true });
  const look = () => {
    if (begun.at && (%s)) window.took = performance.now() - begun.at;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


@dataclass(frozen=True)
class Deed:
    """Something a person does on the list of people, and how the page shows that it is done."""

    name: str
    act: Callable[[Page], Any]
    seen: str  # JavaScript, true in the first frame with the answer
    before: Callable[[Page], Any] = lambda page: None


def _on_a_row(page: Page) -> None:
    page.keyboard.press("j")


def _with_an_editor(page: Page) -> None:
    for key in ("j", "ArrowRight", "e"):
        page.keyboard.press(key)
    page.wait_for_selector("form[data-celledit]")
    page.keyboard.type("Benched")


def _in_the_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette input:focus")


DEEDS = (
    Deed("go to the next row", _on_a_row, "document.activeElement.closest('tr[data-row]')"),
    Deed(
        "tick a row",
        lambda page: page.keyboard.press("x"),
        "!document.querySelector('[data-bulk]').hidden",
        _on_a_row,
    ),
    Deed(
        "peek",
        lambda page: page.keyboard.press(" "),
        "document.querySelector('#peek').childElementCount",
        _on_a_row,
    ),
    Deed(
        "open a cell",
        lambda page: page.keyboard.press("e"),
        "document.querySelector('form[data-celledit]')",
        lambda page: [page.keyboard.press(key) for key in ("j", "ArrowRight")],
    ),
    Deed(
        "save a cell",
        lambda page: page.keyboard.press("Enter"),
        "!document.querySelector('form[data-celledit]')",
        _with_an_editor,
    ),
    Deed(
        "open the filter",
        lambda page: page.keyboard.press("f"),
        "document.querySelector('#filter-panel')?.checkVisibility()",
    ),
    Deed(
        "open the palette",
        lambda page: page.keyboard.press("Control+k"),
        "document.querySelector('#palette').open",
    ),
    Deed(
        "find while typing",
        lambda page: page.keyboard.type("m"),
        "document.querySelector('#palette-list [role=option][data-glance]')",
        _in_the_palette,
    ),
)


def main(base: Path) -> int:
    """Prepare, measure, print; 1 when something takes longer or weighs more than it may."""
    data = base / "load"
    data.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "RAPPORT_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "rapport.settings",
        "RAPPORT_LOG_LEVEL": "WARNING",
    }
    os.environ.pop("RAPPORT_DATABASE_URL", None)
    from rapport.runtime.commands.application import application

    with application():
        from bench.load.prepare import prepare  # needs Django's settings

        prepared = prepare(PARTIES, 1, print)
    installed = Installation(data, web=1)
    installed.start()
    try:
        cookies = prepared.seats[0].cookies
        with sync_playwright() as playwright, Stolen() as stolen:
            kept = [
                *first_pages(playwright.chromium.launch, installed.url, cookies),
                *answers(playwright.chromium.launch(**launch_options()), installed.url, cookies),
            ]
        print(f"\n{stolen}")
    finally:
        installed.stop()
    return 0 if all(kept) else 1


def signed_in(browser: Browser, url: str, cookies: dict[str, str]) -> BrowserContext:
    """A fresh profile: no cache, one cookie."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    return context


def first_pages(launch: Callable[..., Browser], url: str, cookies: dict[str, str]) -> list[bool]:
    """Print for each page when it is first seen by a browser that has just started, and what it weighs on its way."""
    kept = []
    for path in FIRST_PAGES:
        seen, weighed = [], 0.0
        for _start in range(STARTS):
            browser = launch(**launch_options())
            page = signed_in(browser, url, cookies).new_page()
            sizes: list[float] = []
            tap = page.context.new_cdp_session(page)
            tap.send("Network.enable")
            tap.on("Network.loadingFinished", lambda one, sizes=sizes: sizes.append(one["encodedDataLength"]))
            page.goto(url + path, wait_until="networkidle")
            seen.append(page.evaluate(PAINTED))
            weighed = sum(sizes) / 1000
            browser.close()
        kept.append(told(f"{path} is seen", statistics.median(seen), max(seen), VISIBLE_WITHIN))
        kept.append(told(f"{path} weighs", weighed, weighed, WEIGHT, "kB"))
    return kept


def answers(browser: Browser, url: str, cookies: dict[str, str]) -> list[bool]:
    """Print how soon each deed is answered; nine of ten times count."""
    page = signed_in(browser, url, cookies).new_page()
    kept = []
    for deed in DEEDS:
        took = []
        for _time in range(TIMES):
            page.goto(f"{url}/people/?columns=name,position,stage,email")
            page.wait_for_selector("html[data-ready]", state="attached")
            deed.before(page)
            page.evaluate(WATCH % deed.seen)
            deed.act(page)
            took.append(_when_answered(page, deed))
        kept.append(
            told(deed.name, statistics.median(took), statistics.quantiles(took, n=10)[8], ANSWER_WITHIN)
        )
    browser.close()
    return kept


def _when_answered(page: Page, deed: Deed) -> float:
    """Milliseconds; Playwright's own waiting for a condition is refused by our content security policy."""
    for _look in range(500):
        found = page.evaluate("() => window.took ?? null")
        if found is not None:
            return float(found)
        page.wait_for_timeout(20)
    raise SystemExit(f"{deed.name}: no answer in ten seconds")


def told(name: str, usual: float, worst: float, most: float, unit: str = "ms") -> bool:
    """Print a line; whether the bound is kept."""
    fine = worst <= most
    print(
        f"{'ok    ' if fine else 'BROKEN'} {name:52}{usual:>8.0f}{worst:>8.0f} {unit} (at most {most:.0f})",
        flush=True,
    )
    return fine
