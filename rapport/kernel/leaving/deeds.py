"""What a user owns, counted, and given to somebody else as one act that can be taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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

VIEWS = "views"  # stands for the views among the types

_only: dict[str, Q] = {}


def only_these(type_key: str, condition: Q) -> None:
    """Of this type only what fits is handed over, e.g. what is still open: the rest tells who has done it."""
    _only[type_key] = condition


@dataclass(frozen=True)
class Owned:
    """How much somebody owns of a type."""

    kind: RecordType
    count: int
    is_part: bool = False  # what is done stays with who has done it


@dataclass(frozen=True)
class Heirs:
    """Who gets what: one colleague all of it, another (or nobody) the records of some types."""

    rest: User | None = None
    others: Mapping[str, User | None] = field(default_factory=dict)

    def of(self, key: str) -> User | None:
        return self.others.get(key, self.rest)

    def of_any(self, keys: Iterable[str]) -> list[User]:
        """Everybody who gets something, each once."""
        return list(dict.fromkeys(user for key in keys if (user := self.of(key)) is not None))


@dataclass
class HandedOver:
    """What became of it."""

    change_set: UUID
    changed: int = 0
    left: int = 0


def owned(user: User, *, by: User) -> list[Owned]:
    """What would be handed over, by type, without empty ones."""
    counted = [Owned(kind, _rows(kind, user, by).count(), kind.key in _only) for kind in types()]
    return [one for one in counted if one.count]


def shared_views(user: User) -> int:
    """How many of his views others use; his own ones nobody else needs."""
    return _views(user).count()


def hand_over(user: User, heirs: Heirs, *, by: User) -> HandedOver | None:
    """Give each his part of what the user owns: one change set, however much it is; None where nobody gets any."""
    receivers = heirs.of_any([*(one.kind.key for one in owned(user, by=by)), VIEWS])
    if not receivers:
        return None
    names = ", ".join(str(one) for one in receivers)

    def label() -> str:
        return _("Records of %(name)s handed over to %(to)s") % {"name": user, "to": names}

    with change_set(by=by, label=label) as opened:
        found = Edited()
        for kind in types():
            receiver = heirs.of(kind.key)
            rows = _rows(kind, user, by) if receiver else kind.model.objects.none()
            keys = list(rows.order_by("pk").values_list("pk", flat=True))
            for at in range(0, len(keys), AT_ONCE):
                found.add(edit_records(kind, keys[at : at + AT_ONCE], {"owner": receiver}, by=by))
        if heirs.of(VIEWS):
            _views(user).update(owner=heirs.of(VIEWS))
        return HandedOver(opened.id, found.changed, len(found.refused) + len(found.wrong))


def leave(user: User, heirs: Heirs, *, by: User) -> HandedOver | None:
    """Keep the user out, and hand over what he owns."""
    with transaction.atomic():
        deactivate(user, by=by)  # what must not be is refused before anything is written
        return hand_over(user, heirs, by=by)


def _rows(kind: RecordType, user: User, by: User) -> QuerySet[Any]:  # Any: records of that type
    return kind.visible_to(by).filter(_only.get(kind.key, Q()), owner=user)


def _views(user: User) -> QuerySet[View]:
    given = Q(is_shared=True) | Q(teams__isnull=False) | Q(users__isnull=False)
    return View.objects.filter(pk__in=View.objects.filter(given, owner=user).values("pk"))
