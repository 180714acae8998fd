"""Pinning and unpinning, and what of it stands in the sidebar."""

from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.pins.models import Pin
from rapport.kernel.records import Record, RuleError
from rapport.kernel.registry import type_by_key
from rapport.kernel.views.models import View
from rapport.ui import navigation
from rapport.ui.formats import hue

MOST: Final = 12  # the sidebar stays short enough to be read at a glance


def pin(user: User, thing: View | Record) -> None:
    """Keep a view or a record in the sidebar of that user; he sees it, the caller has made sure."""
    if _of(user, thing).exists():
        return
    if Pin.objects.filter(user=user).count() >= MOST:
        raise RuleError(_("You have pinned twelve things already. Unpin one of them first."))
    is_view = isinstance(thing, View)
    row = Pin(user=user, view_id=thing.pk if is_view else None, record_id=None if is_view else thing.pk)
    Pin.objects.bulk_create([row], ignore_conflicts=True)


def unpin(user: User, thing: View | Record) -> None:
    _of(user, thing).delete()


def _of(user: User, thing: View | Record) -> QuerySet[Pin]:
    mine = Pin.objects.filter(user=user)
    return mine.filter(view=thing.pk) if isinstance(thing, View) else mine.filter(record=thing.pk)


def pins_of(request: HttpRequest) -> list[navigation.Pin]:
    """What the user has pinned and still sees, in the order in which he did it."""
    user = request.user
    if not isinstance(user, User) or not user.has_pins:
        return []
    rows = list(Pin.objects.filter(user=user).order_by("at", "pk").values_list("view_id", "record_id"))
    if not rows:
        return []
    found = _views({view for view, _record in rows if view}, user)
    found |= _records({record for _view, record in rows if record}, user)
    here = request.get_full_path()
    shown = [found[key] for view, record in rows if (key := view or record) in found]
    return [navigation.Pin(label, href, hue(label), is_current=href == here) for label, href in shown]


def _views(keys: set[UUID], user: User) -> dict[UUID, tuple[str, str]]:
    if not keys:
        return {}
    rows = View.objects.visible_to(user).filter(pk__in=keys)
    return {
        one.pk: (one.name, one.address)
        for one in rows
        if type_by_key(one.type) is not None and policy(user, one.type, "read").reach != "none"
    }


def _records(keys: set[UUID], user: User) -> dict[UUID, tuple[str, str]]:
    if not keys:
        return {}
    rows = AnyRecord.objects.visible_to(user).filter(pk__in=keys).only("type", "title")
    found = {}
    for row in rows:
        kind = type_by_key(row.type)
        if kind is not None:
            # whoever must not see the field that names a record reads only what it is
            label = row.title if kind.title in seen_by(kind, user).fields else str(kind.label)
            found[row.pk] = (label, row.get_absolute_url())
    return found
