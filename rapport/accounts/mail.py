"""Mails of this area, sent by jobs: no page waits for a mail server."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rapport.accounts.invitations.actions import new_token
from rapport.accounts.models import Company, Invitation, User
from rapport.runtime import options
from rapport.ui.mails import html_of_text


def base_of(request: HttpRequest) -> str:
    """Return the address of this installation: as configured, else as the request says (a host we answer to)."""
    return options.URL.value() or request.build_absolute_uri("/")


def password_link(user: User, base: str) -> str:
    """Return the address where the user chooses a password; it works once and for a few days."""
    path = reverse("new_password", args=[user.pk, default_token_generator.make_token(user)])
    return base.rstrip("/") + path


def write_reset_mail(email: str, base: str, asked_at: str = "", place: str = "") -> None:
    """Send the link for a new password, when somebody active has this address; with when and where it was asked for."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user:
        zone = ZoneInfo(user.time_zone or Company.current().time_zone)
        with _language_of(user), timezone.override(zone):
            subject = _("Choose a new password for %(company)s") % {"company": _company_name()}
            at = datetime.fromisoformat(asked_at) if asked_at else None
            values = {"link": password_link(user, base), "at": at, "place": place}
            _send(user, subject, "accounts/signin/reset_mail.txt", values, _("Choose a new password"))


def write_invitation(user_id: str, by: str, base: str) -> None:
    """Tell a new user that he may sign in, and where he chooses his password."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user:
        with _language_of(user):
            subject = _("%(name)s invites you to %(company)s") % {"name": by, "company": _company_name()}
            values = {"link": password_link(user, base), "by": by, "base": base}
            _send(user, subject, "accounts/users/invitation_mail.txt", values, _("Choose your password"))


def write_new_invitation(invitation_id: str, base: str) -> None:
    """Send somebody the link by which he becomes a user. The token is made here: no queue ever holds it."""
    found = Invitation.objects.select_related("invited_by").filter(pk=invitation_id).first()
    if found is None:
        return
    company = Company.current()
    with translation.override(company.language):
        by = found.invited_by.name if found.invited_by else _company_name()
        subject = _("%(name)s invites you to %(company)s") % {"name": by, "company": _company_name()}
        path = reverse("invitation", args=[found.pk, new_token(found)])
        values = {"link": base.rstrip("/") + path, "by": by, "days": company.invitation_days}
        _send(found, subject, "accounts/invitations/mail.txt", values, _("Accept the invitation"))


def _send(
    user: User | Invitation, subject: str, template: str, values: Mapping[str, object], label: str
) -> None:
    """As text, and as HTML with the link as a button."""
    days = settings.PASSWORD_RESET_TIMEOUT // 86400
    told = {"user": user, "company": _company_name(), "days": days, **values}
    text = render_to_string(template, told)
    html = html_of_text(text, _company_name(), subject, str(values["link"]), label)
    send_mail(" ".join(subject.split()), text, None, [user.email], html_message=html)


def _company_name() -> str:
    return Company.current().name or _("Rapport")


def _language_of(user: User) -> translation.override:
    return translation.override(user.language or Company.current().language)
