"""Deleting for good: what hangs on records, many at once in the background, and every night what has lain too long."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import CASCADE, Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from rapport.accounts.models import User
from rapport.kernel.changes.labels import Label
from rapport.kernel.changes.models import AnyRecord, Cause, ChangeSet, Run
from rapport.kernel.changes.runs import deed
from rapport.kernel.changes.sets import change_set, name_set, new_set
from rapport.kernel.records.purge import BATCH, Purged, purge_records
from rapport.kernel.registry import type_by_key
from rapport.kernel.trash.models import TrashRule
from rapport.ui.formats import format_number

DEED = "purge"
COUNTED_UP_TO = 1_000  # of more records nobody weighs single comments


def hanging_on(ids: list[UUID]) -> list[str]:
    """["12 comments", "3 files", …]: what goes along, found through the models and counted."""
    if len(ids) > COUNTED_UP_TO:
        return []
    found: dict[str, int] = {}
    for link in AnyRecord._meta.related_objects:
        model = link.related_model
        if (
            isinstance(model, str)
            or link.on_delete is not CASCADE
            or model._meta.db_table == "kernel_timeline"
        ):
            continue
        count = model._base_manager.filter(**{f"{link.field.name}__in": ids}).count()
        if count:
            name = str(model._meta.verbose_name_plural)
            found[name] = found.get(name, 0) + count
    return [f"{format_number(count)} {name}" for name, count in found.items()]


def purge_rows(rows: list[AnyRecord], *, by: User | None, label: Label = "") -> Purged:
    """Delete records of any types for good, as one change set."""
    result = Purged()
    with change_set(by=by, label=label, cause=Cause.PAGE if by else Cause.JOB):
        for key in sorted({row.type for row in rows}):
            kind = type_by_key(key)
            if kind is not None:
                done = purge_records(kind, [row.pk for row in rows if row.type == key], by=by)
                result.records += done.records
                result.held += done.held
    return result


def begin_emptying(ids: list[UUID], *, by: User) -> Run:
    """Queue deleting very many records for good; the page of the set shows how far it is."""
    from rapport.kernel.changes import jobs

    with transaction.atomic():
        keys = AnyRecord.objects.filter(pk__in=ids).order_by("type").values_list("type", flat=True).distinct()
        row = new_set(by=by, label=lambda: _purged(len(ids)), types=keys)
        run = Run.objects.create(deed=DEED, by=by, change_set=row, ids=ids, total=len(ids))
        jobs.go_on.defer(run_id=str(run.pk))
    return run


def _counted(count: int) -> str:
    return ngettext("%(count)s record", "%(count)s records", count) % {"count": format_number(count)}


def _purged(count: int) -> str:
    return gettext("Deleted for good: %(what)s") % {"what": _counted(count)}


def _emptied(count: int) -> str:
    return gettext("Trash emptied: %(what)s") % {"what": _counted(count)}


@deed(DEED)
def purge_step(run: Run) -> int:
    """The next of the chosen records; those taken out of the trash meanwhile are left alone."""
    ids = run.ids[run.done : run.done + BATCH]
    if ids:
        rows = AnyRecord.objects.filter(pk__in=ids, deleted_at__isnull=False).defer("lexemes")
        done = purge_rows(list(rows), by=run.by)
        facts = run.change_set.facts
        facts["held"] = facts.get("held", 0) + done.held
        run.change_set.save(update_fields=["facts"])
    return len(ids)


def empty(most: int = 100_000) -> Purged:
    """Delete what has lain in the trash longer than is set, in batches; the change log says how many went."""
    days, total = TrashRule.kept_days(), Purged()
    if not days:
        return total
    due = AnyRecord.objects.filter(deleted_at__lt=timezone.now() - timedelta(days=days)).defer("lexemes")
    row: ChangeSet | None = None
    place = Q()
    while total.records + total.held < most:
        rows = list(due.filter(place).order_by("deleted_at", "pk")[:BATCH])
        if not rows:
            break
        last = rows[-1]
        place = Q(deleted_at__gt=last.deleted_at) | Q(deleted_at=last.deleted_at, pk__gt=last.pk)
        with transaction.atomic():
            row = row or new_set(by=None, cause=Cause.JOB, label=lambda: gettext("Trash emptied"))
            with change_set(by=None, continues=row):
                done = purge_rows(rows, by=None)
            total.records += done.records
            total.held += done.held
            name_set(row, lambda: _emptied(total.records), purged=total.records, held=total.held)
    return total
