"""Writing the index of the timeline: one row per item and record, also for the records that follow along."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.timeline.models import TimelineEntry

Follow = Callable[[UUID], Iterable[UUID]]  # the id of a record in, ids of records that show its items too out

_follows: dict[str, list[Follow]] = {}


def follow(type_key: str, further: Follow) -> None:
    """Register whose timelines show what happens with records of that type, e.g. a person's organization."""
    _follows.setdefault(type_key, []).append(further)


def followers(record: AnyRecord) -> set[UUID]:
    """The further records that show the items of this one."""
    return {key for further in _follows.get(record.type, ()) for key in further(record.pk)} - {record.pk}


def add_entry(record: AnyRecord, kind: str, item_id: UUID, at: datetime) -> None:
    """Put an item into the record's timeline and into those that follow along."""
    rows = [TimelineEntry(record_id=record.pk, at=at, kind=kind, item_id=item_id)]
    known = AnyRecord.objects.filter(pk__in=followers(record)).values_list("pk", flat=True)
    rows += [
        TimelineEntry(record_id=key, at=at, kind=kind, item_id=item_id, origin_id=record.pk) for key in known
    ]
    TimelineEntry.objects.bulk_create(rows, ignore_conflicts=True)


def remove_entries(kind: str, item_id: UUID) -> None:
    """Take an item out of all timelines."""
    TimelineEntry.objects.filter(kind=kind, item_id=item_id).delete()
