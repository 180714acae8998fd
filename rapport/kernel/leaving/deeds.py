"""What a user owns, counted, and given to somebody else as one act that can be taken back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.accounts.users.actions import deactivate
from rapport.kernel.changes.sets import change_set
from rapport.kernel.records.bulk_edit import Edited, edit_records
from rapport.kernel.registry import RecordType, types
from rapport.kernel.views.models import View

AT_ONCE = 500  # records of one statement
AT_MOST = 2000  # records that a page hands over while somebody waits; more are a job

_only: dict[str, Q] = {}


def only_these(type_key: str, condition: Q) -> None:
    """Of this type only what fits is handed over, e.g. what is still open: the rest tells who has done it."""
    _only[type_key] = condition


@dataclass(frozen=True)
class Owned:
    """How much somebody owns of a type."""

    kind: RecordType
    count: int


@dataclass
class HandedOver:
    """What became of it."""

    change_set: UUID
    changed: int = 0
    left: int = 0


def owned(user: User, *, by: User) -> list[Owned]:
    """What would be handed over, by type, without empty ones."""
    counted = [Owned(kind, _rows(kind, user, by).count()) for kind in types()]
    return [one for one in counted if one.count]


def shared_views(user: User) -> int:
    """How many of his views others use; his own ones nobody else needs."""
    return _views(user).count()


def hand_over(user: User, receiver: User, *, by: User) -> HandedOver:
    """Give the receiver all that the user owns: one change set, however much it is."""
    with change_set(
        by=by, label=_("Records of %(name)s handed over to %(to)s") % {"name": user, "to": receiver}
    ) as opened:
        found = Edited()
        for kind in types():
            keys = list(_rows(kind, user, by).order_by("pk").values_list("pk", flat=True))
            for at in range(0, len(keys), AT_ONCE):
                found.add(edit_records(kind, keys[at : at + AT_ONCE], {"owner": receiver}, by=by))
        _views(user).update(owner=receiver)
        return HandedOver(opened.id, found.changed, len(found.refused) + len(found.wrong))


def leave(user: User, receiver: User | None, *, by: User) -> HandedOver | None:
    """Keep the user out, and hand over first what he owns."""
    with transaction.atomic():
        deactivate(user, by=by)  # what must not be is refused before anything is written
        return hand_over(user, receiver, by=by) if receiver else None


def _rows(kind: RecordType, user: User, by: User) -> QuerySet[Any]:  # Any: records of that type
    return kind.visible_to(by).filter(_only.get(kind.key, Q()), owner=user)


def _views(user: User) -> QuerySet[View]:
    given = Q(is_shared=True) | Q(teams__isnull=False) | Q(users__isnull=False)
    return View.objects.filter(pk__in=View.objects.filter(given, owner=user).values("pk"))
