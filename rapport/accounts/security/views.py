"""Everybody's own page about signing in: his sessions, his second factors, what the log says of him."""

from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rapport.accounts.access import UserRequest, signed_in
from rapport.accounts.second_factor.models import Authenticator, Kind, RecoveryCode
from rapport.accounts.sessions.ending import end_session, end_sessions
from rapport.accounts.sessions.models import Session
from rapport.accounts.sessions.store import ABOUT, digest_of
from rapport.accounts.signin.entering import ENOUGH
from rapport.accounts.signin_log.models import Event, SignInEntry
from rapport.accounts.signin_log.writing import note
from rapport.ui.notices import notice

LINES = 8
NUMBERS = ("127.0.0.1", "::1")


@signed_in
def security(request: UserRequest) -> HttpResponse:
    """Where I am signed in, with what I sign in, and what happened lately."""
    sessions = Session.objects.filter(user=request.user, expire_date__gt=timezone.now()).order_by("-seen_at")
    user = request.user
    factors = list(Authenticator.objects.filter(user=user))
    values = {
        "factors": factors,
        "has_app": any(one.kind == Kind.APP for one in factors),
        "codes_left": RecoveryCode.objects.filter(user=user, used_at=None).count(),
        "owes": user.owes_second_factor and request.session.get(ABOUT, {}).get("way") not in ENOUGH,
        "sessions": sessions,
        "here": digest_of(request.session.session_key or ""),
        "lines": SignInEntry.objects.filter(user=request.user).select_related("by")[:LINES],
        "by_name": _by_name(request),
        "current": "security",
    }
    return render(request, "accounts/security/security.html", values)


def _by_name(request: UserRequest) -> str:
    """This machine by its name, where the page was opened by its number: browsers keep passkeys for names only."""
    host = urlsplit(f"//{request.get_host()}")
    if host.hostname not in NUMBERS:
        return ""
    port = f":{host.port}" if host.port else ""
    return f"{request.scheme}://localhost{port}{request.path}"


@require_POST
@signed_in
def session_end(request: UserRequest, session_id: UUID) -> HttpResponse:
    """End one of my sessions."""
    if not end_session(request.user, session_id):
        raise Http404
    note(request, Event.ENDED, request.user, detail=_("One session"))
    notice(request, _("That session is ended. Whoever sits there must sign in again."))
    return redirect("security")


@require_POST
@signed_in
def sessions_end(request: UserRequest) -> HttpResponse:
    """End all of my sessions but this one."""
    count = end_sessions(request.user, but=request)
    if count:
        note(request, Event.ENDED, request.user, detail=_("All other sessions"))
    text = ngettext("%(count)s session is ended.", "%(count)s sessions are ended.", count)
    notice(request, text % {"count": count})
    return redirect("security")
