"""A browser that is watched: no journey may meet a script error, a console error or a violation of the policy."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from rapport.accounts.models import User
from rapport.sales.install import install
from rapport.ui.testing.browser import SIZES, watch
from rapport.ui.testing.everybody import faults

PASSWORD = "a-bicycle-in-the-rain"
SHOTS = os.environ.get("RAPPORT_SHOTS")  # a folder: every state that is checked is photographed there
Enter = Callable[..., Page]


class Watched:
    """Opens pages in profiles of their own and collects what goes wrong in them."""

    def __init__(self, chromium: Browser, base: str) -> None:
        self.chromium, self.base = chromium, base
        self.pages: list[Page] = []
        self.wrong: list[str] = []

    def open(
        self, path: str = "/", user: User | None = None, size: str = "desk", theme: str = "light"
    ) -> Page:
        width, height = SIZES[size]
        context = self.chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]  # light or dark
            has_touch=size == "phone",
            reduced_motion="reduce",
            base_url=self.base,
            locale="en-GB",
        )
        context.set_default_timeout(15_000)
        if user:
            client = Client()
            client.force_login(user)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.base}])
        watch(context, self.wrong)
        page = context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("console", self._hear)
        page.on("response", self._see)
        self.pages.append(page)
        page.goto(path)
        page.wait_for_selector("html[data-ready]", state="attached")
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        # A refusal (409, 422, 404 of what one must not see) is an answer here, not an error of the page.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def _see(self, response: Response) -> None:
        if response.status >= 500:
            self.wrong.append(f"{response.status}: {response.url}")

    def finish(self) -> None:
        for page in self.pages:
            page.context.close()
        assert self.wrong == []


@pytest.fixture
def watched(chromium: Browser, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[Watched]:
    """Pages of the running server; files go into a folder of the test."""
    settings.MEDIA_ROOT = tmp_path
    ProcrastinateJob.objects.all().delete()  # what earlier tests have queued
    install()
    opened = Watched(chromium, live_server.url)
    yield opened
    opened.finish()


@pytest.fixture
def enter(watched: Watched) -> Enter:
    """Open a path, signed in as that user if one is given."""
    return watched.open


def check(page: Page, name: str) -> None:
    """Everybody can use the page as it stands; what the policy refuses fails the journey at its end."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png")
    assert faults(page) == [], name


def work() -> int:
    """Do the queued jobs as a worker would, and say how many there were."""
    done = 0
    while job := ProcrastinateJob.objects.filter(status="todo").order_by("id").first():
        app.perform_import_paths()
        app.tasks[job.task_name].func(**job.args)
        ProcrastinateJob.objects.filter(pk=job.pk).delete()
        done += 1
    return done


def drag(page: Page, what: Locator, to: Locator) -> None:
    """Drag with the mouse, slowly enough for a browser."""
    start, end = what.bounding_box(), to.bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 60, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(start["x"] + 80, start["y"] + 30, steps=4)
    page.mouse.move(end["x"] + 60, end["y"] + 120, steps=6)
    page.mouse.up()


def palette(page: Page, said: str) -> list[str]:
    """Type into the palette and return what it offers."""
    if not page.locator("#palette").is_visible():
        page.keyboard.press("Control+k")
    with page.expect_response(lambda answer: "q=" + said[:3] in unquote_plus(answer.url)):
        page.fill("#palette input", said)
    page.wait_for_timeout(100)
    return page.locator("#palette [role=option]").all_inner_texts()
