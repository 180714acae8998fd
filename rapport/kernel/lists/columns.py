"""The columns of a list: fields of the type and computed columns, each with what its cells show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import get_language

from rapport.kernel.computed import ComputedColumn, columns_of
from rapport.kernel.custom import schema
from rapport.kernel.fields import Context, FieldType, Link, LinkBase, OptionLink, TeamLink, UserLink
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.lists.sorting import sortable_fields
from rapport.kernel.registry import RecordType, type_by_key, type_of_model

if TYPE_CHECKING:
    from rapport.kernel.lists.related import Related

MOST = 40
MOST_RELATED = 10
NOT_SHOWN = ("file",)


@dataclass(frozen=True)
class Column:
    """One column; either of a field or computed."""

    key: str
    label: str
    field: FieldType | None = None
    computed: ComputedColumn | None = None
    is_title: bool = False
    is_sortable: bool = False
    is_listed: bool = False
    related: "Related | None" = None

    @property
    def kind(self) -> str:
        """How wide it is and how it is aligned, as a class of the style sheet."""
        if self.is_title:
            return "title"
        if self.computed is not None:
            return "wide" if self.computed.is_wide else "computed"
        if self.related is not None:
            return self.related.end.kind if self.related.end is not None else "related"
        assert self.field is not None
        return self.field.kind

    @property
    def icon(self) -> str:
        """The sign of the field's type, for menus."""
        if self.is_title:
            return "text-cursor-input"
        if isinstance(self.field, Link) and not self.field.is_custom:
            return type_of_model(self.field.related_model).icon
        return self.computed.icon if self.computed else ICONS.get(self.kind, "type")

    @property
    def is_editable(self) -> bool:
        if self.computed is not None:
            return self.computed.edit is not None
        return self.field is not None and self.field.editable and self.field.kind not in ("file", "picture")

    @property
    def align_end(self) -> bool:
        one = self.related.end if self.related is not None else self.field
        return one is not None and one.align_end


ICONS = {
    "related": "waypoints", "number": "hash", "money": "banknote", "percent": "percent",
    "date": "calendar", "moment": "clock", "yesno": "toggle-left", "choice": "circle-dot", "choices": "list-checks",
    "option": "circle-dot", "email": "mail", "phone": "phone", "web": "globe", "link": "link-2", "user": "user-round",
    "team": "users", "address": "map-pin", "country": "map-pin", "language": "languages", "picture": "image",
    "tags": "tag", "longtext": "text", "text": "type",
}  # fmt: skip


def available_columns(kind: RecordType) -> dict[str, Column]:
    """Every column that a list of this type can show, the title first."""
    version = schema.known().version
    found = _available(kind.key, get_language() or "en", len(columns_of(kind.key)), version)
    return found if kind is kind.whole else _seen(found, kind)


def _seen(found: dict[str, Column], kind: RecordType) -> dict[str, Column]:
    """The columns without those of fields that the type does not have for its user."""
    fields = kind.fields
    return {
        key: one if one.field is None else replace(one, field=fields[key])
        for key, one in found.items()
        if (key in fields if one.field is not None else not is_hidden_column(one.computed, fields))
    }


def is_hidden_column(computed: ComputedColumn | None, fields: Mapping[str, FieldType]) -> bool:
    """Does it show a field that is hidden?"""
    return computed is not None and not all(name in fields for name in computed.tells)


@lru_cache(maxsize=256)
def _available(type_key: str, _language: str, _computed: int, _version: UUID | None) -> dict[str, Column]:
    """The same, worked out once for each type and language: a page asks for it several times."""
    kind = type_by_key(type_key)
    assert kind is not None
    sortable = sortable_fields(kind)
    fields = dict(kind.fields)
    ordered = [fields.pop(kind.title), *fields.values()]
    found = {
        one.name: Column(
            one.name, one.label, field=one, is_title=one.name == kind.title, is_sortable=one.name in sortable,
            is_listed=one.flags.listed or one.name == kind.title,
        )
        for one in ordered
        if one.kind not in NOT_SHOWN and not (kind.kind and one.name == "kind")  # the same in every row
    }  # fmt: skip
    for computed in columns_of(kind.key):
        if computed.key not in found:
            found[computed.key] = Column(
                computed.key, str(computed.label), computed=computed, is_listed=computed.listed
            )
    return found


def default_columns(kind: RecordType) -> list[str]:
    """What a list shows at first: title, listed fields in their order, computed columns behind theirs."""
    columns = available_columns(kind)
    listed = (key for key, one in columns.items() if one.is_listed and one.field is not None)
    shown = [key for key in listed if key not in kind.not_at_first]
    for one in columns.values():
        if one.computed is not None and one.is_listed:
            place = shown.index(one.computed.after) + 1 if one.computed.after in shown else len(shown)
            shown.insert(place, one.key)
    return shown


# Any: from an address or stored JSON
def known_columns(kind: RecordType, said: Iterable[Any], context: Context) -> list[str]:
    """Those of the named columns that there are, each once, the title always and first."""
    found = [one.key for one in columns_for(kind, dict.fromkeys(str(one) for one in said), context)]
    if not found:
        return []
    return [kind.title, *(key for key in found if key != kind.title)][:MOST]


def columns_for(kind: RecordType, keys: Iterable[str], context: Context) -> list[Column]:
    """The columns of these names; those of related records are looked up only where they are named."""
    available, found, related = available_columns(kind), [], 0
    for key in keys:
        one = available.get(key)
        if one is None and related < MOST_RELATED:
            one = _related(kind, key, context)
            related += one is not None
        found += [one] if one is not None else []
    return found


def _related(kind: RecordType, key: str, context: Context) -> Column | None:
    from rapport.kernel.lists.related import related_column

    return related_column(kind, key, context)


def needed_fields(kind: RecordType, columns: Iterable[Column]) -> tuple[list[str], list[str]]:
    """What the database must deliver for these columns: names for only(), links for select_related().

    Linked records are not joined: their names come from kernel_record, one query for all of them (cells.py).
    """
    names = ["id", "version", "owner_id", "team_id", kind.title]
    joined = []
    if kind.kind:
        names.append("kind")
    for column in columns:
        if column.related is not None and column.related.steps:
            link = column.related.steps[0][0]
            names.append("custom" if link.is_custom else link.attname)
        if column.field is None:
            continue
        one = column.field
        if one.is_custom:
            names.append("custom")
            continue
        names.append(one.attname if isinstance(one, LinkBase) else one.name)
        if one.kind == "money":
            names.append(f"{one.name}{CURRENCY}")
        if isinstance(one, UserLink | TeamLink):
            joined.append(one.name)
            names.append(f"{one.name}__name")
        elif isinstance(one, OptionLink):
            joined.append(one.name)
            names.append(one.name)
    return list(dict.fromkeys(names)), joined
