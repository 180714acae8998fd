"""Passkeys, as the script of the page uses them: begin gives a challenge, finish takes what the device says."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts.access import UserRequest, signed_in
from rapport.accounts.models import User
from rapport.accounts.second_factor import actions, passkeys
from rapport.accounts.second_factor.proof import is_proved, prove
from rapport.accounts.second_factor.signin_views import refused
from rapport.accounts.signin import throttle
from rapport.accounts.signin.answers import try_again
from rapport.accounts.signin.entering import enter, enter_fully, half_in
from rapport.accounts.signin.places import network_of
from rapport.accounts.signin.targets import safe_target
from rapport.accounts.signin_log.models import Event, Way
from rapport.accounts.signin_log.writing import note
from rapport.runtime.secrets import CannotBeOpened, seal, unseal

LONGEST = 20_000
CODES = "recovery_codes"  # in the session, sealed, from the answer to the script to the page that shows them


@require_POST
@signed_in
def passkey_new_begin(request: UserRequest) -> HttpResponse:
    """Begin to add a passkey."""
    if not is_proved(request):
        return JsonResponse({"go": f"{reverse('confirm')}?next={reverse('security')}"})
    return JsonResponse(passkeys.begin_registration(request, request.user))


@require_POST
@signed_in
def passkey_new_finish(request: UserRequest) -> HttpResponse:
    """Add the passkey that was just made."""
    said = said_by(request)
    try:
        kept = passkeys.finish_registration(request, request.user, said.get("credential"))
        codes = actions.add_passkey(request, request.user, str(said.get("name", "")), kept)
    except passkeys.NotAcceptedError as error:
        note(request, Event.PASSKEY_WRONG, request.user, detail=str(error))
        return refusal(_("This passkey could not be added. Try again."))
    except ValidationError as error:
        return refusal(" ".join(error.messages))
    keep_codes(request, codes)
    return JsonResponse({"go": reverse("codes_shown") if codes else reverse("security")})


@require_POST
def passkey_begin(request: HttpRequest) -> HttpResponse:
    """Begin to use a passkey: to sign in, as the second factor, or to show once more who one is."""
    return JsonResponse(passkeys.begin_authentication(request, _expected(request)))


@require_POST
def passkey_finish(request: HttpRequest) -> HttpResponse:
    """Let in who owns the passkey."""
    expected = _expected(request)
    until = throttle.refused_until(throttle.PASSKEY_PER_IP, network_of(request))
    if expected is not None and not until:
        until = refused(request, expected)
    if until:
        return refusal(try_again(until), status=429)
    try:
        user = passkeys.finish_authentication(request, expected, said_by(request).get("credential"))
    except passkeys.NotAcceptedError as error:
        note(request, Event.PASSKEY_WRONG, expected, detail=str(error))
        return refusal(_("This passkey is not known here, or not any more."))
    if not user.is_active:
        note(request, Event.INACTIVE, user, way=Way.PASSKEY)
        return refusal(_("This passkey is not known here, or not any more."))
    throttle.forgive(throttle.PASSKEY_PER_IP, network_of(request))
    throttle.forget(throttle.SECOND_PER_USER, str(user.pk))
    return _in(request, user)


def _in(request: HttpRequest, user: User) -> HttpResponse:
    target = safe_target(request)
    if isinstance(request.user, User):
        prove(request)
        return JsonResponse({"go": target})
    if half_in(request) is not None:
        answer = enter_fully(request, user, detail=_("Passkey"))
    else:
        answer = enter(request, user, Way.PASSKEY, target=target, stay=bool(request.GET.get("stay")))
    return JsonResponse({"go": answer.headers["Location"]})


def _expected(request: HttpRequest) -> User | None:
    """Whose passkey it must be: of who is signed in, or of who has shown his password."""
    return request.user if isinstance(request.user, User) else half_in(request)


def said_by(request: HttpRequest) -> dict[str, Any]:  # Any: JSON of the browser
    try:
        found = json.loads(request.body[:LONGEST])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def refusal(text: str, status: int = 422) -> HttpResponse:
    return JsonResponse({"error": text}, status=status)


def keep_codes(request: HttpRequest, codes: list[str]) -> None:
    """Keep the codes for the page that shows them next."""
    if codes:
        request.session[CODES] = seal(" ".join(codes), CODES)


def kept_codes(request: HttpRequest) -> list[str]:
    """The codes that were made for a first passkey; they are shown once."""
    try:
        return unseal(request.session.pop(CODES, ""), CODES).split()
    except CannotBeOpened:
        return []
