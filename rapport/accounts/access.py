"""Who may open a page of this area: everybody signed in, or administrators only."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

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
    """Answer a stranger: a page leads to the sign-in page, a part of a page makes its page go there."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("sign_in")})
    back = request.get_full_path() if request.method == "GET" else "/"
    return redirect_to_login(back, reverse("sign_in"))
