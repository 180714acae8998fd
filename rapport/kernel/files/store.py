"""Taking in uploaded files: size, a clean name, and what they are by their content, never by their name."""

import hashlib
import re
import unicodedata
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.files.models import StoredFile
from rapport.kernel.files.pixels import is_too_large
from rapport.kernel.timeline.entries import add_entry, remove_entries
from rapport.ui.formats import format_filesize

KIND = "file"
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
# Names that Windows keeps for devices; a file of that name could not be saved there.
_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def sniff(head: bytes) -> str:
    """The type of a file by its first bytes; anything that a browser could run is plain bytes to us."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return "application/zip"
    return "application/octet-stream"


def clean_name(said: str) -> str:
    """A file name without path, control characters or tricks; never empty, at most 200 characters."""
    name = unicodedata.normalize("NFC", said.replace("\\", "/").rpartition("/")[2])
    # "Cf" are invisible marks, such as the one that turns "gpj.exe" around.
    name = "".join(mark for mark in name if unicodedata.category(mark)[0] != "C")
    name = re.sub(r'[<>:"|?*]+', "_", name).strip(" .")
    if not name:
        name = _("Unnamed file")
    if _DEVICES.match(name):
        name = f"_{name}"
    if len(name) > 200:
        stem, dot, ending = name.rpartition(".")
        short = dot and len(ending) <= 10
        name = f"{stem[: 199 - len(ending)]}.{ending}" if short else name[:200]
    return name


def store_file(
    upload: "UploadedFile[Any]",  # Any: bytes on disk or in memory
    *,
    by: User,
    record: AnyRecord | None = None,
    only_pictures: bool = False,
) -> StoredFile:
    """Keep an uploaded file, for a record or (record None) until the form that it belongs to is saved.

    ValidationError says why it cannot be kept. Whether `by` may edit the record is the caller's question.
    """
    name = clean_name(upload.name or "")
    size = upload.size or 0
    if size == 0:
        raise ValidationError(_("“%(name)s” is empty. Choose another file.") % {"name": name})
    if size > settings.LARGEST_FILE:
        raise ValidationError(
            _("“%(name)s” has %(size)s; %(limit)s fit here. Make it smaller or put a link into a note.")
            % {"name": name, "size": format_filesize(size), "limit": format_filesize(settings.LARGEST_FILE)}
        )
    upload.seek(0)
    content_type = sniff(upload.read(64))
    upload.seek(0)
    if only_pictures and content_type not in PICTURES:
        raise ValidationError(
            _("“%(name)s” is not a picture. PNG, JPEG, GIF and WebP can be used.") % {"name": name}
        )
    if content_type in PICTURES and is_too_large(upload, content_type):
        raise ValidationError(
            _("“%(name)s” has more pixels than browsers can show. Make it smaller.") % {"name": name}
        )
    digest = hashlib.sha256()
    for part in upload.chunks():
        digest.update(part)
    stored = StoredFile(
        record=record,
        name=name,
        size=size,
        content_type=content_type,
        sha256=digest.hexdigest(),
        uploaded_by=by,
    )
    with transaction.atomic():
        stored.content.save(stored.pk.hex, upload, save=False)
        stored.save(force_insert=True)
        if record is not None:
            add_entry(record, KIND, stored.pk, stored.at)
    return stored


def attach(stored: StoredFile, record: AnyRecord) -> None:
    """A file that came with a form now belongs to the record that the form made."""
    if stored.record_id is None:
        StoredFile.objects.filter(pk=stored.pk, record=None).update(record=record)


def delete_file(stored: StoredFile) -> None:
    """Take the file away; it can be restored."""
    with transaction.atomic():
        StoredFile.objects.filter(pk=stored.pk, deleted_at=None).update(deleted_at=timezone.now())
        remove_entries(KIND, stored.pk)


def restore_file(stored: StoredFile) -> None:
    """Bring a deleted file back."""
    with transaction.atomic():
        StoredFile.objects.filter(pk=stored.pk).update(deleted_at=None)
        if stored.record is not None:
            add_entry(stored.record, KIND, stored.pk, stored.at)
