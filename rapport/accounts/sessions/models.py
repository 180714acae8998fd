"""Sessions: where somebody is signed in."""

from typing import ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.accounts.signin_log.models import Way
from rapport.runtime.ids import uuid7


class Session(AbstractBaseSession):
    """One browser. Its `session_key` is a digest: the key itself is in the browser's cookie only.

    Every save writes the whole row from what the session holds (store.py).
    """

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    # Without a constraint: Django would take a user who leaves at this moment for a key that is taken, and try on.
    user = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.CASCADE, related_name="sessions", verbose_name=_("User"),
        db_constraint=False,
    )  # fmt: skip
    way = models.CharField(_("Way"), max_length=20, choices=Way, default="")
    device = models.CharField(_("Device"), max_length=100, default="")
    address = models.CharField(_("Address"), max_length=64, default="")
    started_at = models.DateTimeField(_("Signed in"), default=timezone.now)
    seen_at = models.DateTimeField(_("Last seen"), default=timezone.now)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        indexes: ClassVar = [models.Index(fields=["user", "-seen_at"], name="accounts_session_of_user")]
