"""The engine: checks a file without writing, and imports it in batches that are wholly done or not at all."""

import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from rapport.accounts.middleware import zone
from rapport.accounts.models import Company, User
from rapport.kernel.fields import Context
from rapport.kernel.imports.alike import looking
from rapport.kernel.imports.awaiting import (
    Joined,
    changes_in,
    clear_previews,
    join,
    keep_awaited,
    next_awaited,
    note_in_file,
)
from rapport.kernel.imports.committing import (
    commit_alone,
    commit_awaited,
    may_run_side_by_side,
    run_side_by_side,
)
from rapport.kernel.imports.decisions import Decisions
from rapport.kernel.imports.extensions import Draft, Plan, extension_of
from rapport.kernel.imports.in_file import InFile
from rapport.kernel.imports.keys import ANY_SOURCE, unique_names
from rapport.kernel.imports.models import Import, ImportRow, Phase, State
from rapport.kernel.imports.planning import Batch, Manner, index_scans, plan_batch
from rapport.kernel.imports.preview import changes_of, preview_of
from rapport.kernel.imports.readers import Row, Table, open_table
from rapport.kernel.imports.rows import RowReader
from rapport.kernel.imports.seen import Seen
from rapport.kernel.imports.slots import slots_of
from rapport.kernel.imports.wrong_rows import keep_wrong
from rapport.kernel.provenance.left_out import note_left_out
from rapport.kernel.records import RuleError
from rapport.kernel.records.constraints import sentence_of
from rapport.kernel.records.loading import copy_rows, insert_records, update_records_each
from rapport.runtime.garbage import hardly_ever

SIZE = 4_000
PREVIEWED = 12
CHANGED = 50  # records whose old and new values the check shows
GROWTH = 8  # after so many times the rows the planner is told anew how large the tables are
SHOWN_EVERY = 1.0  # seconds between two notes of how far the check is
log = logging.getLogger(__name__)


@contextmanager
def speaking(user: User | None) -> Iterator[Context]:
    """In the language, time and habits of the user: sentences of a job are read by him."""
    company = Company.current()
    language = (user.language if user else "") or company.language
    place = zone((user.time_zone if user else "") or company.time_zone)
    with translation.override(language), timezone.override(place):
        yield Context(user, company.country or "DE", company.currency or "EUR")


