"""A batch becomes lasting together with the position of the import, alone or side by side with others."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from rapport.kernel.changes.models import Cause, ChangeSet
from rapport.kernel.changes.sets import OpenSet, change_set, note_types
from rapport.kernel.custom.record_types.made import CustomRecordType
from rapport.kernel.imports.awaiting import join, keep_awaited, next_awaited
from rapport.kernel.imports.extensions import Draft
from rapport.kernel.imports.keys import keep_keys
from rapport.kernel.imports.models import Import, Phase, State
from rapport.kernel.imports.pipeline import Pipeline, pipeline, points
from rapport.kernel.imports.planning import Batch, index_scans, match_rows, plan_batch
from rapport.kernel.imports.readers import Row
from rapport.kernel.imports.undisturbed import Undisturbed, is_waited_for
from rapport.kernel.imports.wrong_rows import keep_wrong
from rapport.kernel.registry import types

if TYPE_CHECKING:
    from rapport.kernel.imports.engine import Engine

STRETCH = 20  # pieces after which another import of the same type has its turn, if there is one


class _NotNowError(Exception):
    """The import was stopped, taken back or is another worker's: what this batch wrote goes."""


def commit_alone(engine: "Engine", rows: Sequence[Row], drafts: list[Draft], *, lock: bool) -> bool:
    """One batch in one transaction; False when the import was stopped or another worker is at it."""
    if not _is_mine(engine):
        return False
    try:
        with _set_of(engine) as opened:
            if lock:
                _lock_out_others(engine)
            batch = engine.take(drafts)
            _move_on(engine, rows, batch, opened.row)
    except _NotNowError:
        return _is_mine(engine) and False
    return True


def _set_of(engine: "Engine") -> AbstractContextManager[OpenSet]:
    one = engine.one
    return change_set(
        by=engine.by,
        cause=Cause.IMPORT,
        label=lambda: gettext("Import of %(file)s") % {"file": one.file_name[:100]},
        continues=one.change_set,
    )


def _lock_out_others(engine: "Engine") -> None:
    """Two imports at once shall find each other's records, also those that they make besides their rows."""
    with connection.cursor() as cursor:
        for key in sorted({engine.one.type, *engine.extension.makes}):
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"rapport import {key}"])


def _is_mine(engine: "Engine", *, lock: bool = False) -> bool:
    """Whether this worker may go on; takes note when somebody undid what is in already.

    Who is about to undo it waits until the batch that asks with a lock is in.
    """
    one = engine.one
    rows = Import.objects.select_for_update(no_key=True) if lock else Import.objects
    found = rows.get(pk=one.pk)
    if found.state != State.RUNNING or found.position != one.position:
        return False
    if one.change_set_id is None:
        return True
    sets = ChangeSet.objects.select_for_update(no_key=True) if lock else ChangeSet.objects
    if sets.get(pk=one.change_set_id).reverted_at is None:
        return True
    if not lock:
        Import.objects.filter(pk=one.pk).update(state=State.REVERTED, finished_at=timezone.now())
    return False


def _move_on(
    engine: "Engine", rows: Sequence[Row], batch: Batch, row: ChangeSet, extra: dict[str, int] | None = None
) -> None:
    """The position behind these rows, the counts and the rows that were not taken."""
    one = engine.one
    if not _is_mine(engine, lock=True):
        raise _NotNowError
    keep_wrong(one, batch.wrong, Phase.RUN)
    keep_keys(batch.plans, engine.manner)
    keep_awaited(engine, batch, Phase.RUN_LINK)
    engine.said.keep(batch)
    if extra is not None:
        engine.count(batch, extra)
    one.position, one.done, one.counts = rows[-1].line, one.done + len(rows), dict(engine.counts)
    one.change_set = row
    one.save(update_fields=["position", "done", "counts", "change_set"])


