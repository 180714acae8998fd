"""The tables of custom record types: made with the type, and kept like the model by every migrate."""

from typing import Any

from django.db import connection

from rapport.kernel.changes import triggers
from rapport.kernel.custom import schema
from rapport.kernel.custom.record_types.made import TABLE, columns_of
from rapport.kernel.lists import indexes
from rapport.kernel.registry import RecordType

LINKS = """
select c.conname, a.attname, c.confrelid::regclass::text from pg_constraint c
join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
where c.conrelid = %s::regclass and c.contype = 'f' and c.confdeltype = 'a' and not a.attnotnull
"""


def is_free(key: str) -> bool:
    """False where something of Rapport's own is called like the table would be, e.g. that of custom fields."""
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is null", [f"{TABLE}{key}"])
        return bool(cursor.fetchone()[0])


def create(kind: RecordType) -> None:
    """Make the table of a new type with its triggers and the indexes of its lists."""
    with connection.cursor() as cursor:
        # What waits to be checked at the end of the transaction keeps a table from being linked to.
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
        with connection.schema_editor() as editor:
            editor.create_model(kind.model)
        _let_go_of_what_is_deleted(cursor, kind.table)
    triggers.install_on(kind.table, [kind])
    indexes.prepare(kind)


def drop(table: str) -> None:
    """Take the table of a removed type away, with all its records."""
    with connection.cursor() as cursor:
        # With it goes the function of its rows' words.
        cursor.execute(f"drop table if exists {table} cascade")
        for function in ("inserted()", "updated()", "removed()", "linked()", "own_words(uuid)"):
            cursor.execute(f"drop function if exists {table}_{function}")


def follow() -> None:
    """After a migrate: what every record has got since, the tables of custom types get, too."""
    schema.load()
    for kind in schema.known().types.values():
        with connection.cursor() as cursor:
            there = {one.name for one in connection.introspection.get_table_description(cursor, kind.table)}
            missing = [one for name, one in columns_of(kind.model).items() if name not in there]
            if missing:
                with connection.schema_editor() as editor:
                    for one in missing:
                        editor.add_field(kind.model, one)
                _let_go_of_what_is_deleted(cursor, kind.table)


def _let_go_of_what_is_deleted(cursor: Any, table: str) -> None:
    """Django empties links to a deleted team only in tables that it has migrations for; here the database does it."""
    cursor.execute(LINKS, [table])
    for name, column, target in cursor.fetchall():
        cursor.execute(
            f'alter table "{table}" drop constraint "{name}", add constraint "{name}"'
            f' foreign key ("{column}") references {target} on delete set null deferrable initially deferred'
        )
