"""An administrator looks at Rapport as somebody else: read with the rights of the other, nothing written."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.backend import Backend
from rapport.accounts.models import User

KEY = "viewing_as"
SAFE = ("GET", "HEAD", "OPTIONS")


class ViewingAs:
    """Puts the other user in place of the administrator; `request.viewer` is who really looks.

    Whoever is no administrator any more, or looks as somebody who may not sign in any more, is himself again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if KEY in request.session:
            viewer, seen = request.user, _user(request.session[KEY])
            if not isinstance(viewer, User) or not viewer.is_administrator or seen is None:
                del request.session[KEY]
            else:
                request.viewer = viewer  # type: ignore[attr-defined]  # read by the shell and the pages of viewing
                request.user = seen
                if request.method not in SAFE and request.path not in _leaving():
                    return _refusal(seen)
        return self.get_response(request)


def _user(key: object) -> User | None:
    try:
        return Backend().get_user(UUID(str(key)))
    except ValueError:
        return None


def _leaving() -> tuple[str, ...]:
    return reverse("viewing_stop"), reverse("sign_out")


def _refusal(seen: User) -> HttpResponse:
    text = _("You are looking as %(name)s; nothing was changed. Stop looking to work yourself.") % {
        "name": seen
    }
    return HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")
