"""Mails that wait, were sent, or of which nobody knows whether they arrived."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rapport.runtime.ids import uuid7


class State(models.TextChoices):
    """How far a letter is. `HANDED`: the mail server is just getting it."""

    WAITING = "waiting"
    HANDED = "handed"
    SENT = "sent"
    TOLD = "told"  # nobody knows whether it arrived, or it was too late: the user was told in the page


class Letter(models.Model):
    """One mail to one user. `key` makes it unique; what it says is forgotten when it was sent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.TextField(unique=True)
    to = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(default="")
    address = models.TextField(default="")  # where the same is to be seen in the page
    state = models.TextField(choices=State.choices, default=State.WAITING)
    at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="accounts_letter_due",
                condition=Q(state__in=["waiting", "handed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"
