"""Doing a bulk call: set-based through the door's twins, each row with its own result, all of it one change set."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.api.bulk.duplicates import find_known
from rapport.api.bulk.rows import Row, find_links, names_of, twice
from rapport.api.endpoint import Call
from rapport.api.problems import Problem, not_found
from rapport.api.records.trash import in_trash
from rapport.kernel.external import store
from rapport.kernel.permissions import can, policy
from rapport.kernel.records import (
    Conflict,
    NotVisible,
    Record,
    Refused,
    RuleError,
    delete_records,
    save_record,
)
from rapport.kernel.records.constraints import sentence_of
from rapport.kernel.records.door import fill
from rapport.kernel.records.loading import Mold, insert_records, update_records_each
from rapport.kernel.registry import RecordType

PIECE = 1000
REFUSALS = (RuleError, Problem, Refused, Conflict, NotVisible, ValidationError)


class Bulk:
    """One bulk call on one type. To be used inside a change set."""

    def __init__(self, call: Call, kind: RecordType, duplicates: str = "") -> None:
        self.call, self.kind, self.by, self.duplicates = call, kind, call.user, duplicates

    # -- create -----------------------------------------------------------------------------------------------
    def create(self, rows: Sequence[Row]) -> None:
        """New records, written with COPY in pieces."""
        if not rows:
            return
        if policy(self.by, self.kind.key, "create").reach == "none":
            raise Refused
        find_links(self.kind, rows, self.call.context)
        if self.duplicates:
            find_known(rows, self.kind, self.duplicates, self.by)
        mold, made = Mold(self.kind), list[tuple[Row, Record]]()
        for row in rows:
            if row.is_open:
                self._try(row, partial(self._mold, mold, row, made))
        for start in range(0, len(made), PIECE):
            self._write(made[start : start + PIECE], insert_records, 201)

    def _mold(self, mold: Mold, row: Row, made: list[tuple[Row, Record]]) -> None:
        record = mold.record(row.values, by=self.by)
        if "origin_detail" in self.kind.fields:
            self.kind.fields["origin_detail"].write(record, self.call.token.name)
        made.append((row, record))

    # -- update -----------------------------------------------------------------------------------------------
    def update(self, rows: Sequence[Row]) -> None:
        """Change records, each with values of its own; those of an old version take the way of a single record."""
        twice(rows, "id")
        find_links(self.kind, rows, self.call.context)
        found = self._locked(rows, "edit")
        changed: list[tuple[Row, Record]] = []
        for row in rows:
            record = found.get(row.id) if row.is_open and row.id else None
            if record is None:
                continue
            if row.version not in (None, record.version):
                self._try(row, partial(self._single, row, record))
            else:
                self._try(row, partial(self._fill, row, record, changed))
        for start in range(0, len(changed), PIECE):
            self._write(changed[start : start + PIECE], update_records_each, 200)

    def _fill(self, row: Row, record: Record, changed: list[tuple[Row, Record]]) -> None:
        if fill(record, self.kind, row.values, is_new=False):
            changed.append((row, record))
        else:
            row.done(200)

    def _single(self, row: Row, record: Record) -> None:
        save_record(record, row.values, by=self.by, version=row.version)
        row.done(200)

    # -- delete -----------------------------------------------------------------------------------------------
    def delete(self, rows: Sequence[Row]) -> None:
        """Put records into the trash."""
        twice(rows, "id")
        found = self._locked(rows, "delete")
        going = [row for row in rows if row.is_open and row.id in found]
        if going:
            delete_records(self.kind, [row.id for row in going], by=self.by)
        for row in going:
            row.done(200)

    # -- upsert -----------------------------------------------------------------------------------------------
    def upsert(self, source: str, rows: Sequence[Row]) -> None:
        """Change the records that the other system knows by these keys, make those that it does not."""
        twice(rows, "key")
        store.hold(self.kind, source)
        known = store.records_of(self.kind, source, [row.key for row in rows])
        gone = set(in_trash(self.kind, self.by).filter(pk__in=known.values()).values_list("pk", flat=True))
        new, old = list[Row](), list[Row]()
        for row in rows:
            if not row.is_open:
                continue
            row.id = known.get(row.key)
            if row.id in gone:
                row.fail(
                    Problem(
                        409, _("The record with this key is in the trash. Restore it first."), code="in-trash"
                    )
                )
            else:
                (old if row.id else new).append(row)
        self.update(old)
        self.create(new)
        store.keep(self.kind, source, {row.key: row.id for row in new if row.status == 201 and row.id})

    # -- what they share ----------------------------------------------------------------------------------------
    def _locked(self, rows: Sequence[Row], act: str) -> dict[UUID, Any]:  # Any: records
        """The records, locked in the order of their ids; rows whose record is not there or not his fail."""
        wanted = [row.id for row in rows if row.is_open]
        seen = self.kind.visible_to(self.by).select_for_update(of=("self",)).filter(pk__in=wanted)
        found = {record.pk: record for record in seen.order_by("pk")}
        for row in rows:
            if not row.is_open:
                continue
            record = found.get(row.id) if row.id else None
            if record is None:
                row.fail(not_found())
            elif not (can(self.by, act, record) and can(self.by, "bulk", record)):
                row.fail(Refused())
        return found

    def _try(self, row: Row, act: Callable[[], None]) -> None:
        try:
            act()
        except REFUSALS as problem:
            row.fail(problem)

    def _write(self, pairs: Sequence[tuple[Row, Record]], write: Callable[..., None], status: int) -> None:
        """Write a piece at once; when the database refuses it, row by row to find out which is wrong."""
        names = names_of([row for row, _record in pairs])
        try:
            with transaction.atomic():
                write(self.kind, [record for _row, record in pairs], names, by=self.by)
        except (IntegrityError, DataError, RuleError) as problem:
            if len(pairs) > 1:
                for pair in pairs:
                    self._write([pair], write, status)
                return
            row, record = pairs[0]
            row.fail(
                RuleError(sentence_of(problem, record)) if isinstance(problem, IntegrityError) else problem
            )
            return
        for row, record in pairs:
            row.id = record.pk
            row.done(status)
