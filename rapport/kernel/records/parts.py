"""Writing the parts of a record: its contact points, addresses and the like."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.changes.models import Change
from rapport.kernel.fields.marks import mark_of
from rapport.kernel.records.errors import Conflict, RuleError

if TYPE_CHECKING:
    from rapport.kernel.records.base import Record
    from rapport.kernel.registry import PartType, RecordType


def save_parts(
    kind: "RecordType", record: "Record", parts: Mapping[str, Sequence[Mapping[str, Any]]], *, by: User
) -> None:
    """Write rows of parts inside the running change set.

    A row with an "id" changes that part of this record (with "remove": True it leaves); a row without one is added;
    parts that are not named stay. With "was" (marks of the values that the person had before his eyes, see
    `fields.marks`) Conflict is raised when somebody changed the same meanwhile or took the row away. Called by the door
    only, with the record locked; RuleError names the row that is wrong.
    """
    for key, rows in parts.items():
        part = kind.parts.get(key)
        if part is None:
            raise RuleError(gettext("There is nothing called “%(name)s” here.") % {"name": key[:60]})
        known = {str(one.pk): one for one in part.model._default_manager.filter(**{part.link: record.pk})}
        for row in rows:
            _save_row(part, record, known, dict(row))
        after = getattr(part.model, "after_save", None)
        if after is not None:
            after(record)


def _save_row(
    part: "PartType", record: "Record", known: dict[str, models.Model], row: dict[str, Any]
) -> None:
    key, remove, was = row.pop("id", None), row.pop("remove", False), row.pop("was", None)
    if key:
        item = known.get(str(key))
        if was is not None:
            _unchanged(
                part, record, key, item, {name: was[name] for name in (was if remove else row) if name in was}
            )
        if item is None:
            raise RuleError(gettext("This %(what)s is not here any more.") % {"what": part.help})
    else:
        item = part.model(**{f"{part.link}_id": record.pk})
    if remove:
        if key:
            item.delete()
        return
    for name, value in row.items():
        field = part.fields.get(name)
        if field is None or not field.editable:
            raise RuleError(gettext("There is no field “%(name)s”.") % {"name": name[:60]})
        field.write(item, value)
    problems = {}
    for name, field in part.fields.items():
        value = getattr(item, field.attname)
        if field.required and field.is_empty(value):
            problems[f"{part.key}.{name}"] = gettext("%(field)s is needed.") % {"field": field.label}
        elif not field.is_empty(value) and not field.is_relation:
            try:
                setattr(item, field.attname, field.clean(value, item))
            except ValidationError as problem:
                problems[f"{part.key}.{name}"] = " ".join(problem.messages)
    if problems:
        raise RuleError(fields=problems)
    prepare = getattr(item, "prepare", None)
    if prepare is not None:
        prepare()
    item.save()


def _unchanged(
    part: "PartType", record: "Record", key: UUID | str, item: models.Model | None, was: Mapping[str, str]
) -> None:
    """Raise Conflict when the row is not as the person saw it, as far as he changes it."""
    fields = part.fields
    if item is not None and all(mark_of(fields[name], fields[name].read(item)) == was[name] for name in was):
        return
    raise conflict_about(part, record, key)


def conflict_about(part: "PartType", record: "Record", key: UUID | str) -> Conflict:
    """Who changed that row or took it away, and when."""
    newest = (
        Change.objects.filter(record_id=record.pk, part=part.key, part_id=key).order_by("-at", "-id").first()
    )
    who = User.objects.filter(pk=newest.actor_id).first() if newest is not None and newest.actor_id else None
    return Conflict([part.label], str(who or ""), newest.at if newest is not None else None)
