"""Where a record has gone that was merged into another one."""

from collections.abc import Iterable
from uuid import UUID

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.merge.models import MergedRecord
from rapport.kernel.records.base import Record
from rapport.kernel.records.errors import NotVisible
from rapport.kernel.registry import RecordType, type_by_key

STEPS = 20  # a survivor may have been merged into another one later


class MovedTo(NotVisible):
    """The address is that of a merged record; `record` is the one that it became. Not caught, it is not found."""

    def __init__(self, record: Record) -> None:
        self.record = record
        super().__init__(record.pk)


def survivor_id(record_id: UUID) -> UUID | None:
    """The id of the record that this one became, None when it was never merged."""
    return survivor_ids([record_id]).get(record_id)


def survivor_ids(record_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The same for many; those that were never merged are missing."""
    found: dict[UUID, UUID] = {}
    level = {one: one for one in record_ids}
    for _step in range(STEPS):
        into = dict(MergedRecord.objects.filter(pk__in=set(level.values())).values_list("pk", "into_id"))
        level = {one: into[key] for one, key in level.items() if key in into and into[key] != one}
        if not level:
            break
        found |= level
    return found


def survivor_of(record_id: UUID, user: User) -> Record | None:
    """The record that a merged one became, as far as the user may see it."""
    key = survivor_id(record_id)
    row = AnyRecord.objects.visible_to(user).filter(pk=key).first() if key else None
    kind: RecordType | None = type_by_key(row.type) if row is not None else None
    if row is None or kind is None:
        return None
    found: Record | None = kind.visible_to(user).filter(pk=row.pk).first()
    return found


def merged_ids(record_id: UUID) -> list[UUID]:
    """The records that were merged into this one, also by way of others."""
    found: list[UUID] = []
    level = [record_id]
    for _step in range(STEPS):
        level = list(
            MergedRecord.objects.filter(into__in=level).exclude(pk__in=found).values_list("pk", flat=True)
        )
        if not level:
            break
        found += level
    return found