def commit_awaited(engine: "Engine") -> bool:
    """Set some links among rows that are all in, in one transaction; False when the import was stopped."""
    if not _is_mine(engine):
        return False
    one = engine.one
    try:
        with _set_of(engine):
            join(engine, next_awaited(engine, Phase.RUN_LINK), Phase.RUN_LINK)
            if not _is_mine(engine, lock=True):
                raise _NotNowError
            one.counts = dict(engine.counts)
            one.save(update_fields=["counts"])
    except _NotNowError:
        return _is_mine(engine) and False
    return True


# -- side by side ----------------------------------------------------------------------------------------------
def may_run_side_by_side(engine: "Engine") -> bool:
    """Not inside somebody's transaction, of which other connections see nothing; not where rows wait for each other,
    are numbered in their order, or are compared with those before."""
    kind, fields = engine.kind, engine.kind.fields.values()
    is_in_order = any(one.is_custom and (one.unique or one.kind == "autonumber") for one in fields)
    is_free = engine.extension.in_parallel or isinstance(kind, CustomRecordType)
    is_compared = engine.manner.alike is not None
    return is_free and not is_in_order and not is_compared and not connection.in_atomic_block


def run_side_by_side(engine: "Engine", batches: Iterator[list[Row]]) -> bool:
    """Plan here, write there; False when it was stopped."""
    if not _begin(engine):
        return False
    with pipeline() as line:
        is_going, is_more = True, True
        while is_going and is_more:
            with transaction.atomic():
                _lock_out_others(engine)
                is_more, alone = False, Undisturbed([*engine.filled, "kernel_change"])
                for number, rows in enumerate(batches, start=1):
                    if number % STRETCH == 1:
                        _take_turns(alone)
                    is_more = is_going = _send(engine, line, rows)
                    if not is_going or (number % STRETCH == 0 and is_waited_for("advisory")):
                        break
                    if engine.is_to_learn:
                        alone.let_go()
                        line.aside(engine.learn)
                        alone.hold()
                else:
                    is_more = False
                is_going = line.drain() and is_going
        return is_going


def _take_turns(alone: Undisturbed) -> None:
    """Whoever waits to build an index, say, has the tables for a stretch; else they are kept from being disturbed."""
    if alone.is_held and is_waited_for("relation"):
        alone.let_go()
    else:
        alone.hold()


def _begin(engine: "Engine") -> bool:
    """Make the change set before its pieces, with the types that it touches: no piece then waits for another."""
    one = engine.one
    if not _is_mine(engine):
        return False
    with _set_of(engine) as opened:
        note_types(
            *(kind.key for kind in types() if kind.key == one.type or kind.key in engine.extension.makes)
        )
    one.change_set = opened.row
    one.save(update_fields=["change_set"])
    return True


def _send(engine: "Engine", line: Pipeline, rows: list[Row]) -> bool:
    """Plan a piece and hand it to a writer; a piece with records that are here already is written alone."""
    drafts = engine.read(rows)
    keys = points(drafts)
    if line.meets(keys) and not line.drain():
        return False
    with index_scans():
        good = match_rows(drafts, engine.manner)
        if any(draft.known is not None for draft in good):
            if not line.drain():
                return False
            return bool(line.aside(lambda: commit_alone(engine, rows, drafts, lock=False)))
        batch = plan_batch(drafts, engine.manner, lock=False, good=good)
    extra = line.aside(lambda: _settle(engine, batch))
    return line.put(lambda turn: _write(engine, rows, batch, extra, turn), keys)


def _settle(engine: "Engine", batch: Batch) -> dict[str, int]:
    with _set_of(engine):
        return engine.settle(batch)


def _write(
    engine: "Engine", rows: Sequence[Row], batch: Batch, extra: dict[str, int], turn: Callable[[], bool]
) -> bool:
    """What a writer does: everything but the position at once, that when the piece before is in."""
    try:
        with _set_of(engine) as opened:
            with connection.cursor() as cursor:  # while what they look at is at hand, and not at the very end
                cursor.execute("set constraints all immediate")
            engine.write([plan for plan in batch.plans if not plan.draft.problems])
            if not turn():
                raise _NotNowError
            _move_on(engine, rows, batch, opened.row, extra)
    except _NotNowError:
        return _is_mine(engine) and False
    return True
