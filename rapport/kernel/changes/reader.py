"""Reading the change log from where one stopped: whole transactions, never past the oldest that still runs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from rapport.kernel.changes.log import Position, horizon, now
from rapport.kernel.changes.models import Change, Cursor

PART = """
select id, record_id, transaction from kernel_change
where transaction > %s and transaction <= %s and ({where}) order by transaction, id limit %s
"""


@dataclass(frozen=True)
class Part:
    """What is read at once: behind transaction `after`, up to and with `last`; `entries` are (number, record)."""

    after: int
    last: int
    entries: Sequence[tuple[int, UUID]]
    has_more: bool

    @property
    def records(self) -> list[UUID]:
        """Each record once."""
        return list({record for _number, record in self.entries})

    def changes(self) -> list[Change]:
        """The entries themselves, in the order in which they were written."""
        numbers = [number for number, _record in self.entries]
        return list(Change.objects.filter(pk__in=numbers).order_by("transaction", "id")) if numbers else []


@contextmanager
def unread(
    reader: str, *, most: int, where: str = "true", values: Sequence[Any] = (), from_now: bool = False
) -> Iterator[Part]:
    """Give what this reader has not read yet of the log, and move its place when the work inside is done.

    Both are one transaction, so that a crash repeats the work. A transaction is never cut in two: the part holds about
    `most` entries that meet the condition `where`, and the rest of the last one's transaction. A new reader begins with
    the oldest entry; with `from_now` its first part is empty.
    """
    with transaction.atomic():
        first = now() if from_now else Position()
        Cursor.objects.get_or_create(name=reader, defaults={"transaction": first.transaction})
        place = Cursor.objects.select_for_update().get(name=reader)
        part = _part(place.transaction, most, where, values)
        yield part
        if part.last > place.transaction:
            place.transaction = part.last
            place.save(update_fields=["transaction"])


def _part(after: int, most: int, where: str, values: Sequence[Any]) -> Part:
    """`values` stand for the placeholders in `where`; what a condition leaves out is passed over."""
    end, sql = horizon() - 1, PART.format(where=where)
    with connection.cursor() as cursor:
        cursor.execute(sql, [after, end, *values, most])
        rows = cursor.fetchall()
        if len(rows) < most:
            return Part(after, end, [row[:2] for row in rows], has_more=False)
        last = rows[-1][2]  # it may be cut: taken whole
        whole = [row for row in rows if row[2] < last]
        cursor.execute(sql, [last - 1, last, *values, None])
        return Part(after, last, [row[:2] for row in [*whole, *cursor.fetchall()]], has_more=True)


def begin(reader: str, behind: Position) -> None:
    """Let this reader go on behind that position."""
    Cursor.objects.update_or_create(name=reader, defaults={"transaction": behind.transaction})


def has_begun(reader: str) -> bool:
    """Whether this reader has a place in the log."""
    return Cursor.objects.filter(name=reader).exists()
