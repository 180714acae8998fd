"""Writing remarks on records."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.comments.models import Comment
from rapport.kernel.comments.told import COMMENT, tell_of
from rapport.kernel.fields.text import without_nulls
from rapport.kernel.live.news import tell
from rapport.kernel.mentions.naming import MENTION, check_mentions, named_in
from rapport.kernel.notifications.models import Notification
from rapport.kernel.notifications.telling import LONGEST as LONGEST_TOLD
from rapport.kernel.records.errors import NotVisible, RuleError
from rapport.kernel.timeline.entries import add_entry, remove_entries

KIND = "comment"
LONGEST = 20_000


def add_comment(
    record: Any,  # Any: a record or its kernel_record row
    text: str,
    *,
    by: User,
    thread: Comment | None = None,
    chosen: Iterable[UUID] = (),
) -> Comment:
    """Write a remark on a record that `by` can see, perhaps as an answer; `chosen` tells people of one name apart."""
    entry = AnyRecord.objects.visible_to(by).filter(pk=record.pk).first()
    if entry is None:
        raise NotVisible
    text = _clean(text)
    named = _named(text, chosen, entry.pk)
    with transaction.atomic():
        first = thread.thread or thread if thread is not None else None
        if first is not None and is_gone(first):
            raise RuleError(
                _("This comment was taken away meanwhile. Write what you have to say as a comment.")
            )
        comment = Comment.objects.create(
            record=entry, author=by, text=text, thread=first, mentions=_names(named)
        )
        if first is None:
            add_entry(entry, KIND, comment.pk, comment.at)
        _changed(comment, by)
        tell_of(comment, list(named.values()), by=by)
    return comment


def _named(
    text: str, chosen: Iterable[UUID], record_id: UUID, before: Collection[str] = (), text_before: str = ""
) -> dict[UUID, User]:
    """Who is named; whoever was named before stays, even if he could not be named now."""
    everybody = User.objects.prefetch_related("roles")
    found = named_in(text, chosen, among=everybody)
    named = {key: user for key, user in found.items() if user.is_active or str(key) in before}
    stood = named_in(text_before, among=everybody)
    names = {user.name.casefold() for user in [*named.values(), *stood.values()]}
    gone = [
        str(user) for key, user in found.items() if key not in named and user.name.casefold() not in names
    ]
    if gone:
        sentence = _("%(names)s cannot sign in any more and would not be told. Leave out the @.")
        raise RuleError(fields={"text": sentence % {"names": ", ".join(gone[:5])}})
    check_mentions({key: user for key, user in named.items() if str(key) not in before}, record_id)
    return named


def _names(named: dict[UUID, User]) -> dict[str, str]:
    return {str(key): user.name for key, user in named.items()}


def _changed(comment: Comment, by: User) -> None:
    """Pages that show the record learn it."""
    tell(("comments", comment.record_id, None), by=by.pk)


def change_comment(comment: Comment, text: str, *, by: User, chosen: Iterable[UUID] = ()) -> Comment:
    """Write one's own remark anew; who is named now and was not before is told."""
    _own(comment, by)
    clean, before = _clean(text), set(comment.mentions)
    named = _named(clean, chosen, comment.record_id, before, comment.text)
    comment.text, comment.changed_at, comment.mentions = clean, timezone.now(), _names(named)
    with transaction.atomic():
        comment.save(update_fields=["text", "changed_at", "mentions"])
        _changed(comment, by)
        # Who has not read of it yet, in the page or in a mail that waits, reads what it says now.
        _unread(comment).update(text=comment.text[:LONGEST_TOLD])
        new = [user for key, user in named.items() if str(key) not in before]
        if new:
            tell_of(comment, new, by=by)
    return comment


def delete_comment(comment: Comment, *, by: User) -> None:
    """Take one's own remark away; it can be restored."""
    _own(comment, by)
    with transaction.atomic():
        comment.deleted_at = timezone.now()
        comment.save(update_fields=["deleted_at"])
        if not comment.answers.filter(deleted_at=None).exists():
            remove_entries(KIND, comment.pk)
        _changed(comment, by)
        # What nobody can read any more is not announced either; who has read of it keeps that.
        unread = _unread(comment)
        tell(*(("notifications", None, key) for key in unread.values_list("user", flat=True)))
        unread.delete()


def _unread(comment: Comment) -> "QuerySet[Notification]":
    return Notification.objects.filter(key=str(comment.pk), kind__in=(MENTION, COMMENT), read_at=None)


def restore_comment(comment: Comment, *, by: User) -> None:
    _own(comment, by)
    with transaction.atomic():
        comment.deleted_at = None
        comment.save(update_fields=["deleted_at"])
        if comment.thread_id is None:
            remove_entries(KIND, comment.pk)
            add_entry(comment.record, KIND, comment.pk, comment.at)
        _changed(comment, by)


def comment_of(comment_id: UUID, user: User, *, deleted: bool = False) -> Comment:
    """A remark that the user may change: his own, on a record that he sees; NotVisible otherwise."""
    found = (
        Comment.objects.select_related("record").filter(pk=comment_id, deleted_at__isnull=not deleted).first()
    )
    if found is None:
        raise NotVisible
    _own(found, user)
    return found


def comment_to_answer(comment_id: UUID, user: User) -> Comment:
    """The remark that begins a thread, on a record that the user sees; NotVisible otherwise."""
    found = Comment.objects.select_related("record", "thread").filter(pk=comment_id).first()
    if found is None or not AnyRecord.objects.visible_to(user).filter(pk=found.record_id).exists():
        raise NotVisible
    first: Comment = found.thread or found
    return first


def is_gone(first: Comment) -> bool:
    """Was it taken away with nothing below it?"""
    return first.deleted_at is not None and not first.answers.filter(deleted_at=None).exists()


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
