"""What goes into the trash with records: counted, so that the question before deleting can name it."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.translation import ngettext

from rapport.accounts.models import User
from rapport.kernel.comments.models import Comment
from rapport.kernel.files.models import StoredFile
from rapport.kernel.relations.models import Relationship
from rapport.kernel.timeline.models import TimelineEntry
from rapport.ui import formats

COUNTED_UP_TO = 1_000  # of more records nobody weighs single comments


def what_goes_along(ids: Sequence[UUID], user: User) -> list[str]:
    """Return ["12 entries of the timeline", "3 comments", …] of these records; nothing for very many."""
    if len(ids) > COUNTED_UP_TO:
        return []
    entries = TimelineEntry.objects.filter(record_id__in=ids).values("item_id").distinct().count()
    comments = Comment.objects.filter(record_id__in=ids, deleted_at=None).count()
    files = StoredFile.objects.filter(record_id__in=ids, deleted_at=None).count()
    edges = Relationship.objects.filter(Q(source_id__in=ids) | Q(target_id__in=ids)).visible_to(user).count()
    return [
        sentence % {"count": formats.format_number(count)}
        for count, sentence in (
            (
                entries,
                ngettext("%(count)s entry of the timeline", "%(count)s entries of the timeline", entries),
            ),
            (comments, ngettext("%(count)s comment", "%(count)s comments", comments)),
            (files, ngettext("%(count)s file", "%(count)s files", files)),
            (edges, ngettext("%(count)s relationship", "%(count)s relationships", edges)),
        )
        if count
    ]
