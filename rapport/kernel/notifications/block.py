"""Who follows a record, on its page."""

from typing import Any

from django.http import HttpRequest

from rapport.accounts.models import User
from rapport.kernel.notifications import edits, watching
from rapport.kernel.notifications.models import Follower
from rapport.kernel.pages.blocks import Block, add_block
from rapport.kernel.pages.context import user_of
from rapport.kernel.records import Record

SHOWN = 8


def _fill(request: HttpRequest, record: Record) -> dict[str, Any] | None:  # Any: what the template shows
    """The followers, the owner first, then by name; whoever reads may follow."""
    user = user_of(request)
    rows = Follower.objects.filter(record_id=record.pk).select_related("user")
    said: dict[User, bool] = {row.user: row.follows for row in rows}
    if record.owner is not None:
        said.setdefault(record.owner, True)
    told = [one for one, follows in said.items() if follows and one.is_active]
    told.sort(key=lambda one: (one.pk != record.owner_id, str(one).casefold()))
    return {
        "followers": told[:SHOWN], "more": max(0, len(told) - SHOWN), "is_following": user in told,
    }  # fmt: skip


def register() -> None:
    watching.register()
    edits.register()
    add_block(Block("followers", (), "right", "kernel/notifications/followers.html", _fill, 800))
