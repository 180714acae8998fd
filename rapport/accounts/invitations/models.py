"""Invitations: who may become a user, by a link that works once and for some days."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7


class Invitation(models.Model):
    """Somebody who is invited and has not come yet; who comes is a user, and the invitation is gone.

    `digest` is that of the token in the newest mail; it is empty until that mail is written.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("E-mail"))
    name = models.CharField(_("Name"), max_length=150)
    roles = models.ManyToManyField("accounts.Role", verbose_name=_("Roles"), related_name="+")
    team = models.ForeignKey(
        "accounts.Team", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("Team")
    )
    invited_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("Invited by")
    )
    digest = models.CharField(max_length=64, default="")
    created_at = models.DateTimeField(_("Created"), default=timezone.now)
    sent_at = models.DateTimeField(_("Sent"), null=True)
    expires_at = models.DateTimeField(_("Valid until"), default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="an_email_is_invited_once"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_over(self) -> bool:
        return bool(self.sent_at) and self.expires_at <= timezone.now()
