"""Inviting somebody, and what he does with it: a link works once, and only the newest one."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.administered import only_administrators
from rapport.accounts.invitations.models import Invitation
from rapport.accounts.models import Company, Role, Team, User
from rapport.accounts.signin_log.models import Event
from rapport.accounts.signin_log.writing import note


@transaction.atomic
def invite(*, name: str, email: str, role: Iterable[Role], team: Team | None, by: User) -> Invitation:
    """Invite somebody; an invitation that the address has already is replaced."""
    only_administrators(by)
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": _("Somebody with this e-mail address is here already.")})
    Invitation.objects.filter(email__iexact=email).delete()
    try:
        with transaction.atomic():
            made = Invitation.objects.create(name=name, email=email.lower(), team=team, invited_by=by)
    except IntegrityError as error:  # another administrator, at this moment
        raise ValidationError({"email": _("This address is invited already.")}) from error
    made.roles.set(role)
    note(None, Event.INVITED, None, email=made.email, by=by)
    return made


def withdraw(invitation: Invitation, *, by: User) -> None:
    """The link does not work any more."""
    only_administrators(by)
    invitation.delete()
    note(None, Event.WITHDRAWN, None, email=invitation.email, by=by)


def new_token(invitation: Invitation) -> str:
    """Return the token for a mail that is written now; those of earlier mails do not work any more."""
    token = secrets.token_urlsafe(32)
    now = timezone.now()
    Invitation.objects.filter(pk=invitation.pk).update(
        digest=_digest(token), sent_at=now, expires_at=now + timedelta(days=Company.current().invitation_days)
    )
    return token


def open_invitation(key: UUID, token: str) -> Invitation | None:
    """Return the invitation that this link opens."""
    found = Invitation.objects.filter(pk=key, expires_at__gt=timezone.now()).first()
    if found is None or not found.digest or not hmac.compare_digest(found.digest, _digest(token)):
        return None
    return found


@transaction.atomic
def accept(
    invitation: Invitation, *, name: str, password: str | None, user_id: UUID | None = None
) -> User | None:
    """Make the user; without a password he has a passkey. None when somebody was quicker with the same link."""
    kept = Invitation.objects.select_for_update().filter(pk=invitation.pk, digest=invitation.digest).first()
    if kept is None or User.objects.filter(email__iexact=kept.email).exists():
        return None
    more = {"id": user_id} if user_id else {}
    user = User.objects.create_user(kept.email, password, name=name, **more)
    user.set_team(kept.team, by=kept.invited_by)
    user.set_roles(kept.roles.all(), by=kept.invited_by)
    kept.delete()
    note(None, Event.ACCEPTED, user, by=kept.invited_by)
    return user


def _digest(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()
