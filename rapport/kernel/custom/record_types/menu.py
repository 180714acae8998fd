"""Custom record types in the sidebar, the create menu and the palette, for those who may see or add their records."""

from collections.abc import Iterable, Iterator
from functools import partial

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from rapport.accounts.grants import grant
from rapport.accounts.models import User
from rapport.kernel.custom.record_types.made import CustomRecordType
from rapport.kernel.registry import made_types
from rapport.ui import navigation
from rapport.ui.navigation import Entry

MOST = 12  # in the sidebar; the palette has all


def register() -> None:
    """Called once when the app starts."""
    navigation.add_source("relations", in_sidebar)
    navigation.add_source("create", in_create_menu)
    navigation.add_source("commands", in_palette)


def in_sidebar(request: HttpRequest) -> Iterable[Entry]:
    """The types that are in the menu, as far as the user may see some of their records."""
    return list(_going(request, in_menu=True))[:MOST]


def in_palette(request: HttpRequest) -> Iterable[Entry]:
    """All others."""
    shown = {entry.key for entry in in_sidebar(request)}
    return [entry for entry in _going(request, in_menu=False) if entry.key not in shown]


def in_create_menu(request: HttpRequest) -> Iterator[Entry]:
    """ "New machine"."""
    for kind in _allowed(request, "create", in_menu=True):
        label = gettext("New: %(type)s") % {"type": kind.label}
        yield Entry(
            f"new-{kind.key}", kind.icon, label, partial(_address, "record_new", kind.key), 80, dialog=True
        )


def _going(request: HttpRequest, *, in_menu: bool) -> Iterator[Entry]:
    for kind in _allowed(request, "read", in_menu=in_menu):
        yield Entry(kind.key, kind.icon, kind.label_plural, partial(_address, "list", kind.key), 60)


def _allowed(request: HttpRequest, act: str, *, in_menu: bool) -> Iterator[CustomRecordType]:
    user = request.user
    for kind in made_types():
        if not isinstance(kind, CustomRecordType) or kind.definition is None or not isinstance(user, User):
            continue
        if (kind.definition.in_menu or not in_menu) and grant(user, kind.key, act) != "none":
            yield kind


def _address(page: str, key: str, _request: HttpRequest) -> str:
    return reverse(page, args=[key])
