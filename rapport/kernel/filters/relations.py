"""Which records belong to a record: those that link to it, take part with it, or are joined by a relationship."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.expressions import Combinable
from django.utils import timezone
from django.utils.translation import gettext

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.custom import schema
from rapport.kernel.custom.formulas.refs import EVERYBODY
from rapport.kernel.fields import FieldType, LinkBase
from rapport.kernel.permissions.fields import seen_by, type_seen
from rapport.kernel.registry import PartType, RecordType, type_by_key, types, types_of_model
from rapport.kernel.relations.models import Relationship, RelationshipType

if TYPE_CHECKING:
    from rapport.accounts.models import User

Rows = Any  # a query set
OUT, IN = "out", "in"
MOST_STEPS: Final = 4


@dataclass(frozen=True)
class Via:
    """Rows between two records: `near` names the column that holds this one's id, `far` that of the other."""

    rows: Callable[[], Rows]
    near: str
    far: str


@dataclass(frozen=True)
class Relation:
    """Records of one type that belong to a record: by a link of theirs, or by rows in between."""

    key: str
    label: str
    kind: RecordType
    names: tuple[str, ...]  # what it may be called in text, the shortest first
    link: FieldType | None = None
    via: Via | None = None

    def exists(self, where: Q, user: "User | None") -> Q:
        """That there is one which fits."""
        seen = rows_of(self.kind, user).filter(where)
        if self.link is not None:
            return Q(Exists(seen.filter(**{self.link.name: OuterRef("pk")})))
        via = self._via
        between = via.rows().filter(**{via.near: OuterRef("pk")})
        return Q(Exists(between.filter(Exists(seen.filter(pk=OuterRef(via.far))))))

    def grouped(
        self, where: Q, user: "User | None", value: Callable[[str], Any], of: str | Combinable, *, outer: bool
    ) -> Rows:
        """One row for each record that has some: its id as `near`, and `taken`.

        `value` makes the aggregate of a column; with `outer` only the rows of the record in the outer query.
        """
        seen = rows_of(self.kind, user).filter(where)
        if not isinstance(of, str):
            seen, of = seen.annotate(made=of), "made"
        if self.link is not None:
            rows = seen.order_by().annotate(near=F(_column(self.link)))
            column = of or "pk"
        else:
            via = self._via
            rows = via.rows().order_by().annotate(near=F(via.near))
            rows = rows.filter(**{f"{via.far}__in": seen.values("pk")})
            if of:
                rows = rows.annotate(far_value=Subquery(seen.filter(pk=OuterRef(via.far)).values(of)[:1]))
            column = "far_value" if of else via.far
        rows = rows.filter(near=OuterRef("pk")) if outer else rows.filter(near__isnull=False)
        return rows.values("near").annotate(taken=value(column))

    @property
    def _via(self) -> Via:
        assert self.via is not None
        return self.via


def _column(link: FieldType) -> str:
    return str(getattr(link, "attname", None) or link.name)


def rows_of(kind: RecordType, user: "User | None") -> Rows:
    """The records of a type that count: what the user sees; all that are not in the trash where nobody asks."""
    if user is not None:
        return kind.visible_to(user)
    every: Callable[[], Rows] = getattr(kind, "rows", kind.model.objects.get_queryset)
    return every().filter(deleted_at=None).read_by(EVERYBODY)


def target_of(field: FieldType | None) -> RecordType | None:
    """The type of the records that a link leads to; None for what is no link to records of one type."""
    if field is None or field.kind != "link":
        return None
    key = getattr(field, "target_type", "")
    if key:
        return type_by_key(str(key))
    model = getattr(field, "related_model", None)
    try:
        found = types_of_model(model) if model is not None and model is not AnyRecord else []
    except LookupError:
        return None
    return found[0] if len(found) == 1 else None


def relation_by_key(kind: RecordType, key: str, user: "User | None") -> Relation:
    """Return the relation of that key; ValidationError when for this user records of the type have none such."""
    first, _colon, rest = key.partition(":")
    other = type_seen(first, user)
    found = _of_link(kind, other, rest) or _of_part(kind, other, rest) or _of_edge(kind, first, rest)
    if found is None:
        raise ValidationError(
            gettext("%(kind)s have no related records “%(name)s”.")
            % {"kind": kind.label_plural, "name": key[:60]}
        )
    return found


def relations_of(kind: RecordType, user: "User | None") -> list[Relation]:
    """All relations of the type that this user may know."""
    return list(each_relation(kind, user))


def each_relation(kind: RecordType, user: "User | None") -> Iterator[Relation]:
    """The same, one after the other, for who needs only some."""
    leading = _leading(schema.known().version)
    for place, key, name in sorted(leading.get(kind.key, []) + leading.get("", [])):
        whole = type_by_key(key)
        if whole is None:
            continue
        other = seen_by(whole, user)
        found = _of_part(kind, other, name) if place[1] else _of_link(kind, other, name)
        if found is not None:
            yield found
    for edge in _relationship_types():
        for way, near, far in (
            (OUT, edge.source_types, edge.target_types),
            (IN, edge.target_types, edge.source_types),
        ):
            if not near or kind.key in near:
                for target in far or [one.key for one in types()]:
                    if (found := _edge(edge, way, target, is_only=len(far) == 1)) is not None:
                        yield found


