"""One line in the log and one figure for each request, with an id that people and proxies can name."""

import logging
from collections.abc import Callable
from time import perf_counter

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from rapport.runtime.observing import measures
from rapport.runtime.observing.context import Work, current, request_id
from rapport.runtime.observing.statements import watched

logger = logging.getLogger("rapport.request")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")  # anybody may invent others
QUIET = {"health", "health_live", "health_ready", "metrics"}  # asked every few seconds, by machines


class Observed:
    """Middleware, the outermost: knows everything that becomes of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and tell how."""
        begun = perf_counter()
        work = Work(request=request_id(request.headers.get("X-Request-ID", "")), method=_method(request))
        with watched(work):
            response = self.get_response(request)
            response["X-Request-ID"] = work.request
            note(work, request)
            told(work, response.status_code, perf_counter() - begun)
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """From here on it is known which page it is; what the page itself logs says so."""
        if (work := current()) is not None:
            note(work, request)


def _method(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "other"


def note(work: Work, request: HttpRequest) -> None:
    """Note route and user. The address itself is not noted: it may hold secrets and what somebody looked for."""
    match = request.resolver_match
    work.route = (match.view_name or match.route or "unnamed") if match else "unknown"
    # Only who is known already: nobody is read for the log. A program's user stands on the request itself.
    for user in (getattr(request, "_cached_user", None), request.__dict__.get("user")):
        if user is not None and not isinstance(user, SimpleLazyObject) and user.pk:
            work.user = str(user.pk)
            return


def told(work: Work, status: int, seconds: float) -> None:
    """Write the line, count the request."""
    measures.REQUESTS.labels(work.route, work.method, str(status)).observe(seconds)
    measures.DATABASE.labels(work.route).inc(work.database_seconds)
    measures.QUERIES.labels(work.route).inc(work.queries)
    level = logging.DEBUG if work.route in QUIET else logging.WARNING if status >= 500 else logging.INFO
    if logger.isEnabledFor(level):
        facts = {
            "status": status, "ms": round(seconds * 1000, 1), "queries": work.queries,
            "db_ms": round(work.database_seconds * 1000, 1),
        }  # fmt: skip
        logger.log(level, "request", extra={"facts": facts})
