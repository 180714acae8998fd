"""The page of a record as it was at a moment."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from rapport.kernel.changes.past_page import moment_before, past_page
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import record_or_404
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType


@page("<type:kind>/<uuid:record_id>/as-of/", name="record_past")
def as_of(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """The record as of `?at=`, with the differences to today; without it, as it was before the newest change."""
    user = user_of(request)
    record = record_or_404(kind, record_id, user)
    at = _moment(request.GET.get("at", "")) or moment_before(record)
    shown = {"kind": kind, "record": record, "past": past_page(record, min(at, timezone.now()), user)}
    return render(request, "kernel/changes/past.html", shown)


def _moment(said: str) -> datetime | None:
    """A moment of an address, or what a person chose in his own time zone."""
    try:
        found = parse_datetime(said[:40])
        if found is not None and timezone.is_naive(found):
            found = timezone.make_aware(found)
    except (ValueError, OverflowError):
        return None
    return found if found is not None and 1900 < found.year < 9000 else None
