"""The page behind the link of an invitation; and sending it again or withdrawing it, in the settings."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from rapport.accounts import jobs, mail
from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.invitations import actions
from rapport.accounts.invitations.forms import AcceptForm
from rapport.accounts.invitations.models import Invitation
from rapport.accounts.models import User
from rapport.accounts.second_factor import actions as factors
from rapport.accounts.second_factor import passkeys
from rapport.accounts.second_factor.passkey_views import keep_codes, refusal, said_by
from rapport.accounts.signin import throttle
from rapport.accounts.signin.answers import try_again
from rapport.accounts.signin.entering import let_in
from rapport.accounts.signin.places import network_of
from rapport.accounts.signin_log.models import Way
from rapport.runtime.ids import uuid7
from rapport.ui.notices import notice

INVITED = "invited_user"  # the id that the user gets, while his device makes a passkey for it


@never_cache
@sensitive_post_parameters("password", "password_again")
def invitation(request: HttpRequest, invitation_id: UUID, token: str) -> HttpResponse:
    """Say who invites, ask for a password or a passkey, and let in."""
    until = throttle.refused_until(throttle.INVITATION_PER_IP, network_of(request))
    found = None if until else actions.open_invitation(invitation_id, token)
    if found is None:
        told = {"wait": try_again(until) if until else ""}
        return render(request, "accounts/invitations/dead.html", told, status=404)
    form = AcceptForm(request.POST or None, email=found.email, initial={"name": found.name})
    if form.is_bound and form.is_valid():
        user = actions.accept(found, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
        if user is None:
            return redirect("sign_in")
        return let_in(request, user, Way.LINK)
    values = {"form": form, "invitation": found, "token": token}
    return render(request, "accounts/invitations/accept.html", values, status=422 if form.is_bound else 200)


@require_POST
def invitation_passkey_begin(request: HttpRequest, invitation_id: UUID, token: str) -> HttpResponse:
    """Begin to make a passkey in place of a password."""
    found = _open(request, invitation_id, token)
    user = User(id=uuid7(), email=found.email, name=found.name)
    request.session[INVITED] = str(user.pk)
    return JsonResponse(passkeys.begin_registration(request, user))


@require_POST
def invitation_passkey(request: HttpRequest, invitation_id: UUID, token: str) -> HttpResponse:
    """Make the user with the passkey that was just made."""
    found = _open(request, invitation_id, token)
    said, number = said_by(request), request.session.pop(INVITED, None)
    try:
        expected = User(id=UUID(str(number)), email=found.email)
        kept = passkeys.finish_registration(request, expected, said.get("credential"))
    except (passkeys.NotAcceptedError, ValueError):
        return refusal(_("This passkey could not be added. Try again."))
    name = " ".join(str(said.get("name", "")).split())[:150] or found.name
    user = actions.accept(found, name=name, password=None, user_id=expected.pk)
    if user is None:
        return JsonResponse({"go": reverse("sign_in")})
    keep_codes(request, factors.add_passkey(request, user, "", kept))
    let_in(request, user, Way.PASSKEY)
    return JsonResponse({"go": reverse("codes_shown")})


@require_POST
@administrators
def invitation_resend(request: UserRequest, invitation_id: UUID) -> HttpResponse:
    """Send a new link; the old one does not work any more."""
    found = _invitation(invitation_id)
    jobs.send_new_invitation.defer(invitation_id=str(found.pk), base=mail.base_of(request))
    notice(request, _("A new link is on its way to %(address)s.") % {"address": found.email})
    return redirect("users")


@require_POST
@administrators
def invitation_withdraw(request: UserRequest, invitation_id: UUID) -> HttpResponse:
    """The link does not work any more."""
    found = _invitation(invitation_id)
    actions.withdraw(found, by=request.user)
    notice(request, _("The invitation of %(address)s is withdrawn.") % {"address": found.email})
    return redirect("users")


def invite_by_mail(request: UserRequest, values: dict[str, Any]) -> None:  # Any: values of different fields
    """Invite somebody and send him the link; ValidationError when that is not possible."""
    made = actions.invite(**values, by=request.user)
    jobs.send_new_invitation.defer(invitation_id=str(made.pk), base=mail.base_of(request))
    notice(request, _("An invitation is on its way to %(address)s.") % {"address": made.email})


def _open(request: HttpRequest, key: UUID, token: str) -> Invitation:
    until = throttle.refused_until(throttle.INVITATION_PER_IP, network_of(request))
    found = None if until else actions.open_invitation(key, token)
    if found is None:
        raise Http404
    return found


def _invitation(key: UUID) -> Invitation:
    found = Invitation.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    return found
