"""From the cells of a row to typed values: one reader for each column, made once for the whole file."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from rapport.kernel.exports.delimited import FORMULA
from rapport.kernel.fields import Context, FieldType
from rapport.kernel.fields.links import parse_id
from rapport.kernel.fields.numbers import Amount
from rapport.kernel.imports.extensions import AWAITED, Draft, Extension, Said, Slot
from rapport.kernel.imports.keys import ANY_SOURCE, linked, linked_by_key, note_key
from rapport.kernel.imports.mapping import clean
from rapport.kernel.imports.models import Import
from rapport.kernel.imports.readers import Row, Table
from rapport.kernel.imports.slots import KEY, is_own_link, may_come_later, may_wait
from rapport.kernel.imports.values import ColumnFormat, ImportProblem, parser_for
from rapport.kernel.registry import RecordType

Parse = Callable[[Any], Any]  # Any: each kind of field has its own values
REMEMBERED = 10_000  # linked words of a column
LINKS = frozenset({"link", "user", "team", "option"})
# Headings of columns that hold keys of another program: nobody is called like that.
OF_KEYS = re.compile(
    r"(?:(?:^|[^a-z])(?:id|key|nr|no)|(?:account|company|customer|organi[sz]ation)id|nummer|number|schlüssel|guid|uuid"
    r"|(?-i:[a-z](?:Id|ID|Nr|No|Key)))\W*$",
    re.IGNORECASE,
)


class RowReader:
    """Reads the rows of one import with its mapping."""

    def __init__(
        self, one: Import, slots: Mapping[str, Slot], extension: Extension, context: Context
    ) -> None:
        self.kind, self.extension, self.context = one.kind, extension, context
        program = str(one.options.get("program") or ANY_SOURCE)
        self.columns = [
            _Column(place, entry, slots[entry["target"]], one, self.kind, context, program, extension)
            for place, entry in enumerate(one.mapping)
            if entry["target"] in slots
        ]
        self.awaits = any(column.is_awaited for column in self.columns)
        self.has_key = any(column.key == KEY for column in self.columns)
        self.width = len(one.header)

    def batches(self, table: Table, after: int, size: int) -> Iterator[list[Row]]:
        """The rows behind the line in batches."""
        rows = table.rows(after=after)
        while batch := list(islice(rows, size)):
            yield batch

    def draft(self, row: Row) -> Draft:
        """Parse one row; what cannot be read stands in its problems."""
        line, cells, problem = row
        whole = "".join(cells)
        if not whole.isascii() or "'" in whole or "\0" in whole:
            cells = [plain(cell) for cell in cells]
        draft = Draft(line, cells)
        if problem is not None:
            draft.problems.append((-1, str(problem)))
            return draft
        width = len(cells)
        for column in self.columns:
            place = column.place
            if place < width and (cell := cells[place]):
                column.read(cell, draft)
        if not draft.problems:
            if self.has_key:
                note_key(draft)
            self.extension.digest(draft)
        return draft


def plain(cell: str) -> str:
    """A cell as the database can keep it, without the apostrophe by which spreadsheets mark text (and our exports)."""
    if cell[:1] == "'" and cell[1:2] in FORMULA:
        cell = cell[1:]
    return clean(cell)


class _Column:
    """One mapped column: parses its cells and knows where the values go."""

    def __init__(
        self,
        place: int,
        entry: Mapping[str, Any],
        slot: Slot,
        source: Import,
        kind: RecordType,
        context: Context,
        program: str,
        extension: Extension,
    ) -> None:
        self.place, self.key, self.header = place, slot.target.key, source.header[place]
        self.purpose, self.number = str(entry.get("purpose", "")), int(entry.get("number", 0))
        self.is_extra = slot.is_extra
        how = ColumnFormat(**{**entry["how"], "options": dict(slot.target.options)})
        self.parse = parser_for(slot.target.field_kind, how)
        self.field = None if slot.is_extra else kind.fields[slot.target.key]
        is_found = self.key in extension.finds
        self.is_awaited = (
            self.field is not None and not is_found and may_wait(kind, self.field, extension.makes)
        )
        self.is_made = (
            self.field is not None
            and is_found
            and may_come_later(kind, self.field)
            and not OF_KEYS.search(self.header)
        )
        by_key_only = is_name if self.is_made else nobody
        self.finish = _finish(self.field, context, program, by_key_only) if self.field is not None else None
        if self.field is not None and self.finish is not None and is_own_link(kind, self.field):
            self.finish = _none_of(source, self.finish)

    def read(self, cell: str, draft: Draft) -> None:
        try:
            value = self.parse(cell)
            if not value and (value is None or value == [] or value == ""):
                return
            if self.is_awaited:
                draft.facts.setdefault(AWAITED, {})[self.key] = (self.place, str(value).strip())
                return
            if self.finish is not None:
                said, value = value, self.finish(value)
                if value is None and self.is_made:
                    draft.said.append(
                        Said(self.key, str(said).strip(), self.purpose, self.number, self.place)
                    )
                    return
        except ImportProblem as problem:
            draft.problems.append((self.place, str(problem)))
            return
        except ValidationError as problem:
            draft.problems.append((self.place, " ".join(problem.messages)))
            return
        if self.is_extra:
            draft.said.append(Said(self.key, value, self.purpose, self.number, self.place))
            return
        before = draft.values.get(self.key)
        draft.values[self.key] = value if before is None else _joined(before, value, self.header)


def is_name(said: str) -> bool:
    """Whether somebody can be called so: no address, no number, no id."""
    return "@" not in said and parse_id(said) is None and any(char.isalpha() for char in said)


def nobody(said: str) -> bool:
    return False


def _joined(before: Any, value: Any, header: str) -> Any:  # Any: values of a field that takes several columns
    if isinstance(before, list):
        return list(dict.fromkeys([*before, *value]))
    return f"{before}\n{header}: {value}"


def _finish(
    one: FieldType, context: Context, program: str, by_key_only: Callable[[str], bool] = nobody
) -> Parse:
    """What turns the parsed cell into a value of this field."""
    if one.kind in LINKS:
        return _remembering(one, context, program, by_key_only)
    if one.kind == "money":
        return lambda value: Amount(value.number, value.currency)
    if one.kind == "email":
        return lambda value: value[0].address
    if one.kind == "phone":
        return lambda value: value[0].e164
    if one.kind == "tags":
        return lambda value: one.parse(value, context)
    if one.kind == "address":
        return lambda value: {
            "street": "\n".join(part for part in (value.street, value.extra) if part),
            "postcode": value.postcode,
            "city": value.city,
            "region": value.state,
            "country": value.country,
        }
    return lambda value: value


def _none_of(source: Import, finish: Parse) -> Parse:
    """A link that is needed leads to what was here before: else it would depend on the order of the rows."""

    def look(said: str) -> Any:  # Any: the linked object
        found = finish(said)
        if found is not None and found.origin_detail == source.origin:
            raise ValidationError(_("“%(said)s” was not found."), params={"said": said[:60]})
        return found

    return look


def _remembering(one: FieldType, context: Context, program: str, by_key_only: Callable[[str], bool]) -> Parse:
    """Links are looked up once for each word, by key only what the extension finds by name: None if nobody has it."""
    known: dict[str, Any] = {}

    def find(said: str) -> Any:  # Any: the linked object
        if one.kind != "link":
            return one.parse(said, context)
        return (linked_by_key if by_key_only(said) else linked)(one, said, context, program)

    def look(said: str) -> Any:  # Any: the linked object
        key = said.casefold()
        if key not in known:
            if len(known) > REMEMBERED:
                known.clear()
            known[key] = find(said)
        return known[key]

    return look