def relation_counts() -> Callable[[RecordType], int]:
    """How many relations a type has at most, without reading the fields of the types that they lead to."""
    leading, edges, every = _leading(schema.known().version), list(_relationship_types()), len(types())

    def count(kind: RecordType) -> int:
        found = len(leading.get(kind.key, ())) + len(leading.get("", ()))
        for edge in edges:
            for near, far in ((edge.source_types, edge.target_types), (edge.target_types, edge.source_types)):
                if not near or kind.key in near:
                    found += len(far) or every
        return found

    return count


@lru_cache(maxsize=2)
def _leading(_version: UUID | None) -> dict[str, list[tuple[tuple[int, bool, int], str, str]]]:
    """By type the links that lead to it, and under "" the parts that lead to any record, in the order of their types.

    Looked up once for each version of the types, without their other fields: there may be hundreds, with fifty each.
    """
    found: dict[str, list[tuple[tuple[int, bool, int], str, str]]] = {}
    custom = schema.known().links()
    for number, other in enumerate(types()):
        declared = [
            (str(name), target.key)
            for name, one in other.own_fields.items()
            if (target := target_of(one)) is not None
        ]
        for place, (name, key) in enumerate([*declared, *custom.get(other.key, [])]):
            found.setdefault(key, []).append(((number, False, place), other.key, name))
        for place, (key, part) in enumerate(other.parts.items()):
            if _link_to_any(part) is not None:
                found.setdefault("", []).append(((number, True, place), other.key, key))
    return found


def _of_link(kind: RecordType, other: RecordType | None, name: str) -> Relation | None:
    link = other.fields.get(name) if other is not None else None
    if other is None or link is None or not _leads_to(link, kind):
        return None
    alone = sum(1 for one in other.fields.values() if _leads_to(one, kind)) == 1
    label = other.label_plural if alone else f"{other.label_plural} ({link.label})"
    names = (*((other.key, slug(other.label_plural)) if alone else ()), f"{other.key}:{name}")
    return Relation(f"{other.key}:{name}", label, other, names, link=link)


def _leads_to(link: FieldType, kind: RecordType) -> bool:
    target = target_of(link)
    return target is not None and target.key == kind.key


def _of_part(kind: RecordType, other: RecordType | None, key: str) -> Relation | None:
    part = other.parts.get(key) if other is not None else None
    far = _link_to_any(part) if part is not None else None
    if other is None or part is None or far is None:
        return None
    names = (other.key, slug(other.label_plural), f"{other.key}:{key}")
    model: Any = part.model  # Any: a part's model
    via = Via(model._default_manager.all, f"{far}_id", f"{part.link}_id")
    return Relation(f"{other.key}:{key}", other.label_plural, other, names, via=via)


def _link_to_any(part: PartType) -> str | None:
    """The name of the column of a part that names any record: somebody who takes part."""
    for name, one in part.fields.items():
        if isinstance(one, LinkBase) and one.related_model is AnyRecord:
            return name
    return None


def _of_edge(kind: RecordType, key: str, rest: str) -> Relation | None:
    way, _colon, target = rest.partition(":")
    edge = _relationship_types().filter(key=key).first()
    if edge is None or way not in (OUT, IN):
        return None
    near, far = (
        (edge.source_types, edge.target_types) if way == OUT else (edge.target_types, edge.source_types)
    )
    if (near and kind.key not in near) or (far and target not in far):
        return None
    return _edge(edge, way, target, is_only=len(far) == 1)


def _edge(edge: RelationshipType, way: str, target: str, *, is_only: bool) -> Relation | None:
    other = type_by_key(target)
    if other is None:
        return None
    said = edge.name if way == OUT else edge.inverse_name
    label = gettext("%(relationship)s: %(records)s") % {
        "relationship": gettext(said),
        "records": other.label_plural,
    }
    short = edge.key if way == OUT else slug(edge.inverse_name)
    names = ((short, slug(gettext(said))) if is_only else ()) + (f"{edge.key}:{way}:{target}",)
    near, far = ("source_id", "target_id") if way == OUT else ("target_id", "source_id")
    return Relation(f"{edge.key}:{way}:{target}", label, other, names, via=Via(_Edges(edge.pk), near, far))


def _relationship_types() -> Any:  # Any: a query set
    return RelationshipType.objects.only("key", "name", "inverse_name", "source_types", "target_types")


@dataclass(frozen=True)
class _Edges:
    """The relationships of one type that hold today."""

    type_id: int

    def __call__(self) -> Rows:
        return Relationship.objects.valid_on(timezone.localdate()).filter(type_id=self.type_id)


def slug(label: str) -> str:
    """A name as one word: "Last contact" becomes "last_contact"."""
    return "_".join(label.casefold().split())


def split_path(said: str) -> tuple[list[str], str]:
    """The links to walk, and what stands at their end: "organization.city" is ["organization"], "city"."""
    *steps, last = said.split(".")
    if len(steps) > MOST_STEPS:
        raise ValidationError(gettext("A path goes over up to four links."))
    return steps, last