class Engine:
    """One check or run of an import."""

    def __init__(self, one: Import, context: Context, *, is_dry: bool, is_alone: bool = False) -> None:
        """`is_alone`: a dry run over some rows without the others of their file."""
        assert context.user is not None
        self.one, self.kind, self.by, self.is_dry = one, one.kind, context.user, is_dry
        self.extension = extension_of(one.type)
        slots = slots_of(self.kind, self.extension)
        self.reader = RowReader(one, slots, self.extension, context)
        self.said = Decisions(one, self.kind, self.by)
        self.in_file = InFile() if is_dry and self.reader.awaits and not is_alone else None
        self.learned = SIZE // 2
        self.counts: Counter[str] = Counter({} if is_dry else one.counts)
        self.manner = Manner(
            self.kind,
            self.extension,
            self.by,
            one.mode,
            {entry["target"]: place for place, entry in enumerate(one.mapping) if entry["target"]},
            self._always(),
            [tag] if (tag := str(one.options.get("tag", "")).strip()) else [],
            one.origin,
            gettext("This is here already, and your role does not allow to change it."),
            Seen() if is_dry and not is_alone else None,
            str(one.options.get("program") or ANY_SOURCE),
            unique_names(self.kind, [entry["target"] for entry in one.mapping]),
            None if is_alone else looking(one, self.kind, self.extension, self.by, is_dry=is_dry),
            self.said,
        )

    def _always(self) -> dict[str, Any]:  # Any: values of fields
        owner = User.objects.filter(pk=self.one.options.get("owner") or self.by.pk, is_active=True).first()
        values: dict[str, Any] = {"owner": owner or self.by}
        if source := str(self.one.options.get("source", "")).strip():
            values["source"] = source
        return values

    def open(self) -> Table:
        return open_table(
            self.one.content.path, sheet=self.one.sheet or None, cards=extension_of(self.one.type).cards
        )

    @property
    def filled(self) -> list[str]:
        """The tables that get the most rows."""
        parts = [part.model._meta.db_table for part in self.kind.parts.values()]
        return [self.kind.table, *parts, "kernel_record", "kernel_relationship"]

    @property
    def is_to_learn(self) -> bool:
        return self.one.done - self.one.resumed_from >= self.learned * GROWTH

    def learn(self) -> None:
        """Renew the statistics: with those of tables that were nearly empty, each batch would be slower."""
        if not self.is_to_learn:
            return
        self.learned = self.one.done - self.one.resumed_from
        with connection.cursor() as cursor:
            for table in self.filled:
                cursor.execute(f'analyze "{table}"')

    def read(self, rows: Sequence[Row]) -> list[Draft]:
        """The rows as drafts, with what somebody has said of them."""
        drafts = [self.reader.draft(self.said.mended(row)) for row in rows]
        for draft in drafts:
            self.said.mark(draft)
        return drafts

    def take(self, drafts: list[Draft]) -> Batch:
        """Plan a batch, write it unless this is a dry run, and count."""
        with index_scans():
            batch = plan_batch(drafts, self.manner, lock=not self.is_dry)
        extra = self.settle(batch)
        if self.in_file is not None:
            note_in_file(self, self.in_file, batch.plans)
        good = [plan for plan in batch.plans if not plan.draft.problems]
        if self.is_dry:
            self.extension.foresee([plan for plan in good if not plan.is_new])
        else:
            self.write(good)
            differ = (one for plan in good if not plan.draft.problems for one in plan.facts.get("differ", ()))
            note_left_out(differ, self.kind)
            if self.manner.alike is not None:
                self.manner.alike.keep(good)
        self.count(batch, extra)
        return batch

    def settle(self, batch: Batch) -> dict[str, int]:
        """Find or make what the records of the batch need; returns what is to be counted."""
        extra: dict[str, int] = Counter()
        self.extension.settle(batch.plans, self.manner.mode, self.by, extra, dry=self.is_dry)
        return extra

    def write(self, plans: list[Plan]) -> None:
        """Write the plans; where the database refuses, find the rows that it refuses and write the others."""
        if not plans:
            return
        try:
            with transaction.atomic():
                self._write_all(plans)
        except (IntegrityError, DataError, RuleError) as problem:
            if len(plans) == 1:
                sentence = self.refusal(problem, plans[0])
                for draft in plans[0].drafts:
                    draft.problems.append((-1, sentence))
                return
            middle = len(plans) // 2
            self.write(plans[:middle])
            self.write(plans[middle:])

    def refusal(self, problem: Exception, plan: Plan) -> str:
        """Why the database, or a rule, does not take it."""
        if isinstance(problem, RuleError):
            return problem.sentence
        if isinstance(problem, IntegrityError):
            return sentence_of(problem, plan.record)
        return gettext("The database cannot keep a value of this row.")

    def _write_all(self, plans: list[Plan]) -> None:
        new = [plan for plan in plans if plan.is_new]
        changed = [plan for plan in plans if not plan.is_new and plan.changed]
        if new:
            names = set[str]().union(*(plan.changed for plan in new))
            asked = names - self.extension.finds
            insert_records(self.kind, [plan.record for plan in new], asked, by=self.by)
        if changed:
            names = set[str]().union(*(plan.changed for plan in changed))
            update_records_each(self.kind, [plan.record for plan in changed], names, by=self.by)
        by_model: dict[type[Any], list[Any]] = {}  # Any: models of parts
        for part in self.extension.parts(plans, self.manner.mode, self.by):
            by_model.setdefault(type(part), []).append(part)
        for parts in by_model.values():
            copy_rows(parts)

    def count(self, batch: Batch, extra: dict[str, int]) -> None:
        """Add what became of a batch."""
        counts = self.counts
        counts.update(extra)
        counts["wrong"] += len(batch.wrong)
        counts["skipped"] += len(batch.skipped)
        counts["changed"] += len(batch.repeated)
        for plan in batch.plans:
            rows = sum(1 for draft in plan.drafts if not draft.problems)
            if rows and plan.is_new:
                counts["new"] += 1
                counts["changed"] += rows - 1
            elif rows:
                counts["changed" if plan.changed or plan.facts.get("adds") else "unchanged"] += rows


