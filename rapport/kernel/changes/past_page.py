"""A record as it was, in words, beside what it is today."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import Change
from rapport.kernel.changes.past import Past, Row, past_of
from rapport.kernel.changes.reach import RELATIONSHIPS
from rapport.kernel.changes.values import Titles, value_text
from rapport.kernel.fields import LinkBase, Money
from rapport.kernel.fields.base import FieldType
from rapport.kernel.fields.links import parse_id
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.pages.records import grouped
from rapport.kernel.permissions.fields import type_of_seen
from rapport.kernel.records import Record
from rapport.kernel.registry import RecordType
from rapport.kernel.relations.models import Relationship, RelationshipType

QUIET = ("origin", "origin_detail", "created_at", "changed_at")
INSTANT = timedelta(microseconds=1)
LONGEST = 2_000


@dataclass
class Line:
    """One value then and now."""

    label: str
    then: str
    now: str

    @property
    def differs(self) -> bool:
        return self.then != self.now


@dataclass
class PastPage:
    """All that is shown of a record as of a moment."""

    at: datetime
    was_there: bool
    was_deleted: bool
    title: str = ""
    groups: list[tuple[str, list[Line]]] = field(default_factory=list)
    earlier: datetime | None = None  # just before the change that led here
    later: datetime | None = None  # the moment of the next change

    @property
    def differences(self) -> int:
        return sum(line.differs for _label, lines in self.groups for line in lines)


def past_page(record: Record, at: datetime, user: User) -> PastPage:
    """Read the record as of that moment, for a user who may see it as it is today."""
    kind = type_of_seen(record, user)
    past, now = past_of(record, at), past_of(record, timezone.now())
    log = Change.objects.filter(record_id=record.pk)
    earlier = log.filter(at__lte=at).order_by("-at").values_list("at", flat=True).first()
    later = log.filter(at__gt=at).order_by("at").values_list("at", flat=True).first()
    page = PastPage(at, past.was_there, past.was_deleted, later=later)
    page.earlier = earlier - INSTANT if earlier is not None and past.was_there else None
    titles = _titles(kind, record.pk, [past, now], user)
    page.title = str(past.flat.get(kind.title) or record)
    if past.was_there:
        page.groups = _fields(kind, past, now, titles) + _parts(kind, past, now, titles)
        page.groups += _relationships(record.pk, past, now, titles)
    return page


def moment_before(record: Record) -> datetime:
    """Just before the newest change: what one looks for first."""
    newest = Change.objects.filter(record_id=record.pk).order_by("-at").values_list("at", flat=True).first()
    return newest - INSTANT if newest is not None else timezone.now()


def _titles(kind: RecordType, key: UUID, states: list[Past], user: User) -> Titles:
    titles = Titles(user)
    for state in states:
        _want(kind.fields.values(), state.flat, titles)
        for part in kind.parts.values():
            for row in state.rows.get(part.key, ()):
                _want(part.fields.values(), row, titles)
        for row in state.rows.get(RELATIONSHIPS, ()):
            other = _other(row, key)
            if other is not None:
                titles.want_record(other)
    titles.load()
    return titles


def _want(fields: Any, row: Row, titles: Titles) -> None:
    for one in fields:
        if isinstance(one, LinkBase):
            titles.want(one, row.get(one.column))


def _text(one: FieldType, row: Row, titles: Titles) -> str:
    currency = str(row.get(f"{one.column}{CURRENCY}") or "") if isinstance(one, Money) else ""
    value = row.get(one.column)
    if one.kind == "yesno" and not value:
        return ""
    return value_text(one, value, titles, currency, LONGEST)


def _fields(kind: RecordType, past: Past, now: Past, titles: Titles) -> list[tuple[str, list[Line]]]:
    found = []
    shown = [
        one for one in kind.fields.values() if one.name not in QUIET and one.kind not in ("picture", "file")
    ]
    for label, fields in grouped(kind, shown):
        lines = []
        for one in fields:
            line = Line(one.label, _text(one, past.flat, titles), _text(one, now.flat, titles))
            if (line.then or line.now) and (one.editable or line.differs):
                lines.append(line)
        if lines:
            found.append((label, lines))
    return found


def _parts(kind: RecordType, past: Past, now: Past, titles: Titles) -> list[tuple[str, list[Line]]]:
    found = []
    for part in kind.parts.values():
        said = partial(_part_said, list(part.fields.values()), titles)
        lines = _side_by_side(part.help, past.rows.get(part.key, []), now.rows.get(part.key, []), said)
        if lines:
            found.append((part.label, lines))
    return found


def _part_said(fields: list[FieldType], titles: Titles, row: Row) -> str:
    """A part in words; nothing where it leads to what the reader may not see."""
    if any(isinstance(one, LinkBase) and titles.is_hidden(one, row.get(one.column)) for one in fields):
        return ""
    words = [
        one.label if one.kind == "yesno" and row.get(one.column) else _text(one, row, titles)
        for one in fields
    ]
    return ", ".join(word for word in words if word)


def _relationships(key: UUID, past: Past, now: Past, titles: Titles) -> list[tuple[str, list[Line]]]:
    kinds = {one.pk: one for one in RelationshipType.objects.all()}
    facts = [one for one in Relationship._meta.get_fields() if isinstance(one, FieldType)]

    def said(row: Row) -> str:
        other, its = _other(row, key), kinds.get(row.get("type_id") or 0)
        there = titles.records.get(other) if other is not None else None
        if there is None or its is None:
            return ""
        is_out = parse_id(row.get("source_id")) == key
        words = [f"{one.label}: {text}" for one in facts if (text := _text(one, row, titles))]
        name = _(its.name) if is_out else _(its.inverse_name)
        return " · ".join([f"{name} {there.title}", *words])

    lines = _side_by_side("", past.rows.get(RELATIONSHIPS, []), now.rows.get(RELATIONSHIPS, []), said)
    return [(_("Relationships"), lines)] if lines else []


# Any: a row in words
def _side_by_side(label: str, past: list[Row], now: list[Row], said: Any) -> list[Line]:
    """What was there and what is there, matched by id; rows that say nothing to this reader are left out."""
    then = {str(row["id"]): said(row) for row in past}
    today = {str(row["id"]): said(row) for row in now}
    lines = [Line(label, text, today.get(key, "")) for key, text in then.items()]
    lines += [Line(label, "", text) for key, text in today.items() if key not in then]
    return [line for line in lines if line.then or line.now]


def _other(row: Row, key: UUID) -> UUID | None:
    source, target = parse_id(row.get("source_id")), parse_id(row.get("target_id"))
    return target if source == key else source
