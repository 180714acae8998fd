"""Taking a change set back: at once for some records, as a job in batches for many."""

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from rapport.kernel.changes.labels import Label
from rapport.kernel.changes.models import Cause, Change, ChangeSet, Run
from rapport.kernel.changes.putting_back import put_back
from rapport.kernel.changes.reach import Kept, batches
from rapport.kernel.changes.sets import change_set, new_set, note_types
from rapport.kernel.provenance.closing import close_taken_back
from rapport.kernel.records.constraints import sentence_of
from rapport.kernel.records.errors import NotVisible, Refused, RuleError

if TYPE_CHECKING:
    from rapport.accounts.models import User

AT_ONCE = 300  # records; more are a job
TOLD = 500  # so many of what was left out are remembered one by one
DEED = "revert"


@dataclass
class Reverted:
    """What reverting did: how many records it put back, and what it left as it is.

    `kept` are values that somebody had changed since, as (record, field); `refused` counts records that the person
    may not edit, `gone` those whose old values do not fit any more because what they lead to is gone.
    """

    change_set: ChangeSet
    records: int = 0
    kept: list[tuple[UUID, str]] = field(default_factory=list)
    kept_count: int = 0
    refused: int = 0
    gone: int = 0


def may_revert(user: "User", done: ChangeSet) -> bool:
    """The one who did it may take it back, and administrators."""
    return done.actor_id == user.pk or user.is_administrator


def revert(done: ChangeSet, *, by: "User") -> Reverted:
    """Undo all changes of that set in one transaction and return what was done.

    New records go to the trash, changed values get their old ones back, parts and relationships return or leave.
    Left out, and counted: values that were changed again since, new records with which others have worked since, and
    records that `by` may not edit as they would stand then: who gave a record away takes it back, who lost his rights
    to it does not. Refused or RuleError where nothing is left to put back for that reason.
    """
    if not may_revert(by, done):
        raise NotVisible
    with change_set(by=by, cause=Cause.UNDO, label=label_of(done)) as opened:
        claim(done, opened.row)
        taken = _taken(opened.row)
        result = Reverted(opened.row, kept=[(UUID(one), name) for one, name in taken], kept_count=len(taken))
        for ids in batches(done):
            take_back(done, ids, by, result)
        if not result.records and not result.kept_count:
            _complain(result)
        finish(done, opened.row)
    return result


def label_of(done: ChangeSet) -> Label:
    return lambda: gettext("Undone: %(what)s") % {"what": done.told}


def claim(done: ChangeSet, row: ChangeSet) -> None:
    """Of ten who take the same set back at once one wins."""
    locked = ChangeSet.objects.select_for_update().get(pk=done.pk)
    if locked.reverted_at is not None or is_being_reverted(locked):
        raise RuleError(gettext("This was already undone."))
    row.reverts = locked
    try:
        with transaction.atomic():  # what was merged comes back here (triggers on the row)
            row.save(update_fields=["reverts"])
    except IntegrityError as problem:
        raise RuleError(sentence_of(problem, row)) from problem
    row.refresh_from_db(fields=["facts"])


def _taken(row: ChangeSet) -> set[tuple[str, str]]:
    """Values that what was merged could not get back, as another record has them by now (noted by those triggers)."""
    return {(one["record_id"], one["field"]) for one in row.facts.get("left", ()) if one["why"] == "taken"}


def is_being_reverted(done: ChangeSet) -> bool:
    """Is somebody's job taking it back at this moment?"""
    return Run.objects.filter(change_set__reverts=done.pk, deed=DEED, state=Run.State.RUNNING).exists()


def finish(done: ChangeSet, undo: ChangeSet) -> None:
    """Only now, with all values back, it counts as taken back: what follows from that follows (triggers on the row)."""
    ChangeSet.objects.filter(pk=done.pk).update(reverted_at=timezone.now())
    close_taken_back(done, undo.pk)


def take_back(done: ChangeSet, ids: list[UUID], by: "User", result: Reverted) -> None:
    """Put one batch of records back, inside the reverting change set, and note in it what was left out."""
    reaches, gone = put_back(done, ids, by)
    while gone:  # a value that stands on one record only is let go by the one before the other gets it back
        more, left = put_back(done, gone, by)
        reaches += more
        if len(left) == len(gone):
            break
        gone = left
    row = result.change_set
    taken = _taken(row)
    kept = [one for reach in reaches for one in reach.kept if (str(one.record_id), one.field) not in taken]
    refused = [(one, key) for reach in reaches for one, key in reach.types.items() if one in reach.refused]
    result.records += sum(len(reach.back) for reach in reaches)
    result.kept += [(one.record_id, one.field) for one in kept[: TOLD - len(result.kept)]]
    result.kept_count += len(kept)
    result.refused += len(refused)
    result.gone += len(gone)
    note_types(*{key for reach in reaches if reach.back for key in reach.types.values()})
    left = row.facts.get("left", [])
    left += [_note(one, "changed" if one.field or one.part else "busy") for one in kept]
    left += [_note(Kept(one, key, ""), "refused") for one, key in refused]
    left += [_note(Kept(one, "", ""), "gone") for one in gone]
    counts = {name: getattr(result, name) for name in ("records", "kept_count", "refused", "gone")}
    row.facts = {**row.facts, **counts, "left": left[:TOLD]}
    row.save(update_fields=["facts"])


def _note(one: Kept, why: str) -> dict[str, str]:
    """What was left out and why; the values stay in the log, where their rights are."""
    said = {
        name: str(value)
        for name, value in asdict(one).items()
        if name in ("record_id", "type", "field", "part")
    }
    return {**said, "why": why}


def _complain(result: Reverted) -> None:
    """Nothing was put back: the person learns why, and the set can be taken back later."""
    if result.gone:
        raise RuleError(gettext("This cannot be taken back any more: something that it leads to is gone."))
    if result.refused:
        raise Refused(
            gettext("Some of these records are not yours any more. Ask an administrator to take it back.")
        )


def is_long(done: ChangeSet) -> bool:
    """Did that set touch so many records that taking it back is a job?"""
    rows = Change.objects.filter(change_set_id=done.pk).order_by("record_id")
    return len(rows.values_list("record_id", flat=True).distinct()[: AT_ONCE + 1]) > AT_ONCE


def start_revert(done: ChangeSet, *, by: "User") -> Run:
    """Queue taking a set of many records back; its page shows how far it is."""
    from rapport.kernel.changes import jobs

    if not may_revert(by, done):
        raise NotVisible
    with transaction.atomic():
        row = new_set(by=by, cause=Cause.UNDO, label=label_of(done), types=done.types)
        claim(done, row)
        total = Change.objects.filter(change_set_id=done.pk).values("record_id").distinct().count()
        run = Run.objects.create(deed=DEED, by=by, change_set=row, total=total)
        jobs.go_on.defer(run_id=str(run.pk))
    return run


def changes_of(done: ChangeSet) -> int:
    """How many entries of the log belong to that set."""
    return Change.objects.filter(change_set_id=done.pk).count()
