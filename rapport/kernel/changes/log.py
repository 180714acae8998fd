"""The change log behind a position, never past the oldest running transaction: nothing is left out, ever."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

LAST: Final = 2**62
COLUMNS: Final = (
    "id", "at", "record_id", "type", "act", "part", "diff", "version", "actor_id", "cause", "change_set_id",
    "transaction", "part_id",
)  # fmt: skip

HORIZON: Final = """
with taken as (select pg_current_snapshot() as snapshot),
others as (
    select l.transactionid::text::bigint as short from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted
        and a.datid <> (select oid from pg_database where datname = current_database())
),
running as (select pg_snapshot_xip(snapshot)::text::bigint as xid from taken)
select coalesce(
    (select min(xid) from running where (xid & 4294967295) not in (select short from others)),
    (select pg_snapshot_xmax(snapshot)::text::bigint from taken)
)
"""


@dataclass(frozen=True, order=True)
class Position:
    """An entry of the log: its transaction, and its number within it."""

    transaction: int = 0
    change: int = 0

    def __str__(self) -> str:
        return f"{self.transaction}-{self.change}"

    @classmethod
    def read(cls, said: str) -> "Position | None":
        """The position that was written so; None when it is no such thing."""
        found = re.fullmatch(r"(\d{1,18})-(\d{1,19})", said, re.ASCII)
        return None if found is None else cls(int(found[1]), min(int(found[2]), LAST))


@dataclass(frozen=True)
class Entry:
    """One entry of the log."""

    id: int
    at: Any  # Any: a moment
    record_id: UUID
    type: str
    act: str
    part: str
    diff: dict[str, Any]  # Any: {column: [old, new]}
    version: int | None
    actor_id: UUID | None
    cause: str
    change_set_id: UUID | None
    transaction: int
    part_id: UUID | None = None

    @property
    def position(self) -> Position:
        return Position(self.transaction, self.id)


def horizon() -> int:
    """The oldest transaction of this database that still runs: what lies before it is complete.

    A server may hold other databases, too: their transactions are left out where the server says that they are theirs.
    """
    with connection.cursor() as cursor:
        cursor.execute(HORIZON)
        return int(cursor.fetchone()[0])


def next_transaction() -> int:
    """The number that no transaction of this server has reached yet.

    It only grows. The horizon may step back: of a transaction that ends just while it is asked for the server does not
    say any more to which database it belongs.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def now() -> Position:
    return Position(horizon() - 1, LAST)


def read_log(after: Position, types: Iterable[str] | None, most: int) -> tuple[list[Entry], Position, bool]:
    """Return entries (of these types) behind the position, the position behind them, and whether there are more."""
    end, wanted = horizon(), None if types is None else list(types)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {', '.join(COLUMNS)} from kernel_change"
            " where transaction >= %s and transaction < %s and (transaction, id) > (%s, %s)"
            " and (%s::text[] is null or type = any(%s)) order by transaction, id limit %s",
            [after.transaction, end, after.transaction, after.change, wanted, wanted, most + 1],
        )
        rows = [Entry(*_decoded(row)) for row in cursor.fetchall()]
    if len(rows) > most:
        return rows[:most], rows[most - 1].position, True
    return rows, max(after, Position(end - 1, LAST)), False


def _decoded(row: tuple[Any, ...]) -> list[Any]:  # Any: columns
    values = list(row)
    place = COLUMNS.index("diff")
    if isinstance(values[place], str):
        values[place] = json.loads(values[place])
    return values


def position_at(moment: Any) -> Position:  # Any: a moment
    """The position before everything that was logged from that moment on."""
    with connection.cursor() as cursor:
        cursor.execute("select min(transaction) from kernel_change where at >= %s", [moment])
        first = cursor.fetchone()[0]
    return now() if first is None else Position(int(first) - 1, LAST)
