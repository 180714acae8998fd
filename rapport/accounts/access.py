"""Who may open a page of this area: everybody signed in, or administrators only."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from rapport.accounts.models import User

P = ParamSpec("P")
Page: TypeAlias = Callable[..., HttpResponse]


class UserRequest(HttpRequest):
    """A request of which it is known that somebody is signed in."""

    user: User


def signed_in(view: Callable[Concatenate[UserRequest, P], HttpResponse]) -> Page:
    """Send strangers to the sign-in page and come back afterwards."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not isinstance(request.user, User):
            return to_sign_in(request)
        return view(request, *args, **kwargs)  # type: ignore[arg-type]  # signed in: checked above

    return guarded


def administrators(view: Callable[Concatenate[UserRequest, P], HttpResponse]) -> Page:
    """Like signed_in, but for everybody except administrators the page does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            return to_sign_in(request)
        if not user.is_administrator:
            raise Http404
        return view(request, *args, **kwargs)  # type: ignore[arg-type]  # signed in: checked above

    return guarded


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Answer a stranger: a page leads to the sign-in page, a part of a page makes its page go there.

    Either way he comes back to the page that he had before him, e.g. to the form that was open when his session ended.
    """
    is_part = request.headers.get("HX-Request") == "true"
    back = request.get_full_path() if request.method == "GET" and not is_part else _page_before(request)
    answer = redirect_to_login(back, reverse("sign_in"))
    return HttpResponse(status=204, headers={"HX-Redirect": answer.url}) if is_part else answer


def _page_before(request: HttpRequest) -> str:
    """The page from which a form or a part of it was asked for, as the browser says; the first page otherwise."""
    said = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}):
        return "/"
    back = urlsplit(said)._replace(scheme="", netloc="", fragment="").geturl()
    return back if url_has_allowed_host_and_scheme(back, None) and back.startswith("/") else "/"
