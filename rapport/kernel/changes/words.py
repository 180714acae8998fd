"""The change log in plain words: "Mara changed Stage from Lead to Customer"."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from markupsafe import Markup

from rapport.accounts.models import User
from rapport.kernel.changes.models import Cause, Change, ChangeSet
from rapport.kernel.changes.part_words import part_lines, parts_used
from rapport.kernel.changes.relationship_words import RELATIONSHIPS, relationship_lines, relationships_used
from rapport.kernel.changes.sentences import Line, said
from rapport.kernel.changes.values import Titles, links_in, value_text
from rapport.kernel.fields import Money
from rapport.kernel.fields.base import FieldType
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import RecordType
from rapport.ui.formats import noun

# Follows from something else and says nothing by itself; shown only where it is all that happened.
DERIVED = ("date", "moment", "yesno", "text", "number", "country")


@dataclass
class Told:
    """What one act changed in one record."""

    at: datetime
    who: str
    lines: list[Line]
    icon: str = "pencil"
    hue: str = "grey"
    because: str = ""
    act: str = "update"
    change_set: UUID | None = None
    is_mine: bool = False
    last: Change | None = None  # the oldest entry of the log that is told here

    @property
    def sentence(self) -> Markup:
        """All of it in one sentence when there is one line, else how much it was."""
        if len(self.lines) == 1:
            return self.lines[0].said
        labels = list(dict.fromkeys(line.label for line in self.lines if line.label))
        words = (
            ", ".join(labels[:3]) if len(labels) <= 3 else _("%(count)s things") % {"count": len(self.lines)}
        )
        return said(_("%(who)s changed %(what)s"), who=self.who, what=words)


def tell(
    changes: Sequence[Change], kind: RecordType, user: User, *, without: Collection[str] = ()
) -> list[Told]:
    """The entries of a record's log in words, newest first; what belongs to one act is told together.

    `without` names fields that are told elsewhere ("created": that there is the record).
    A fixed number of queries however many entries: people, change sets, relationships, and one per table that links
    lead to. Entries about records that the user may not see are left out.
    """
    kind = seen_by(kind, user)
    acts = _by_act(changes)
    titles = Titles(user)
    for change in changes:
        if not change.part:
            links_in(change, kind.fields.values(), titles)
    relations = relationships_used(changes, titles)
    parts_used(changes, kind, titles)
    titles.load()
    people = User.objects.in_bulk({one.actor_id for one in changes if one.actor_id})
    sets = ChangeSet.objects.in_bulk({one.change_set_id for one in changes if one.change_set_id})
    found = []
    for act in acts:
        newest = act[0]
        who = _who(newest, people)
        lines = _lines(act, kind, titles, who, without)
        values = {value for line in lines for value in (line.old, line.new) if value}
        is_birth = any(one.act == "create" and not one.part for one in act)
        edges = [] if is_birth else [one for one in act if one.part == RELATIONSHIPS]
        lines += relationship_lines(edges, relations, titles, who, values)
        if not lines:
            continue
        told = Told(newest.at, who, lines, change_set=newest.change_set_id, last=act[-1])
        told.is_mine = newest.actor_id == user.pk
        told.because = _because(newest, sets)
        _dress(told, act)
        found.append(told)
    return found


def _by_act(changes: Sequence[Change]) -> list[list[Change]]:
    """Neighbors in the log that belong to one record and one change set (or, without one, to one transaction)."""

    def act_of(change: Change) -> tuple[UUID, UUID | int]:
        return change.record_id, change.change_set_id or change.transaction

    return [list(act) for _key, act in groupby(changes, act_of)]


def _who(change: Change, people: dict[UUID, User]) -> str:
    person = people.get(change.actor_id) if change.actor_id else None
    if person is not None:
        return str(person)
    return _("Somebody in the database") if change.cause == Cause.DATABASE else _("Rapport")


def _because(change: Change, sets: dict[UUID, ChangeSet]) -> str:
    """Through which door it came, when that was not a page."""
    if change.cause == Cause.PAGE:
        return ""
    done = sets.get(change.change_set_id) if change.change_set_id else None
    label = done.told if done is not None and change.cause in (Cause.IMPORT, Cause.API) else ""
    if done is not None and change.cause == Cause.LIFE_CYCLE and done.label:
        return _("life cycle: %(rule)s") % {"rule": done.told}
    return label or str(dict(Cause.choices).get(change.cause, change.cause))


def _dress(told: Told, act: Iterable[Change]) -> None:
    acts = {one.act for one in act if not one.part}
    if "create" in acts:
        told.icon, told.hue, told.act = "plus", "green", "create"
    elif any("deleted_at" in one.diff for one in act):
        told.icon, told.hue, told.act = "trash-2", "red", "delete"
    elif len(told.lines) == 1 and told.lines[0].icon:
        told.icon = told.lines[0].icon
    if any(one.cause == Cause.UNDO for one in act):
        told.icon = "undo-2"


def _lines(
    act: Sequence[Change], kind: RecordType, titles: Titles, who: str, without: Collection[str]
) -> list[Line]:
    """Newness, deletion, fields and parts of one act. What a new record was created with is not told again."""
    own = [one for one in act if not one.part]
    if any(one.act == "create" for one in own):
        return (
            []
            if "created" in without
            else [Line(said(_("%(who)s created this %(type)s"), who=who, type=noun(kind.label)))]
        )
    lines: list[Line] = []
    merged = _merged(own)
    for name in without:
        merged.pop(kind.fields[name].column if name in kind.fields else name, None)
    if "deleted_at" in merged:
        old, new = merged.pop("deleted_at")
        if old is None and new is not None:
            lines.append(Line(said(_("%(who)s deleted this %(type)s"), who=who, type=noun(kind.label))))
        elif new is None:
            lines.append(Line(said(_("%(who)s restored this %(type)s"), who=who, type=noun(kind.label))))
    parts = part_lines(act, kind, titles, who)
    beside = {line.new for line in parts if line.new}
    fields = _field_lines(merged, kind, titles, who)
    return [*lines, *(line for line in fields if not line.new or line.new not in beside), *parts]


def _merged(changes: Iterable[Change]) -> dict[str, list[Any]]:
    """{column: [oldest value, newest value]} over several entries that stand newest first."""
    merged: dict[str, list[Any]] = {}
    for change in changes:
        for column, pair in change.diff.items():
            merged[column] = [pair[0], merged[column][1]] if column in merged else list(pair)
    return {column: pair for column, pair in merged.items() if pair[0] != pair[1]}


def _field_lines(merged: dict[str, list[Any]], kind: RecordType, titles: Titles, who: str) -> list[Line]:
    found: list[tuple[FieldType, Line]] = []
    for one in kind.fields.values():
        pair = merged.get(one.column)
        currencies = merged.get(f"{one.column}{CURRENCY}", ["", ""])
        if pair is None and isinstance(one, Money) and any(currencies):
            continue  # only the currency, without an amount
        if pair is None:
            continue
        old = value_text(one, pair[0], titles, currencies[0])
        new = value_text(one, pair[1], titles, currencies[1])
        if old != new or one.kind in ("longtext", "picture"):
            found.append((one, _field_line(one, old, new, who)))
    return [line for one, line in found if not _is_noise(one, line, found, kind)]


def _field_line(one: FieldType, old: str, new: str, who: str) -> Line:
    label = one.label
    icon = "move-right" if one.kind in ("choice", "option") else ""
    if one.kind in ("longtext", "picture", "file"):
        text = said(_("%(who)s changed %(field)s"), who=who, field=label)
    elif one.kind == "yesno" or not old:
        text = said(_("%(who)s set %(field)s to %(new)s"), who=who, field=label, new=new)
    elif not new:
        text = said(_("%(who)s removed %(field)s, which was %(old)s"), who=who, field=label, old=old)
    else:
        text = said(
            _("%(who)s changed %(field)s from %(old)s to %(new)s"), who=who, field=label, old=old, new=new
        )
    return Line(text, label, old, new, icon)


def _is_noise(one: FieldType, line: Line, found: list[tuple[FieldType, Line]], kind: RecordType) -> bool:
    """True for what only follows from another line: parts of the name, dates of a stage, the team of an owner."""
    others = [(field, other) for field, other in found if field is not one]
    if not others:
        return False
    if not one.editable and one.kind in DERIVED:
        return any(field.editable or field.kind not in DERIVED for field, _other in others)
    if one.kind == "team":
        return any(field.kind == "user" for field, _other in others)
    title = next((other for field, other in others if field.name == kind.title), None)
    if title is not None and one.kind == "text":
        return bool(line.new or line.old) and line.new in title.new and line.old in title.old
    return False
