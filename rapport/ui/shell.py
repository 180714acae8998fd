"""What the frame around every page shows; computed only when a page really draws the frame."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.translation import get_language

from rapport.ui import navigation
from rapport.ui.addresses import address
from rapport.ui.frame import Drawn, Frame, Line, Lines, drawn
from rapport.ui.navigation import Entry, Group, Pin
from rapport.ui.notices import Notice, read_notice


class Shell:
    """The frame for one request; templates read its attributes."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def _shown(self, entries: list[Entry]) -> list["Link"]:
        ordered = sorted(entries, key=lambda entry: entry.order)
        links = [Link(entry, self.request) for entry in ordered if entry.when(self.request)]
        return [link for link in links if link.href]

    @cached_property
    def groups(self) -> list[tuple[Group, list["Link"]]]:
        """The headed parts of the sidebar that have something to show, without the foot."""
        ordered = sorted(navigation.GROUPS.values(), key=lambda group: group.order)
        shown = [(group, self._shown(group.shown(self.request))) for group in ordered if group.key != "foot"]
        return [(group, links) for group, links in shown if links]

    @cached_property
    def foot(self) -> list["Link"]:
        return self._shown(navigation.GROUPS["foot"].entries)

    @cached_property
    def phone(self) -> list["Link"]:
        """The tabs at the bottom of a phone; the fifth opens everything else."""
        return [link for _group, links in self.groups for link in links if link.entry.phone][:4]

    @cached_property
    def create(self) -> list["Link"]:
        return self._shown(navigation.menu("create", self.request))

    @cached_property
    def account(self) -> list["Link"]:
        return self._shown(navigation.menu("account", self.request))

    @cached_property
    def company(self) -> str:
        return str(navigation.provided("company", self.request) or "Rapport")

    @cached_property
    def pins(self) -> list[Pin]:
        found = navigation.provided("pins", self.request)
        return list(found) if isinstance(found, (list, tuple)) else []

    @cached_property
    def preferences(self) -> dict[str, Any]:  # Any: theme and density are words, single_keys is yes or no
        found = navigation.provided("preferences", self.request)
        return dict(found) if isinstance(found, dict) else {}

    @cached_property
    def preferences_url(self) -> str:
        return _address("preferences")

    @cached_property
    def sign_out_url(self) -> str:
        return _address("sign_out")

    @cached_property
    def viewing_stop_url(self) -> str:
        """Where to stop looking as somebody else; empty for who looks as himself."""
        return _address("viewing_stop") if hasattr(self.request, "viewer") else ""

    @cached_property
    def palette_url(self) -> str:
        return _address("search_palette")

    @cached_property
    def live_url(self) -> str:
        """Where pages listen to what changes."""
        return _address("live") if settings.LIVE else ""

    @cached_property
    def notices(self) -> list[Notice]:
        """What happened before this page; reading empties the list, so what is fetched unseen leaves it alone."""
        if self.request.headers.get("Rapport-Background"):
            return []
        return [read_notice(message) for message in messages.get_messages(self.request)]

    @cached_property
    def frame(self) -> Drawn:
        """The sidebar, the menus and the palette, drawn."""
        shown = Frame(
            language=get_language() or "en", company=self.company, user=str(self.request.user),
            palette_url=self.palette_url, bell_url=_address("notifications_panel"), signs_out=bool(self.sign_out_url),
            groups=tuple((str(group.label), _lines(links)) for group, links in self.groups),
            foot=_lines(self.foot), phone=_lines(self.phone), create=_lines(self.create),
            account=_lines(self.account), doing=_lines(self._shown(navigation.menu("commands", self.request))),
            settings=_lines(self._shown(navigation.menu("settings", self.request))),
            pins=tuple(self.pins),
        )  # fmt: skip
        return drawn(shown)


def _lines(links: "list[Link]") -> Lines:
    return tuple(link.line for link in links)


def _has_own_entry(request: HttpRequest) -> bool:
    """Whether the page shown is the very page of an entry: then no entry is current for what lies above it."""
    entries = (entry for group in navigation.GROUPS.values() for entry in group.entries)
    return any(Link(entry, request).href.split("?")[0] == request.path for entry in entries)


class Link:
    """A menu entry as one request sees it."""

    def __init__(self, entry: Entry, request: HttpRequest) -> None:
        self.entry, self.request = entry, request
        self.key, self.icon, self.label = entry.key, entry.icon, entry.label
        self.hot, self.dialog = entry.hot, entry.dialog

    @cached_property
    def href(self) -> str:
        """The address; empty when the page it names is not installed."""
        try:
            return self.entry.href(self.request)
        except NoReverseMatch:
            return ""

    @cached_property
    def current(self) -> bool:
        """Whether the page shown lies below this entry's address, or below the records of its name."""
        path = self.href.split("?")[0]
        below = self.request.path.startswith((path, f"/{self.key}/"))
        if self.request.path == path:
            return True
        return path != "/" and below and not _has_own_entry(self.request)

    @cached_property
    def count(self) -> int:
        return self.entry.count(self.request) if self.entry.count else 0

    @cached_property
    def line(self) -> Line:
        """What the frame shows of this entry."""
        entry = self.entry
        return Line(
            self.key, self.icon, str(self.label), self.href, entry.go, entry.keys, self.dialog, self.hot, self.current,
            self.count,
        )  # fmt: skip


def _address(name: str) -> str:
    try:
        return address(name)
    except NoReverseMatch:
        return ""  # that floor is not installed


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: gives every page the frame, which costs nothing until a template uses it."""
    return {"shell": Shell(request)}
