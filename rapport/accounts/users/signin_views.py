"""What an administrator does about the sign-in of a user: take lost second factors away, sign him out everywhere."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.models import User
from rapport.accounts.second_factor.actions import reset
from rapport.accounts.sessions.ending import end_sessions
from rapport.accounts.signin_log.models import Event
from rapport.accounts.signin_log.writing import note
from rapport.ui.notices import notice


@require_POST
@administrators
def user_factors_reset(request: UserRequest, user_id: UUID) -> HttpResponse:
    """Take all second factors from who has lost them."""
    user = _user(user_id)
    reset(user, by=request.user, request=request)
    text = _("%(name)s signs in with the password alone and adds a new second factor.")
    notice(request, text % {"name": user.name})
    return redirect("user", user_id)


@require_POST
@administrators
def user_sessions_end(request: UserRequest, user_id: UUID) -> HttpResponse:
    """Sign a user out everywhere."""
    user = _user(user_id)
    end_sessions(user, but=request)
    note(request, Event.ENDED, user, by=request.user, detail=_("All sessions"))
    notice(request, _("%(name)s is signed out everywhere.") % {"name": user.name})
    return redirect("user", user_id)


def _user(user_id: UUID) -> User:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise Http404
    return user
