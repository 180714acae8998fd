"""Answers that are kept, so that a call that is repeated under the same key is done once."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rapport.runtime.ids import uuid7


class Answer(models.Model):
    """What was answered to a call with an Idempotency-Key; kept for a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token = models.ForeignKey("api.Token", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "key"], name="a_key_is_answered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
