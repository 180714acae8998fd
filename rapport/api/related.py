"""Columns of related records in JSON: named as in lists, no further than the token goes."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from rapport.api.problems import wrong_values
from rapport.api.tokens.scope import Scope, Viewer
from rapport.kernel.fields import FieldType
from rapport.kernel.filters import TooExpensive
from rapport.kernel.lists.cells import seen_titles
from rapport.kernel.lists.columns import MOST_RELATED, Column
from rapport.kernel.lists.related import Loaded, load_related, related_column, related_columns
from rapport.kernel.registry import RecordType

Json = Any  # Any: JSON
MOST = 50  # records that a column names


def related_known(viewer: Viewer, kind: RecordType, name: str) -> Column | None:
    """The column of that name; None when there is none for this token."""
    found = related_column(kind, name, viewer.context)
    return found if found is not None and _reaches(viewer.scope, kind, found) else None


def related_said(viewer: Viewer, kind: RecordType, names: Iterable[str]) -> list[Column]:
    """The columns of these names, which were found before."""
    found = [one for name in names if (one := related_known(viewer, kind, name)) is not None]
    if len(found) > MOST_RELATED:
        text = _("At most %(most)s columns of related records can be asked for at once.")
        raise wrong_values({"fields": text % {"most": MOST_RELATED}})
    return found


def related_offered(viewer: Viewer, kind: RecordType, most: int | None = None) -> list[Column]:
    """What lists offer, as far as the token goes; longer paths may be named as well."""
    return [one for one in related_columns(kind, viewer.context, most) if _reaches(viewer.scope, kind, one)]


def _reaches(scope: Scope, kind: RecordType, column: Column) -> bool:
    """Does the token see every step of the way, and what stands at its end?"""
    related = column.related
    if related is None or not scope.types:
        return related is not None
    for link, target in related.steps:
        if not scope.allows(kind, str(link.name)):
            return False
        kind = target
    if related.end is not None:
        return scope.allows(kind, str(related.end.name))
    relation = related.relation
    assert relation is not None
    if relation.link is not None:
        return scope.allows(relation.kind, str(relation.link.name))
    name = relation.key.partition(":")[2]
    if name in relation.kind.parts:
        return scope.allows(relation.kind, name)
    return scope.allows(kind, "relationships") and scope.allows(relation.kind, "relationships")


def load(viewer: Viewer, kind: RecordType, columns: Sequence[Column], records: Sequence[Any]) -> "Read":
    """What these columns say of the records (Any), in a few statements for all of them."""
    loaded = load_related(kind, columns, records, viewer.user, MOST)
    if loaded.late:
        raise TooExpensive
    keys = loaded.every_id()
    return Read(viewer, loaded, seen_titles(keys, viewer.user) if keys else {})


class Read:
    """What was read: the records of relations, and the records in which fields at the end of links stand."""

    def __init__(self, viewer: Viewer, loaded: Loaded, titles: dict[Any, tuple[str, str]]) -> None:
        self.viewer, self.loaded, self.titles = viewer, loaded, titles

    def ids(self, column: Column, record: Any) -> list[Any]:  # Any: a record, ids
        return [one for one in self.loaded.ids[column.key].get(record.pk, ()) if one in self.titles]

    def records(self, column: Column, record: Any) -> list[Json]:
        """The records of a relation, the newest first."""
        assert column.related is not None and column.related.relation is not None
        kind = column.related.relation.kind
        named = self.viewer.scope.allows(kind, kind.title) and kind.title in kind.fields
        return [
            {"id": str(key), "type": kind.key} | ({"title": self.titles[key][1]} if named else {})
            for key in self.ids(column, record)
        ]

    def at_end(self, column: Column, record: Any) -> tuple[FieldType, Any] | None:  # Any: records
        """The field at the end of the links, and the record there."""
        assert column.related is not None
        end, found = column.related.end, self.loaded.ends.get(column.key, {}).get(record.pk)
        return None if end is None or found is None else (end, found)
