"""What colleagues say to each other about a record."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7


class Comment(models.Model):
    """A remark on a record; seen by those who see the record."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    record = models.ForeignKey("kernel.AnyRecord", on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("Written"), default=timezone.now)
    changed_at = models.DateTimeField(_("Changed"), null=True)
    text = models.TextField(_("Comment"))
    mentions = models.JSONField(default=dict)  # {id of a user: his name as it stands behind an @ in the text}
    deleted_at = models.DateTimeField(null=True)
    # The first comment of the thread; answers to answers stand in the same thread.
    thread = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="answers")

    class Meta:
        db_table = "kernel_comment"
        ordering: ClassVar = ["-at"]

    def __str__(self) -> str:
        return self.text[:60]
