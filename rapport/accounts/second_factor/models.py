"""Second factors: authenticator apps, passkeys, and recovery codes for the day when both are lost."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7
from rapport.runtime.secrets import SealedText


class Kind(models.TextChoices):
    """What can be a second factor."""

    APP = "app", _("Authenticator app")
    PASSKEY = "passkey", _("Passkey")


class Authenticator(models.Model):
    """An authenticator app (with its secret), or a passkey (with its public key)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="authenticators", verbose_name=_("User")
    )
    kind = models.CharField(_("Kind"), max_length=10, choices=Kind)
    name = models.CharField(_("Name"), max_length=100)
    secret = SealedText(_("Secret"), default="")
    last_step = models.BigIntegerField(_("Last half minute that was used"), default=0)
    credential_id = models.BinaryField(_("Number of the passkey"), max_length=1023, null=True, unique=True)
    public_key = models.BinaryField(_("Public key"), default=b"")
    sign_count = models.BigIntegerField(_("Times that it has signed"), default=0)
    created_at = models.DateTimeField(_("Created"), default=timezone.now)
    used_at = models.DateTimeField(_("Last used"), null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(kind=Kind.APP), name="a_user_has_one_authenticator_app"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """The digest of a code that replaces the second factor once."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(_("Used"), null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "digest"], name="a_recovery_code_is_there_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.digest[:6]}"