def check(one: Import) -> None:
    """The dry run: counts, the first rows as they will be, and the rows that cannot be taken."""
    assert one.created_by is not None
    with speaking(one.created_by) as context, hardly_ever():
        engine = Engine(one, context, is_dry=True)
        table = engine.open()
        ImportRow.objects.filter(source=one, phase__in=(Phase.CHECK, Phase.CHECK_LINK)).delete()
        one.awaited.all().delete()
        one.alike.filter(verdict="").delete()  # what somebody said stays
        done, noted = 0, time.monotonic()
        previews: list[dict[str, Any]] = []  # Any: JSON
        changes: list[dict[str, Any]] = []
        for rows in engine.reader.batches(table, 0, SIZE):
            batch = engine.take(engine.read(rows))
            keep_wrong(one, batch.wrong, Phase.CHECK)
            keep_awaited(engine, batch, Phase.CHECK_LINK)
            done += len(rows)
            if len(previews) < PREVIEWED:
                previews += preview_of(batch, PREVIEWED - len(previews))
            if len(changes) < CHANGED:
                changes += changes_of(batch, CHANGED - len(changes))
            if time.monotonic() - noted > SHOWN_EVERY:
                noted = time.monotonic()
                if not Import.objects.filter(pk=one.pk, state=State.CHECKING).update(done=done):
                    return  # somebody went back to the columns
        for joined in _joined(engine):
            _add_changes(changes, changes_in(engine, joined, CHANGED))
            clear_previews(engine, joined, previews)
        if engine.manner.seen is not None:
            engine.manner.seen.forget()
        checked = {
            "counts": dict(engine.counts),
            "preview": previews,
            "changes": changes,
            "alike": _alike(engine),
            "remarks": [str(one) for one in table.remarks],
        }
        Import.objects.filter(pk=one.pk, state=State.CHECKING).update(
            state=State.READY, checked=checked, total=done, done=0, finished_at=timezone.now()
        )


def _joined(engine: Engine) -> Iterator[Joined]:
    """What a check finds of the links among the rows, after the last of them."""
    while rows := next_awaited(engine, Phase.CHECK_LINK):
        yield join(engine, rows, Phase.CHECK_LINK)
    if engine.in_file is not None:
        engine.in_file.forget()


def _add_changes(changes: list[dict[str, Any]], further: list[dict[str, Any]]) -> None:  # Any: JSON
    """Links that change, beside the other values of their records."""
    by_line = {one["line"]: one for one in changes}
    for one in further:
        if one["line"] in by_line:
            by_line[one["line"]]["values"] += one["values"]
        elif len(changes) < CHANGED:
            changes.append(one)


def _alike(engine: Engine) -> dict[str, Any]:  # Any: JSON
    """The rows of a check that are probably here already."""
    found = engine.manner.alike
    if found is None:
        return {}
    return {"count": found.count, "looked": found.looked, "is_all": found.is_all}


def run(one: Import) -> None:
    """Import batch by batch from where it stands; each batch and its position are committed together."""
    assert one.created_by is not None
    with speaking(one.created_by) as context, hardly_ever():
        engine = Engine(one, context, is_dry=False)
        batches = engine.reader.batches(engine.open(), one.position, SIZE)
        is_through = (
            run_side_by_side(engine, batches) if may_run_side_by_side(engine) else _run(engine, batches)
        )
        while is_through and one.awaited.exists():
            is_through = commit_awaited(engine)
        if is_through:
            Import.objects.filter(pk=one.pk, state=State.RUNNING).update(
                state=State.DONE, finished_at=timezone.now(), total=one.done
            )


def _run(engine: Engine, batches: Iterable[list[Row]]) -> bool:
    """One batch after the other; False when it was stopped."""
    for rows in batches:
        if not _commit(engine, rows):
            return False
        engine.learn()
    return True


def _commit(engine: Engine, rows: Sequence[Row]) -> bool:
    """One batch in one transaction; False when the import was stopped or another worker is at it."""
    return commit_alone(engine, rows, engine.read(rows), lock=True)
