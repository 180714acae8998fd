"""Rows of a part (contact points, addresses) in a form: shown, added, removed, read back."""

import copy
import json
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from rapport.kernel.fields import Context, LinkBase
from rapport.kernel.fields.base import FieldType
from rapport.kernel.fields.links import parse_id
from rapport.kernel.fields.marks import mark_of, marks_of, read_marks
from rapport.kernel.pages.controls import (
    Control,
    Said,
    control_of,
    control_said,
    parse_said,
    said_in_words,
    said_of,
    text_for,
)
from rapport.kernel.permissions import is_hidden
from rapport.kernel.records import Record
from rapport.kernel.records.parts import conflict_about
from rapport.kernel.registry import PartType

MOST = 200


@dataclass(frozen=True)
class Clash:
    """What two people have changed: both values in words, and how the choice between them is called in the form."""

    name: str
    label: str
    mine: str
    theirs: str


@dataclass
class Row:
    """One row as it stands in the form. `was` marks its values as the person saw them."""

    number: str
    id: str = ""
    title: str = ""
    said: dict[str, Said] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)  # Any: each field has its own values
    errors: dict[str, str] = field(default_factory=dict)
    was: dict[str, str] = field(default_factory=dict)
    item: Any = None  # Any: a row of the part's model, None when it is new
    is_removed: bool = False
    is_blank: bool = False
    is_gone: bool = False  # he changed what somebody else has taken away
    clash: Clash | None = None

    @property
    def marks(self) -> str:
        return json.dumps(self.was) if self.was else ""


