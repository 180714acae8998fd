"""Rows of a part (contact points, addresses) in a form: shown, added, removed, read back."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from rapport.kernel.fields import Context, LinkBase
from rapport.kernel.fields.base import FieldType
from rapport.kernel.pages.controls import Control, Said, control_of, control_said, parse_said, said_of
from rapport.kernel.permissions import is_hidden
from rapport.kernel.records import Record
from rapport.kernel.registry import PartType

MOST = 200


@dataclass
class Row:
    """One row as it stands in the form."""

    number: str
    id: str = ""
    title: str = ""
    said: dict[str, Said] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)  # Any: each field has its own values
    errors: dict[str, str] = field(default_factory=dict)
    item: Any = None  # Any: a row of the part's model, None when it is new
    is_removed: bool = False
    is_blank: bool = False


class PartRows:
    """All rows of one kind of part of a record."""

    def __init__(self, part: PartType, record: Record, context: Context) -> None:
        self.part, self.key, self.context = part, part.key, context
        self.fields: dict[str, FieldType] = {name: one for name, one in part.fields.items() if one.editable}
        self.sentence = ""
        items = [] if record._state.adding else self._seen(record)
        self._items: dict[str, models.Model] = {str(item.pk): item for item in items}
        self.rows = [Row(str(n), str(item.pk), str(item), item=item) for n, item in enumerate(items)]

    def _seen(self, record: Record) -> list[Any]:  # Any: rows of the part's model
        """The rows that are there, without those that lead to a record which the user may not see: these stay."""
        items = self.part.model._default_manager.filter(**{self.part.link: record.pk})
        links = [name for name, one in self.part.fields.items() if isinstance(one, LinkBase)]
        user = self.context.user
        return [
            item
            for item in (items.select_related(*links) if links else items)
            if not any(is_hidden(getattr(item, name), user) for name in links)
        ]

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

    def read(self, data: QueryDict, files: MultiValueDict[str, Any]) -> None:
        said_count = data.get(f"{self.key}-count", "")
        if not (said_count.isascii() and said_count.isdigit()):
            return
        self.rows = [self._read_row(str(n), data, files) for n in range(min(int(said_count[:6]), MOST))]
        if data.get("add") == self.key:
            self.add()

    def _read_row(self, number: str, data: QueryDict, files: MultiValueDict[str, Any]) -> Row:
        prefix = f"{self.key}-{number}-"
        item = self._items.get(data.get(f"{prefix}id", ""))
        row = Row(number, str(item.pk) if item else "", str(item) if item else "", item=item)
        row.is_removed = bool(data.get(f"{prefix}remove"))
        if row.is_removed:
            return row
        blank = self.part.model()
        for name, one in self.fields.items():
            current = one.read(item if item is not None else blank)
            try:
                row.said[name] = said_of(one, data, files, self.context, name=prefix + name)
                value = parse_said(one, row.said[name], self.context, current)
            except ValidationError as problem:
                row.errors[name] = " ".join(problem.messages)
                continue
            if item is None or one.json(value) != one.json(current):
                row.values[name] = value
        row.is_blank = item is None and not row.errors and self._says_nothing(row)
        if not row.is_blank:
            for name, one in self.fields.items():
                value = row.values.get(name, None if item is None else one.read(item))
                if one.required and name not in row.errors and one.is_empty(value):
                    row.errors[name] = _("%(field)s is needed.") % {"field": one.label}
        return row

    def _says_nothing(self, row: Row) -> bool:
        """A new row in which only the preset choices stand, or nothing at all."""
        return all(
            one.is_empty(row.values.get(name)) or one.kind in ("choice", "yesno")
            for name, one in self.fields.items()
        )

    def values(self) -> list[dict[str, Any]]:
        """The rows as the door for writing takes them; only what is new, changed or leaves."""
        found: list[dict[str, Any]] = []
        for row in self.rows:
            if row.is_removed and row.id:
                found.append({"id": row.id, "remove": True})
            elif not row.is_removed and not row.is_blank and row.values:
                found.append({**({"id": row.id} if row.id else {}), **row.values})
        return found

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
