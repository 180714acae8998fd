"""Acts on very many records go on in the background: batch after batch, each in a transaction of its own."""

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from rapport.accounts.models import Company, User
from rapport.kernel.changes.models import Change, ChangeSet, Run
from rapport.kernel.changes.reach import BATCH, FIRST
from rapport.kernel.changes.revert import DEED, Reverted, finish, take_back
from rapport.kernel.changes.sets import change_set

log = logging.getLogger(__name__)
AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
Step = Callable[[Run], int]  # one batch; returns how many records it dealt with, 0 at the end
STEP = BATCH // 2

_deeds: dict[str, Step] = {}


def deed(key: str) -> Callable[[Step], Step]:
    """Register how one batch of an act is done. A step says with `run.values` and `run.done` how far it has come."""

    def enter(step: Step) -> Step:
        _deeds[key] = step
        return step

    return enter


def work(run_id: str) -> None:
    """Do an act to its end. Each batch commits with the note how far it is, so a crash goes on behind the last one."""
    run = Run.objects.select_related("by", "change_set").filter(pk=run_id, state=Run.State.RUNNING).first()
    if run is None:
        return
    language = run.by.language or Company.current().language
    with translation.override(language):
        try:
            while _step(run):
                pass
            _end(run, Run.State.DONE)
        except AWAY:
            raise  # the job is tried again
        except Exception:  # the border of a job: the page must not say "running" for ever
            log.exception("run %s ended unexpectedly", run.pk)
            text = gettext(
                "Something went wrong; the administrator finds it in the log. What is done stays done."
            )
            _end(run, Run.State.FAILED, text)


def _step(run: Run) -> bool:
    with transaction.atomic():
        locked = Run.objects.select_for_update().get(pk=run.pk)
        run.done, run.values = locked.done, locked.values
        with change_set(by=run.by, continues=ChangeSet.objects.get(pk=run.change_set_id)) as opened:
            run.change_set = opened.row
            count = _deeds[run.deed](run)
        run.done += count
        run.save(update_fields=["done", "values"])
    return count > 0


def _end(run: Run, state: str, message: str = "") -> None:
    run.state, run.message, run.finished_at = state, message, timezone.now()
    run.ids, run.values = [], {}
    run.save(update_fields=["state", "message", "finished_at", "ids", "values"])


@deed(DEED)
def revert_step(run: Run) -> int:
    """Put the next records of the set back that this run takes back."""
    done = run.change_set.reverts
    if done is None:
        return 0
    last = UUID(str(run.values.get("last", FIRST)))
    rows = Change.objects.filter(change_set_id=done.pk, record_id__gt=last).order_by("record_id")
    ids = list(rows.values_list("record_id", flat=True).distinct()[:STEP])
    if not ids:
        finish(done, run.change_set)
        return 0
    facts: dict[str, Any] = run.change_set.facts  # Any: JSON
    counts = {name: facts.get(name, 0) for name in ("records", "kept_count", "refused", "gone")}
    by: User = run.by
    take_back(done, ids, by, Reverted(run.change_set, **counts))
    run.values = {"last": str(ids[-1])}
    return len(ids)
