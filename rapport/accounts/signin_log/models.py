"""The sign-in log: who came in, who did not and why, and what was changed about how somebody signs in."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.runtime.ids import uuid7


class Way(models.TextChoices):
    """How somebody shows who he is."""

    PASSWORD = "password", _("Password")
    PASSKEY = "passkey", _("Passkey")
    LINK = "link", _("Link from a mail")
    SINGLE = "single", _("Company sign-in")
    SETUP = "setup", _("Setup")


class Event(models.TextChoices):
    """What happened. Those in FAILURES did not lead in."""

    SIGNED_IN = "signed-in", _("Signed in")
    WRONG = "wrong", _("Wrong password")
    UNKNOWN = "unknown", _("Unknown address")
    INACTIVE = "inactive", _("May not sign in")
    THROTTLED = "throttled", _("Too many tries")
    SECOND_WRONG = "second-wrong", _("Wrong second factor")
    PASSKEY_WRONG = "passkey-wrong", _("Passkey not accepted")
    REFUSED = "refused", _("Refused by the company sign-in")
    SIGNED_OUT = "signed-out", _("Signed out")
    ENDED = "ended", _("Session ended from elsewhere")
    PASSWORD_CHANGED = "password-changed", _("Password changed")
    EMAIL_CHANGED = "email-changed", _("E-mail address changed")
    FACTOR_ADDED = "factor-added", _("Second factor added")
    FACTOR_REMOVED = "factor-removed", _("Second factor removed")
    FACTORS_RESET = "factors-reset", _("Second factors reset by an administrator")
    CODES_MADE = "codes-made", _("New recovery codes")
    CODE_USED = "code-used", _("Recovery code used")
    INVITED = "invited", _("Invited")
    WITHDRAWN = "withdrawn", _("Invitation withdrawn")
    ACCEPTED = "accepted", _("Invitation accepted")
    LINKED = "linked", _("Linked with the company sign-in")
    RULES = "rules", _("Rules for signing in changed")
    DEACTIVATED = "deactivated", _("Deactivated")
    REACTIVATED = "reactivated", _("Let in again")


FAILURES = (
    Event.WRONG, Event.UNKNOWN, Event.INACTIVE, Event.THROTTLED, Event.SECOND_WRONG, Event.PASSKEY_WRONG,
    Event.REFUSED,
)  # fmt: skip


class SignInEntry(models.Model):
    """One line of the sign-in log. `user` is empty when nobody has the address that was typed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(_("When"), default=timezone.now, db_index=True)
    event = models.CharField(_("What"), max_length=20, choices=Event)
    way = models.CharField(_("Way"), max_length=20, choices=Way, default="")
    user = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("User")
    )
    by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("By")
    )
    email = models.CharField(_("E-mail"), max_length=254, default="")
    detail = models.CharField(_("Why"), max_length=300, default="")
    device = models.CharField(_("Device"), max_length=100, default="")
    address = models.CharField(_("Address"), max_length=64, default="")

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["user", "-id"], name="accounts_signin_of_user")]

    def __str__(self) -> str:
        return f"{self.at} {self.event} {self.email}"

    @property
    def is_failure(self) -> bool:
        return self.event in FAILURES
