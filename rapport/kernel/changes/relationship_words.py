"""Changes of relationships in plain words, seen from the record whose log is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel.changes.models import Change
from rapport.kernel.changes.sentences import Line, said
from rapport.kernel.changes.values import Titles, value_text
from rapport.kernel.fields.base import FieldType
from rapport.kernel.fields.links import parse_id
from rapport.kernel.relations.models import Relationship, RelationshipType

RELATIONSHIPS = "relationships"


@dataclass(frozen=True)
class Edge:
    """The ends and type of a relationship as an entry of the log knows them."""

    type: RelationshipType
    other: UUID
    is_out: bool


def relationships_used(changes: Sequence[Change], titles: Titles) -> dict[int, Edge]:
    """{entry: its edge} for the entries about relationships; two queries at most."""
    mine = [one for one in changes if one.part == RELATIONSHIPS]
    if not mine:
        return {}
    rows = {
        one.pk: one
        for one in Relationship.objects.filter(pk__in={c.part_id for c in mine if c.act == "update"})
    }
    types = {one.pk: one for one in RelationshipType.objects.all()}
    edges = {}
    for change in mine:
        ends = {name: _value(change, name) for name in ("type_id", "source_id", "target_id")}
        row = rows.get(change.part_id) if change.part_id else None
        if row is not None:
            ends = {name: ends[name] or getattr(row, name) for name in ends}
        source, target = parse_id(ends["source_id"]), parse_id(ends["target_id"])
        kind = types.get(int(str(ends["type_id"]))) if ends["type_id"] else None
        other = target if source == change.record_id else source
        if kind is not None and other is not None:
            edges[change.pk] = Edge(kind, other, source == change.record_id)
            titles.want_record(other)
    return edges


def _value(change: Change, name: str) -> object:
    pair = change.diff.get(name)
    return (pair[0] if change.act == "remove" else pair[1]) if pair else None


def relationship_lines(
    changes: Sequence[Change], edges: Mapping[int, Edge], titles: Titles, who: str, told: Collection[str]
) -> list[Line]:
    """What one act did to relationships.

    Left out are those to records that the user may not see, and those that only follow from a field: `told` are the
    values that the fields of the same act name.
    """
    lines = []
    for change in changes:
        edge = edges.get(change.pk)
        other = titles.records.get(edge.other) if edge else None
        if edge is None or other is None or other.title in told:
            continue
        name = _(edge.type.name) if edge.is_out else _(edge.type.inverse_name)
        names = {"who": who, "relation": name, "other": other.title}
        says: set[str] = set()
        if change.act == "create":
            line = said(_("%(who)s noted: %(relation)s %(other)s"), **names)
        elif change.act == "remove":
            line = said(_("%(who)s removed: %(relation)s %(other)s"), **names)
        else:
            facts = _facts(change, titles)
            says = set(facts.values())
            what = ", ".join(
                _("%(field)s: %(new)s") % {"field": one, "new": new or "–"} for one, new in facts.items()
            )
            line = said(_("%(who)s changed “%(relation)s %(other)s”: %(what)s"), what=what, **names)
        if not says or not says <= set(told):
            lines.append(Line(line, name, icon="link-2"))
    return lines


def _facts(change: Change, titles: Titles) -> dict[str, str]:
    """{label: new value} of what is different now."""
    return {
        one.label: value_text(one, change.diff[one.column][1], titles)
        for one in Relationship._meta.get_fields()
        if isinstance(one, FieldType) and one.column in change.diff
    }
