"""The drawn frame, kept: its key is everything that it shows, so nobody ever gets what another one would see."""

import json
from functools import lru_cache
from typing import Any, NamedTuple

from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.utils.translation import gettext as _
from markupsafe import Markup

from rapport.ui.navigation import Pin

MOST_KEPT = 500  # of about 12 kB


class Line(NamedTuple):
    """One line of a menu, in words."""

    key: str
    icon: str
    label: str
    href: str
    go: str
    keys: str
    dialog: bool
    hot: bool
    current: bool
    waiting: int


Lines = tuple[Line, ...]


class Frame(NamedTuple):
    """All that the frame around a page shows."""

    language: str
    company: str
    user: str
    palette_url: str
    bell_url: str
    signs_out: bool
    groups: tuple[tuple[str, Lines], ...]
    foot: Lines
    phone: Lines
    create: Lines
    account: Lines
    doing: Lines
    settings: Lines
    pins: tuple[Pin, ...]

    @property
    def commands(self) -> Markup:
        """The palette's commands as JSON for a script tag: go to, create, do, pages of the settings once asked for."""
        going = [one for _label, lines in self.groups for one in lines] + list(self.foot)
        rows = [_command(one, _("Go to"), f"G {one.go.upper()}" if one.go else "") for one in going]
        rows += [_command(one, _("Create")) for one in self.create]
        rows += [_command(one, _("Do"), one.keys) for one in self.doing]
        acts = [
            ("sun", _("Switch between light and dark"), "theme", "⇧ D"),
            ("rows-3", _("Change density"), "density", ""),
            ("keyboard", _("Show all keys"), "keys", "?"),
        ]
        rows += [
            {"group": _("Do"), "icon": icon, "label": label, "act": act, "keys": keys}
            for icon, label, act, keys in acts
        ]
        there = {row.get("href") for row in rows}
        settings = [one for one in self.settings if one.href not in there]
        rows += [_command(one, _("Settings")) | {"asked": "yes"} for one in settings]
        # inside a script tag only "<" could end it
        return Markup(json.dumps(rows, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 - see above


class Drawn(NamedTuple):
    """The frame as markup: what stands before, beside and behind the page."""

    side: Markup
    phonebar: Markup
    menus: Markup


@lru_cache(maxsize=MOST_KEPT)
def drawn(frame: Frame) -> Drawn:
    """Draw the frame, or take what was drawn for the very same one."""
    backend = engines["jinja2"]
    assert isinstance(backend, Jinja2)
    macros: Any = backend.env.get_template("ui/frame.html").module  # Any: has what the template defines
    return Drawn(macros.side(frame), macros.phonebar(frame), macros.menus(frame))


def _command(one: Line, group: str, keys: str = "") -> dict[str, str]:
    row = {"group": group, "icon": one.icon, "label": one.label, "href": one.href, "keys": keys}
    return row | ({"dialog": "yes"} if one.dialog else {})
