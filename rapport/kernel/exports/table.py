"""What an exported file contains: a heading and a plain value for each column of each record."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.custom.worked import work_out
from rapport.kernel.fields import Context, FieldType, Link, Money
from rapport.kernel.filters.limits import TooExpensive, bounded
from rapport.kernel.lists.cells import seen_titles
from rapport.kernel.lists.columns import Column, available_columns, needed_fields
from rapport.kernel.lists.cursors import Cursor
from rapport.kernel.lists.reader import Shape, Source, cursor_of, read_rows
from rapport.kernel.lists.related import plain_values
from rapport.kernel.lists.rows import shape_of
from rapport.kernel.registry import RecordType
from rapport.runtime import replica

BATCH = 2_000
LONGEST_BATCH = 60.0  # seconds that reading a batch may take
LONGEST = 60.0  # seconds that what is worked out for one batch may take
Value: TypeAlias = Any  # text, a number, a date, a moment, yes or no, or None
Titles: TypeAlias = dict[UUID, str]
Besides: TypeAlias = list[Mapping[UUID, Value]]


@dataclass(frozen=True)
class ExportColumn:
    """One column of the file."""

    heading: str
    read: Callable[[Any, Titles], Value]  # Any: a record


@dataclass
class ExportTable:
    """The rows of a list as plain values, read in batches: the memory it needs does not grow with the list."""

    source: Source
    context: Context
    fields: list[FieldType]
    with_id: bool = False
    related: list[Column] = field(default_factory=list)

    @property
    def columns(self) -> list[ExportColumn]:
        found = [ExportColumn(_("Id"), lambda record, _titles: str(record.pk))] if self.with_id else []
        for one in self.fields:
            found += _columns(one)
        return found

    @property
    def headings(self) -> list[str]:
        return [one.heading for one in self.columns] + [one.label for one in self.related]

    def rows(self) -> Iterator[list[Value]]:
        """All rows, one after the other."""
        kind, columns = self.source.kind, self.columns
        shown = [Column(one.name, one.label, field=one) for one in self.fields]
        names, joined = needed_fields(kind, [*shown, *self.related])
        shape = shape_of(names, joined)
        place = None
        while True:
            # Piece by piece, never across a yield: until the next piece is wanted the thread serves others.
            read = partial(self._read, place, shape)
            batch, titles, besides = replica.read(read)
            for record in batch:
                row = [column.read(record, titles) for column in columns]
                yield row + [values.get(record.pk) for values in besides]
            if len(batch) < BATCH:
                return
            place = cursor_of(self.source.sort, batch[-1])

    def _read(self, place: Cursor | None, shape: Shape) -> tuple[list[Any], Titles, Besides]:  # Any: records
        """The rows behind the place, and what is shown with them."""
        names = [one.name for one in self.fields]
        with bounded(LONGEST_BATCH):
            batch = read_rows(self.source, shape, place, BATCH)
            titles = self._titles([one for one in self.fields if isinstance(one, Link)], batch)
            besides = self._besides(batch)
        if batch and not work_out(self.source.kind, batch, self.context.user, names, LONGEST):
            raise TooExpensive
        return batch, titles, besides

    def _besides(self, batch: Sequence[Any]) -> Besides:  # Any: records
        """What the columns of related records say of them."""
        if not self.related or self.context.user is None:
            return []
        found = plain_values(self.source.kind, self.related, batch, self.context.user, seen_titles)
        return [found.get(one.key, {}) for one in self.related]

    def _titles(self, links: Sequence[Link], batch: Sequence[Any]) -> Titles:  # Any: records
        """Names of the linked records that the user may see; of others nothing is told."""
        keys = {key for link in links for record in batch if (key := link.raw(record)) is not None}
        if not keys or self.context.user is None:
            return {}
        rows = AnyRecord.objects.visible_to(self.context.user).filter(pk__in=keys)
        return dict(rows.values_list("pk", "title"))


def _columns(one: FieldType) -> list[ExportColumn]:
    if isinstance(one, Link):
        return [ExportColumn(one.label, lambda record, titles: titles.get(one.raw(record)))]
    if isinstance(one, Money):
        heading = _("%(field)s, currency") % {"field": one.label}
        return [
            ExportColumn(one.label, lambda record, _titles: one.export(one.read(record))),
            ExportColumn(heading, lambda record, _titles: _currency(one, record)),
        ]
    return [ExportColumn(one.label, lambda record, _titles: one.export(one.read(record)))]


def _currency(one: Money, record: Any) -> str | None:  # Any: a record
    amount = one.read(record)
    return None if amount is None else amount.currency


def exported_fields(kind: RecordType, keys: Sequence[str] | None = None) -> list[FieldType]:
    """The fields of these columns, or all fields that a file can hold."""
    available = available_columns(kind)
    chosen = [available[key] for key in keys if key in available] if keys is not None else available.values()
    return [
        one.field for one in chosen if one.field is not None and one.field.kind not in ("file", "picture")
    ]
