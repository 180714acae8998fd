"""What the people do: they look, think, look again, and now and then write something down."""

import asyncio
import random
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin

import httpx

CSRF = "loadloadloadloadloadloadloadload"
RECORD = re.compile(r'href="/(people|organizations|deals)/([0-9a-f-]{36})/"')
LATER = re.compile(r'hx-get="([^"]+)" hx-trigger="load"')  # what a page asks for as soon as it is there
HELD = re.compile(r"max-age=(\d+)")  # seconds for which a browser does not ask again
WORDS = ("mann", "berg", "an", "schm", "ber", "wolf", "ha", "müller", "stein")
# What they do, and how often: reading is far more frequent than writing.
ACTS = {
    "list of people": 14, "list, searched": 8, "list of organizations": 8, "list of deals": 6, "board of deals": 5,
    "my day": 10, "palette": 8, "search": 4, "record": 22, "peek": 5, "new person": 4, "note": 5, "field": 5,
}  # fmt: skip


@dataclass(frozen=True)
class Seat:
    """Somebody who works: his session, as his browser keeps it."""

    name: str
    cookies: dict[str, str]


@dataclass(frozen=True)
class Prepared:
    """What the people find."""

    seats: list[Seat]
    token: str  # of a program


@dataclass
class Tally:
    """What everybody saw together."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    answers: list[tuple[float, float]] = field(default_factory=list)  # when each was asked, how long it took
    errors: list[tuple[float, float, str, str]] = field(default_factory=list)  # from when to when, what, how
    told_yes: list[str] = field(default_factory=list)  # names that were saved, as the answer said
    asked: set[str] = field(default_factory=set)  # names that somebody tried to save
    again: set[str] = field(default_factory=set)  # keys of programs that called until it was done

    def note(self, act: str, begun: float) -> None:
        """It was answered just now."""
        took = time.monotonic() - begun
        self.took[act].append(took)
        self.answers.append((begun, took))


class Person:
    """One person with a browser."""

    def __init__(self, seat: Seat, url: str, tally: Tally, run: str, seed: int) -> None:
        self.name, self.tally, self.run = seat.name, tally, run
        self.dice = random.Random(seed)
        cookies = seat.cookies | {"csrftoken": CSRF}
        headers = {"X-CSRFToken": CSRF, "Accept-Language": "de", "Accept-Encoding": "gzip, br"}
        self.browser = httpx.AsyncClient(base_url=url, cookies=cookies, headers=headers, timeout=60)
        self.known: list[tuple[str, str]] = []
        self.later: list[str] = []  # addresses that the last page asks for
        self.held: dict[str, float] = {}  # address -> until when the browser has an answer of its own
        self.number = 0

    async def work(self, until: float, think: tuple[float, float]) -> None:
        """Do one thing after the other."""
        listening = asyncio.create_task(self.listen(until))
        await asyncio.sleep(self.dice.uniform(0, think[1]))
        while time.monotonic() < until:
            act = self.dice.choices(list(ACTS), list(ACTS.values()))[0]
            await self.do(act)
            while self.later:
                await self.do("what comes after a page")
            await asyncio.sleep(self.dice.uniform(*think))
        listening.cancel()
        await self.browser.aclose()

    async def listen(self, until: float) -> None:
        """Like an open page: be told what changes."""
        while time.monotonic() < until:
            try:
                async with self.browser.stream("GET", "/live/") as answer:
                    async for _line in answer.aiter_lines():
                        pass
            except httpx.HTTPError:
                pass
            await asyncio.sleep(2)

    async def do(self, act: str) -> None:
        """Do it and note how it went."""
        begun = time.monotonic()
        try:
            problem = await getattr(self, f"do_{re.sub('[^a-z]+', '_', act)}")()
        except httpx.HTTPError as error:
            problem = type(error).__name__
        if problem:
            self.tally.errors.append((begun, time.monotonic(), act, problem))
        else:
            self.tally.note(act, begun)

    async def get(self, address: str, **headers: str) -> str:
        """Look at a page; remember which records it leads to."""
        answer = await self.browser.get(address, headers=headers)
        if answer.status_code != 200:
            return str(answer.status_code)
        found = RECORD.findall(answer.text)
        self.known = (self.known + self.dice.sample(found, min(5, len(found))))[-40:]
        if held := HELD.search(answer.headers.get("Cache-Control", "")):
            self.held[address] = time.monotonic() + float(held[1])
        asked = [urljoin(address, unescape(one)) for one in LATER.findall(answer.text)]
        self.later += [one for one in asked if self.held.get(one, 0) < time.monotonic()]
        return ""

    async def do_what_comes_after_a_page(self) -> str:
        return await self.get(self.later.pop(), **{"HX-Request": "true"})

    async def do_list_of_people(self) -> str:
        return await self.get("/people/")

    async def do_list_searched(self) -> str:
        return await self.get(f"/people/?q={self.dice.choice(WORDS)}")

    async def do_list_of_organizations(self) -> str:
        return await self.get("/organizations/")

    async def do_list_of_deals(self) -> str:
        return await self.get("/deals/")

    async def do_board_of_deals(self) -> str:
        return await self.get("/deals/board/")

    async def do_my_day(self) -> str:
        return await self.get("/")

    async def do_palette(self) -> str:
        return await self.get(f"/search/palette/?q={self.dice.choice(WORDS)}", **{"HX-Request": "true"})

    async def do_search(self) -> str:
        return await self.get(f"/search/?q={self.dice.choice(WORDS)}")

    async def do_record(self) -> str:
        if not self.known:
            return await self.do_list_of_people()
        kind, key = self.dice.choice(self.known)
        return await self.get(f"/{kind}/{key}/")

    async def do_peek(self) -> str:
        if not self.known:
            return await self.do_list_of_people()
        kind, key = self.dice.choice(self.known)
        return await self.get(f"/{kind}/{key}/peek/", **{"HX-Request": "true"})

    async def write(self, address: str, values: dict[str, str], name: str) -> str:
        """Save something under a name that is there once; remember whether the answer said yes."""
        self.tally.asked.add(name)
        answer = await self.browser.post(address, data=values, headers={"HX-Request": "true"})
        if answer.status_code >= 400:
            return str(answer.status_code)
        self.tally.told_yes.append(name)
        return ""

    def fresh(self) -> str:
        """A name that nobody else uses."""
        self.number += 1
        return f"Load{self.run} {self.name.replace(' ', '')}x{self.number}"

    async def do_new_person(self) -> str:
        name = self.fresh()
        return await self.write("/people/new/", {"name": name, "duplicates_seen": "yes"}, name)

    def person(self) -> str:
        return next((key for kind, key in reversed(self.known) if kind == "people"), "")

    async def do_note(self) -> str:
        if not (key := self.person()):
            return await self.do_list_of_people()
        name = self.fresh()
        values = {"kind": "note", "body": name, "subject": name}
        return await self.write(f"/activities/write/people/{key}/", values, name)

    async def do_field(self) -> str:
        if not (key := self.person()):
            return await self.do_list_of_people()
        # The last one to write a field wins, so this one is not counted at the end; it makes jobs and conflicts.
        values = {"position": f"Head of {self.fresh()}"}
        answer = await self.browser.post(
            f"/people/{key}/field/position/", data=values, headers={"HX-Request": "true"}
        )
        return "" if answer.status_code < 400 or answer.status_code == 409 else str(answer.status_code)


async def program(url: str, prepared: Prepared, tally: Tally, run: str, until: float) -> None:
    """A program that writes people and repeats each call under its key until it has an answer."""
    headers = {"Authorization": f"Bearer {prepared.token}"}
    number = 0
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:
        while time.monotonic() < until:
            number += 1
            name = f"Load{run} Programx{number}"
            body = {"fields": {"name": name}}
            while True:
                begun = time.monotonic()
                try:
                    answer = await client.post("/api/v1/people", json=body, headers={"Idempotency-Key": name})
                    if answer.status_code == 201:
                        tally.note("program writes", begun)
                        tally.again.add(name)
                        break
                    problem = f"{answer.status_code} {answer.text[:80]}"
                except httpx.HTTPError as error:
                    problem = type(error).__name__
                tally.errors.append((begun, time.monotonic(), "program writes", problem))
                if time.monotonic() > until + 60:
                    return
                await asyncio.sleep(0.5)
            await asyncio.sleep(1)


async def everybody(
    prepared: Prepared, url: str, run: str, seconds: float, think: tuple[float, float], tally: Tally
) -> None:
    """All of them at once, for so long."""
    until = time.monotonic() + seconds
    people = [Person(seat, url, tally, run, number) for number, seat in enumerate(prepared.seats)]
    await asyncio.gather(
        *(one.work(until, think) for one in people), program(url, prepared, tally, run, until)
    )
