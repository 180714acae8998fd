"""Exporting a list, or what is selected in it, as CSV or XLSX."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import chain

from asgiref.sync import sync_to_async
from babel.numbers import get_decimal_symbol
from django.core.handlers.asgi import ASGIRequest
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.http import content_disposition_header, urlencode
from django.utils.text import slugify

from rapport.kernel.exports.delimited import write_delimited
from rapport.kernel.exports.forms import form_of, forms_of
from rapport.kernel.exports.table import ExportTable, Value, exported_fields
from rapport.kernel.exports.workbook import write_workbook
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters import TooExpensive, bounded
from rapport.kernel.lists import page as shown
from rapport.kernel.lists.counting import about, count_rows
from rapport.kernel.lists.reader import Source
from rapport.kernel.lists.state import ListState
from rapport.kernel.lists.views import state_of
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import policy
from rapport.kernel.records import RuleError
from rapport.kernel.registry import RecordType
from rapport.ui import formats

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX}


def _chosen(request: HttpRequest, kind: RecordType) -> tuple[ListState, Source]:
    """The list and those of its rows that may leave: the ticked ones, else all that the filter finds."""
    if policy(user_of(request), kind.key, "export").reach == "none":
        raise Http404
    state = state_of(request, kind)
    if state.compiled.problems:
        raise RuleError(" ".join(state.compiled.problems))
    source = state.source("export")
    if "ids" in request.GET:
        keys = [key for said in request.GET["ids"].split(",")[:10_000] if (key := parse_id(said)) is not None]
        source = replace(source, condition=Q(pk__in=keys))
    return state, source


@page("<type:kind>/export/", name="list_export")
def ask(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """The choice: which format, which columns."""
    state, source = _chosen(request, kind)
    pairs = state.pairs() + [(name, request.GET[name]) for name in ("ids", "all") if name in request.GET]
    choices = [
        (form, columns, "file/?" + urlencode([*pairs, ("format", form), ("fields", columns)]))
        for columns in ("shown", "all")
        for form in ("xlsx", "csv")
    ]
    try:
        with bounded():
            count = count_rows(source.rows())
    except TooExpensive:
        count = about(source.rows())
    others = [
        (one, f"/{kind.key}/export/file/?" + urlencode([*pairs, ("format", one.key)]))
        for one in forms_of(kind)
    ]
    context = {
        "kind": kind,
        "count": count,
        "others": others,
        "choices": [(form, columns, f"/{kind.key}/export/{address}") for form, columns, address in choices],
        "noun": shown.noun,
    }
    return render(request, "kernel/exports/ask.html", context)


@page("<type:kind>/export/file/", name="list_export_file")
def download(request: HttpRequest, kind: RecordType) -> StreamingHttpResponse:
    """The file, written while it is sent."""
    state, source = _chosen(request, kind)
    form = request.GET.get("format", "csv")
    other = form_of(kind, form)
    if other is not None:
        pieces = other.write(source.rows(), kind, user_of(request))
        return _sent(request, kind, pieces, form, other.content_type)
    if form not in TYPES:
        raise Http404
    wants_all = request.GET.get("fields") == "all"
    fields = exported_fields(kind, None if wants_all else state.columns)
    related = [] if wants_all else [one for one in shown.columns_of(state) if one.related is not None]
    table = ExportTable(source, state.context, fields, with_id=wants_all, related=related)
    headings, rows = table.headings, _begun(table.rows())
    if form == "xlsx":
        pieces = write_workbook(kind.label_plural, headings, rows)
    else:
        comma = get_decimal_symbol(formats.locale()) == ","
        pieces = write_delimited(headings, rows, comma_decimals=comma)
    return _sent(request, kind, pieces, form, TYPES[form])


def _sent(
    request: HttpRequest, kind: RecordType, pieces: Iterator[bytes], form: str, content_type: str
) -> StreamingHttpResponse:
    """The answer that is the file."""
    steady = _as_now(pieces)
    answer = StreamingHttpResponse(
        _asynchronous(steady) if isinstance(request, ASGIRequest) else steady, content_type=content_type
    )
    name = (
        f"{slugify(kind.label_plural, allow_unicode=True) or kind.key}-{timezone.localdate():%Y-%m-%d}.{form}"
    )
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _begun(rows: Iterator[list[Value]]) -> Iterator[list[Value]]:
    """The rows, the first of them read already: what takes too long is said before the file begins."""
    try:
        first = next(rows, None)
    except TooExpensive as problem:
        raise RuleError(str(problem)) from problem
    return iter(()) if first is None else chain([first], rows)


def _as_now(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces in the language and time zone of the request, which are gone when the sending begins."""
    language, zone = translation.get_language() or "en", timezone.get_current_timezone()
    while True:
        with translation.override(language), timezone.override(zone):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


async def _asynchronous(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """For the asynchronous server, which would otherwise collect everything before it sends."""
    take = sync_to_async(lambda: next(pieces, None), thread_sensitive=True)
    while (piece := await take()) is not None:
        yield piece
