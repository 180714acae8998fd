"""Who is told of a comment: those who are named, and those who follow the record."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.comments.models import Comment
from rapport.kernel.mentions.naming import MENTION, NOT_TOLD
from rapport.kernel.notifications import Kind, Mail, add_kind, notify
from rapport.kernel.notifications.following import come_to_follow, followers_of

COMMENT = "comment"


def tell_of(comment: Comment, named: list[User], *, by: User) -> None:
    """In the transaction in which the comment is written; called again for a changed one it tells only new names."""
    page = reverse("record", args=[comment.record.type, comment.record_id])
    address = f"{page}#comment-{comment.thread_id or comment.pk}"
    come_to_follow(comment.record_id, [by, *named])
    key = str(comment.pk)
    notify(named, MENTION, comment.record, comment.text, address, by=by, key=key)
    others = [one for one in followers_of(comment.record_id) if str(one.pk) not in comment.mentions]
    notify(others, COMMENT, comment.record, comment.text, address, by=by, key=key)


def register() -> None:
    add_kind(
        Kind(
            MENTION, _("Somebody mentions me"), _("%(by)s mentioned you on %(record)s."), "at-sign",
            mail=Mail.AT_ONCE, order=10,
        )
    )  # fmt: skip
    add_kind(
        Kind(
            NOT_TOLD, _("Somebody whom I name cannot see it"),
            _("You named %(names)s on %(record)s, but they cannot see what you wrote and were not told."),
            "eye-off", order=11,
        )
    )  # fmt: skip
    add_kind(
        Kind(
            COMMENT, _("Comments on records that I follow"), _("%(by)s commented on %(record)s."), "message-square",
            mail=Mail.HOURLY, order=20,
        )
    )  # fmt: skip
