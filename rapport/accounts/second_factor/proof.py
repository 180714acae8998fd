"""Whoever changes how he signs in shows first that it is he: within the last minutes, not only weeks ago."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from rapport.accounts.access import Page, UserRequest

P = ParamSpec("P")
PROVED = "proved_at"
SECONDS = 15 * 60


def prove(request: HttpRequest) -> None:
    """Note that he has shown it right now."""
    request.session[PROVED] = time.time()


def is_proved(request: HttpRequest) -> bool:
    at = request.session.get(PROVED)
    return isinstance(at, float) and 0 <= time.time() - at < SECONDS


def proved(view: Callable[Concatenate[UserRequest, P], HttpResponse]) -> Page:
    """Ask for password or passkey first when that was too long ago; stands below `signed_in`."""

    @wraps(view)
    def guarded(request: UserRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if is_proved(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else reverse("security")
        return redirect(f"{reverse('confirm')}?{urlencode({'next': back})}")

    return guarded
