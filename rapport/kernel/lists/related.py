"""Columns of related records: the titles of what belongs to a record, and fields of what it links to.

Such a column is named like in filters: "works_at:out:organizations" for a relation, "organization.city" for a path,
"person.organization.deals:organization" for a relation of what stands at the end of a path. However many of them a
list shows, each step of a path is one statement, and so are all relations of the records at its end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import OuterRef

from rapport.kernel.custom.kinds import Linked
from rapport.kernel.custom.worked import work_out
from rapport.kernel.fields import Context, FieldType, Link, LinkBase
from rapport.kernel.filters.compiler import walk
from rapport.kernel.filters.limits import TooExpensive
from rapport.kernel.filters.relations import (
    Relation,
    each_relation,
    relation_by_key,
    relation_counts,
    split_path,
    target_of,
)
from rapport.kernel.lists.columns import NOT_SHOWN, Column
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import RecordType

if TYPE_CHECKING:
    from rapport.accounts.models import User

SHOWN: Final = 3  # titles in a cell
MOST_IN_FILE: Final = 50
LONGEST_KEY: Final = 300
MOST_AT_ONCE: Final = 60  # relations of a group in the column chooser
Ids = Mapping[UUID, Sequence[UUID]]
Steps = tuple[tuple[FieldType, RecordType], ...]
Walked = dict[tuple[str, ...], Mapping[UUID, Any]]  # Any: the record at the end of the links of these names


@dataclass(frozen=True)
class Related:
    """What a column shows of the record at the end of links: the records of a relation, or a field."""

    relation: Relation | None = None
    steps: Steps = ()
    end: FieldType | None = None

    @property
    def shows_records(self) -> bool:
        """Does it show the titles of records?"""
        return self.relation is not None or isinstance(self.end, Link)


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
        names, name = split_path(key)
        steps, target = walk(names, kind, context)
        if ":" in name:
            return _of_relation(relation_by_key(target, name, context.user), steps)
    except ValidationError:
        return None
    one = seen_by(target, context.user).fields.get(name)
    return _of_path(steps, one) if one is not None and _fits(one) else None


def _of_relation(relation: Relation, steps: Steps = ()) -> Column:
    return _column(steps, relation.key, relation.label, Related(relation, steps))


def _of_path(steps: Steps, end: FieldType) -> Column:
    return _column(steps, str(end.name), end.label, Related(steps=steps, end=end))


def _column(steps: Steps, name: str, label: str, related: Related) -> Column:
    key = ".".join([*(str(link.name) for link, _kind in steps), name])
    return Column(key, " → ".join([*(link.label for link, _kind in steps), label]), related=related)


def _fits(one: FieldType) -> bool:
    return one.kind not in (*NOT_SHOWN, "picture") and (one.kind != "link" or isinstance(one, Link))


@dataclass(frozen=True)
class ColumnGroup:
    """What can be chosen of the records at one place: those that belong to the record (""), or behind the link of that
    name. `columns` is None where there are so many that they are asked for when somebody opens the group."""

    key: str
    label: str
    columns: list[Column] | None


def related_groups(kind: RecordType, context: Context) -> list[ColumnGroup]:
    """All that can be chosen: what belongs to the record, then behind each link what lists show and what belongs to it.

    Longer paths are not offered, but may be named.
    """
    counts = relation_counts()
    links = [("", "", kind), *((str(link.name), label, end) for link, label, end in _links(kind))]
    found = (
        ColumnGroup(
            key, label, None if counts(end) > MOST_AT_ONCE else list(_behind(kind, key, end, context))
        )
        for key, label, end in links
    )
    return [one for one in found if one.columns is None or one.columns]


def group_columns(kind: RecordType, key: str, context: Context) -> list[Column]:
    """The columns of one group; none for a name that is no link of the type."""
    if not key:
        return list(_behind(kind, "", kind, context))
    ends = {str(link.name): end for link, _label, end in _links(kind)}
    return list(_behind(kind, key, ends[key], context)) if key in ends else []


def related_columns(kind: RecordType, context: Context, most: int | None = None) -> list[Column]:
    """The same, one after the other; only so many of them."""
    return list(islice(_offered(kind, context), most))


def _offered(kind: RecordType, context: Context) -> Iterator[Column]:
    yield from _behind(kind, "", kind, context)
    for link, _label, end in _links(kind):
        yield from _behind(kind, str(link.name), end, context)


def _links(kind: RecordType) -> Iterator[tuple[FieldType, str, RecordType]]:
    """The links of a type to records of one type, each with the heading of what is behind it and that type."""
    for link in kind.fields.values():
        target = target_of(link)
        if target is not None:
            yield link, f"{link.label} →", target


def _behind(kind: RecordType, key: str, end: RecordType, context: Context) -> Iterator[Column]:
    if not key:
        for relation in each_relation(kind, context.user):
            yield _of_relation(relation)
        return
    target = seen_by(end, context.user)
    steps = ((kind.fields[key], target),)
    for one in target.fields.values():
        if (one.flags.listed or isinstance(one, Link)) and _fits(one) and one.name != target.title:
            yield _of_path(steps, one)
    for relation in each_relation(target, context.user):
        yield _of_relation(relation, steps)


# -- what the cells of a page need -------------------------------------------------------------------------------


@dataclass
class Loaded:
    """What belongs to the records of a page: ids of related records, linked records by path."""

    ids: dict[str, Ids] = field(default_factory=dict)
    # Any: the record at the end of the links
    ends: dict[str, Mapping[UUID, Any]] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)  # columns that took too long to be worked out

    def every_id(self) -> set[UUID]:
        return {key for ids in self.ids.values() for found in ids.values() for key in found}


def load_related(
    kind: RecordType, columns: Iterable[Column], records: Sequence[Any], user: "User", most: int = SHOWN + 1
) -> Loaded:
    """Read what the related columns show of these records (Any), as far as the user sees it."""
    loaded = Loaded()
    walked: Walked = {(): {one.pk: one for one in records}}
    relations: dict[tuple[str, ...], dict[str, Column]] = {}
    for column in columns:
        one = column.related
        if one is None:
            continue
        names, at = _walked(one.steps, user, walked)
        if one.relation is not None:
            relations.setdefault(names, {})[column.key] = column
        elif isinstance(one.end, Link):
            raw = one.end.raw
            loaded.ids[column.key] = {
                pk: [linked] for pk, record in at.items() if (linked := raw(record)) is not None
            }
        else:
            loaded.ends[column.key] = at
            if not _worked_out(one, at, user):
                loaded.late.add(column.key)
    for names, several in relations.items():
        loaded.ids |= _ids(kind, several, walked[names], user, most)
    return loaded


def _worked_out(one: Related, at: Mapping[UUID, Any], user: "User") -> bool:
    if one.end is None or not one.end.is_worked_out:
        return True
    found = {record.pk: record for record in at.values()}
    return work_out(one.steps[-1][1], list(found.values()), user, [str(one.end.name)])


def _ids(
    kind: RecordType, columns: Mapping[str, Column], at: Mapping[UUID, Any], user: "User", most: int
) -> dict[str, Ids]:
    """The first ids of each relation of the records at the same end: a short scan for each, all in one statement."""
    names = {key: f"related_{number}" for number, key in enumerate(columns)}
    arrays, near = {}, kind
    for key, column in columns.items():
        assert column.related is not None and column.related.relation is not None
        near = column.related.steps[-1][1] if column.related.steps else kind
        arrays[names[key]] = ArraySubquery(_first(column.related.relation, user)[:most])
    wanted = {record.pk for record in at.values()}
    rows = near.model.objects.filter(pk__in=wanted).order_by().annotate(**arrays).values("pk", *arrays)
    found = {row["pk"]: row for row in rows} if wanted else {}
    return {
        key: {pk: found[record.pk][name] for pk, record in at.items() if record.pk in found}
        for key, name in names.items()
    }


def _first(relation: Relation, user: "User") -> Any:  # Any: a query set of ids
    seen = relation.kind.visible_to(user)
    if relation.link is not None:
        column = str(relation.link.attname)
        return seen.filter(**{column: OuterRef("pk")}).order_by("-pk").values("pk")
    via = relation.via
    assert via is not None
    between = via.rows().filter(**{via.near: OuterRef("pk"), f"{via.far}__in": seen.values("pk")})
    return between.order_by("-pk").values(via.far)


def _walked(steps: Steps, user: "User", known: Walked) -> tuple[tuple[str, ...], Mapping[UUID, Any]]:
    """The record at the end of the links for each record; each step is one statement, shared by all columns."""
    names: tuple[str, ...] = ()
    for link, target in steps:
        at, names = known[names], (*names, str(link.name))
        if names not in known:
            known[names] = _step(link, target, at, user)
    return names, known[names]


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
    if loaded.late:
        raise TooExpensive
    for column in columns:
        if column.key in loaded.ends and column.related is not None and column.related.end is not None:
            end = column.related.end
            ends = loaded.ends[column.key]
            found[column.key] = {pk: end.export(end.read(record)) for pk, record in ends.items()}
    return found
