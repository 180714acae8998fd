"""The pages for not found, not allowed, failed and not available; handlers of the root address table."""

import logging
import secrets
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from rapport.runtime.observing.context import current

log = logging.getLogger("rapport.errors")


def _answer(request: HttpRequest, status: int, sentence: str, code: str = "", page: str = "") -> HttpResponse:
    """A page for people; one sentence as JSON where a script or htmx asked."""
    if request.headers.get("HX-Request") == "true" or "json" in request.headers.get("Content-Type", ""):
        return JsonResponse({"error": sentence}, status=status)
    # rendered without the request: context processors might ask the very database that failed
    words = {"code": code, "came_from": _came_from(request) if page == "old" else ""}
    return HttpResponse(get_template(f"ui/errors/{page or status}.html").render(words), status=status)


def _came_from(request: HttpRequest) -> str:
    """The page of ours with the form that was sent; nothing where the browser does not say it."""
    said = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure())
    return said if ours else ""


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Unknown, deleted or not shared with this user: the same answer."""
    if request.method == "POST":
        return _answer(
            request, 404, _("Nothing was saved: this is not there any more, or you cannot see it.")
        )
    return _answer(request, 404, _("There is nothing here for you."))


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The user may see the page but not do this."""
    return _answer(request, 403, _("You may not do this."))


def bad_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old or came from elsewhere (setting CSRF_FAILURE_VIEW)."""
    return _answer(request, 403, _("This page is too old. Load it again and repeat the step."), page="old")


def failed(request: HttpRequest) -> HttpResponse:
    """An error of ours, with a code that is also in the log; without its database Rapport is not available."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return not_available(request)
    work = current()
    code = work.request if work else secrets.token_hex(5)
    log.error("error page %s", code)
    return _answer(request, 500, _("This did not work. The code is %(code)s.") % {"code": code}, code)


def not_available(request: HttpRequest) -> HttpResponse:
    """Starting, being updated, or without a database."""
    answer = _answer(request, 503, _("Rapport is not available right now. Try again in a minute."))
    answer["Retry-After"] = "30"
    return answer
