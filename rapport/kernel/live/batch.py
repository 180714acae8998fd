"""What happened behind a position: entries of the change log and news, as pages need to know them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from rapport.kernel.changes.log import LAST, Entry, Position, horizon, read_log
from rapport.kernel.timeline.models import TimelineEntry

MOST = 2_000  # entries read at once; who is further behind loads his page anew
TOUCHED = 500  # records whose timelines are looked for


@dataclass(frozen=True)
class Happening:
    """That something changed with a record, or is new for a user.

    `columns` are those that were changed, empty when it is not about columns; `part` names a kind of rows of the
    record; `needs` are further records that one must see to learn of it (the other end of a relationship); `names` are
    values that came or went and may be ids of users: whom it was given to, who takes part.
    """

    position: Position
    what: str  # "record", "timeline", "comments" (on a record) or "notifications" (for a user)
    record_id: UUID | None = None
    user_id: UUID | None = None
    type: str = ""
    act: str = ""
    part: str = ""
    columns: frozenset[str] = frozenset()
    needs: frozenset[UUID] = frozenset()
    names: frozenset[str] = frozenset()
    by: UUID | None = None


@dataclass
class Batch:
    """What happened between two positions. With `is_cut` there is so much that only loading anew helps."""

    since: Position
    until: Position
    happenings: list[Happening] = field(default_factory=list)
    is_cut: bool = False


def read_batch(since: Position) -> Batch:
    """All that is finished behind the position: never past the oldest transaction that still runs."""
    entries, until, more = read_log(since, None, MOST)
    if more:
        return Batch(since, Position(horizon() - 1, LAST), is_cut=True)
    found = _of_log(entries)
    changed = {one.record_id: one for one in found}
    found += _of_timelines(changed)
    found += _news(since, until)
    return Batch(since, until, found)


def _of_log(entries: list[Entry]) -> list[Happening]:
    ends: dict[UUID, set[UUID]] = {}
    for entry in entries:
        if entry.part == "relationships" and entry.part_id is not None:
            ends.setdefault(entry.part_id, set()).add(entry.record_id)
    return [
        Happening(
            entry.position, "record", entry.record_id, type=entry.type, act=entry.act, part=entry.part,
            columns=frozenset(entry.diff) if entry.act == "update" and not entry.part else frozenset(),
            needs=frozenset(ends.get(entry.part_id, ())) if entry.part_id else frozenset(),
            names=_names(entry.diff), by=entry.actor_id,
        )
        for entry in entries
    ]  # fmt: skip


def _names(diff: dict[str, Any]) -> frozenset[str]:  # Any: {column: [old, new]}
    ids = (one for column, pair in diff.items() if column.endswith("_id") for one in pair)
    return frozenset(one for one in ids if isinstance(one, str))


def _of_timelines(changed: dict[UUID | None, Happening]) -> list[Happening]:
    """What stands in the timelines of other records (a call, a meeting) is new there, too."""
    ids = [key for key in changed if key is not None][:TOUCHED]
    rows = TimelineEntry.objects.filter(item_id__in=ids).values_list("record_id", "item_id", "record__type")
    return [
        Happening(
            changed[item].position, "timeline", record, type=key, needs=frozenset([item]), by=changed[item].by
        )
        for record, item, key in rows
        if record != item
    ]  # fmt: skip


def _news(since: Position, until: Position) -> list[Happening]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select n.transaction, n.id, n.what, n.record_id, n.user_id, n.by_id, coalesce(r.type, '')"
            " from kernel_news n left join kernel_record r on r.id = n.record_id"
            # Several entries of a transaction are read with the log: it is taken whole, so here, too.
            " where n.transaction >= %s and n.transaction <= %s order by n.transaction, n.id limit %s",
            [since.transaction + (1 if since.change == LAST else 0), until.transaction, MOST],
        )
        rows = cursor.fetchall()
    return [
        Happening(Position(transaction, LAST), what, record, user, type=key, by=by)
        for transaction, _id, what, record, user, by, key in rows
    ]
