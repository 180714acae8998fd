"""Company sign-in (OpenID Connect): which providers there are, and who of theirs is who of ours."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7
from rapport.runtime.secrets import SealedText


class Provider(models.Model):
    """Somebody who vouches for people: the company's own directory, Google, Microsoft and the like."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("What the button says"), max_length=60)
    issuer = models.CharField(_("Issuer"), max_length=500)
    client_id = models.CharField(_("Client ID"), max_length=300)
    secret = SealedText(_("Client secret"))
    trusts_addresses = models.BooleanField(
        _("The provider vouches for every address it names"), default=False
    )
    creates_users = models.BooleanField(_("Whoever comes and is not here yet becomes a user"), default=False)
    domains = models.JSONField(_("Only with addresses of these domains"), default=list)
    role = models.ForeignKey(
        "accounts.Role",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Role of new users"),
    )
    is_on = models.BooleanField(_("On"), default=True)
    created_at = models.DateTimeField(_("Created"), default=timezone.now)

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """A person as the provider knows him (`subject` never changes, his address may) and the user that he is here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="identities")
    subject = models.CharField(max_length=255)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="identities")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "subject"], name="a_subject_is_one_user"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.subject}"
