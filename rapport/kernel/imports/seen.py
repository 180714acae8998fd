"""What a dry run has met in earlier batches: kept by the database, so a million rows need no more memory than ten."""

from collections.abc import Iterable

from django.db import connection

TABLE = "import_seen"


class Seen:
    """The keys of the rows so far, as numbers, in a table that only this connection sees."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"create temporary table if not exists {TABLE} (key bigint primary key)")
            cursor.execute(f"truncate pg_temp.{TABLE}")

    def among(self, keys: Iterable[str]) -> set[int]:
        """The numbers of those of these keys that were met before."""
        wanted = [hash(key) for key in keys]
        if not wanted:
            return set()
        with connection.cursor() as cursor:
            cursor.execute(f"select key from pg_temp.{TABLE} where key = any(%s::bigint[])", [wanted])  # noqa: S608  # ours
            return {key for (key,) in cursor.fetchall()}

    def add(self, keys: Iterable[str]) -> None:
        numbers = [hash(key) for key in keys]
        with connection.cursor() as cursor:
            cursor.execute(
                f"insert into pg_temp.{TABLE} select unnest(%s::bigint[]) on conflict do nothing",  # ours
                [numbers],
            )

    def forget(self) -> None:
        """The check is over."""
        with connection.cursor() as cursor:
            cursor.execute(f"drop table if exists pg_temp.{TABLE}")
