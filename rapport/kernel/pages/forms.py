"""The form of any record, derived from its type: fields in groups, rows of parts, errors per field."""

import copy
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from rapport.kernel.changes.labels import Label
from rapport.kernel.changes.sets import change_set
from rapport.kernel.custom import conditions
from rapport.kernel.duplicates.check import IsKnown, Match, demand_new
from rapport.kernel.fields import Context, LongText, OptionLink
from rapport.kernel.fields.base import FieldType
from rapport.kernel.fields.marks import mark_of, marks_of, read_marks
from rapport.kernel.files.models import StoredFile
from rapport.kernel.files.store import attach
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.controls import (
    Control,
    Said,
    control_of,
    control_said,
    link_type,
    may_create_by_title,
    parse_said,
    said_in_words,
    said_of,
    text_for,
    was_sent,
)
from rapport.kernel.pages.parts import Clash, PartRows
from rapport.kernel.pages.records import grouped
from rapport.kernel.records import Conflict, Record, RuleError, save_record
from rapport.kernel.registry import RecordType
from rapport.ui.addresses import address
from rapport.ui.formats import format_moment, within


@dataclass
class Group:
    """Controls under one heading."""

    label: str
    rows: list[Control] = field(default_factory=list)


@dataclass
class Saved:
    """What saving did; `change_set` is None when nothing was changed."""

    record: Record
    change_set: UUID | None = None


