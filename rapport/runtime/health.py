"""Whether Rapport is well, for machines that ask, and the page people get while the database is away."""

import logging
import sys
from collections.abc import Callable

import psycopg
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from procrastinate.exceptions import ConnectorException

from rapport.runtime.version import VERSION

logger = logging.getLogger(__name__)
RETRY_AFTER = "5"


def can_reach_database() -> bool:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except (OperationalError, InterfaceError):
        connection.close()
        return False
    return True


@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when requests can be served, 503 while they cannot."""
    if can_reach_database():
        return JsonResponse({"status": "ok", "database": "ok"})
    return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)


@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as this process answers at all: who asks here restarts what does not."""
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when people may be sent here: the database answers and is as new as this version."""
    if not can_reach_database():
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    if count := _missing():
        return JsonResponse({"status": "unavailable", "missing_migrations": count}, status=503)
    return JsonResponse({"status": "ok", "database": "ok", "version": VERSION})


_is_current = False


def _missing() -> int:
    """How many migrations are missing; once none is, none will be, as long as this process lives."""
    global _is_current
    if not _is_current:
        from rapport.runtime import upgrades  # loads every migration: not for who only asks for health

        if missing := upgrades.missing():
            return len(missing)
        _is_current = True
    return 0


def is_lost_connection(error: BaseException) -> bool:
    """Whether the error means that the server is gone, and not that a statement was refused."""
    if isinstance(error, ConnectorException):  # the job system's wrapping
        return isinstance(error.__cause__, psycopg.OperationalError | psycopg.InterfaceError)
    if isinstance(error, InterfaceError | psycopg.InterfaceError):
        return True
    if not isinstance(error, OperationalError | psycopg.OperationalError):
        return False
    code = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    # Without a code nobody answered; 08 connection, 57P admin shutdown, 53 no disk, memory or connections left.
    return code is None or code.startswith(("08", "57P", "53"))


class LostDatabase:
    """Middleware: while the database is away a request gets one clear sentence, and the next one may succeed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        # The view is not the only place that reads the database: other middleware, templates and streams do too.
        got_request_exception.connect(mark_lost, dispatch_uid="rapport.runtime.health")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on and replace the answer when the database was lost on the way."""
        response = self.get_response(request)
        return unavailable(request) if hasattr(request, "lost_database") else response


def mark_lost(sender: object, request: HttpRequest | None = None, **_kwargs: object) -> None:
    """Remember on the request that the database went away."""
    error = sys.exc_info()[1]
    if request is not None and error is not None and is_lost_connection(error):
        request.lost_database = True  # type: ignore[attr-defined]  # read by the middleware above


class OneLine(logging.Filter):
    """A lost database is one line in the log, not the way through all the code that noticed it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop what the middleware and the worker report in their own words."""
        return not (record.exc_info and record.exc_info[1] and is_lost_connection(record.exc_info[1]))


def unavailable(request: HttpRequest) -> HttpResponse:
    """Return the plain page that stands in while the database is away."""
    logger.error("the database cannot be reached")  # the line of the log names the request
    sentence = _(
        "Rapport cannot reach its database at the moment. Nothing is lost; try again in a few seconds."
    )
    page = (
        '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="5">'
        f"<title>Rapport</title><p>{sentence}</p>"
    )
    return HttpResponse(page, status=503, headers={"Retry-After": RETRY_AFTER, "Cache-Control": "no-store"})
