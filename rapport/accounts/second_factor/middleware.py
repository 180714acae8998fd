"""Whoever owes a second factor adds it before he sees anything else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from rapport.accounts.models import User
from rapport.accounts.sessions.store import ABOUT
from rapport.accounts.signin.entering import ENOUGH

OPEN = ("security", "sign_out", "preferences")  # these pages and what lies below them


class SecondFactorFirst:
    """Leads to one's own page about signing in. Who came by passkey or company sign-in owes nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = getattr(request, "viewer", None) or request.user
        if isinstance(user, User) and user.owes_second_factor and self._is_closed(request):
            if request.headers.get("HX-Request") == "true":
                return HttpResponse(status=204, headers={"HX-Redirect": reverse("security")})
            return redirect("security")
        return self.get_response(request)

    def _is_closed(self, request: HttpRequest) -> bool:
        if request.session.get(ABOUT, {}).get("way") in ENOUGH:
            return False
        return not any(request.path.startswith(reverse(name)) for name in OPEN)
