"""What is kept of a token: whom it stands for, how far it reaches, and only a digest of the secret itself."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7


class Token(models.Model):
    """A program's key to Rapport; it acts as its user, within its scope.

    `types` is {} for all record types, else {type: names of fields}, where [] means all fields of the type. Beside
    fields, the names of parts and "relationships", "files", "timeline" can stand there.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("Name"), max_length=100)
    beginning = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    may_write = models.BooleanField(_("May write"), default=False)
    waits = models.BooleanField(_("What it changes waits until it is confirmed"), default=False)
    may_administer = models.BooleanField(_("May change roles and territories"), default=False)
    types = models.JSONField(default=dict)
    per_minute = models.PositiveIntegerField(_("Requests a minute"), default=600)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def works(self) -> bool:
        return self.revoked_at is None and not self.is_expired
