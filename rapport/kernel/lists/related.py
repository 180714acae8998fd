"""Columns of related records: the titles of what belongs to a record, and fields of what it links to.

Such a column is named like in filters: "works_at:out:organizations" for a relation, "organization.city" for a path.
However many of them a list shows, the ids of all related records come in one statement.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import OuterRef

from rapport.kernel.custom.kinds import Linked
from rapport.kernel.custom.worked import work_out
from rapport.kernel.fields import Context, FieldType, Link, LinkBase
from rapport.kernel.filters.compiler import walk
from rapport.kernel.filters.relations import Relation, relation_by_key, relations_of, split_path, target_of
from rapport.kernel.lists.columns import NOT_SHOWN, Column
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import RecordType

if TYPE_CHECKING:
    from rapport.accounts.models import User

SHOWN: Final = 3  # titles in a cell
MOST_IN_FILE: Final = 50
LONGEST_KEY: Final = 300
Ids = Mapping[UUID, Sequence[UUID]]


@dataclass(frozen=True)
class Related:
    """What a column shows: the records of a relation, or the field at the end of links."""

    relation: Relation | None = None
    steps: tuple[tuple[FieldType, RecordType], ...] = ()
    end: FieldType | None = None


def related_column(kind: RecordType, key: str, context: Context) -> Column | None:
    """The column of that name; None when there is none for this user. Asked once for a request."""
    if (":" not in key and "." not in key) or len(key) > LONGEST_KEY or "\0" in key:
        return None
    user = context.user
    known: dict[tuple[str, str], Column | None] = (
        user.__dict__.setdefault("_related_columns", {}) if user is not None else {}
    )
    place = (kind.key, key)
    if place not in known:
        known[place] = _made(kind, key, context)
    return known[place]


def _made(kind: RecordType, key: str, context: Context) -> Column | None:
    try:
        if ":" in key:
            return _of_relation(relation_by_key(kind, key, context.user))
        names, name = split_path(key)
        steps, target = walk(names, kind, context)
    except ValidationError:
        return None
    one = seen_by(target, context.user).fields.get(name)
    return _of_path(steps, one) if one is not None and _fits(one) else None


def _of_relation(relation: Relation) -> Column:
    return Column(relation.key, relation.label, related=Related(relation))


def _of_path(steps: Sequence[tuple[FieldType, RecordType]], end: FieldType) -> Column:
    key = ".".join([*(link.name for link, _kind in steps), end.name])
    label = " → ".join([*(link.label for link, _kind in steps), end.label])
    return Column(key, label, related=Related(steps=tuple(steps), end=end))


def _fits(one: FieldType) -> bool:
    """Links of linked records are no columns: walk one step further instead."""
    return one.kind not in (*NOT_SHOWN, "picture", "link")


def related_columns(kind: RecordType, context: Context) -> list[Column]:
    """All that can be chosen: every relation, and what lists of linked records show."""
    found = [_of_relation(one) for one in relations_of(kind, context.user)]
    for link in kind.fields.values():
        target = target_of(link)
        if target is None:
            continue
        target = seen_by(target, context.user)
        ends = [one for name, one in target.fields.items() if name == target.title or one.flags.listed]
        found += [_of_path([(link, target)], one) for one in ends if _fits(one) and one.name != target.title]
    return found


# -- what the cells of a page need -------------------------------------------------------------------------------


@dataclass
class Loaded:
    """What belongs to the records of a page: ids by relation, linked records by path."""

    ids: dict[str, Ids] = field(default_factory=dict)
    ends: dict[str, Mapping[UUID, Any]] = field(
        default_factory=dict
    )  # Any: the record at the end of the links

    def every_id(self) -> set[UUID]:
        return {key for ids in self.ids.values() for found in ids.values() for key in found}


def load_related(
    kind: RecordType, columns: Iterable[Column], records: Sequence[Any], user: "User", most: int = SHOWN + 1
) -> Loaded:
    """Read what the related columns show of these records (Any), as far as the user sees it."""
    wanted = [(one.key, one.related) for one in columns if one.related is not None]
    loaded = Loaded()
    relations = {key: one.relation for key, one in wanted if one.relation is not None}
    if relations and records:
        loaded.ids = _ids(kind, relations, records, user, most)
    walked: dict[tuple[str, ...], Mapping[UUID, Any]] = {}
    for key, one in wanted:
        if one.relation is None:
            loaded.ends[key] = _walked(one.steps, records, user, walked)
            if one.end is not None and one.end.is_worked_out:
                found = {record.pk: record for record in loaded.ends[key].values()}
                work_out(one.steps[-1][1], list(found.values()), user, [one.end.name])
    return loaded


def _ids(
    kind: RecordType, relations: Mapping[str, Relation], records: Sequence[Any], user: "User", most: int
) -> dict[str, Ids]:
    """The first ids of each relation for each record: a short scan for each, all in one statement."""
    names = {key: f"related_{number}" for number, key in enumerate(relations)}
    arrays = {names[key]: ArraySubquery(_first(one, user)[:most]) for key, one in relations.items()}
    rows = kind.model.objects.filter(pk__in=[one.pk for one in records]).order_by()
    found = list(rows.annotate(**arrays).values("pk", *arrays))
    return {key: {row["pk"]: row[name] for row in found} for key, name in names.items()}


def _first(relation: Relation, user: "User") -> Any:  # Any: a query set of ids
    seen = relation.kind.visible_to(user)
    if relation.link is not None:
        column = str(relation.link.attname)
        return seen.filter(**{column: OuterRef("pk")}).order_by("-pk").values("pk")
    via = relation.via
    assert via is not None
    between = via.rows().filter(**{via.near: OuterRef("pk"), f"{via.far}__in": seen.values("pk")})
    return between.order_by("-pk").values(via.far)


def _walked(
    steps: Sequence[tuple[FieldType, RecordType]],
    records: Sequence[Any],
    user: "User",
    known: dict[tuple[str, ...], Mapping[UUID, Any]],
) -> Mapping[UUID, Any]:
    """The record at the end of the links for each record; each step is one statement, shared by all columns."""
    at: Mapping[UUID, Any] = {one.pk: one for one in records}
    names: tuple[str, ...] = ()
    for link, target in steps:
        names = (*names, str(link.name))
        if names not in known:
            known[names] = _step(link, target, at, user)
        at = known[names]
    return at


def _step(link: FieldType, target: RecordType, at: Mapping[UUID, Any], user: "User") -> Mapping[UUID, Any]:
    keys = {pk: key for pk, record in at.items() if (key := link.raw(record)) is not None}
    joined = [
        one.name
        for one in target.fields.values()
        if isinstance(one, LinkBase) and not isinstance(one, Link | Linked) and one.flags.listed
    ]
    rows = target.visible_to(user).filter(pk__in=set(keys.values())).select_related(*joined)
    found = rows.in_bulk() if keys else {}
    return {pk: found[key] for pk, key in keys.items() if key in found}


# -- plain values for files --------------------------------------------------------------------------------------


def plain_values(
    kind: RecordType,
    columns: Sequence[Column],
    records: Sequence[Any],
    user: "User",
    titles_of: Callable[[Iterable[UUID], "User"], Mapping[UUID, tuple[str, str]]],
) -> dict[str, Mapping[UUID, Any]]:
    """What a file says in these columns (Any: text, numbers, dates): titles with commas, or the value of the field."""
    loaded = load_related(kind, columns, records, user, MOST_IN_FILE)
    keys = loaded.every_id()
    titles = titles_of(keys, user) if keys else {}
    found: dict[str, Mapping[UUID, Any]] = {}
    for key, ids in loaded.ids.items():
        found[key] = {
            pk: ", ".join(titles[one][1] for one in several if one in titles) for pk, several in ids.items()
        }
    for column in columns:
        if column.related is not None and column.related.end is not None:
            end = column.related.end
            ends = loaded.ends[column.key]
            found[column.key] = {pk: end.export(end.read(record)) for pk, record in ends.items()}
    return found
