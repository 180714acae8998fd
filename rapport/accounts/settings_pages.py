"""The menu of the settings area. Other areas add their pages to it when their app starts."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.ui import navigation

Label = str | Promise
GROUPS: dict[str, Label] = {
    "you": _("You"),
    "workspace": _("Workspace"),
    "data": _("Data"),
    "channels": _("Channels"),
}


@dataclass(frozen=True)
class SettingsPage:
    """One entry of the menu."""

    group: str
    key: str
    label: Label
    icon: str
    url_name: str
    administrators_only: bool


_pages: dict[str, SettingsPage] = {}


def add(
    group: str, key: str, label: Label, icon: str, url_name: str, *, administrators_only: bool = True
) -> None:
    """Add a page; the same key again replaces it. The URL name takes no arguments."""
    if group not in GROUPS:
        raise ValueError(f"There is no group {group!r} in the settings, only {', '.join(GROUPS)}.")
    _pages[key] = SettingsPage(group, key, label, icon, url_name, administrators_only)


def menu(user: User) -> list[tuple[Label, list[SettingsPage]]]:
    """Return the groups with the pages that the user may open, without empty groups."""
    mine = [page for page in _pages.values() if user.is_administrator or not page.administrators_only]
    groups = ((label, [page for page in mine if page.group == key]) for key, label in GROUPS.items())
    return [(label, pages) for label, pages in groups if pages]


def commands(request: HttpRequest) -> list[navigation.Entry]:
    """The pages as commands of the palette, in the order of the menu."""
    if not isinstance(request.user, User):
        return []
    pages = [page for _label, group in menu(request.user) for page in group]
    return [
        navigation.Entry(page.key, page.icon, page.label, page.url_name, at) for at, page in enumerate(pages)
    ]


def settings_menu(request: HttpRequest) -> dict[str, Callable[[], object]]:
    """Context processor: gives the settings pages of every area their menu; costs nothing until it is drawn."""
    return {"settings_menu": lambda: menu(request.user) if isinstance(request.user, User) else []}
