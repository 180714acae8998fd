"""Walking a list from record to record: who stands before and behind this one."""

from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict

from rapport.kernel.fields import Context
from rapport.kernel.filters import TooExpensive
from rapport.kernel.lists.reader import Rows, Source, place_of, read_rows
from rapport.kernel.lists.state import read_state
from rapport.kernel.records import Record
from rapport.kernel.registry import RecordType

LONGEST = 2.0  # seconds: nobody waits for the arrows


@dataclass(frozen=True)
class Neighbors:
    """The ids of the records around one in a list; None at its ends, and when the record does not stand in it."""

    previous: UUID | None = None
    next: UUID | None = None


def neighbors(kind: RecordType, context: Context, query_string: str, record: Record) -> Neighbors:
    """Return the neighbors of a record in the list of that query string: two index scans, however long it is."""
    state = read_state(kind, context, QueryDict(query_string[:4000]))
    if state.compiled.problems:
        return Neighbors()
    try:
        with state.reading(LONGEST):
            return _beside(state.source(), record)
    except TooExpensive:  # the record is shown all the same
        return Neighbors()


def _beside(source: Source, record: Record) -> Neighbors:
    place = place_of(source, record.pk)
    if place is None:
        return Neighbors()

    def only_ids(rows: Rows) -> Rows:
        return rows.only("pk")

    backwards = Source(source.kind, source.user, source.condition, source.sort.reversed())
    before = read_rows(backwards, only_ids, place, 1)
    behind = read_rows(source, only_ids, place, 1)
    return Neighbors(before[0].pk if before else None, behind[0].pk if behind else None)
