"""Comments in the timeline."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.comments import told
from rapport.kernel.comments.models import Comment
from rapport.kernel.comments.store import KIND
from rapport.kernel.mentions.naming import marked
from rapport.kernel.timeline.sources import Item, Source, add_source


def load(ids: Sequence[UUID], user: User) -> dict[UUID, Item]:
    """The comments for a timeline with their answers, on records that the user sees."""
    rows = Comment.objects.filter(pk__in=ids).select_related("author", "record")
    answers: dict[UUID | None, list[Comment]] = {}
    found = Comment.objects.filter(thread__in=ids, deleted_at=None).select_related("author")
    for answer in found.order_by("at", "pk"):
        answers.setdefault(answer.thread_id, []).append(answer)
    seen = set(AnyRecord.objects.visible_to(user).filter(comments__in=ids).values_list("pk", flat=True))
    return {
        one.pk: Item(
            one.pk, one.at, KIND, "kernel/comments/item.html", "message-square", "violet", is_slim=False,
            data={
                "comment": one, "said": marked(one.text, one.mentions, user.pk), "is_mine": one.author_id == user.pk,
                "answers": [
                    (answer, marked(answer.text, answer.mentions, user.pk), answer.author_id == user.pk)
                    for answer in answers.get(one.pk, [])
                ],
            },
        )
        for one in rows
        if one.record_id in seen and (one.deleted_at is None or one.pk in answers)
    }  # fmt: skip


def seen(user: User) -> QuerySet[Comment]:
    answered = Exists(Comment.objects.filter(thread=OuterRef("pk"), deleted_at=None))
    shown = Comment.objects.filter(Q(deleted_at=None) | answered)
    return shown.filter(record__in=AnyRecord.objects.visible_to(user))


def register() -> None:
    """Enter the source; called when the application starts."""
    told.register()
    add_source(Source(KIND, _("Comments"), load, "comments", seen=seen))
