"""The one way in: whoever has shown who he is comes through here, whichever way he took."""

import time
from uuid import UUID

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from rapport.accounts.models import User
from rapport.accounts.second_factor.proof import prove
from rapport.accounts.security.notices import is_new_device, remember_device, send_notice
from rapport.accounts.sessions.store import ABOUT, about
from rapport.accounts.signin.places import address_of, device_of
from rapport.accounts.signin_log.models import Event, Way
from rapport.accounts.signin_log.writing import note

BACKEND = "rapport.accounts.backend.Backend"
HALF = "half_in"  # in the session of who still owes his second factor
HALF_SECONDS = 10 * 60
ENOUGH = (Way.PASSKEY, Way.SINGLE)  # a passkey is two factors in one; the company's provider asks for its own


def enter(
    request: HttpRequest, user: User, way: Way, *, target: str = "/", stay: bool = False
) -> HttpResponse:
    """Sign the user in; who has a second factor is asked for it first."""
    if not user.has_second_factor or way in ENOUGH:
        return let_in(request, user, way, target=target, stay=stay)
    request.session.cycle_key()
    request.session[HALF] = {
        "user": str(user.pk), "way": way, "target": target, "stay": stay, "at": time.time(),
        "proof": user.get_session_auth_hash(),
    }  # fmt: skip
    request.session.set_expiry(0)
    return redirect("second_factor")


def half_in(request: HttpRequest) -> User | None:
    """Return who has shown his first factor in this browser a moment ago."""
    said = request.session.get(HALF)
    if not isinstance(said, dict) or time.time() - float(said["at"]) > HALF_SECONDS:
        return None
    user = User.objects.filter(pk=UUID(said["user"]), is_active=True).first()
    if user is None or not constant_time_compare(said["proof"], user.get_session_auth_hash()):
        return None
    return user


def enter_fully(request: HttpRequest, user: User, *, detail: str = "") -> HttpResponse:
    """The second factor was right, too."""
    said = request.session.pop(HALF)
    return let_in(request, user, Way(said["way"]), target=said["target"], stay=said["stay"], detail=detail)


def let_in(
    request: HttpRequest, user: User, way: Way, *, target: str = "/", stay: bool = False, detail: str = ""
) -> HttpResponse:
    """Begin the session, with a key of its own, and write it into the log."""
    login(request, user, BACKEND)
    prove(request)
    request.session[ABOUT] = about(way=way, device=device_of(request), address=address_of(request))
    # Zero: the session ends with the browser. None: it lasts as long as the settings say.
    request.session.set_expiry(None if stay else 0)
    if is_new_device(request, user):
        send_notice(request, user, "")
    note(request, Event.SIGNED_IN, user, way=way, detail=detail)
    answer = redirect(target)
    remember_device(answer, user)
    return answer
