"""The address of agents: one JSON-RPC message in a POST, its answer as JSON; no session, no stream."""

import json
from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from rapport.api.endpoint import call_of
from rapport.api.problems import Problem
from rapport.mcp.protocol import NO_REQUEST, Json, Wrong, answer, read_message

LARGEST = 4 * 2**20  # bytes of one message


@csrf_exempt  # who asks is told by the token in the header alone
def mcp(request: HttpRequest) -> HttpResponseBase:
    """Streamable HTTP as far as an answer is one message."""
    try:
        _check(request)
        call = call_of(request)
        found, status = answer(read_message(_body(request)), call, request.headers)
    except Wrong as problem:
        return _json({"jsonrpc": "2.0", "id": None, "error": problem.json()}, 400)
    except Problem as problem:
        error = {"code": NO_REQUEST, "message": problem.detail, "data": problem.json()}
        refused = _json({"jsonrpc": "2.0", "id": None, "error": error}, problem.status)
        for name, value in problem.headers.items():
            refused.headers[name] = value
        return refused
    return HttpResponse(status=202) if found is None else _json(found, status)


mcp.asks_for_token = True  # type: ignore[attr-defined]  # read by the test of protected addresses


def _check(request: HttpRequest) -> None:
    """A page of a stranger must not speak through a browser, and there is nothing to listen to."""
    origin = request.headers.get("Origin", "")
    if origin and urlsplit(origin).netloc != request.get_host():
        raise Problem(403, _("Requests from pages of other addresses are not taken."))
    if request.method != "POST":
        raise Problem(
            405, _("This address answers: %(methods)s.") % {"methods": "POST"}, headers={"Allow": "POST"}
        )
    if request.content_type != "application/json":
        raise Problem(415, _("Send JSON with the media type application/json."))


def _body(request: HttpRequest) -> bytes:
    try:
        found = request.body
    except RequestDataTooBig as problem:
        raise Problem(413, _("A message has at most 4 MB.")) from problem
    if len(found) > LARGEST:
        raise Problem(413, _("A message has at most 4 MB."))
    return found


def _json(body: Json, status: int) -> HttpResponse:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(
        text, status=status, content_type="application/json", headers={"Cache-Control": "private, no-store"}
    )
