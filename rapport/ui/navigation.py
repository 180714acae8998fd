"""What stands in the sidebar, the create menu and the account menu; upper floors register it when they start."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from rapport.ui.addresses import address
from rapport.ui.words import Words

Target: TypeAlias = "str | Callable[[HttpRequest], str]"


def always(request: HttpRequest) -> bool:
    """Show the entry to everybody."""
    return True


@dataclass(frozen=True)
class Entry:
    """One line of a menu."""

    key: str
    icon: str
    label: Words
    target: Target
    order: int = 100
    when: Callable[[HttpRequest], bool] = always
    count: Callable[[HttpRequest], int] | None = None  # things that wait; 0 shows nothing
    hot: bool = False  # the count waits for this very user
    go: str = ""  # letter after G that goes here
    phone: bool = False  # has a tab at the bottom of a phone
    dialog: bool = False  # opens in a dialog of the page instead of going there
    keys: str = ""  # shown beside the label

    def href(self, request: HttpRequest) -> str:
        """Return the address: of the named page, or what the callable says."""
        return self.target(request) if callable(self.target) else address(self.target)


Source: TypeAlias = "Callable[[HttpRequest], Iterable[Entry]]"


@dataclass
class Group:
    """A headed part of the sidebar."""

    key: str
    label: Words
    order: int
    entries: list[Entry] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    def shown(self, request: HttpRequest) -> list[Entry]:
        """Its entries, and those that there are at this moment."""
        return [*self.entries, *(entry for source in self.sources for entry in source(request))]


@dataclass(frozen=True)
class Pin:
    """A view or record that the user pinned to the sidebar."""

    label: str
    href: str
    hue: str = "petrol"
    is_current: bool = False


GROUPS: dict[str, Group] = {
    "top": Group("top", "", 0),
    "relations": Group("relations", _("Relations"), 10),
    "engage": Group("engage", _("Engage"), 20),
    "understand": Group("understand", _("Understand"), 30),
    "foot": Group("foot", "", 90),
}
_menus: dict[str, list[Entry]] = {"create": [], "account": [], "commands": [], "settings": []}
_sources: dict[str, list[Source]] = {}
_providers: dict[str, Callable[[HttpRequest], object]] = {}


def add_group(key: str, label: Words, order: int) -> None:
    """Add a headed part of the sidebar."""
    GROUPS.setdefault(key, Group(key, label, order))


def add(
    group: str,
    key: str,
    icon: str,
    label: Words,
    target: Target,
    order: int = 100,
    *,
    when: Callable[[HttpRequest], bool] = always,
    count: Callable[[HttpRequest], int] | None = None,
    hot: bool = False,
    go: str = "",
    phone: bool = False,
) -> None:
    """Put an entry into a group of the sidebar: top, relations, engage, understand, foot, or an added one."""
    _put(GROUPS[group].entries, Entry(key, icon, label, target, order, when, count, hot, go, phone))


def add_create(
    key: str,
    icon: str,
    label: Words,
    target: Target,
    order: int = 100,
    *,
    when: Callable[[HttpRequest], bool] = always,
    dialog: bool = True,
) -> None:
    """Put an entry into the create menu; dialog opens the page's form in a dialog."""
    _put(_menus["create"], Entry(key, icon, label, target, order, when, dialog=dialog))


def add_account(
    key: str, icon: str, label: Words, target: Target, order: int = 100,
    *, when: Callable[[HttpRequest], bool] = always,
) -> None:  # fmt: skip
    """Put an entry into the menu under the user's name."""
    _put(_menus["account"], Entry(key, icon, label, target, order, when))


def add_command(
    key: str, icon: str, label: Words, target: Target, order: int = 100,
    *, when: Callable[[HttpRequest], bool] = always, keys: str = "", dialog: bool = False,
) -> None:  # fmt: skip
    """Put a command into the palette, beside everything that the sidebar and the create menu hold."""
    _put(_menus["commands"], Entry(key, icon, label, target, order, when, keys=keys, dialog=dialog))


def add_source(group: str, source: Source) -> None:
    """Let a group of the sidebar, or the menus "create", "commands" and "settings", have entries that come and go."""
    sources = GROUPS[group].sources if group in GROUPS else _sources.setdefault(group, [])
    if source not in sources:
        sources.append(source)


def provide_company(provider: Callable[[HttpRequest], str]) -> None:
    """Say where the name of the company comes from."""
    _providers["company"] = provider


def provide_pins(provider: Callable[[HttpRequest], Sequence[Pin]]) -> None:
    """Say where the pinned views and records of the user come from."""
    _providers["pins"] = provider


def provide_preferences(provider: Callable[[HttpRequest], dict[str, object]]) -> None:
    """Say where the user's theme, density and single_keys come from; missing ones follow the system."""
    _providers["preferences"] = provider


def menu(name: str, request: HttpRequest) -> list[Entry]:
    """Return the entries of the create, account, commands or settings menu in order."""
    more = (entry for source in _sources.get(name, ()) for entry in source(request))
    return sorted([*_menus[name], *more], key=lambda entry: entry.order)


def provided(name: str, request: HttpRequest) -> object | None:
    """Return what the provider of company, pins or preferences says, None without one."""
    provider = _providers.get(name)
    return provider(request) if provider else None


def _put(entries: list[Entry], entry: Entry) -> None:
    entries[:] = [other for other in entries if other.key != entry.key]
    entries.append(entry)
