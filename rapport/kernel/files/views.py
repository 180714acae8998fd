"""Uploading, showing, deleting and restoring the files of a record."""

from collections.abc import AsyncIterator, Iterator
from typing import IO, Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.files.models import StoredFile
from rapport.kernel.files.store import PICTURES, delete_file, restore_file, store_file
from rapport.kernel.pages.blocks import Block, add_block
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import record_or_404, require
from rapport.kernel.pages.routing import page
from rapport.kernel.records import Record
from rapport.kernel.registry import RecordType
from rapport.ui.answers import go_to
from rapport.ui.notices import notice

SHOWN = 8
PIECE = 256 * 1024


def _file_or_404(file_id: UUID, user: User, *, deleted: bool = False) -> StoredFile:
    """The file if the user sees its record; one without a record only for him who uploaded it."""
    stored = (
        StoredFile.objects.select_related("record").filter(pk=file_id, deleted_at__isnull=not deleted).first()
    )
    if stored is None:
        raise Http404
    if stored.record_id is None:
        if stored.uploaded_by_id != user.pk:
            raise Http404
    elif not AnyRecord.objects.visible_to(user).filter(pk=stored.record_id).exists():
        raise Http404
    return stored


@page("files/<uuid:file_id>/", name="file")
def show_file(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """Pictures are shown, everything else is downloaded; nothing that a browser could run is ever opened here."""
    stored = _file_or_404(file_id, user_of(request))
    is_picture = stored.content_type in PICTURES
    try:
        content = stored.content.open("rb")
    except FileNotFoundError as problem:
        raise Http404 from problem
    as_it_is = is_picture or stored.content_type == "application/pdf"
    answer = StreamingHttpResponse(
        _later(content) if isinstance(request, ASGIRequest) else _now(content),
        content_type=stored.content_type if as_it_is else "application/octet-stream",
    )
    disposition = content_disposition_header(not is_picture, stored.name)
    answer["Content-Disposition"] = disposition or "attachment"
    answer["Content-Length"] = stored.size
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


def _now(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while piece := content.read(PIECE):
            yield piece


async def _later(content: IO[bytes]) -> AsyncIterator[bytes]:
    """The same for the web server, which serves others between two pieces."""
    with content:
        while piece := await sync_to_async(content.read)(PIECE):
            yield piece


@page("<type:kind>/<uuid:record_id>/files/", name="file_upload", methods=("POST",))
def upload_files(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """Keep one or several files; each that cannot be kept gets its own sentence, the others are kept."""
    record = record_or_404(kind, record_id, user_of(request))
    require(user_of(request), "edit", record)
    entry, kept = record.entry, []
    for upload in request.FILES.getlist("files"):
        try:
            kept.append(store_file(upload, by=user_of(request), record=entry))
        except ValidationError as problem:
            notice(request, " ".join(problem.messages), bad=True)
    if kept:
        text = ngettext("%(name)s is stored.", "%(count)s files are stored.", len(kept))
        undo = reverse("file_delete", args=[kept[0].pk]) if len(kept) == 1 else ""
        notice(request, text % {"name": kept[0].name, "count": len(kept)}, undo)
    return go_to(request, reverse("record", args=[kind.key, record.pk]))


@page("files/<uuid:file_id>/delete/", name="file_delete", methods=("POST",))
def delete(request: HttpRequest, file_id: UUID) -> HttpResponse:
    stored = _file_or_404(file_id, user_of(request))
    address = _require_edit(stored, user_of(request))
    delete_file(stored)
    notice(
        request,
        _("“%(name)s” is deleted.") % {"name": stored.name},
        reverse("file_restore", args=[stored.pk]),
    )
    return go_to(request, address)


@page("files/<uuid:file_id>/restore/", name="file_restore", methods=("POST",))
def restore(request: HttpRequest, file_id: UUID) -> HttpResponse:
    stored = _file_or_404(file_id, user_of(request), deleted=True)
    address = _require_edit(stored, user_of(request))
    restore_file(stored)
    notice(request, _("“%(name)s” is back.") % {"name": stored.name})
    return go_to(request, address)


def _require_edit(stored: StoredFile, user: User) -> str:
    """Refuse unless the user may edit the file's record; return the address of that record's page."""
    if stored.record is None:
        return "/"
    require(user, "edit", stored.record.load())
    return stored.record.get_absolute_url()


def _fill(request: HttpRequest, record: Record) -> dict[str, Any]:  # Any: what the template shows
    files = list(StoredFile.objects.filter(record_id=record.pk, deleted_at=None).order_by("-at")[: SHOWN + 1])
    return {"files": files[:SHOWN], "more": len(files) > SHOWN}


add_block(Block("files", (), "right", "kernel/files/block.html", _fill, order=900))
