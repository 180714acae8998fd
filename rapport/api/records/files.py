"""Files of a record: list, upload, download, delete."""

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.api.endpoint import Call, answer, nothing, read_id
from rapport.api.problems import Problem, not_found, wrong_values
from rapport.api.values import Json
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.files.models import StoredFile
from rapport.kernel.files.store import delete_file, store_file
from rapport.kernel.files.views import show_file
from rapport.kernel.permissions import can
from rapport.kernel.records import Record, Refused
from rapport.kernel.registry import type_by_key

MOST = 500


def list_files(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """The files of the record, the newest first."""
    record = _record(call, type_key, record_id)
    rows = StoredFile.objects.filter(record_id=record.pk, deleted_at=None).order_by("-at")[:MOST]
    return answer({"data": [_shown(one) for one in rows]})


def upload(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """Keep a file that is sent as the field “file” of a form (multipart/form-data)."""
    record = _record(call, type_key, record_id)
    if not can(call.user, "edit", record):
        raise Refused
    if call.request.content_type != "multipart/form-data":
        raise Problem(415, _("Send the file as the field “file” of multipart/form-data."))
    sent: Any = call.request.FILES.get("file")
    if sent is None:
        raise wrong_values({"file": _("Send the file as the field “file” of multipart/form-data.")})
    stored = store_file(sent, by=call.user, record=record.entry)
    return answer(_shown(stored), 201, {"Location": reverse("api_file", args=[stored.pk])})


def download(call: Call, file_id: str) -> HttpResponseBase:
    """The content, with the type that it has by its first bytes."""
    stored = _file(call, file_id)
    return show_file(call.request, stored.pk)


def remove_file(call: Call, file_id: str) -> HttpResponseBase:
    """Take the file away."""
    stored = _file(call, file_id)
    if stored.record is None or not can(call.user, "edit", stored.record.load()):
        raise Refused
    delete_file(stored)
    return nothing()


def _record(call: Call, type_key: str, record_id: str) -> Record:
    kind = call.kind(type_key)
    record = call.record(kind, record_id)
    call.needs(kind, "files")
    return record


def _file(call: Call, said: str) -> StoredFile:
    stored = StoredFile.objects.select_related("record").filter(pk=read_id(said), deleted_at=None).first()
    if stored is None or stored.record is None:
        raise not_found()
    seen = AnyRecord.objects.visible_to(call.user).filter(pk=stored.record.pk).exists()
    kind = type_by_key(stored.record.type)
    if not seen or kind is None or not call.scope.allows(kind, "files"):
        raise not_found()
    return stored


def _shown(stored: StoredFile) -> Json:
    return {
        "id": str(stored.pk), "name": stored.name, "size": stored.size, "content_type": stored.content_type,
        "sha256": stored.sha256, "at": stored.at.isoformat(), "url": reverse("api_file", args=[stored.pk]),
    }  # fmt: skip
