"""What stands in the cells of a list: plain functions that build markup, because a page has a thousand of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext
from markupsafe import Markup

from rapport.kernel.computed import signs_of
from rapport.kernel.custom.kinds import Linked
from rapport.kernel.custom.worked import work_out
from rapport.kernel.fields import Context, FieldType, Link
from rapport.kernel.lists.columns import Column
from rapport.kernel.lists.related import SHOWN, Loaded, Related, load_related
from rapport.kernel.permissions import policy
from rapport.kernel.registry import RecordType, type_by_key
from rapport.runtime.ids import array_of
from rapport.ui import components

if TYPE_CHECKING:
    from rapport.accounts.models import User

Show: TypeAlias = Callable[[Any], str]  # a record in, markup out
DASH = '<span class="t3">–</span>'


def face(kind: RecordType, title: str, size: str = "") -> str:
    """The sign in front of a name: round for people, square for what else stands in the same table."""
    if not kind.kind:
        return ""
    return str(components.avatar(title, size) if kind.kind == "person" else components.mark(title, size))


@dataclass
class Cells:
    """The cells of some records: loads what they need in one query each and shows them."""

    kind: RecordType
    columns: Sequence[Column]
    context: Context
    list_query: str = ""  # "?list=…", escaped for markup
    _titles: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    _computed: dict[str, Mapping[UUID, Markup]] = field(default_factory=dict)
    _late: set[str] = field(default_factory=set)  # columns that took too long to be worked out
    _related: Loaded = field(default_factory=Loaded)

    def load(self, records: Sequence[Any]) -> None:  # Any: records
        """Read names of linked records and computed columns for all of these records at once."""
        user = self.context.user
        assert user is not None
        keys = {
            key
            for column in self.columns
            if isinstance(column.field, Link)
            for record in records
            if (key := column.field.raw(record)) is not None
        }
        if any(column.related is not None for column in self.columns):
            self._related = load_related(self.kind, self.columns, records, user)
            keys |= self._related.every_id()
        if keys:
            self._titles = seen_titles(keys, user)
        worked = [one.key for one in self.columns if one.field is not None and one.field.is_worked_out]
        self._late = set() if work_out(self.kind, records, user, worked) else set(worked)
        signs = signs_of(self.kind.key)
        for column in self.columns:
            if isinstance(column.field, Linked) and not isinstance(column.field, Link):
                column.field.prefetch(records)
            if column.computed is not None and records:
                self._computed[column.key] = column.computed.load(records, user)
            if column.key in signs and column.field is not None and records:
                self._computed[column.key] = signs[column.key].load(records, user)

    def shows(self) -> list[Show]:
        """One function per column."""
        return [self._show(column) for column in self.columns]

    def _show(self, column: Column) -> Show:
        if column.is_title:
            return self._title()
        if column.computed is not None:
            values = self._computed.get(column.key, {})
            return lambda record: _computed(values.get(record.pk, Markup("")))
        if column.key in self._late or column.key in self._related.late:
            late = f'<span class="t3">{escape(gettext("takes too long"))}</span>'
            return lambda _record: late
        if column.related is not None:
            return self._of_related(column, column.related)
        assert column.field is not None
        if isinstance(column.field, Link):
            return self._linked(column.field)
        show, signs = _field_cell(column.field, self.context), self._computed.get(column.key)
        if not signs:
            return show
        return lambda record: f'<span class="row">{signs.get(record.pk, "")}{show(record)}</span>'

    def _title(self) -> Show:
        kind, query, name, unnamed = self.kind, self.list_query, self.kind.title, gettext("No name")
        peek = _peek()

        def show(record: Any) -> str:  # Any: a record
            title = getattr(record, name) or unnamed
            return (
                f'<div class="nm"><a class="row" href="/{kind.key}/{record.pk}/{query}">{face(kind, title)}'
                f'<span class="cut med">{escape(title)}</span></a>{peek}</div>'
            )

        return show

    def _of_related(self, column: Column, related: Related) -> Show:
        if related.end is not None and not related.shows_records:
            ends, show_end = self._related.ends.get(column.key, {}), _field_cell(related.end, self.context)
            return lambda record: show_end(ends[record.pk]) if record.pk in ends else ""
        ids, titles, unnamed = self._related.ids.get(column.key, {}), self._titles, gettext("No name")

        def show(record: Any) -> str:  # Any: a record
            seen = [(key, title) for key in ids.get(record.pk, ()) if (title := titles.get(key)) is not None]
            shown = [
                f'<a class="lk" href="/{type_key}/{key}/">{escape(title or unnamed)}</a>'
                for key, (type_key, title) in seen[:SHOWN]
            ]
            more = ", …" if len(seen) > SHOWN else ""
            return f'<span class="cut">{", ".join(shown)}{more}</span>' if shown else ""

        return show

    def _linked(self, link: Link) -> Show:
        titles, unnamed, raw = self._titles, gettext("No name"), _raw(link)

        def show(record: Any) -> str:  # Any: a record
            type_key, title = titles.get(key := raw(record), ("", ""))
            kind = type_by_key(type_key)
            if kind is None:
                return ""
            title = title or unnamed
            href, sign = f"/{type_key}/{key}/", face(kind, title, "s18")
            return f'<a class="row lk" href="{href}">{sign}<span class="cut">{escape(title)}</span></a>'

        return show


def _peek() -> str:
    sign = components.icon("panel-right-open", "sm")
    label = escape(gettext("Peek (space)"))
    return (
        f'<button class="peek" type="button" data-peek-open tabindex="-1" aria-label="{label}"'
        f' title="{label}">{sign}</button>'
    )


TITLES = """
select id, type, title, owner_id, team_id from kernel_record where id = any(%s::uuid[]) and deleted_at is null
"""


class Title(NamedTuple):
    """What stands in kernel_record about a linked record: its name, and what rights ask for."""

    pk: UUID
    type: str
    title: str
    owner_id: UUID | None
    team_id: UUID | None


def seen_titles(keys: Iterable[UUID], user: "User") -> dict[UUID, tuple[str, str]]:
    """Type and title of the linked records that the user may see.

    Rights are asked for each row in memory: that is quicker than to have Django write their condition again.
    """
    with connection.cursor() as cursor:
        cursor.execute(TITLES, [array_of(keys)])
        rows = [Title(*row) for row in cursor.fetchall()]
    seeing = {
        key: policy(user, key, "read").look_at(row for row in rows if row.type == key)
        for key in {row.type for row in rows}
        if type_by_key(key)
    }
    return {
        row.pk: (row.type, row.title) for row in rows if row.type in seeing and seeing[row.type].allows(row)
    }


def _raw(link: Link) -> Callable[[Any], Any]:  # Any: a record; its id or None
    """What reads the id of a link: the quickest way for a column."""
    return link.raw if link.is_custom else attrgetter(link.attname)


def _field_cell(one: FieldType, context: Context) -> Show:
    """The function for the cells of a field: quick ones for what every list has, the field's own for the rest."""
    read = one.read if one.is_custom else attrgetter(one.name)
    match one.kind:
        case "moment":
            moment = components.moments()
            return lambda record: moment(read(record))
        case "date":
            return lambda record: str(components.day(read(record)))
        case "text" | "longtext" | "country" | "language":
            return lambda record: f'<span class="cut">{escape(one.text(read(record)))}</span>'
        case "email":
            return lambda record: _mail(read(record))
        case "choice":
            return _choice(one, context)
        case "user":
            return lambda record: _user(read(record))
        case "team":
            return lambda record: f'<span class="cut">{escape(one.text(read(record)))}</span>'
        case "money" | "number" | "percent":
            return lambda record: str(escape(one.text(one.read(record)))) or DASH
    return lambda record: str(one.html(one.read(record), context))


def _computed(value: Markup) -> str:
    """What a computed column says: plain words are cut where they end, everything else stands in a line."""
    return f'<span class="{"row" if "<" in value else "cut"}">{value}</span>' if value else ""


def _choice(one: FieldType, context: Context) -> Show:
    """A list has few different choices, so each is drawn once."""
    known: dict[Any, str] = {}  # Any: the values of the choice
    read = one.read if one.is_custom else attrgetter(one.name)

    def show(record: Any) -> str:  # Any: a record
        value = read(record)
        if value not in known:
            known[value] = str(one.html(value, context))
        return known[value]

    return show


def _mail(address: str) -> str:
    if not address:
        return ""
    shown = escape(address)
    return f'<a class="cut lk" href="mailto:{shown}">{shown}</a>'


def _user(user: Any) -> str:  # Any: a user or None
    return "" if user is None else str(components.user_avatar(user.name))


def may_edit(kind: RecordType, context: Context, records: Sequence[Any] = ()) -> Callable[[Any], bool]:
    """The question whether the user may edit a record, asked for each of these rows."""
    assert context.user is not None
    return policy(context.user, kind.key, "edit").look_at(records).allows
