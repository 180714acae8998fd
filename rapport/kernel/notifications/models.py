"""What somebody is told, and how he wants to be told."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7


class Mail(models.TextChoices):
    """When a mail tells of it, too."""

    NEVER = "never", _("Never")
    AT_ONCE = "at_once", _("At once")
    HOURLY = "hourly", _("Bundled, every hour")
    DAILY = "daily", _("Bundled, every morning")


class Notification(models.Model):
    """One thing that one user is told: kind and values, so that he reads it in his own language.

    `key` makes it unique: the same user is told the same thing once. `mail_due_at` is empty when no mail is to be
    sent (any more), `mailed_at` says when it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.TextField()
    record = models.ForeignKey("kernel.AnyRecord", null=True, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(default="")
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    address = models.TextField(default="")
    key = models.TextField(null=True)
    at = models.DateTimeField(default=timezone.now)
    in_page = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kernel_notification"
        indexes: ClassVar = [
            models.Index(fields=["user", "-at", "-id"], name="kernel_notification_newest"),
            models.Index(
                fields=["user"], name="kernel_notification_unread", condition=Q(read_at=None, in_page=True)
            ),
            models.Index(
                fields=["mail_due_at"],
                name="kernel_notification_mails",
                condition=Q(mail_due_at__isnull=False),
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "kind", "key"], name="a_user_is_told_the_same_thing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class NotificationChoice(models.Model):
    """How a user wants to be told of one kind; without a row the kind's own defaults hold."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    kind = models.TextField()
    in_page = models.BooleanField(default=True)
    mail = models.TextField(choices=Mail.choices, default=Mail.NEVER)

    class Meta:
        db_table = "kernel_notification_choice"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="a_user_chooses_once_for_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mail}"


class Follower(models.Model):
    """Who is told what happens with a record. `follows` is false where somebody has said that he does not want to."""

    record = models.ForeignKey(
        "kernel.AnyRecord", on_delete=models.CASCADE, related_name="followers", db_index=False
    )
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    follows = models.BooleanField(default=True)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "kernel_follower"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "user"], name="a_user_follows_a_record_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.record_id}"
