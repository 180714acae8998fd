"""What the log says of one record.

The log lies in a table for each month. A record has entries only since it was made, and PostgreSQL plans a query in a
time that grows with the tables that it has to look at.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from rapport.kernel.changes.models import Change
from rapport.kernel.records import Record

LONGEST_WRITE = timedelta(days=1)  # the log notes when the transaction began that made the record


def history_of(record: Record, merged: Collection[UUID] = ()) -> QuerySet[Change]:
    """The entries of a record, and of those that were merged into it: they may be older than itself."""
    if merged:
        return Change.objects.filter(record_id__in=[record.pk, *merged])
    return Change.objects.filter(record_id=record.pk, at__gte=record.created_at - LONGEST_WRITE)


def creator_of(record: Record) -> UUID | None:
    """The id of the user who made the record; None where the log names nobody."""
    made = history_of(record).filter(act="create", part="", at__lte=record.created_at + LONGEST_WRITE)
    return made.values_list("actor_id", flat=True).first()
