"""A call of a program that waits for a person: what it says, and what it changed when it was tried out."""

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7


class State(models.TextChoices):
    """What became of a proposal."""

    OPEN = "open", _("Waits for you")
    DONE = "done", _("Confirmed")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Not possible any more")


class Proposal(models.Model):
    """The call by its address and words. `changes` are what the trial changed, in words, record by record."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token = models.ForeignKey("api.Token", on_delete=models.CASCADE, related_name="proposals")
    at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=60)
    method = models.CharField(max_length=10)
    parts = models.JSONField(default=dict)
    query = models.JSONField(default=dict)
    body = models.TextField(default="")
    version = models.TextField(default="")  # what If-Match said
    label = models.TextField(default="")
    changes = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    problem = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)
    change_set = models.ForeignKey(
        "kernel.ChangeSet", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["token", "-at"], name="api_proposal_of_token"),
            models.Index(fields=["at"], name="api_proposal_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.label or self.name
