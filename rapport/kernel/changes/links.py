"""Foreign keys of tables that take many rows at once are asked once for each statement (sql/links.sql)."""

from collections.abc import Iterable

from django.db import connection

UNGUARDED = """
select distinct t.tgrelid::regclass::text from pg_trigger t
where t.tgfoid = '"RI_FKey_check_ins"'::regproc and t.tgenabled = 'D' and not exists (
    select from pg_trigger o where o.tgrelid = t.tgrelid and o.tgname = 'linked' and o.tgenabled in ('O', 'A'))
order by 1
"""


def check_links(tables: Iterable[str]) -> None:
    """Let the statements that write to these tables check their links, where this is not so already."""
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute("select kernel_check_links_by_statement(%s::regclass)", [table])


def unguarded() -> list[str]:
    """Tables to which rows with links to nothing could be added, as somebody dropped or switched off their trigger."""
    with connection.cursor() as cursor:
        cursor.execute(UNGUARDED)
        return [f"linked on {table}" for (table,) in cursor.fetchall()]
