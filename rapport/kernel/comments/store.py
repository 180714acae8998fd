"""Writing remarks on records."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.comments.models import Comment
from rapport.kernel.fields.text import without_nulls
from rapport.kernel.records.errors import NotVisible, RuleError
from rapport.kernel.timeline.entries import add_entry, remove_entries

KIND = "comment"
LONGEST = 20_000


def add_comment(record: Any, text: str, *, by: User) -> Comment:  # Any: a record or its kernel_record row
    """Write a remark on a record that `by` can see."""
    entry = AnyRecord.objects.visible_to(by).filter(pk=record.pk).first()
    if entry is None:
        raise NotVisible
    with transaction.atomic():
        comment = Comment.objects.create(record=entry, author=by, text=_clean(text))
        add_entry(entry, KIND, comment.pk, comment.at)
    return comment


def change_comment(comment: Comment, text: str, *, by: User) -> Comment:
    """Write one's own remark anew."""
    _own(comment, by)
    comment.text, comment.changed_at = _clean(text), timezone.now()
    comment.save(update_fields=["text", "changed_at"])
    return comment


def delete_comment(comment: Comment, *, by: User) -> None:
    """Take one's own remark away; it can be restored."""
    _own(comment, by)
    with transaction.atomic():
        comment.deleted_at = timezone.now()
        comment.save(update_fields=["deleted_at"])
        remove_entries(KIND, comment.pk)


def restore_comment(comment: Comment, *, by: User) -> None:
    _own(comment, by)
    with transaction.atomic():
        comment.deleted_at = None
        comment.save(update_fields=["deleted_at"])
        add_entry(comment.record, KIND, comment.pk, comment.at)


def comment_of(comment_id: UUID, user: User, *, deleted: bool = False) -> Comment:
    """A remark that the user may change: his own, on a record that he sees; NotVisible otherwise."""
    found = (
        Comment.objects.select_related("record").filter(pk=comment_id, deleted_at__isnull=not deleted).first()
    )
    if found is None:
        raise NotVisible
    _own(found, user)
    return found


def _own(comment: Comment, user: User) -> None:
    seen = AnyRecord.objects.visible_to(user).filter(pk=comment.record_id).exists()
    if not seen or comment.author_id != user.pk:
        raise NotVisible


def _clean(text: str) -> str:
    clean = without_nulls(text).strip()
    if not clean:
        raise RuleError(fields={"text": _("Write something first.")})
    if len(clean) > LONGEST:
        raise RuleError(
            fields={
                "text": _("This text has %(length)s characters; %(limit)s fit here. Put it into a file.")
                % {"length": len(clean), "limit": LONGEST}
            }
        )
    return clean