class PartRows:
    """All rows of one kind of part of a record."""

    def __init__(self, part: PartType, record: Record, context: Context) -> None:
        self.part, self.key, self.context = part, part.key, context
        self.fields: dict[str, FieldType] = {name: one for name, one in part.fields.items() if one.editable}
        self.sentence = ""
        self.left = False  # some rows stay as others have made them, because he chose so
        self._items: dict[str, models.Model] = {} if record._state.adding else self._seen(record)
        self.rows = [self._row(str(n), item) for n, item in enumerate(self._items.values())]

    def _seen(self, record: Record) -> dict[str, Any]:  # Any: rows of the part's model
        """The rows that are there, without those that lead to a record which the user may not see: these stay."""
        items = self.part.model._default_manager.filter(**{self.part.link: record.pk})
        links = [name for name, one in self.part.fields.items() if isinstance(one, LinkBase)]
        user = self.context.user
        return {
            str(item.pk): item
            for item in (items.select_related(*links) if links else items)
            if not any(is_hidden(getattr(item, name), user) for name in links)
        }

    def _row(self, number: str, item: Any) -> Row:  # Any: a row of the part's model
        return Row(number, str(item.pk), str(item), was=marks_of(self.fields, item), item=item)

    @property
    def label(self) -> str:
        return self.part.label

    @property
    def has_errors(self) -> bool:
        return bool(self.sentence) or any(row.errors for row in self.rows)

    def add(self) -> None:
        """One more empty row."""
        if len(self.rows) < MOST:
            self.rows.append(Row(str(len(self.rows))))

    # -- reading --------------------------------------------------------------------------------------------
    def read(self, data: QueryDict, files: MultiValueDict[str, Any]) -> None:
        said_count = data.get(f"{self.key}-count", "")
        if not (said_count.isascii() and said_count.isdigit()):
            return
        self.rows = [self._read_row(str(n), data, files) for n in range(min(int(said_count[:6]), MOST))]
        if data.get("add") == self.key:
            self.add()

    def _read_row(self, number: str, data: QueryDict, files: MultiValueDict[str, Any]) -> Row:
        prefix = f"{self.key}-{number}-"
        said_id, marks = data.get(f"{prefix}id", ""), read_marks(data.get(f"{prefix}was", ""), self.fields)
        item = self._items.get(said_id)
        row = self._row(number, item) if item is not None else Row(number)
        row.was |= marks
        if data.get(f"{self.key}-{number}_theirs"):
            self.left = True
            row.is_blank = item is None
            row.was = marks_of(self.fields, item) if item is not None else {}
            return row
        row.is_removed = bool(data.get(f"{prefix}remove"))
        if row.is_removed:
            return row
        self._read_values(row, prefix, data, files)
        if item is None and said_id and marks:
            # Somebody has taken it away. What he left as it was goes, too; what he changed is asked about.
            row.id = said_id
            row.is_gone = any(
                mark_of(self.fields[name], value) != marks.get(name) for name, value in row.values.items()
            )
            row.is_blank = not row.is_gone
        else:
            row.is_blank = item is None and not row.errors and self._says_nothing(row)
        if not row.is_blank:
            self._check_needed(row)
        return row

    def _read_values(self, row: Row, prefix: str, data: QueryDict, files: MultiValueDict[str, Any]) -> None:
        """What was typed into the row; of one that is there only what the person has changed."""
        blank = self.part.model()
        for name, one in self.fields.items():
            current = one.read(row.item if row.item is not None else blank)
            try:
                row.said[name] = said_of(one, data, files, self.context, name=prefix + name)
                value = parse_said(one, row.said[name], self.context, current)
            except ValidationError as problem:
                row.errors[name] = " ".join(problem.messages)
                continue
            if row.item is None or mark_of(one, value) != row.was[name]:
                row.values[name] = value

    def _typed(self, row: Row) -> list[str]:
        """What in the row is not as the person saw it."""
        was = row.was or marks_of(self.fields, self.part.model())
        return [
            name for name, value in row.values.items() if mark_of(self.fields[name], value) != was.get(name)
        ]

    def _check_needed(self, row: Row) -> None:
        for name, one in self.fields.items():
            value = row.values.get(name, None if row.item is None else one.read(row.item))
            if one.required and name not in row.errors and one.is_empty(value):
                row.errors[name] = _("%(field)s is needed.") % {"field": one.label}

    def _says_nothing(self, row: Row) -> bool:
        """A new row in which only the preset choices stand, or nothing at all."""
        return all(
            one.is_empty(row.values.get(name)) or one.kind in ("choice", "yesno")
            for name, one in self.fields.items()
        )

    # -- writing --------------------------------------------------------------------------------------------
    def demand_rows(self, record: Record) -> None:
        """Raise Conflict when he changed a row that somebody has taken away meanwhile."""
        for row in self.rows:
            if row.is_gone:
                raise conflict_about(self.part, record, parse_id(row.id) or record.pk)

    def values(self) -> list[dict[str, Any]]:
        """The rows as the door for writing takes them; only what is new, changed or leaves."""
        found: list[dict[str, Any]] = []
        for row in self.rows:
            known = {"id": row.id, "was": row.was} if row.id else {}
            if row.is_removed and row.id:
                found.append({**known, "remove": True})
            elif not row.is_removed and not row.is_blank and row.values:
                found.append({**known, **row.values})
        return found

    # -- what others have done meanwhile --------------------------------------------------------------------
    def meet(self, record: Record) -> bool:
        """Take the rows as they stand now, keep what was typed, and ask where both have changed one.

        Returns whether others have changed, added or taken away rows that he left alone.
        """
        self._items = self._seen(record)
        left, rows, merged = dict(self._items), [], False
        for row in self.rows:
            item = left.pop(row.id, None) if row.id else None
            if row.is_gone:
                row.clash = Clash("", self.label, self._words(row, self._typed(row)), _("Removed"))
                row.id, row.item, row.was, row.is_gone = "", None, {}, False
            elif row.id and item is None:
                merged = merged or not row.is_removed
                continue
            elif item is not None:
                merged = self._meet_row(row, item) or merged
            if not (row.is_blank and row.clash is None and not row.said):
                rows.append(row)
        rows += [self._row("", item) for item in left.values()]
        self.rows = rows
        for number, row in enumerate(rows):
            row.number = str(number)
            if row.clash is not None:
                row.clash = Clash(f"{self.key}-{number}", row.clash.label, row.clash.mine, row.clash.theirs)
        return merged or bool(left)

    def _meet_row(self, row: Row, item: Any) -> bool:  # Any: a row of the part's model
        now = marks_of(self.fields, item)
        changed = [name for name in now if now[name] != row.was[name]]
        both = changed if row.is_removed else [name for name in changed if name in row.values]
        if both:
            mine = _("Removed") if row.is_removed else self._words(row, row.values)
            row.clash = Clash("", self.label, mine, self._words(row, both, item))
        row.item, row.was, row.title = item, now, str(item)
        for name in changed:
            if name not in row.values and name not in row.errors:
                row.said.pop(name, None)
        return bool(changed) and not both

    # Any: names of fields; a row of the part's model
    def _words(self, row: Row, names: Any, item: Any = None) -> str:
        """The row in words, as it stands there or as he typed it; where that says it all, without further fields."""
        shown = copy.copy(
            item if item is not None else row.item if row.item is not None else self.part.model()
        )
        if item is None:
            for name, value in row.values.items():
                self.fields[name].write(shown, value)
        further = (text_for(self.fields[name], self.fields[name].read(shown), self.context) for name in names)
        return " · ".join(dict.fromkeys(text for text in (str(shown), *further) if text)) or "–"

    def typed_in_words(self) -> list[str]:
        """Each row into which something was typed; what cannot be read as it was written."""
        found = []
        for row in self.rows:
            if row.said and not row.is_removed and not row.is_blank:
                unread = [said_in_words(row.said.get(name, "")) for name in row.errors]
                found.append(" · ".join(filter(None, [self._words(row, self._typed(row)), *unread])))
        return found

    @property
    def clashes(self) -> list[Clash]:
        return [row.clash for row in self.rows if row.clash is not None]

    # -- showing --------------------------------------------------------------------------------------------
    def controls(self, row: Row) -> list[Control]:
        made = []
        for name, one in self.fields.items():
            wire, error = f"{self.key}-{row.number}-{name}", row.errors.get(name, "")
            if name in row.said:
                control = control_said(one, row.said[name], self.context, name=wire, error=error)
            else:
                item = row.item if row.item is not None else self.part.model()
                control = control_of(one, one.read(item), self.context, name=wire, error=error)
            made.append(control)
        return made

    @property
    def template_row(self) -> Row:
        """The row that the script copies when somebody adds one."""
        return Row("__n__")
