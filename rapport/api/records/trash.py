"""Deleted records that can still be restored."""

from typing import Any

from rapport.accounts.models import User
from rapport.kernel.registry import RecordType


def in_trash(kind: RecordType, user: User) -> Any:  # Any: a query set of records
    """The records of the type in the trash that the user may see."""
    return kind.model.objects.get_queryset().in_trash_visible_to(user)
