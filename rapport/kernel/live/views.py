"""The stream of what happens, and who else has a record's page open."""

import queue
from collections.abc import Iterator
from typing import cast
from uuid import UUID

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from markupsafe import escape

from rapport.kernel.changes.log import Position
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters import TooExpensive
from rapport.kernel.lists.cells import Cells
from rapport.kernel.lists.columns import needed_fields
from rapport.kernel.lists.page import columns_of
from rapport.kernel.lists.rows import rows_html, shape_of
from rapport.kernel.lists.views import state_of
from rapport.kernel.live.hub import Stream, hub
from rapport.kernel.live.presence import gone, here, others_on
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import record_or_404
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType
from rapport.runtime import streams

HEADERS = {"Content-Encoding": "identity", "X-Accel-Buffering": "no", "Cache-Control": "no-store"}
TOO_MANY = 429
ALIVE_EVERY = 20
MOST_ROWS = 200


class Listening:
    """A stream of the hub as what the web server sends."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream

    def begin(self, put: streams.Put) -> None:
        self.stream.put = put
        hub.open(self.stream)

    def end(self) -> None:
        hub.close(self.stream)


@page("live/", name="live")
def live(request: HttpRequest) -> HttpResponseBase:
    """Server-sent events: what changed of what this user may see, from the position on that his page shows."""
    user = user_of(request)
    if not settings.LIVE:
        raise Http404
    if not hub.has_room_for(user.pk):
        return HttpResponse(status=TOO_MANY, headers={"Retry-After": "60"})
    said = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    signed_in = getattr(request, "viewer", user)
    stream = Stream(user.pk, request.session.session_key or "", signed_in.pk, Position.read(said))
    if isinstance(request, ASGIRequest):
        cast(dict[str, object], request.scope)[streams.KEY] = Listening(stream)
        return HttpResponse(content_type="text/event-stream", headers=HEADERS)
    return StreamingHttpResponse(_in_thread(stream), content_type="text/event-stream", headers=HEADERS)


def _in_thread(stream: Stream) -> Iterator[bytes]:
    """For Django's own server, which has a thread for each request anyway."""
    waiting: queue.Queue[str | None] = queue.Queue()
    stream.put = waiting.put
    hub.open(stream)
    try:
        text: str | None = "retry: 2000\n\n"
        while text is not None:
            yield text.encode()
            try:
                text = waiting.get(timeout=ALIVE_EVERY)
            except queue.Empty:
                text = ": still here\n\n"
    finally:
        hub.close(stream)


@page("<type:kind>/<uuid:record_id>/here/", name="record_here", methods=("GET", "HEAD", "POST"))
def record_here(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """GET answers who else is here; POST says that a tab shows this page, edits it, or has left it."""
    user = user_of(request)
    tab = parse_id(request.POST.get("tab"))
    if request.method == "POST" and tab is not None and request.POST.get("gone"):
        gone(user, tab, record_id)
        return HttpResponse(status=204)
    record = record_or_404(kind, record_id, user)
    if request.method == "POST":
        if tab is not None:
            here(user, tab, record.pk, is_editing=bool(request.POST.get("editing")))
            hub.look()
        return HttpResponse(status=204)
    others = [
        (one, is_editing) for one, is_editing in others_on(record.pk, user)
        if kind.visible_to(one).filter(pk=record.pk).exists()
    ]  # fmt: skip
    return render(request, "kernel/live/others.html", {"others": others})


@page("<type:kind>/rows/", name="list_rows")
def list_rows(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Some rows of a list as they stand now; those that do not (any more) belong to it are left out."""
    state = state_of(request, kind)
    ids = [key for said in request.GET.get("ids", "").split(",")[:MOST_ROWS] if (key := parse_id(said))]
    columns = columns_of(state)
    names, joined = needed_fields(kind, columns)
    try:
        with state.reading():
            rows = list(shape_of(names, joined)(state.source().rows().filter(pk__in=ids)))
            query = str(escape("?" + urlencode({"list": state.query() or "view=all"})))
            return HttpResponse(rows_html(rows, Cells(kind, columns, state.context, query)))
    except TooExpensive as problem:
        raise Http404 from problem
