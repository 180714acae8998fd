"""Deeds of other areas on the selected rows of a list, e.g. planning a task with each of them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from rapport.accounts.models import User
from rapport.kernel.registry import RecordType


@dataclass(frozen=True)
class BulkDeed:
    """One button of the bar; its dialog stands at `/<type>/bulk/<key>/` and takes what `selection_of` reads."""

    key: str
    label: str | Promise
    says: str | Promise  # on the key sheet
    icon: str
    shortcut: str
    may: Callable[[User, RecordType], bool]


_deeds: list[BulkDeed] = []


def add_bulk_deed(deed: BulkDeed) -> None:
    """Register a deed; called once when the area is loaded."""
    _deeds.append(deed)


def bulk_deeds_of(kind: RecordType, user: User) -> list[BulkDeed]:
    return [one for one in _deeds if one.may(user, kind)]
