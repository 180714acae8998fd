"""Settling a value: a person confirms or doubts it. Areas say what else follows, e.g. that a name is no guess."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from rapport.accounts.models import User
from rapport.kernel.permissions import can
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.provenance.models import ValueMark
from rapport.kernel.provenance.sources import mark
from rapport.kernel.records import NotVisible, Refused
from rapport.kernel.records.base import Record
from rapport.kernel.registry import RecordType

Follow = Callable[[Any, str, User], None]  # Any: a record; the field that was confirmed, and by whom
_follow: dict[str, Follow] = {}


def when_confirmed(type_key: str, follow: Follow) -> None:
    """Declare what follows when a value of such a record is confirmed; called once when an area is loaded."""
    _follow[type_key] = follow


def settle(record: Record, kind: RecordType, field: str, what: str, *, by: User) -> None:
    """Mark a value as confirmed or doubtful, for who may edit the record and see the field."""
    if field not in seen_by(kind, by).fields:
        raise NotVisible
    if not can(by, "edit", record):
        raise Refused
    with transaction.atomic():
        if what == ValueMark.Kind.CONFIRMED and kind.key in _follow:
            _follow[kind.key](record, field, by)
        mark(record, kind.whole, field, what, by=by)
