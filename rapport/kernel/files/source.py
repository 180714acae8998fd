"""Files in the timeline."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.files.models import StoredFile
from rapport.kernel.files.store import KIND, PICTURES
from rapport.kernel.timeline.sources import Item, Source, add_source


def load(ids: Sequence[UUID], user: User) -> dict[UUID, Item]:
    """The files for a timeline, of records that the user sees."""
    rows = StoredFile.objects.filter(pk__in=ids, deleted_at=None).select_related("uploaded_by")
    seen = set(AnyRecord.objects.visible_to(user).filter(files__in=ids).values_list("pk", flat=True))
    return {
        one.pk: Item(
            one.pk, one.at, "file", "kernel/files/item.html", "paperclip", "sky",
            data={"file": one, "is_picture": one.content_type in PICTURES},
        )
        for one in rows
        if one.record_id in seen
    }  # fmt: skip


def seen(user: User) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(deleted_at=None, record__in=AnyRecord.objects.visible_to(user))


def register() -> None:
    """Enter the source; called when the application starts."""
    add_source(Source(KIND, _("Files"), load, "files", seen=seen))
