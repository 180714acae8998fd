"""Which reasons a user may be told: none that gives away the value of a field that he may not read."""

from collections.abc import Iterable

from rapport.accounts.models import User
from rapport.kernel.duplicates.comparison import TELLS
from rapport.kernel.permissions.fields import hidden_fields
from rapport.kernel.registry import RecordType


def told(reasons: Iterable[str], kind: RecordType, user: User) -> list[str]:
    """The reasons without those that rest on hidden fields only."""
    hidden = hidden_fields(kind, user)
    if not hidden:
        return list(reasons)
    return [
        one
        for one in reasons
        if not (names := TELLS.get(one, ())) or not all(name in hidden for name in names)
    ]
