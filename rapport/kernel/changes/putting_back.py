"""Writing the old values of a change set, set-based, straight from the log."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.reach import (
    NET_PARTS,
    RELATIONSHIPS,
    Reach,
    after_sql,
    columns_of,
    dependents,
    part_ids,
    reach_of,
)
from rapport.kernel.custom.dead_links import empty_dead_links
from rapport.kernel.registry import part_types, tables

if TYPE_CHECKING:
    from rapport.accounts.models import User

QUIET = ("id", "version", "changed_at")


def put_back(done: ChangeSet, ids: list[UUID], by: "User") -> tuple[list[Reach], list[UUID]]:
    """Take the set back for these records; returns what was done and the records for which it did not work.

    Where old values do not fit any more (what they lead to is gone), all others are put back all the same.
    """
    try:
        with transaction.atomic():
            _lock(ids)
            found = reach_of(done, ids, by)
            if found.back:
                _write(done, found, by)
                # So that what does not fit is noticed here and not at the commit.
                with connection.cursor() as cursor:
                    cursor.execute("set constraints all immediate")
                    cursor.execute("set constraints all deferred")
        return [found], []
    except IntegrityError:
        if len(ids) == 1:
            return [], ids
    middle = len(ids) // 2
    first, second = put_back(done, ids[:middle], by), put_back(done, ids[middle:], by)
    return first[0] + second[0], first[1] + second[1]


def _lock(ids: list[UUID]) -> None:
    """In the order of their ids, so that two who write never wait for each other in a circle."""
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"select from {table} where id = any(%s) order by id for update", [ids])


def _write(done: ChangeSet, found: Reach, by: "User") -> None:
    """Parts first: what follows from them is then in line already."""
    links = {one.key: f"{one.link}_id" for one in part_types()}
    for key, table in dependents():
        ids = part_ids(done, found, by, key)
        if ids:
            _write_parts(done, key, table, links.get(key, ""), ids, found.ids)
    there = set(found.types.values())
    mine = [one for one in found.ids if one not in found.refused]
    busy = found.busy
    with connection.cursor() as cursor:
        for table, kinds in tables().items():
            keys = [one.key for one in kinds]
            if not set(keys) & there:
                continue
            cursor.execute(
                f"update {table} t set deleted_at = now() from kernel_change c where c.change_set_id = %s"
                " and c.record_id = any(%s) and c.record_id <> all(%s) and c.type = any(%s) and c.act = 'create'"
                " and c.part = '' and c.record_id = t.id and t.deleted_at is null",
                [done.pk, mine, busy, keys],
            )
            columns = columns_of(table)
            written = [name for name in columns if name not in QUIET]
            names = ", ".join(f'"{name}"' for name in written)
            picked = ", ".join(f'(f.line)."{name}"' for name in written)
            # Worked out once, whatever the planner expects: of a table that was empty when it was last looked at it
            # expects one row, and would work them out anew for each row of the table.
            cursor.execute(
                f"with f as materialized ({after_sql(table)})"
                f" update {table} t set ({names}) = (select {picked}) from f where f.id = t.id",
                {"set": done.pk, "ids": mine, "keys": keys, "columns": columns},
            )
    empty_dead_links(mine, there)  # what a value led to may have been deleted for good since


def _write_parts(
    done: ChangeSet, part: str, table: str, link: str, ids: list[UUID], records: list[UUID]
) -> None:
    """Parts and relationships: what was added leaves, what was removed returns, what was changed goes back."""
    values: dict[str, Any] = {"set": done.pk, "parts": ids, "part": part, "ids": records}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            delete from {table} t using (
                select v.part_id from ({NET_PARTS}) v join {table} n on n.id = v.part_id
                where v.first_act = 'create' and v.last_act <> 'remove' group by v.part_id
                having bool_and(coalesce(to_jsonb(n) -> v.field, 'null') = v.new)) as f
            where t.id = f.part_id
            """,
            values,
        )
        # Jsonb of the whole row: the old values of the log over an empty row.
        parent = "" if part == RELATIONSHIPS else f", '{link}', min(v.record_id)"
        cursor.execute(
            f"""
            insert into {table} select (jsonb_populate_record(null::{table}, o.line)).* from (
                select jsonb_build_object('id', v.part_id{parent}) || jsonb_object_agg(v.field, v.old) as line
                from ({NET_PARTS}) v where v.first_act <> 'create' and v.last_act = 'remove' group by v.part_id
            ) as o on conflict do nothing
            """,
            values,
        )
        columns = columns_of(table, "id")
        names = ", ".join(f'"{name}"' for name in columns)
        picked = ", ".join(f'(f.line)."{name}"' for name in columns)
        cursor.execute(
            f"""
            with f as materialized (
                select n.id, jsonb_populate_record(n, a.own) as line
                from (
                    select v.part_id, jsonb_object_agg(v.field, v.old) as own
                    from ({NET_PARTS}) v join {table} p on p.id = v.part_id
                    where v.first_act <> 'create' and v.last_act <> 'remove' and v.old <> v.new
                        and coalesce(to_jsonb(p) -> v.field, 'null') = v.new group by v.part_id
                ) a join {table} n on n.id = a.part_id
            )
            update {table} t set ({names}) = (select {picked}) from f where f.id = t.id
            """,
            values,
        )
