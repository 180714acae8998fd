"""Whom one can name, for the list that opens while typing."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.kernel.mentions.naming import Offered, offered, readers_of, sees
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import record_or_404
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import policy
from rapport.kernel.records import Refused
from rapport.kernel.registry import RecordType


@page("<type:kind>/<uuid:record_id>/mentionable/", name="mentionable")
def mentionable(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """Colleagues who see this record."""
    record = record_or_404(kind, record_id, user_of(request))
    return _options(request, offered(_typed(request), user_of(request), lambda one: sees(one, record.pk)))


@page("<type:kind>/mentionable/", name="mentionable_new")
def mentionable_new(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Colleagues who may see records of this type, while a new one is being written."""
    if policy(user_of(request), kind.key, "create").reach == "none":
        raise Refused
    return _options(request, offered(_typed(request), user_of(request), readers_of(kind.key)))


def _typed(request: HttpRequest) -> str:
    return request.GET.get("q", "")[:60].replace("\0", "").strip()


def _options(request: HttpRequest, found: Offered) -> HttpResponse:
    return render(request, "kernel/mentions/colleagues.html", {"found": found})
