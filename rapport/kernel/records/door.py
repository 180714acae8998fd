"""The one door for writing: permission, known fields, rules, row, all in one transaction with a version check."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.changes.labels import Label
from rapport.kernel.changes.models import Cause, Change
from rapport.kernel.changes.sets import change_set, current_set, note_types
from rapport.kernel.custom import conditions
from rapport.kernel.custom.numbering import number_records
from rapport.kernel.custom.unique import check_unique
from rapport.kernel.fields import FieldType, Link, LinkBase
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.permissions import can, policy
from rapport.kernel.permissions.fields import field_problems
from rapport.kernel.permissions.veil import unveil, veil
from rapport.kernel.records.base import Record
from rapport.kernel.records.constraints import sentence_of
from rapport.kernel.records.errors import Conflict, NotVisible, Refused, RuleError
from rapport.kernel.records.parts import save_parts
from rapport.kernel.registry import RecordType, type_of

R = TypeVar("R", bound=Record)
Values = Mapping[str, Any]  # Any: each field type has its own values
Parts = Mapping[str, Sequence[Values]]


def save_record(
    record: R,
    values: Values,
    *,
    by: User,
    version: int | None = None,
    parts: Parts | None = None,
    label: Label = "",
) -> R:
    """Create the record (when it is unsaved) or change it, and return it as it now stands.

    `values` maps field names to typed values, `parts` maps part keys to their rows (see `save_parts`). `version` is the
    one that the person had before his eyes: when somebody changed the same fields since, Conflict is raised and
    nothing is written. RuleError says what must be mended, NotVisible and Refused what this user may not.
    """
    kind = type_of(record)
    is_new = record._state.adding
    with change_set(by=by, label=label or _label(kind, record, values, is_new)) as opened:
        check_names(kind, values, by, in_action=opened.in_action > 0)
        if is_new:
            if policy(by, kind.key, "create").reach == "none":
                raise Refused
            first_values(record, values, by)
        else:
            record = _locked(record, by, "edit")
            unchanged_since(record, values, version)
        _write(record, kind, values, by, is_new=is_new)
        if parts:
            note_types(kind.key)
            if not opened.in_action and (problems := field_problems(kind, parts, by)):
                raise RuleError(fields=problems)
            _write_parts(kind, record, parts, by)
            record.refresh_from_db()
    return record if opened.in_action else veil(record, by)


def _label(kind: RecordType, record: Record, values: Values, is_new: bool) -> Label:
    def say() -> str:
        what = str((values.get(kind.title) if is_new else record) or kind.label)
        return (gettext("New: %(what)s") if is_new else gettext("Changed: %(what)s")) % {"what": what[:100]}

    return say


def check_names(kind: RecordType, values: Iterable[str], by: User, *, in_action: bool) -> None:
    """Refuse names that the type does not have, fields that only actions change and those that his roles lock."""
    kind = kind.whole
    problems = {} if in_action else field_problems(kind, values, by)
    for name in values:
        field = kind.fields.get(name)
        if name in problems:
            continue
        if field is None:
            problems[name] = gettext("There is no field “%(name)s”.") % {"name": name[:60]}
        elif not field.editable and not in_action:
            problems[name] = gettext("“%(name)s” cannot be changed directly.") % {"name": field.label}
    if problems:
        raise RuleError(fields=problems)


def first_values(record: Record, values: Values, by: User) -> None:
    """Owner, team and origin of a new record, unless they are given."""
    opened = current_set()
    if "owner" not in values and record.owner_id is None:
        record.owner = by
    if opened is not None and opened.row.cause in (Cause.IMPORT, Cause.API, Cause.DEMO):
        record.origin = opened.row.cause


def _locked(record: R, by: User, act: str) -> R:
    """The record as it stands in the database, locked; NotVisible and Refused as the user's rights say."""
    model = type(record)
    found = model.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=record.pk).first()
    if found is None:
        raise NotVisible
    if not can(by, act, found):
        raise Refused
    result: R = found
    return result


