"""Custom record types in the sidebar and the create menu, for those who may see or add their records."""

from collections.abc import Iterator
from functools import partial
from itertools import islice

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.custom.record_types.made import CustomRecordType
from rapport.kernel.permissions import policy
from rapport.kernel.registry import RecordType, made_types
from rapport.ui import navigation
from rapport.ui.navigation import Entry

MOST = 12  # in a menu; the palette finds all by their names


def register() -> None:
    """Called once when the app starts."""
    navigation.add_source("relations", in_sidebar)
    navigation.add_source("create", in_create_menu)


def in_sidebar(request: HttpRequest) -> Iterator[Entry]:
    """The types that are in the menu, as far as the user may see some of their records."""
    for kind in islice(_allowed(request, "read"), MOST):
        yield Entry(kind.key, kind.icon, kind.label_plural, partial(_address, "list", kind.key), 60)


def in_create_menu(request: HttpRequest) -> Iterator[Entry]:
    """ "New: Machine"."""
    for kind in islice(_allowed(request, "create"), MOST):
        label, target = (
            gettext("New: %(type)s") % {"type": kind.label},
            partial(_address, "record_new", kind.key),
        )
        yield Entry(f"new-{kind.key}", kind.icon, label, target, 80, dialog=True)


def _allowed(request: HttpRequest, act: str) -> Iterator[RecordType]:
    user = request.user
    for kind in made_types():
        is_shown = (
            isinstance(kind, CustomRecordType) and kind.definition is not None and kind.definition.in_menu
        )
        if is_shown and isinstance(user, User) and policy(user, kind.key, act).reach != "none":
            yield kind


def _address(page: str, key: str, _request: HttpRequest) -> str:
    return reverse(page, args=[key])
