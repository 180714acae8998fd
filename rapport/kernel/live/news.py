"""Telling open pages of what the change log does not have."""

from uuid import UUID

from django.db import connection

Item = tuple[str, UUID | None, UUID | None]  # what, the record, the user


def tell(*items: Item, by: UUID | None = None) -> None:
    """Note that this happened, in the transaction in which it happens; open pages learn it after the commit."""
    if items:
        whats, records, users = zip(*dict.fromkeys(items), strict=True)
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into kernel_news (at, what, record_id, user_id, by_id, transaction)"
                " select now(), t.what, t.record_id, t.user_id, %s, pg_current_xact_id()::text::bigint"
                " from unnest(%s::text[], %s::uuid[], %s::uuid[]) as t(what, record_id, user_id)",
                [by, list(whats), list(records), list(users)],
            )
