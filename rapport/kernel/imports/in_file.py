"""What a dry run knows of the rows of its file, so that links to them are found: kept by the database."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import connection

WORDS, TOUCHED = "import_in_file", "import_touched"
NAME, BY_KEY = "name", "key"  # levels beside those of fields
HASH = f"hashtextextended(case when split_part(l, ':', 2) = '{NAME}' then upper(t) else t end, 0)"
Entry = tuple[str, str, UUID]  # level, text, the record


def level_of(type_key: str, what: str) -> str:
    """By what records of a type are known: "name", "key" or a field."""
    return f"{type_key}:{what}"


class InFile:
    """By which texts the records of the file are known afterwards, in tables that only this connection sees."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"create temporary table if not exists {WORDS}"
                " (level text, hash bigint, record_id uuid, primary key (level, hash, record_id))"
            )
            cursor.execute(f"create temporary table if not exists {TOUCHED} (id uuid primary key)")
            cursor.execute(f"truncate pg_temp.{WORDS}, pg_temp.{TOUCHED}")

    def add(self, entries: Sequence[Entry], known: Iterable[UUID]) -> None:
        """Texts of records, and which of these were here before: what they were called then no longer counts."""
        levels, texts, keys = zip(*entries, strict=True) if entries else ((), (), ())
        with connection.cursor() as cursor:
            cursor.execute(
                f"insert into pg_temp.{WORDS} select l, {HASH}, k"  # noqa: S608  # ours
                " from unnest(%s::text[], %s::text[], %s::uuid[]) as w (l, t, k) on conflict do nothing",
                [list(levels), list(texts), list(keys)],
            )
            cursor.execute(
                f"insert into pg_temp.{TOUCHED} select unnest(%s::uuid[]) on conflict do nothing",
                [list(known)],
            )

    def among(self, said: Mapping[str, str], level: str) -> dict[str, set[UUID]]:
        """{word: records of the file that are known by what it stands for}."""
        found: dict[str, set[UUID]] = {}
        with connection.cursor() as cursor:
            cursor.execute(
                f"select w, f.record_id from unnest(%s::text[], %s::text[], %s::text[]) as s (w, t, l)"  # noqa: S608  # ours
                f" join pg_temp.{WORDS} f on f.level = l and f.hash = {HASH}",
                [list(said), list(said.values()), [level] * len(said)],
            )
            for word, key in cursor.fetchall():
                found.setdefault(word, set()).add(key)
        return found

    def touched(self, keys: Iterable[UUID]) -> set[UUID]:
        """Those of these records that the file has a row for."""
        with connection.cursor() as cursor:
            cursor.execute(f"select id from pg_temp.{TOUCHED} where id = any(%s)", [list(keys)])  # noqa: S608  # ours
            return {key for (key,) in cursor.fetchall()}

    def forget(self) -> None:
        """The check is over."""
        with connection.cursor() as cursor:
            cursor.execute(f"drop table if exists pg_temp.{WORDS}, pg_temp.{TOUCHED}")
