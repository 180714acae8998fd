"""Records side by side: every field of each of them, and which value would stay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.http import HttpRequest
from markupsafe import Markup

from rapport.kernel.fields.base import FieldType
from rapport.kernel.merge.deed import chosen_from, filled, is_merged, likeness
from rapport.kernel.pages.context import context_of
from rapport.kernel.records import Record
from rapport.kernel.registry import PartType, RecordType


@dataclass
class Cell:
    """One value of one record."""

    record_id: UUID
    html: Markup
    is_empty: bool
    is_chosen: bool = False


@dataclass
class Line:
    """One field: a cell for each record."""

    name: str
    label: str
    cells: list[Cell]
    differs: bool


@dataclass
class United:
    """What the survivor will have of a list: all of them, without doubles."""

    label: str
    items: list[str]


@dataclass
class Column:
    """One of the records."""

    record: Record
    filled: int
    is_survivor: bool = False


@dataclass
class Comparing:
    """What the page shows."""

    columns: list[Column]
    lines: list[Line] = field(default_factory=list)
    same: list[Line] = field(default_factory=list)
    united: list[United] = field(default_factory=list)


def side_by_side(
    request: HttpRequest,
    kind: RecordType,
    records: Sequence[Record],
    *,
    choice: Mapping[str, UUID] | None = None,
    strategy: str = "survivor",
) -> Comparing:
    """All fields of the records, those that differ first; the survivor stands in front."""
    found = Comparing([Column(one, filled(one, kind), place == 0) for place, one in enumerate(records)])
    chosen = chosen_from(kind, records, choice or {}, strategy)
    for name, one in kind.fields.items():
        if not is_merged(one):
            continue
        line = _line(request, one, records, chosen[name])
        if all(cell.is_empty for cell in line.cells):
            continue
        (found.lines if line.differs else found.same).append(line)
    found.united = [*_united_lists(kind, records), *_united_parts(kind, records)]
    return found


def _line(request: HttpRequest, one: FieldType, records: Sequence[Record], chosen: Record) -> Line:
    context, cells, values = context_of(request), [], []
    for record in records:
        value = one.read(record)
        empty = one.is_empty(value)
        text = "" if empty else one.text(value)
        values.append(text or one.json(value))
        html = one.html(value, context) if one.kind not in ("yesno", "user") else Markup("{}").format(text)
        cells.append(Cell(record.pk, html, empty or not html, record is chosen))
    return Line(one.name, one.label, cells, any(value != values[0] for value in values))


def _united_lists(kind: RecordType, records: Sequence[Record]) -> list[United]:
    found = []
    for one in kind.fields.values():
        if one.editable and one.is_multiple:
            every = dict.fromkeys(str(each) for record in records for each in one.read(record) or ())
            if every:
                found.append(United(one.label, [one.text([each]) for each in every]))
    return found


def _united_parts(kind: RecordType, records: Sequence[Record]) -> list[United]:
    found = []
    for part in kind.parts.values():
        items: dict[object, str] = {}
        for record in records:
            for row in part.model._default_manager.filter(**{part.link: record.pk}).order_by("pk"):
                items.setdefault(likeness(part, row), _text(part, row))
        if items:
            found.append(United(part.label, [text for text in items.values() if text]))
    return found


def _text(part: PartType, row: object) -> str:
    """What the part says; nothing of what leads to records, which the user may not see."""
    texts = (
        one.text(one.read(row))
        for one in part.fields.values()
        if one.required and one.kind not in ("choice", "yesno") and not one.is_relation
    )
    return ", ".join(text for text in texts if text)
