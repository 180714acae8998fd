"""Taking a change set back, set-based, straight from the log."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from rapport.kernel.changes.models import AnyRecord, Cause, Change, ChangeSet
from rapport.kernel.changes.sets import change_set
from rapport.kernel.permissions import policy
from rapport.kernel.records.errors import NotVisible, Refused, RuleError
from rapport.kernel.registry import part_types, tables, types

if TYPE_CHECKING:
    from rapport.accounts.models import User

RELATIONSHIPS = "relationships"


@dataclass
class Reverted:
    """What reverting did: how many records it put back, and which values somebody had changed since (left alone)."""

    change_set: ChangeSet
    records: int = 0
    kept: list[tuple[UUID, str]] = field(default_factory=list)


def may_revert(user: "User", done: ChangeSet) -> bool:
    """The one who did it may take it back, and administrators."""
    return done.actor_id == user.pk or user.is_administrator


def revert(done: ChangeSet, *, by: "User") -> Reverted:
    """Undo all changes of that set in one transaction and return what was done.

    New records go to the trash, changed values get their old ones back, parts and relationships return or leave.
    A value that was changed again since is left as it is and listed in `kept`. Refused where `by` may not edit one of
    the records as it stands then: who gave a record away takes it back, who lost his rights to it does not.
    """
    from django.utils.translation import gettext

    if not may_revert(by, done):
        raise NotVisible
    label = gettext("Undone: %(what)s") % {"what": done.label}
    with change_set(by=by, cause=Cause.UNDO, label=label) as opened:
        locked = ChangeSet.objects.select_for_update().get(pk=done.pk)
        if locked.reverted_at is not None:
            raise RuleError(gettext("This was already undone."))
        result = Reverted(opened.row)
        try:
            with transaction.atomic():
                _put_back(done, result)
        except IntegrityError as problem:
            sentence = gettext("This cannot be taken back any more: something that it leads to is gone.")
            raise RuleError(sentence) from problem
        _demand_rights(done, by)
        opened.row.reverts = locked
        opened.row.save(update_fields=["reverts"])
        locked.reverted_at = timezone.now()
        locked.save(update_fields=["reverted_at"])
    return result


def _put_back(done: ChangeSet, result: Reverted) -> None:
    """All rows as they were; links to what is gone meanwhile are noticed here and not at the commit."""
    with connection.cursor() as cursor:
        for part in part_types():
            _revert_dependent(cursor, done, part.key, part.model._meta.db_table, part.link + "_id")
        _revert_dependent(cursor, done, RELATIONSHIPS, "kernel_relationship", "source_id")
        for table in tables():
            _revert_table(cursor, done, table, result)
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def _demand_rights(done: ChangeSet, by: "User") -> None:
    """Each record of the set must be one that `by` may edit; of a relationship one of its ends."""
    from django.utils.translation import gettext

    log, seen = Change.objects.filter(change_set_id=done.pk), Q(pk__in=[])
    own, edges, narrow = log.exclude(part=RELATIONSHIPS), log.filter(part=RELATIONSHIPS), False
    is_foreign = False
    for kind in types():
        editing = policy(by, kind.key, "edit")
        seen |= Q(type=kind.key) & editing.condition
        if editing.reach != "all":
            narrow = True
            touched = kind.model.objects.filter(pk__in=own.filter(type=kind.key).values("record_id"))
            is_foreign = is_foreign or touched.exclude(editing.condition).exists()
    if narrow and not is_foreign:
        mine = edges.filter(record_id__in=AnyRecord.objects.filter(seen).values("pk"))
        is_foreign = edges.exclude(part_id__in=mine.values("part_id")).exists()
    if is_foreign:
        raise Refused(
            gettext("Some of these records are not yours any more. Ask an administrator to take it back.")
        )


def _revert_table(cursor: object, done: ChangeSet, table: str, result: Reverted) -> None:
    """Records of one table: creations into the trash, updates back to the oldest value of the set."""
    execute, fetchall = cursor.execute, cursor.fetchall  # type: ignore[attr-defined]  # no common cursor type
    keys = [one.key for one in tables()[table]]
    execute(
        f"update {table} t set deleted_at = now() from kernel_change c where c.change_set_id = %s"
        " and c.type = any(%s) and c.act = 'create' and c.part = '' and c.record_id = t.id and t.deleted_at is null",
        [done.pk, keys],
    )
    result.records += cursor.rowcount  # type: ignore[attr-defined]  # as above
    execute(
        f"""
        create temporary table if not exists kernel_reverting
            (record_id uuid, field text, old jsonb, new jsonb, is_same boolean) on commit drop;
        truncate kernel_reverting;
        insert into kernel_reverting
        select e.record_id, e.field, (array_agg(e.old order by e.at, e.id))[1],
            (array_agg(e.new order by e.at desc, e.id desc))[1], null
        from (select c.record_id, c.at, c.id, d.key as field, d.value -> 0 as old, d.value -> 1 as new
              from kernel_change c, jsonb_each(c.diff) d
              where c.change_set_id = %s and c.type = any(%s) and c.act = 'update' and c.part = '') as e
        group by e.record_id, e.field;
        update kernel_reverting v
        set is_same = kernel_flat(to_jsonb(t)) -> v.field is not distinct from v.new
        from {table} t where t.id = v.record_id;
        """,
        [done.pk, keys],
    )
    execute(
        f"select v.record_id, v.field from kernel_reverting v join {table} t on t.id = v.record_id where not is_same"
        " and kernel_flat(to_jsonb(t)) -> v.field is distinct from v.old"
    )
    result.kept += fetchall()
    columns = _columns(cursor, table)
    names = ", ".join(f'"{name}"' for name in columns)
    picked = ", ".join(f'(f.line)."{name}"' for name in columns)
    execute(
        f"""
        update {table} t set ({names}) = (select {picked}) from (
            select t2.id, jsonb_populate_record(t2,
                coalesce(jsonb_object_agg(v.field, v.old) filter (where to_jsonb(t2) ? v.field), '{{}}')
                || jsonb_build_object('custom', t2.custom || coalesce(
                    jsonb_object_agg(v.field, v.old) filter (where not to_jsonb(t2) ? v.field), '{{}}'))) as line
            from kernel_reverting v join {table} t2 on t2.id = v.record_id where v.is_same group by t2.id
        ) as f where f.id = t.id
        """
    )
    result.records += cursor.rowcount  # type: ignore[attr-defined]  # as above


def _columns(cursor: object, table: str) -> list[str]:
    cursor.execute(  # type: ignore[attr-defined]  # as above
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
        " and attgenerated = '' and attname not in ('id', 'version', 'changed_at')",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]  # type: ignore[attr-defined]  # as above


def _revert_dependent(cursor: object, done: ChangeSet, part: str, table: str, link: str) -> None:
    """Parts and relationships: what was added leaves, what was removed returns, what was changed goes back."""
    execute = cursor.execute  # type: ignore[attr-defined]  # as above
    execute(
        f"delete from {table} t using kernel_change c where c.change_set_id = %s and c.part = %s"
        " and c.act = 'create' and t.id = c.part_id",
        [done.pk, part],
    )
    # Jsonb of the whole row: old values of the log over an empty row (removed) or over the row as it is (changed).
    other = "" if link != "source_id" else " - 'source_id'"
    execute(
        f"""
        insert into {table}
        select (jsonb_populate_record(null::{table}, o.line)).* from (
            select distinct on (c.part_id) jsonb_build_object('id', c.part_id, '{link}', c.record_id) || (
                select coalesce(jsonb_object_agg(d.key, d.value -> 0), '{{}}'){other}
                from jsonb_each(c.diff) d) || case when c.diff ? 'source_id'
                then jsonb_build_object('source_id', c.diff -> 'source_id' -> 0) else '{{}}' end as line
            from kernel_change c
            where c.change_set_id = %s and c.part = %s and c.act = 'remove'
        ) as o on conflict do nothing
        """,
        [done.pk, part],
    )
    columns = _part_columns(cursor, table)
    names = ", ".join(f'"{name}"' for name in columns)
    picked = ", ".join(f'(f.line)."{name}"' for name in columns)
    execute(
        f"""
        update {table} t set ({names}) = (select {picked}) from (
            select distinct on (t2.id) t2.id, jsonb_populate_record(t2, (
                select coalesce(jsonb_object_agg(d.key, d.value -> 0), '{{}}') from jsonb_each(c.diff) d
                where to_jsonb(t2) -> d.key is not distinct from d.value -> 1)) as line
            from kernel_change c join {table} t2 on t2.id = c.part_id
            where c.change_set_id = %s and c.part = %s and c.act = 'update' order by t2.id, c.at, c.id
        ) as f where f.id = t.id
        """,
        [done.pk, part],
    )


def _part_columns(cursor: object, table: str) -> list[str]:
    cursor.execute(  # type: ignore[attr-defined]  # as above
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
        " and attgenerated = '' and attname <> 'id'",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]  # type: ignore[attr-defined]  # as above


def changes_of(done: ChangeSet) -> int:
    """How many entries of the log belong to that set."""
    return Change.objects.filter(change_set_id=done.pk).count()
