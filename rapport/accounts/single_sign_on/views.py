"""Signing in with the company's provider: there, and back again."""

import time
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from rapport.accounts.mail import base_of
from rapport.accounts.signin import throttle
from rapport.accounts.signin.answers import try_again
from rapport.accounts.signin.entering import let_in
from rapport.accounts.signin.places import network_of
from rapport.accounts.signin.targets import safe_target
from rapport.accounts.signin.views import sign_in_page
from rapport.accounts.signin_log.models import Event, Way
from rapport.accounts.signin_log.writing import note
from rapport.accounts.single_sign_on.leaving import LEAVING
from rapport.accounts.single_sign_on.models import Provider
from rapport.accounts.single_sign_on.people import user_of
from rapport.accounts.single_sign_on.protocol import Begun, NoTrustError, begin, finish
from rapport.runtime.secrets import CannotBeOpened, seal, unseal

BEGUN = "company_sign_in"
SECONDS = 15 * 60


def redirect_uri(request: HttpRequest) -> str:
    """Return the address that providers send people back to."""
    return base_of(request).rstrip("/") + reverse("single_back")


@never_cache
def single_begin(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """Send the person to the provider."""
    provider = Provider.objects.filter(pk=provider_id, is_on=True).first()
    if provider is None:
        raise Http404
    until = throttle.refused_until(throttle.SINGLE_PER_IP, network_of(request))
    if until:
        return sign_in_page(request, trouble=try_again(until), status=429)
    try:
        begun = begin(provider, redirect_uri(request))
    except NoTrustError as error:
        return _refused(request, str(error))
    request.session[BEGUN] = {
        "provider": str(provider.pk), "state": begun.state, "nonce": begun.nonce, "at": time.time(),
        "verifier": seal(begun.verifier, BEGUN), "target": safe_target(request),
    }  # fmt: skip
    return redirect(begun.address)


@never_cache
def single_back(request: HttpRequest) -> HttpResponse:
    """The person is back: check everything, then let him in."""
    kept = request.session.pop(BEGUN, None)
    state = request.GET.get("state", "")
    if not isinstance(kept, dict) or not constant_time_compare(state, kept["state"]):
        # Not noted: whoever has begun nothing could fill the log.
        why = _("This sign-in was not begun in this browser, or it is finished. Try again.")
        return sign_in_page(request, trouble=why, status=422)
    if time.time() - kept["at"] > SECONDS:
        return _refused(request, _("That took too long. Try again."))
    provider = Provider.objects.select_related("role").filter(pk=kept["provider"], is_on=True).first()
    try:
        if provider is None or request.GET.get("error"):
            why = request.GET.get("error_description") or request.GET.get("error") or ""
            raise NoTrustError(_("The provider has refused: %(why)s") % {"why": why.replace("\0", "")[:200]})
        if request.GET.get("iss", provider.issuer).rstrip("/") != provider.issuer.rstrip("/"):
            raise NoTrustError(_("The answer comes from another provider."))
        begun = Begun("", kept["state"], kept["nonce"], unseal(kept["verifier"], BEGUN))
        known = finish(provider, request.GET.get("code", ""), begun, redirect_uri(request))
        user = user_of(request, provider, known)
    except (NoTrustError, CannotBeOpened) as error:
        return _refused(request, str(error))
    answer = let_in(request, user, Way.SINGLE, target=kept["target"], detail=provider.name)
    if known.end_session:
        request.session[LEAVING] = {"address": known.end_session, "token": seal(known.id_token, LEAVING)}
    return answer


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    note(request, Event.REFUSED, None, way=Way.SINGLE, detail=why)
    return sign_in_page(request, trouble=why, status=422)
