"""What pages that are open should know besides the change log, and who has which page open."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class News(models.Model):
    """That something happened which the change log does not have: a comment on a record, a notification for a user.

    Read like the log, in the order of transactions, and forgotten after a day.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    what = models.TextField()
    record_id = models.UUIDField(null=True)
    user_id = models.UUIDField(null=True)
    by_id = models.UUIDField(null=True)
    transaction = models.BigIntegerField()

    class Meta:
        db_table = "kernel_news"
        indexes: ClassVar = [models.Index(fields=["transaction", "id"], name="kernel_news_order")]

    def __str__(self) -> str:
        return f"{self.what} {self.record_id or self.user_id}"


class Presence(models.Model):
    """That a tab of a user shows a record's page; valid for a short while after `seen_at`."""

    tab = models.UUIDField(primary_key=True)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    record_id = models.UUIDField(db_index=True)
    is_editing = models.BooleanField(default=False)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "kernel_presence"

    def __str__(self) -> str:
        return f"{self.user_id} {self.record_id}"
