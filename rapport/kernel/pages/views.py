"""The page of one record of any type, and the parts of it that are loaded alone."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from rapport.accounts.models import User
from rapport.kernel.changes.history import creator_of
from rapport.kernel.exports.forms import forms_of
from rapport.kernel.pages import deed_views, field_views, form_views, option_views  # noqa: F401  # enters their pages
from rapport.kernel.pages.blocks import blocks_of, composers_of
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.lists import came_from
from rapport.kernel.pages.pieces import Piece, Pieces
from rapport.kernel.pages.records import record_or_404
from rapport.kernel.pages.routing import page
from rapport.kernel.pages.show import field_groups, field_line, follows_part, head_of, origin_of
from rapport.kernel.permissions import can
from rapport.kernel.records import Record, available_actions
from rapport.kernel.registry import RecordType
from rapport.kernel.timeline.counts import tab_counts
from rapport.kernel.timeline.reader import read_timeline, tabs
from rapport.kernel.timeline.sources import Item
from rapport.kernel.trash.views import in_trash
from rapport.ui.answers import render_part

PLACES = ("subtitle", "actions", "head", "left", "main", "right")
PEEKED = ("head", "main")
LATEST = 6
GLANCED = 5
Shown = dict[str, Any]  # Any: what a template shows


def _base(request: HttpRequest, kind: RecordType, record: Record) -> Shown:
    user = user_of(request)
    return {
        "kind": kind,
        "record": record,
        "can_edit": can(user, "edit", record),
        "can_delete": can(user, "delete", record),
        "head": head_of(request, record, kind),
        "actions": available_actions(record, user),
    }


def _timeline(request: HttpRequest, kind: RecordType, record: Record) -> Shown:
    known = [key for key, _label in tabs()]
    tab = request.GET.get("tab", "")
    tab = tab if tab in known else ""
    place = request.GET.get("before", "")[:300]
    part = read_timeline(record, kind, user_of(request), tab=tab, place=place)
    last_day = part.days[-1][0].isoformat() if part.days else request.GET.get("day", "")
    address = reverse("record_timeline", args=[kind.key, record.pk])
    return {
        "part": part,
        "tab": tab,
        "tabs": tabs(),
        "last_day": request.GET.get("day", ""),
        "more_url": f"{address}?tab={tab}&before={_quoted(part.next)}&day={last_day}",
    }


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


@page("<type:kind>/<uuid:record_id>/", name="record")
def record(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """The whole page; with `?part=` one block of it, after something was changed."""
    try:
        found = record_or_404(kind, record_id, user_of(request))
    except Http404:
        gone = in_trash(request, kind.key, record_id)
        if gone is None:
            raise
        return gone
    base = _base(request, kind, found)
    shown: Shown = {
        **base,
        **_timeline(request, kind, found),
        "counts": tab_counts(found.pk, user_of(request)),
    }
    shown["places"] = _places(request, kind, found, base, PLACES)
    composers = composers_of(request, found, kind.key)
    shown["composers"] = [one for one, _filled in composers]
    first = composers[0] if composers else None
    shown["composer_html"] = Pieces(request, base).html(first[0].template, first[1]) if first else ""
    shown["groups"] = field_groups(request, found, kind)
    shown["origin"] = origin_of(request, found, kind)
    shown["created_by"] = _created_by(found, user_of(request))
    shown["from_list"] = came_from(request, kind, found)
    shown["file_forms"] = forms_of(kind) if can(user_of(request), "export", found) else []
    return render(request, "kernel/pages/record.html", shown)


def _places(
    request: HttpRequest, kind: RecordType, record: Record, base: Shown, places: tuple[str, ...]
) -> dict[str, list[Piece]]:
    """The blocks of each place as HTML."""
    pieces = Pieces(request, base)
    return {
        place: [Piece(one.key, pieces.html(one.template, filled)) for one, filled in found]
        for place in places
        for found in [blocks_of(request, record, kind.key, place)]
    }


def _created_by(record: Record, reader: User) -> str:
    """Who created it, as the log says."""
    actor = creator_of(record)
    person = reader if actor == reader.pk else User.objects.filter(pk=actor).first() if actor else None
    return str(person) if person else ""


@page("<type:kind>/<uuid:record_id>/timeline/", name="record_timeline")
def timeline(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """Further entries of the timeline, or those of one tab; without scripts the page with them."""
    found = record_or_404(kind, record_id, user_of(request))
    shown = {**_base(request, kind, found), **_timeline(request, kind, found)}
    shown["counts"] = tab_counts(found.pk, user_of(request)) if "before" not in request.GET else {}
    if request.headers.get("HX-Request") == "true":
        name = "items" if request.GET.get("before") else "timeline"
        template = "kernel/timeline/part.html" if name == "items" else "kernel/timeline/timeline.html"
        return HttpResponse(render_part(request, template, name, shown))
    return render(request, "kernel/timeline/page.html", shown)


@page("<type:kind>/<uuid:record_id>/peek/", name="peek")
def peek(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """The record beside the list: head, what is in the list's fields, the newest entries."""
    found = record_or_404(kind, record_id, user_of(request))
    shown = {**_base(request, kind, found), **_timeline(request, kind, found)}
    shown["places"] = _places(request, kind, found, _base(request, kind, found), PEEKED)
    shown["lines"] = [
        line
        for group in field_groups(request, found, kind)
        for line in group.lines
        if _is_peeked(kind, line.name)
    ]
    shown["composers"] = [one for one, _filled in composers_of(request, found, kind.key)]
    shown["latest"] = _first_items(shown["part"].days, LATEST)
    return render(request, "kernel/pages/peek.html", shown)


@page("<type:kind>/<uuid:record_id>/glance/", name="glance")
def glance(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """The record in a few lines, beside the hits of the palette."""
    found = record_or_404(kind, record_id, user_of(request))
    base = _base(request, kind, found)
    pieces = Pieces(request, base)
    blocks = [one for one in blocks_of(request, found, kind.key, "head") if one[0].at_a_glance]
    context = context_of(request)
    fields = [one for one in kind.fields.values() if _is_peeked(kind, one.name)]
    lines = [field_line(one, found, kind, context, can_edit=False) for one in fields]
    shown = base | {
        "head_blocks": [pieces.html(one.template, filled) for one, filled in blocks],
        "lines": [line for line in lines if not line.is_empty][:GLANCED],
    }
    return render(request, "kernel/pages/glance.html", shown)


def _first_items(days: list[tuple[date, list[Item]]], most: int) -> list[tuple[date, list[Item]]]:
    """The first items with the headings of their days."""
    found: list[tuple[date, list[Item]]] = []
    for day, items in days:
        if most <= 0:
            break
        found.append((day, items[:most]))
        most -= len(items)
    return found


def _is_peeked(kind: RecordType, name: str) -> bool:
    one = kind.fields[name]
    if getattr(one, "dotted", False) or name == kind.board or follows_part(one, kind):
        return False
    return (one.flags.listed or one.kind in ("email", "phone")) and name not in (kind.title, *kind.subtitle)


@page("<type:kind>/<uuid:record_id>/compose/<slug:key>/", name="record_composer")
def composer(request: HttpRequest, kind: RecordType, record_id: UUID, key: str) -> HttpResponse:
    """The form of one tab of the composer."""
    found = record_or_404(kind, record_id, user_of(request))
    for one, context in composers_of(request, found, kind.key):
        if one.key == key:
            return HttpResponse(Pieces(request, _base(request, kind, found)).html(one.template, context))
    raise Http404
