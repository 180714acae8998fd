"""What a rule of the product writes: the same values into all records that fit it, in nobody's name, set-based."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db import transaction

from rapport.kernel.changes.labels import Label
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.sets import change_set, note_types
from rapport.kernel.registry import RecordType

BATCH: Final = 2_000


def write_by_rule(
    kind: RecordType,
    rows: Any,  # Any: a query set of records of the type; only those that still fit it are written
    values: Mapping[str, Any],  # Any: values of columns
    *,
    cause: str,
    label: Label,
    facts: dict[str, Any] | None = None,  # Any: JSON
) -> tuple[int, ChangeSet | None]:
    """Write the values into the rows, batch after batch; returns how many, and the one change set of them all.

    The values must put a record out of `rows`, or keep it the same: a batch that was done before a crash is not done
    again. Rules of the type and rights of people are not asked; the administrator who wrote the rule has decided.
    """
    done: ChangeSet | None = None
    count = 0
    for ids in _batches(rows):
        with transaction.atomic():
            fitting = rows.filter(pk__in=ids)
            if not fitting.exists():
                continue
            with change_set(by=None, cause=cause, label=label, continues=done, facts=facts) as opened:
                note_types(kind.key)
                count += fitting.order_by().update(**values)
            done = opened.row
    return count, done


def _batches(rows: Any) -> Iterator[list[Any]]:  # Any: as above; ids
    last = None
    while True:
        more = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
        ids = list(more.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return
        yield ids
        last = ids[-1]
