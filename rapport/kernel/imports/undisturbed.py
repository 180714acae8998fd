"""While an import fills tables, the server's vacuum and statistics leave them alone.

Every minute they would read tables that grew by a fifth from end to end: three times for a million rows, a tenth of the
work. They come when the import is over; the statistics that it needs it renews itself (`Engine.learn`). The lock is one
that only maintenance asks for: it stops neither readers nor writers.
"""

from collections.abc import Iterable

from django.db import connection

HOLD = """
do $$ declare one text; begin
    foreach one in array %s::text[] loop
        begin
            execute format('lock table %%I in share update exclusive mode nowait', one);
        exception when lock_not_available then null;  -- maintenance, or another import, is at it
        end;
    end loop;
end $$
"""
WAITED_FOR = """
select exists (
    select from pg_locks mine join pg_locks w on w.locktype = mine.locktype and w.database = mine.database
        and (w.relation, w.classid, w.objid, w.objsubid)
            is not distinct from (mine.relation, mine.classid, mine.objid, mine.objsubid)
    where mine.pid = pg_backend_pid() and mine.granted and not w.granted and mine.locktype = %s)
"""


def is_waited_for(kind: str) -> bool:
    """Whether somebody waits for a lock of this kind ("advisory", "relation") that this transaction holds."""
    with connection.cursor() as cursor:
        cursor.execute(WAITED_FOR, [kind])
        return bool(cursor.fetchone()[0])


class Undisturbed:
    """Holds the lock of these tables inside a transaction; always let go and taken on the same level of it."""

    def __init__(self, tables: Iterable[str]) -> None:
        self.tables = sorted(tables)
        self.is_held = False

    def hold(self) -> None:
        """Take what can be had at once."""
        self.let_go()
        with connection.cursor() as cursor:
            cursor.execute("savepoint undisturbed")
            cursor.execute(HOLD, [self.tables])
        self.is_held = True

    def let_go(self) -> None:
        if self.is_held:
            with connection.cursor() as cursor:
                cursor.execute("rollback to savepoint undisturbed")
                cursor.execute("release savepoint undisturbed")
        self.is_held = False
