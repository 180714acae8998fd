"""How many records fit a filter that administrators wrote: the rule of a role, what lies in a territory."""

from typing import Any

from rapport.accounts.models import User
from rapport.kernel.filters import TooExpensive, bounded
from rapport.kernel.lists.counting import Count, about, count_rows
from rapport.kernel.permissions.rules import compiled_rule
from rapport.kernel.registry import RecordType


def count_fitting(said: dict[str, Any], kind: RecordType, user: User) -> Count | None:  # Any: JSON
    """How many records fit; None where the filter is broken."""
    condition = compiled_rule(said, kind, user)
    if condition is None:
        return None
    rows = kind.model.objects.filter(condition, deleted_at=None)
    try:
        with bounded():
            return count_rows(rows)
    except TooExpensive:
        return about(rows)
