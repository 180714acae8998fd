"""Deleting for good: the records, everything that hangs on them, and what the change log knows of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.storage import Storage
from django.db import connection, models, transaction
from django.db.models import CASCADE, SET_NULL, ProtectedError, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.changes.labels import FACT, LONGEST, Label
from rapport.kernel.changes.models import AnyRecord, Cause, ChangeSet
from rapport.kernel.changes.sets import change_set, note_types
from rapport.kernel.custom.dead_links import empty_links_to
from rapport.kernel.records.errors import Refused
from rapport.kernel.registry import RecordType
from rapport.kernel.timeline.models import TimelineEntry

BATCH = 500
PIECE = 2_000  # in one transaction
SHORTEST_NAME = 60  # a label of a change set has at least so many characters of a name
Rows = Any  # a query set


@dataclass
class Purged:
    """How many records went, and how many stay because something that is still needed leads to them."""

    records: int = 0
    held: int = 0


def purge_records(kind: RecordType, ids: list[UUID], *, by: User | None, label: Label = "") -> Purged:
    """Delete these records of the trash for good; `by` is an administrator, or None for the nightly job.

    What is not in the trash is left alone. A record to which something leads that cannot be without it stays.
    """
    if by is not None and not by.is_administrator:
        raise Refused
    result = Purged()
    with change_set(by=by, label=label or (lambda: gettext("Deleted for good"))):
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            rows = kind.model.objects.filter(pk__in=batch, deleted_at__isnull=False)
            there = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
            _purge(kind, there, result)
    return result


def purge_type(kind: RecordType, *, label: Label) -> None:
    """Delete all records of a type that is taken away, in the trash or not, piece by piece; for a job."""
    rows = kind.model.objects.order_by("pk").values_list("pk", flat=True)
    while ids := list(rows[:PIECE]):
        with change_set(by=None, cause=Cause.JOB, label=label):
            kind.model.objects.filter(pk__in=ids, deleted_at=None).update(deleted_at=timezone.now())
            if not purge_records(kind, ids, by=None, label=label).records:
                raise RuntimeError(f"records of {kind.key} are still needed by others")


def _purge(kind: RecordType, ids: list[UUID], result: Purged) -> None:
    """All at once; where one of them is held, halves, so that one does not keep the others."""
    if not ids:
        return
    try:
        with transaction.atomic():
            _forget_names(kind, ids)
            forget = _what_hangs_on(ids)
            empty_links_to(kind, ids)
            # The one place where rows of records are deleted.
            kind.model.objects.filter(pk__in=ids).delete()
            _what_hangs_on(ids)  # what has followed from all that by triggers
            _forget_values(ids)
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
                cursor.execute("set constraints all deferred")
            note_types(kind.key)
            result.records += len(ids)
            for one in forget:
                transaction.on_commit(one)
            return
    except (ProtectedError, RestrictedError):
        if len(ids) == 1:
            result.held += 1
            return
    middle = len(ids) // 2
    _purge(kind, ids[:middle], result)
    _purge(kind, ids[middle:], result)


def _what_hangs_on(ids: list[UUID]) -> list[Callable[[], None]]:
    """Rows that refer to "any record" go or let go, as their foreign key says; returns what to do with stored files."""
    forget: list[Callable[[], None]] = []
    for link in AnyRecord._meta.related_objects:
        model, name = link.related_model, link.field.name
        if isinstance(model, str):
            continue
        rows: Rows = model._base_manager.filter(**{f"{name}__in": ids})
        if link.on_delete is CASCADE:
            forget += _stored(model, rows)
            # Comments and files stand in timelines of others, too.
            if isinstance(model._meta.pk, models.UUIDField):
                TimelineEntry.objects.filter(item_id__in=list(rows.values_list("pk", flat=True))).delete()
            rows.delete()
        elif link.on_delete is SET_NULL:
            rows.update(**{name: None})
    return forget


def _stored(model: type[models.Model], rows: Rows) -> list[Callable[[], None]]:
    """The contents of stored files leave the disk when the deletion holds."""
    found: list[Callable[[], None]] = []
    for one in model._meta.concrete_fields:
        if isinstance(one, models.FileField):
            storage: Storage = one.storage
            names = [name for name in rows.values_list(one.name, flat=True) if name]
            found += [partial(storage.delete, name) for name in names]
    return found


def _forget_names(kind: RecordType, ids: list[UUID]) -> None:
    """The labels of change sets do not say any more what these records are called or were called before.

    Labels cut long names, each door at another length: of those everything goes from where they begin.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            r"""
            with called as (
                select id as record_id, title as name from kernel_record where id = any(%(ids)s)
                union select record_id, diff -> %(title)s ->> 0 from kernel_change
                where record_id = any(%(ids)s) and part = '' and diff ? %(title)s
            ), named as (
                select distinct s.id, n.name from called n join kernel_change c using (record_id)
                join kernel_change_set s on s.id = c.change_set_id where n.name <> ''
            ), f as (
                select s.id, string_agg(distinct regexp_replace(left(n.name, %(cut)s), '(\W)', '\\\1', 'g')
                    || case when length(n.name) > %(cut)s then '.*' else '' end, '|') as names
                from named n join kernel_change_set s using (id)
                where position(left(n.name, %(cut)s) in concat(s.label, chr(10), s.facts -> 'label')) > 0
                group by s.id
            ), forgotten as (
                update kernel_change_set s set label = regexp_replace(s.label, f.names, '…', 'g'),
                    facts = case when s.facts ? 'label' then jsonb_set(s.facts, '{label}', (
                        select jsonb_object_agg(key, regexp_replace(value, f.names, '…', 'g'))
                        from jsonb_each_text(s.facts -> 'label')
                    )) else s.facts end
                from f where s.id = f.id
            )
            select n.id, array_agg(n.name) from named n join kernel_change_set s using (id)
            where length(s.label) = %(longest)s or exists (
                select from jsonb_each_text(s.facts -> 'label') where length(value) = %(longest)s
            ) group by n.id
            """,
            {"ids": ids, "title": kind.title, "cut": SHORTEST_NAME, "longest": LONGEST},
        )
        ends: dict[UUID, list[str]] = dict(cursor.fetchall())
    for one in ChangeSet.objects.filter(pk__in=ends):
        one.label = _without_end(one.label, ends[one.pk])
        if FACT in one.facts:
            one.facts[FACT] = {key: _without_end(text, ends[one.pk]) for key, text in one.facts[FACT].items()}
        one.save(update_fields=["label", "facts"])


def _without_end(label: str, names: list[str]) -> str:
    """Of a label that was too long the last name is cut off as well: its beginning goes."""
    begun = (name[:size] for name in names for size in range(min(len(name), len(label)), 1, -1))
    found = max((part for part in begun if label.endswith(part)), key=len, default="")
    return label.removesuffix(found) + "…" if found else label


def _forget_values(ids: list[UUID]) -> None:
    """The log keeps that there was a record and when it went, but nothing of what it or its relationships said."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with e as (
                select distinct c.part_id, (v.value #>> '{}')::uuid as other from kernel_change c
                cross join lateral (values (c.diff -> 'source_id' -> 0), (c.diff -> 'source_id' -> 1),
                    (c.diff -> 'target_id' -> 0), (c.diff -> 'target_id' -> 1)) as v(value)
                where c.record_id = any(%s) and c.part = 'relationships' and v.value <> 'null'
            )
            update kernel_change k set diff = '{}' from e
            where k.record_id = e.other and k.part_id = e.part_id and k.diff <> '{}'
            """,
            [ids],
        )
        cursor.execute(
            "update kernel_change set diff = '{}' where record_id = any(%s) and diff <> '{}'", [ids]
        )
