"""Webhooks: who is told what, how far he has been told, and each attempt."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7
from rapport.runtime.secrets import SealedText


class Act(models.TextChoices):
    """What can happen to a record."""

    CREATE = "create", _("created")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("deleted")
    RESTORE = "restore", _("restored")


class Subscription(models.Model):
    """An address of another system that is told what changes. It is told what its user may see.

    `transaction` and `change` are the last entry of the change log that it has been told: everything behind it is
    still to be told, however long the other system was away.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=100)
    url = models.CharField(_("Address"), max_length=1000)
    secret = SealedText()
    types = models.JSONField(default=list)
    acts = models.JSONField(default=list)
    filter = models.JSONField(default=dict)
    skips_programs = models.BooleanField(_("Without what programs have changed"), default=False)
    is_on = models.BooleanField(default=True)
    transaction = models.BigIntegerField(default=0)
    change = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    failing_since = models.DateTimeField(null=True)
    problem = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One attempt to tell: how many events, and what came back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    at = models.DateTimeField(default=timezone.now)
    events = models.PositiveIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=1)
    status = models.PositiveSmallIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    problem = models.TextField(default="")
    first_position = models.CharField(max_length=60, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subscription", "-at"], name="api_delivery_newest")]

    def __str__(self) -> str:
        return f"{self.at} {self.status}"

    @property
    def is_done(self) -> bool:
        return 200 <= self.status < 300
