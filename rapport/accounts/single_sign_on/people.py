"""Who of ours somebody is whom a provider vouches for."""

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.accounts.rights_log.models import Door
from rapport.accounts.signin_log.models import Event, Way
from rapport.accounts.signin_log.writing import note
from rapport.accounts.single_sign_on.models import Identity, Provider
from rapport.accounts.single_sign_on.protocol import Known, NoTrustError


@transaction.atomic
def user_of(request: HttpRequest, provider: Provider, known: Known) -> User:
    """Return the user: known by his number, else by his verified address, else made new where that is allowed."""
    linked = Identity.objects.select_related("user").filter(provider=provider, subject=known.subject).first()
    user = linked.user if linked else _by_address(provider, known)
    if not user.is_active:
        raise NoTrustError(_("%(address)s may not sign in here any more.") % {"address": user.email})
    if linked is None:
        Identity.objects.create(provider=provider, subject=known.subject, user=user)
        note(request, Event.LINKED, user, way=Way.SINGLE, detail=provider.name)
    return user


def _by_address(provider: Provider, known: Known) -> User:
    if not known.email:
        raise NoTrustError(_("The provider does not tell your e-mail address."))
    if not known.is_verified:
        text = _("The provider has not verified the address %(address)s.")
        raise NoTrustError(text % {"address": known.email})
    user = User.objects.filter(email__iexact=known.email).first()
    if user is not None:
        return user
    if not provider.creates_users or known.email.rpartition("@")[2] not in provider.domains:
        text = _("Nobody here has the address %(address)s. Ask an administrator to invite you.")
        raise NoTrustError(text % {"address": known.email})
    try:
        with transaction.atomic():
            user = User.objects.create_user(known.email, None, name=known.name)
    except IntegrityError as error:  # he himself, in another tab, at this moment
        raise NoTrustError(_("That did not work. Try again.")) from error
    if provider.role is not None:
        user.set_roles([provider.role], by=None, door=Door.SIGN_IN)
    return user
