"""What can be done with second factors. Nothing else changes them, nor whether a user has one."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from rapport.accounts.administered import only_administrators
from rapport.accounts.models import User
from rapport.accounts.second_factor.codes import make_recovery_codes
from rapport.accounts.second_factor.models import Authenticator, Kind, RecoveryCode
from rapport.accounts.second_factor.passkeys import MOST
from rapport.accounts.signin_log.models import Event
from rapport.accounts.signin_log.writing import note


@transaction.atomic
def add_app(request: HttpRequest, user: User, secret: str, step: int) -> list[str]:
    """Keep the app; an app until now is replaced. Return recovery codes when it is the first factor."""
    _lock(user)
    Authenticator.objects.filter(user=user, kind=Kind.APP).delete()
    Authenticator.objects.create(
        user=user, kind=Kind.APP, name=str(Kind.APP.label), secret=secret, last_step=step
    )
    note(request, Event.FACTOR_ADDED, user, detail=str(Kind.APP.label))
    return _counted(user)


@transaction.atomic
# Any: columns
def add_passkey(request: HttpRequest, user: User, name: str, kept: dict[str, Any]) -> list[str]:
    """Keep the passkey. Return recovery codes when it is the first factor."""
    _lock(user)
    if Authenticator.objects.filter(user=user, kind=Kind.PASSKEY).count() >= MOST:
        raise ValidationError(_("These are too many passkeys. Remove one that you do not use any more."))
    name = " ".join(name.split())[:100] or str(Kind.PASSKEY.label)
    try:
        with transaction.atomic():
            Authenticator.objects.create(user=user, kind=Kind.PASSKEY, name=name, **kept)
    except IntegrityError as error:
        raise ValidationError(_("This passkey is here already.")) from error
    note(request, Event.FACTOR_ADDED, user, detail=name)
    return _counted(user)


@transaction.atomic
def remove(request: HttpRequest, user: User, key: UUID) -> Authenticator | None:
    """Remove one of the user's factors; with the last one the recovery codes go."""
    _lock(user)
    one = Authenticator.objects.filter(user=user, pk=key).first()
    if one is not None:
        _some_way_in_must_remain(user, one)
        one.delete()
        note(request, Event.FACTOR_REMOVED, user, detail=one.name)
        _counted(user)
    return one


def _some_way_in_must_remain(user: User, one: Authenticator) -> None:
    others = Authenticator.objects.filter(user=user, kind=Kind.PASSKEY).exclude(pk=one.pk)
    if user.has_usable_password() or one.kind != Kind.PASSKEY or others.exists():
        return
    if not user.identities.filter(provider__is_on=True).exists():
        raise ValidationError(
            _(
                "You have no password: without this passkey you could not sign in any more. Add another passkey "
                "first, or sign out and have a link for a new password sent to you."
            )
        )


@transaction.atomic
def reset(user: User, *, by: User | None, request: HttpRequest | None = None) -> None:
    """Take all factors and codes away from who has lost them: he signs in with his password and adds new ones."""
    if by is not None:
        only_administrators(by)
    _lock(user)
    Authenticator.objects.filter(user=user).delete()
    _counted(user)
    note(request, Event.FACTORS_RESET, user, by=by)


@transaction.atomic
def renew_codes(request: HttpRequest, user: User) -> list[str]:
    """Return new recovery codes in place of those until now."""
    _lock(user)
    note(request, Event.CODES_MADE, user)
    return make_recovery_codes(user)


def _counted(user: User) -> list[str]:
    """Note whether there is a factor; the first one comes with codes, the last one takes them along."""
    had, has = user.has_second_factor, Authenticator.objects.filter(user=user).exists()
    User.objects.filter(pk=user.pk).update(has_second_factor=has)
    user.has_second_factor = has
    if not has:
        RecoveryCode.objects.filter(user=user).delete()
    return make_recovery_codes(user) if has and not had else []


def _lock(user: User) -> None:
    row = User.objects.select_for_update().get(pk=user.pk)
    user.has_second_factor = row.has_second_factor
