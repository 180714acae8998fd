"""The door's twins for many records: set-based writes with the same checks, one change set each."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.changes.labels import Label
from rapport.kernel.changes.sets import change_set, note_types
from rapport.kernel.custom.numbering import number_records
from rapport.kernel.custom.unique import check_unique
from rapport.kernel.permissions import can, policy
from rapport.kernel.records.base import Record
from rapport.kernel.records.constraints import sentence_of
from rapport.kernel.records.door import Values, check_links, check_names, fill, first_values
from rapport.kernel.records.errors import NotVisible, Refused, RuleError
from rapport.kernel.records.loading import update_columns
from rapport.kernel.registry import RecordType, type_of
from rapport.ui.formats import format_number, noun

BATCH = 500


def create_records(kind: RecordType, rows: Sequence[Values], *, by: User, label: Label = "") -> list[Record]:
    """Create one record for each row of values; all or none. RuleError names the first row that is wrong."""
    text = label or (lambda: gettext("%(count)s new %(what)s") % counted(kind, len(rows)))
    if policy(by, kind.key, "create").reach == "none":
        raise Refused
    records, names = [], set[str]()
    with change_set(by=by, label=text) as opened:
        for number, values in enumerate(rows, start=1):
            check_names(kind, values, by, in_action=opened.in_action > 0)
            record = kind.new()
            first_values(record, values, by)
            try:
                names |= fill(record, kind, values, is_new=True)
            except RuleError as problem:
                sentence = gettext("Row %(number)s: %(why)s") % {"number": number, "why": problem.sentence}
                raise RuleError(sentence) from problem
            records.append(record)
        check_links(kind, records, names, by)
        check_unique(kind, records, names)
        number_records(kind, records)
        note_types(kind.key)
        _write(lambda: kind.model.objects.bulk_create(records, batch_size=BATCH), records)
    return records


def update_records(
    kind: RecordType, ids: Iterable[Any], values: Values, *, by: User, label: Label = ""
) -> int:
    """Write the same values into many records as one change set; returns how many changed.

    All or nothing: NotVisible when one of them is not there for this user, Refused when one may not be changed,
    RuleError when a rule is violated.
    """
    wanted = list(dict.fromkeys(ids))
    text = label or (lambda: gettext("%(count)s %(what)s changed") % counted(kind, len(wanted)))
    with change_set(by=by, label=text) as opened:
        check_names(kind, values, by, in_action=opened.in_action > 0)
        changed, columns = [], set()
        for record in _locked(kind, wanted, by, "edit"):
            before = _row(record)
            if fill(record, kind, values, is_new=False):
                changed.append(record)
                columns |= {name for name, value in vars(record).items() if before.get(name, value) != value}
        check_links(kind, changed, values, by)
        check_unique(kind, changed, values)
        if columns:
            _write(lambda: update_columns(kind, changed, columns), changed)
    return len(changed)


def delete_records(kind: RecordType, ids: Iterable[Any], *, by: User, label: Label = "") -> int:
    """Put many records into the trash as one change set; returns how many. Checks like `update_records`."""
    wanted = list(dict.fromkeys(ids))
    text = label or (lambda: gettext("%(count)s %(what)s deleted") % counted(kind, len(wanted)))
    with change_set(by=by, label=text):
        _locked(kind, wanted, by, "delete")
        note_types(kind.key)
        return kind.model.objects.filter(pk__in=wanted).update(deleted_at=timezone.now())


def delete_record(record: Record, *, by: User, label: Label = "") -> None:
    """Put the record into the trash; it can be restored, and the change set can be reverted."""
    text = label or (lambda: gettext("Deleted: %(what)s") % {"what": record})
    delete_records(type_of(record), [record.pk], by=by, label=text)


def restore_records(kind: RecordType, ids: Iterable[Any], *, by: User, label: Label = "") -> int:
    """Take many records out of the trash as one change set; returns how many. Checks like `delete_records`."""
    wanted = list(dict.fromkeys(ids))
    text = label or (lambda: gettext("%(count)s %(what)s restored") % counted(kind, len(wanted)))
    with change_set(by=by, label=text):
        rows = kind.model.objects.get_queryset().in_trash_visible_to(by).filter(pk__in=wanted)
        found = list(rows.select_for_update(of=("self",)).order_by("pk"))
        if len(found) != len(wanted):
            raise NotVisible
        if not all(can(by, "delete", record) for record in found):
            raise Refused
        note_types(kind.key)
        _write(lambda: kind.model.objects.filter(pk__in=wanted).update(deleted_at=None), found)
    return len(found)


def restore_record(record: Record, *, by: User) -> None:
    """Take the record out of the trash."""
    restore_records(
        type_of(record), [record.pk], by=by, label=lambda: gettext("Restored: %(what)s") % {"what": record}
    )


def counted(kind: RecordType, count: int) -> dict[str, str]:
    """How many of what, for the label of a change set: "1 person", "1,200 people"."""
    return {"count": format_number(count), "what": noun(kind.label if count == 1 else kind.label_plural)}


def _row(record: Record) -> dict[str, Any]:
    """The record's columns as they are; `prepare` may change others than the given ones."""
    return {**vars(record), "custom": dict(record.custom)}


def _locked(kind: RecordType, ids: list[Any], by: User, act: str) -> list[Any]:
    """The records, locked in the order of their ids so that two bulk edits never wait for each other in a circle."""
    rows = kind.model.objects.visible_to(by).select_for_update(of=("self",)).filter(pk__in=ids)
    found = list(rows.select_related(*kind.model.links()).order_by("pk"))
    if len(found) != len(ids):
        raise NotVisible
    acting = policy(by, kind.key, act).look_at(found)
    if not all(acting.allows(record) for record in found):
        raise Refused
    require_many(kind, found, by=by)
    return found


def require_many(kind: RecordType, records: Sequence[Any], *, by: User) -> None:  # Any: records of that type
    """Refuse to change several at once for whom the roles keep from it; one is never many."""
    many = policy(by, kind.key, "bulk").look_at(records)
    if len(records) > 1 and not all(many.allows(record) for record in records):
        raise Refused


def _write(write: Any, records: Sequence[Record]) -> None:  # Any: a function without arguments
    if not records:
        return
    try:
        with transaction.atomic():
            write()
    except IntegrityError as problem:
        raise RuleError(sentence_of(problem, records[0])) from problem
