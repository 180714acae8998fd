"""Reading the change log from where one stopped, never past the oldest running transaction."""

from uuid import UUID

from django.db import connection, transaction

from rapport.kernel.changes.models import Cursor


def changed_records(name: str, *, most: int = 20_000) -> list[UUID]:
    """Return the records that changed since this reader's last call and move its cursor, in one transaction.

    To be called inside the transaction that does the work, so that a crash repeats it. A transaction that still runs
    keeps everything begun after it for the next call; nothing is ever left out.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("read the log in the transaction that does the work")
    Cursor.objects.get_or_create(name=name)
    cursor_row = Cursor.objects.select_for_update().get(name=name)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select record_id, transaction from kernel_change
            where transaction > %s and transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
            order by transaction limit %s
            """,
            [cursor_row.transaction, most],
        )
        rows = cursor.fetchall()
        if len(rows) == most:  # the last transaction may be cut: take it whole
            cursor.execute(
                "select record_id, transaction from kernel_change where transaction = %s", [rows[-1][1]]
            )
            rows += cursor.fetchall()
    if rows:
        cursor_row.transaction = rows[-1][1]
        cursor_row.save(update_fields=["transaction"])
    return list({row[0] for row in rows})
