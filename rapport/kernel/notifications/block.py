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
    """The followers, the owner first; whoever reads may follow."""
    user = user_of(request)
    rows = Follower.objects.filter(record_id=record.pk).select_related("user").order_by("since", "id")
    said = {row.user_id: row for row in rows}
    found: list[User] = [row.user for row in rows if row.follows and row.user.is_active]
    owner = record.owner if record.owner_id and record.owner_id not in said else None
    told = ([owner] if owner is not None and owner.is_active else []) + found
    return {
        "followers": told[:SHOWN], "more": max(0, len(told) - SHOWN), "is_following": user in told,
    }  # fmt: skip


def register() -> None:
    watching.register()
    edits.register()
    add_block(Block("followers", (), "right", "kernel/notifications/followers.html", _fill, 800))