def unchanged_since(record: Record, values: Values, version: int | None) -> None:
    """Raise Conflict when one of the fields to be written was changed after `version` by somebody else."""
    if version is None or version == record.version:
        return
    fields = type_of(record).fields
    columns = {fields[name].column: name for name in values}
    newer = Change.objects.filter(record_id=record.pk, version__gt=version, part="").order_by("-at", "-id")
    clashing: dict[str, str] = {}
    at = None
    for change in newer:
        for column in change.diff:
            name = columns.get(column) or columns.get(column.removesuffix(CURRENCY), "")
            if name:
                who = User.objects.filter(pk=change.actor_id).first() if change.actor_id else None
                clashing.setdefault(name, str(who or ""))
                at = at or change.at
    if clashing:
        raise Conflict([fields[name].label for name in clashing], next(iter(clashing.values())), at)


def fill(record: Record, kind: RecordType, values: Values, *, is_new: bool) -> set[str]:
    """Put the values on the record and check the result; returns the fields that changed. Writes nothing.

    The links are not checked here but by `check_links`, for many rows at once.
    """
    kind = kind.whole
    unveil(record)
    before = {} if is_new else {name: kind.fields[name].read(record) for name in values}
    old_owner = record.owner_id
    for name, value in values.items():
        kind.fields[name].write(record, value)
    changed = set(values) if is_new else {n for n in values if kind.fields[n].read(record) != before[n]}
    if not is_new and not changed:
        return set()
    if "team" not in values and (is_new or record.owner_id != old_owner) and record.owner is not None:
        record.team_id = record.owner.team_id
    record.prepare(changed)
    validate(record, kind, None if is_new else changed)
    return changed


def _write(record: Record, kind: RecordType, values: Values, by: User, *, is_new: bool) -> None:
    changed = fill(record, kind, values, is_new=is_new)
    if not changed and not is_new:
        return
    note_types(kind.key)
    check_links(kind, [record], changed, by)
    check_unique(kind, [record], changed)
    if is_new:
        number_records(kind, [record])
    try:
        with transaction.atomic():
            # The one place where rows of single records are written.
            models.Model.save(record, force_insert=is_new)
    except IntegrityError as problem:
        raise RuleError(sentence_of(problem, record)) from problem
    if not is_new:
        record.refresh_from_db(fields=["version", "changed_at"])


def _write_parts(kind: RecordType, record: Record, parts: Parts, by: User) -> None:
    try:
        with transaction.atomic():
            save_parts(kind, record, parts, by=by)
    except IntegrityError as problem:
        raise RuleError(sentence_of(problem, *(one.model for one in kind.parts.values()))) from problem


def check_links(kind: RecordType, rows: Iterable[Record], names: Iterable[str], by: User) -> None:
    """Nobody may attach a record that he cannot see; one query for each field, however many rows."""
    problems = {}
    for name in names:
        field = kind.whole.fields[name]
        if not isinstance(field, LinkBase):
            continue
        keys = {key for row in rows if (key := field.raw(row)) is not None}
        if not keys or (field.related_model is User and keys == {by.pk}):
            continue
        model: Any = field.related_model
        seen = model.objects.visible_to(by) if isinstance(field, Link) else model._default_manager
        if seen.filter(pk__in=keys).count() != len(keys):
            problems[name] = gettext("%(field)s: this was not found.") % {"field": field.label}
    if problems:
        raise RuleError(fields=problems)


def validate(record: Record, kind: RecordType, changed: set[str] | None = None) -> None:
    """Raise RuleError with a sentence per field where values or rules are violated."""
    problems: dict[str, str] = {}
    asked = conditions.asked(kind, record, changed)
    for name, field in kind.whole.fields.items():
        if field.is_custom and changed is not None and name not in changed and name not in asked.also:
            continue  # what became required later is asked for when somebody changes it, not in everything he does
        if field.is_worked_out:
            continue
        value = field.raw(record)
        if asked.needs(field) and field.is_empty(value):
            problems[name] = conditions.needed_sentence(kind, field)
        elif (
            not isinstance(field, LinkBase)
            and (changed is None or name in changed)
            and not field.is_empty(value)
        ):
            try:
                _clean(field, value, record)
            except ValidationError as problem:
                problems[name] = " ".join(problem.messages)
    if problems:
        raise RuleError(fields=problems)
    try:
        record.rules()
    except ValidationError as problem:
        raise RuleError(" ".join(problem.messages)) from problem


def _clean(field: FieldType, value: Any, record: Record) -> None:  # Any: each type has its own values
    clean = field.clean(value, record)
    if not field.is_custom:
        setattr(record, field.attname, clean)
    elif clean != value:
        field.write(record, clean)
