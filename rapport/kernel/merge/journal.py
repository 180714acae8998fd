"""Moving links in sets and writing down each of them, so that the merge can be taken back row by row."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Q

from rapport.kernel.merge.limits import surplus
from rapport.kernel.merge.links import LinkTo, links_to
from rapport.kernel.merge.models import Merge
from rapport.kernel.registry import RecordType
from rapport.kernel.relations.models import Relationship

Ids = Sequence[UUID]


def move_links(merge: Merge, kind: RecordType, survivor: UUID, others: Ids) -> None:
    """Let everything that leads to the others lead to the survivor; what would stand there twice leaves."""
    found = links_to(kind)
    for link in found:
        _note_moves(merge, link, survivor, others)
    _one_main_relationship(survivor, others)
    for link in found:
        for twins in _unique_with(link):
            _drop_twins(merge, link, twins, survivor, others)
        if link.model is Relationship:
            _drop_twins(merge, link, _other_columns(link), survivor, others)
            _drop_circles(merge, survivor, others)
            _drop_surplus(merge, link, survivor, others)
        _repoint(link, survivor, others)


def _key(link: LinkTo) -> str:
    return str(link.model._meta.pk.column) if link.model._meta.pk is not None else "id"


def _run(sql: str, values: Sequence[Any]) -> None:  # Any: what a statement takes
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _ids(link: LinkTo, ids: Ids) -> list[UUID] | list[str]:
    """As that link keeps them: a custom one as text."""
    return [str(one) for one in ids] if link.key else list(ids)


def _note_moves(merge: Merge, link: LinkTo, survivor: UUID, others: Ids) -> None:
    column = f"(t.custom ->> '{link.key}')::uuid" if link.key else f't."{link.column}"'
    where = f"t.custom ->> '{link.key}' = any(%s::text[])" if link.key else f"{column} = any(%s)"
    _run(
        f'insert into kernel_moved_link (merge_id, "table", "column", row, old)'
        f' select %s, %s, %s, t."{_key(link)}"::text, {column} from {link.table} t where {where}'
        f' and t."{_key(link)}"::text <> %s',
        [merge.pk, link.table, _name(link), _ids(link, others), str(survivor)],
    )


def _name(link: LinkTo) -> str:
    return f"custom:{link.key}" if link.key else link.column


def _repoint(link: LinkTo, survivor: UUID, others: Ids) -> None:
    """All but the survivor's own links to the others: it would lead to itself. These are values (deed.py)."""
    if link.key:
        _run(
            f"update {link.table} set custom = jsonb_set(custom, array[%s], to_jsonb(%s::text))"
            f' where custom ->> %s = any(%s) and "{_key(link)}"::text <> %s',
            [link.key, str(survivor), link.key, _ids(link, others), str(survivor)],
        )
        return
    _run(
        f'update {link.table} set "{link.column}" = %s where "{link.column}" = any(%s) and "{_key(link)}"::text <> %s',
        [survivor, _ids(link, others), str(survivor)],
    )


# -- what would stand there twice -----------------------------------------------------------------------------------
def _unique_with(link: LinkTo) -> Iterable[list[str]]:
    """The further columns of every rule by which a row with this column stands once."""
    meta = link.model._meta
    by_name = {one.name: str(one.column) for one in meta.concrete_fields}
    rules = [one.fields for one in meta.constraints if isinstance(one, models.UniqueConstraint)]
    rules += [tuple(one) for one in meta.unique_together]
    for names in rules:
        columns = [by_name[name] for name in names]
        if link.column in columns:
            yield [one for one in columns if one != link.column]
    field = next((one for one in meta.concrete_fields if one.column == link.column), None)
    if field is not None and field.unique:
        yield []


def _other_columns(link: LinkTo) -> list[str]:
    """Relationships are the same when they have kind, other end and time in common."""
    other = "target_id" if link.column == "source_id" else "source_id"
    return ["type_id", other, "valid_from", "valid_until"]


def _drop_twins(merge: Merge, link: LinkTo, further: Sequence[str], survivor: UUID, others: Ids) -> None:
    """Rows of the others of which the survivor has one already, or another of the others: one stays."""
    same = " and ".join(f'a."{one}" is not distinct from b."{one}"' for one in further) or "true"
    column, key = f'"{link.column}"', f'"{_key(link)}"'
    _remove(
        merge,
        link.table,
        f"""
        select a.{key}::text from {link.table} a where a.{column} = any(%s) and exists (
            select from {link.table} b where {same} and b.{key} <> a.{key}
            and (b.{column} = %s or (b.{column} = any(%s) and (b.{column}, b.{key}) < (a.{column}, a.{key}))))
        """,
        [list(others), survivor, list(others)],
        _key(link),
    )


def _drop_circles(merge: Merge, survivor: UUID, others: Ids) -> None:
    """What joined two of them would join the survivor with itself."""
    every = [survivor, *others]
    _remove(
        merge,
        "kernel_relationship",
        "select id::text from kernel_relationship where source_id = any(%s) and target_id = any(%s)",
        [every, every],
        "id",
    )


def _drop_surplus(merge: Merge, link: LinkTo, survivor: UUID, others: Ids) -> None:
    """What the survivor may not have as well, as its kind has a limit for this side."""
    leaving = [str(one) for one in surplus(link.column.removesuffix("_id"), survivor, others)]
    which = "select id::text from kernel_relationship where id::text = any(%s)"
    _remove(merge, link.table, which, [leaving], _key(link))


def _remove(merge: Merge, table: str, which: str, values: Sequence[Any], key: str) -> None:
    """Take these rows away and keep them whole in the journal, where they no longer count as moved."""
    with connection.cursor() as cursor:
        cursor.execute(which, values)
        rows = [row[0] for row in cursor.fetchall()]
        if not rows:
            return
        cursor.execute(
            'delete from kernel_moved_link where merge_id = %s and "table" = %s and row = any(%s)',
            [merge.pk, table, rows],
        )
        cursor.execute(
            'insert into kernel_moved_link (merge_id, "table", "column", row, old, line)'
            f' select %s, %s, \'\', t."{key}"::text, %s, to_jsonb(t) from {table} t where t."{key}"::text = any(%s)',
            [merge.pk, table, merge.survivor_id, rows],
        )
        cursor.execute(f'delete from {table} where "{key}"::text = any(%s)', [rows])


def _one_main_relationship(survivor: UUID, others: Ids) -> None:
    """Of one kind a record has one main relationship: the survivor's, else that of the first of the others."""
    main = list(
        Relationship.objects.filter(Q(source=survivor) | Q(source__in=others), is_primary=True).order_by("pk")
    )
    order = {key: place for place, key in enumerate([survivor, *others])}
    main.sort(key=lambda one: order[one.source_id])
    taken: set[int] = set()
    for one in main:
        if one.type_id in taken:
            Relationship.objects.filter(pk=one.pk).update(is_primary=False)
        taken.add(one.type_id)
