"""What hands do that Playwright's own acts do not: rest a finger on something and carry it; pictures to look at."""

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

SHOTS = os.environ.get("RAPPORT_SHOTS", "")


def shoot(page: Page, name: str) -> None:
    """Keep a picture where RAPPORT_SHOTS says, for people."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


class Finger:
    """One finger on a page that has touch: `rest` until something is carried, `go`, `leave`; or `wipe` to scroll."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.session = page.context.new_cdp_session(page)

    def rest(self, on: Locator) -> None:
        """Touch its left part and stay until it is carried."""
        self.x, self.y = self._middle(on)
        self._send("touchStart")
        expect(self.page.locator("html[data-carrying]")).to_be_visible()

    def go(self, to: Locator | None = None, *, down: float = 0) -> None:
        """Go onto something, or so many pixels down, where it can be put."""
        self.x, self.y = self._middle(to) if to is not None else (self.x, self.y + down)
        self._send("touchMove")
        expect(self.page.locator("html[data-carrying=over]")).to_be_visible()

    def leave(self) -> None:
        """Let go of what is carried."""
        self._send("touchEnd")

    def wipe(self, on: Locator, *, down: float) -> None:
        """Touch it and go on at once, as one does to scroll."""
        self.x, self.y = self._middle(on)
        self._send("touchStart")
        for _step in range(10):
            self.y += down / 10
            self._send("touchMove")
        self._send("touchEnd")

    def _middle(self, of: Locator) -> tuple[float, float]:
        box = of.bounding_box()
        assert box is not None
        return box["x"] + 20, box["y"] + box["height"] / 2

    def _send(self, what: str) -> None:
        points: list[dict[str, Any]] = []  # Any: coordinates, as the browser's own interface takes them
        if what != "touchEnd":
            points = [{"x": self.x, "y": self.y}]
        self.session.send("Input.dispatchTouchEvent", {"type": what, "touchPoints": points})
