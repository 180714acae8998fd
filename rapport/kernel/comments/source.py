"""Comments in the timeline."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.comments.models import Comment
from rapport.kernel.comments.store import KIND
from rapport.kernel.timeline.sources import Item, Source, add_source


def load(ids: Sequence[UUID], user: User) -> dict[UUID, Item]:
    """The comments for a timeline, on records that the user sees."""
    rows = Comment.objects.filter(pk__in=ids, deleted_at=None).select_related("author")
    seen = set(AnyRecord.objects.visible_to(user).filter(comments__in=ids).values_list("pk", flat=True))
    return {
        one.pk: Item(
            one.pk, one.at, KIND, "kernel/comments/item.html", "message-square", "violet", is_slim=False,
            data={"comment": one, "is_mine": one.author_id == user.pk},
        )
        for one in rows
        if one.record_id in seen
    }  # fmt: skip


def register() -> None:
    """Enter the source; called when the application starts."""
    add_source(Source(KIND, _("Comments"), load, "comments"))
