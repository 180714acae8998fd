"""How far the readers of the change log are behind, for who watches over Rapport."""

from collections.abc import Iterable

from django.db import connection

from rapport.runtime.observing.measures import Figure

MOST = 100_000  # counted to the end a log of years would take long; more than this is too much anyway
BEHIND = """
select c.name, (select count(*) from (
    select 1 from kernel_change where transaction > c.transaction limit %s
) unread) from kernel_cursor c order by c.name
"""


def read_backlog() -> Iterable[Figure]:
    """Entries that each reader has not read yet; and that of the reader who is furthest behind."""
    with connection.cursor() as cursor:
        cursor.execute(BEHIND, [MOST])
        rows = cursor.fetchall()
    text = "Entries of the change log that a reader has not read yet (counted to 100,000)."
    for name, behind in rows:
        yield Figure("rapport_change_log_reader_behind", text, behind, {"reader": name})
    most = max((behind for _name, behind in rows), default=0)
    yield Figure("rapport_change_log_behind", "The same, of the reader who is furthest behind.", most)