class RecordForm:
    """The form of a new or existing record, or of some of its fields.

    It keeps what the person typed whatever is wrong with it, and writes only the fields that he changed: beside every
    form stands a mark of each value as he saw it (`was`), so that saving does not touch what others changed meanwhile.
    """

    def __init__(
        self,
        request: HttpRequest,
        kind: RecordType,
        record: Record,
        *,
        names: Iterable[str] | None = None,
        part_keys: Iterable[str] | None = None,
    ) -> None:
        self.request, self.kind, self.record = request, kind, record
        self.context: Context = context_of(request)
        self.is_new = record._state.adding
        chosen = None if names is None else set(names)
        self.fields: dict[str, FieldType] = {
            name: one for name, one in kind.editable_fields().items() if chosen is None or name in chosen
        }
        keys = kind.editable_parts() if part_keys is None else part_keys
        self.parts = [PartRows(kind.parts[key], record, self.context) for key in keys]
        self.said: dict[str, Said] = {}
        self.values: dict[str, Any] = {}  # Any: each field has its own values
        self.creating: dict[str, str] = {}
        self.errors: dict[str, str] = {}
        self.sentence = ""
        self.missing: dict[str, str] = {}  # what the door asks for beside the fields of this form
        self.clashing: set[str] = set()
        self.clash_by, self.clash_at = "", ""  # who changed the same, and when
        self.merged: list[str] = []  # fields that only others have changed meanwhile
        self.left: list[str] = []  # fields in which he keeps what others have put there
        self.alike: list[Match] = []  # records that are here already and have the same e-mail address
        self.anyway = False
        self.version = record.version
        self.was = marks_of(self.fields, record)

    # -- first values of a new record -----------------------------------------------------------------------
    def prefill(self, given: QueryDict) -> None:
        """Take values from the address (`?organization=<id>`), the user as owner, the first of needed choices."""
        user = user_of(self.request)
        if "owner" in self.fields:
            self.record.owner = user
        for name, one in self.fields.items():
            if given.get(name):
                try:
                    said = given.getlist(name) if one.is_multiple else given[name]
                    one.write(self.record, one.parse(said, self.context))
                except (ValidationError, ValueError):
                    self.said[name] = _as_said(one, given.get(name, ""))
            elif isinstance(one, OptionLink) and one.required and getattr(self.record, one.attname) is None:
                one.write(self.record, one.candidates(self.context).first())

    # -- reading --------------------------------------------------------------------------------------------
    def read(self, data: QueryDict) -> bool:
        """Take what was sent; False when something in it cannot be read."""
        self._read_marks(data)
        blank = self.kind.new() if self.is_new else self.record
        for name, one in self.fields.items():
            if not was_sent(one, name, data):
                continue
            current = one.read(blank)
            try:
                said = said_of(one, data, self.request.FILES, self.context)
                self.said[name] = said
                value = parse_said(one, said, self.context, current)
            except ValidationError as problem:
                if not self._may_create(name, one, data):
                    self.errors[name] = " ".join(problem.messages)
                continue
            if data.get(f"{name}_theirs"):
                self.said.pop(name, None)
                self.left.append(one.label)
            elif self._is_changed(name, one, value, blank):
                self.values[name] = value
        self.anyway = "anyway" in data
        for part in self.parts:
            part.read(data, self.request.FILES)
            if part.left:
                self.left.append(part.label)
        if not self.errors and not any(part.has_errors for part in self.parts):
            return True
        self._miss()
        return False

    def _miss(self) -> None:
        """What is wrong does not hide what is missing: all is mended in one go."""
        typed = self._as_typed()
        asked = conditions.asked(self.kind, typed, None if self.is_new else set(self.values))
        for name in self.fields if self.is_new else self.values:
            one = self.fields[name]
            if name in self.errors or name in self.creating or not one.is_empty(one.raw(typed)):
                continue
            if asked.needs(one):
                self.errors[name] = _("%(field)s is needed.") % {"field": one.label}

    def _read_marks(self, data: QueryDict) -> None:
        with suppress(ValueError):  # not what our form wrote
            self.version = int(data.get("version", self.version))
        self.was.update(read_marks(data.get("was", "{}"), self.fields))

    def _is_changed(self, name: str, one: FieldType, value: Any, blank: Record) -> bool:
        if self.is_new:
            return not one.is_empty(value) or one.json(value) != one.json(one.read(blank))
        return mark_of(one, value) != self.was[name]

    def _may_create(self, name: str, one: FieldType, data: QueryDict) -> bool:
        """Was a new record asked for by its title, and may he make one?"""
        said, kind = self.said.get(name), link_type(one)
        if not isinstance(said, dict) or kind is None or not said.get("create", "").strip():
            return False
        if not may_create_by_title(kind, self.context):
            return False
        self.creating[name] = said["create"].strip()
        return True

    # -- conditions -----------------------------------------------------------------------------------------
    @property
    def has_conditions(self) -> bool:
        return any(name in self.fields for name in conditions.names_with_rules(self.kind))

    def state(self) -> conditions.State:
        """What is shown and needed as the form stands now, with what was typed so far."""
        return conditions.state_of(self.kind, self._as_typed())

    def _as_typed(self) -> Record:
        """The record with what was typed, beside the one that stays as it is."""
        made = self.record.__class__.__new__(self.record.__class__)
        vars(made).update(vars(self.record))
        made._state = copy.copy(self.record._state)
        made._state.fields_cache = dict(self.record._state.fields_cache)
        for name, value in self.values.items():
            self.fields[name].write(made, value)
        return made

    # -- writing --------------------------------------------------------------------------------------------
    def save(self, label: Label = "") -> Saved | None:
        """Write it through the door; None when a rule said no (`errors`, `sentence` and `status` tell).

        What the form does not show as it was filled in is not written, whatever stands in its control.
        """
        if self.has_conditions:
            hidden = self.state().hidden
            self.values = {name: value for name, value in self.values.items() if name not in hidden}
        parts = {part.key: rows for part in self.parts if (rows := part.values())}
        if not self.is_new and not self.values and not self.creating and not parts:
            return Saved(self.record)
        user = user_of(self.request)
        try:
            with change_set(by=user, label=label or self._label) as opened:
                if self.is_new and not self.anyway:
                    demand_new(self.kind, self.typed, by=user)
                values = {**self.values, **{name: self._create(name) for name in self.creating}}
                version = None if self.is_new else self.version
                for part in self.parts:
                    part.demand_rows(self.record)
                saved = save_record(self.record, values, by=user, version=version, parts=parts)
                for value in values.values():
                    if isinstance(value, StoredFile):
                        attach(value, saved.entry)
        except RuleError as problem:
            self.alike = problem.matches if isinstance(problem, IsKnown) else []
            self._refused(problem)
            return None
        except Conflict as problem:
            self._clash(problem)
            return None
        return Saved(saved, opened.id)

    @property
    def typed(self) -> dict[str, Any]:  # Any: each field has its own values
        """What was read so far, with the rows of parts: enough to look for records like it."""
        return {**self.values, **{part.key: part.values() for part in self.parts}}

    def _label(self) -> str:
        what = (
            str(self.record)
            if not self.is_new
            else str(self.values.get(self.kind.title, "")) or self.kind.label
        )
        return (_("New: %(what)s") if self.is_new else _("Changed: %(what)s")) % {"what": what[:100]}

    def _create(self, name: str) -> Record:
        kind = link_type(self.fields[name])
        assert kind is not None
        return save_record(kind.new(), {kind.title: self.creating[name]}, by=user_of(self.request))

    def _refused(self, problem: RuleError) -> None:
        left = []
        for name, sentence in problem.fields.items():
            part = next((one for one in self.parts if name.startswith(f"{one.key}.")), None)
            if name in self.fields:
                self.errors[name] = sentence
            elif part is not None:
                part.sentence = sentence
            else:
                left.append(sentence)
                self.missing[name] = sentence
        self.sentence = " ".join(left) if problem.fields else problem.sentence

    def _clash(self, problem: Conflict) -> None:
        """Somebody was faster: show both, keep what was typed, and let him decide."""
        self.sentence = str(problem)
        self.clash_by, self.clash_at = problem.by, within(format_moment(problem.at))
        fresh = type(self.record).objects.get(pk=self.record.pk)
        for part in self.parts:
            if part.meet(fresh):
                self.merged.append(part.label)
        for name, one in self.fields.items():
            now = mark_of(one, one.read(fresh))
            if name in self.values and now != self.was[name]:
                self.clashing.add(name)
            elif name not in self.values and name not in self.errors:
                self.said.pop(name, None)
                if now != self.was[name]:
                    self.merged.append(one.label)
            self.was[name] = now
        self.record, self.version = fresh, fresh.version

    # -- showing --------------------------------------------------------------------------------------------
    @property
    def status(self) -> int:
        if self.clashes:
            return 409
        wrong = self.errors or self.sentence or any(part.has_errors for part in self.parts)
        return 422 if wrong else 200

    @property
    def marks(self) -> str:
        return json.dumps(self.was)

    def control(self, name: str) -> Control:
        one = self.fields[name]
        error = self.errors.get(name, "")
        if name in self.said:
            made = control_said(one, self.said[name], self.context, error=error)
        else:
            made = control_of(one, one.read(self.record), self.context, error=error)
        if isinstance(one, LongText) and one.mentions:
            key = self.kind.key
            made.mentions = (
                address("mentionable_new", key)
                if self.is_new
                else address("mentionable", key, self.record.pk)
            )
        if name in self.clashing:
            made.theirs = text_for(one, one.read(self.record), self.context) or "–"
            made.mine = text_for(one, self.values[name], self.context) or "–"
        if name in conditions.names_with_rules(self.kind):
            state = self.state()
            made.when, made.is_hidden = name, name in state.hidden
            made.required = one.required or name in state.needed
        return made

    @property
    def groups(self) -> list[Group]:
        found = grouped(self.kind, self.fields.values())
        groups = [Group(label, [self.control(one.name) for one in fields]) for label, fields in found]
        if groups and self.is_new and groups[0].rows:
            groups[0].rows[0].autofocus = True
        return groups

    @property
    def clashes(self) -> list[Clash]:
        """The fields and rows of parts that he and somebody else have changed, each with both values."""
        found = [self.control(name) for name in self.fields if name in self.clashing]
        own = [Clash(one.name, one.label, one.mine, one.theirs) for one in found]
        return own + [clash for part in self.parts for clash in part.clashes]

    @property
    def controls(self) -> list[Control]:
        return [self.control(name) for name in self.fields]

    @property
    def needs_files(self) -> bool:
        return any(one.kind in ("file", "picture") for one in self.fields.values())


def _as_said(one: FieldType, text: str) -> Said:
    if one.kind in ("link", "user"):
        return {"id": "", "text": text, "create": ""}
    return [text] if one.is_multiple else text


def quick_names(kind: RecordType) -> list[str]:
    """The few fields that a new record is asked for in a dialog: the needed ones and those of the list."""
    depending = conditions.names_with_rules(kind)
    names = [
        name
        for name, one in kind.editable_fields().items()
        if (one.required and name not in depending)
        or name == kind.title
        or (one.flags.listed and name not in ("owner", "team"))
    ]
    return names[:8]


def as_query(form: RecordForm, data: Mapping[str, Any]) -> dict[str, str]:
    """What was typed into a dialog, for the address of the full form."""
    typed = {}
    for name, one in form.fields.items():
        said = form.said.get(name, "")
        text = (isinstance(said, dict) and said.get("id")) or said_in_words(said)
        if text and one.kind not in ("file", "picture", "address"):
            typed[name] = text[:500]
    return typed
