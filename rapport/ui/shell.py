"""What the frame around every page shows; computed only when a page really draws the frame."""

import json
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rapport.ui import navigation
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
    def notices(self) -> list[Notice]:
        """What happened before this page; reading empties the list."""
        return [read_notice(message) for message in messages.get_messages(self.request)]

    @cached_property
    def commands(self) -> str:
        """The palette's commands as JSON for a script tag: go to, create, do; kept, since pages have the same."""
        going = [link for _group, links in self.groups for link in links] + self.foot
        doing = self._shown(navigation.menu("commands", self.request))
        # Labels that are plain text are what somebody called it, and change with that.
        every = tuple(
            (link.key, link.href, link.label if type(link.label) is str else "")
            for link in (*going, *self.create, *doing)
        )
        key = (get_language(), len(going), len(doing), every)
        found = _COMMANDS.get(key)
        if found is None:
            if len(_COMMANDS) >= MOST_KEPT:
                _COMMANDS.clear()
            found = _COMMANDS[key] = _commands(going, self.create, doing)
        return found


MOST_KEPT = 200
_COMMANDS: dict[object, str] = {}


def _commands(going: "list[Link]", create: "list[Link]", doing: "list[Link]") -> str:
    rows = [link.command(_("Go to"), f"G {link.entry.go.upper()}" if link.entry.go else "") for link in going]
    rows += [link.command(_("Create")) for link in create]
    rows += [link.command(_("Do"), link.entry.keys) for link in doing]
    acts = [
        ("sun", _("Switch between light and dark"), "theme", "⇧ D"),
        ("rows-3", _("Change density"), "density", ""),
        ("keyboard", _("Show all keys"), "keys", "?"),
    ]
    rows += [
        {"group": _("Do"), "icon": icon, "label": label, "act": act, "keys": keys}
        for icon, label, act, keys in acts
    ]
    # inside a script tag only "<" could end it
    return json.dumps(rows, ensure_ascii=False).replace("<", "\\u003c")


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
        return self.request.path == path or (path != "/" and below)

    @cached_property
    def count(self) -> int:
        return self.entry.count(self.request) if self.entry.count else 0

    def command(self, group: str, keys: str = "") -> dict[str, str]:
        """Return this entry as a line of the command palette."""
        row = {"group": group, "icon": self.icon, "label": str(self.label), "href": self.href, "keys": keys}
        return row | ({"dialog": "yes"} if self.dialog else {})


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""  # that floor is not installed


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Context processor: gives every page the frame, which costs nothing until a template uses it."""
    return {"shell": Shell(request)}
