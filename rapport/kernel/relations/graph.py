"""What hangs together with a record over several steps: the nodes, the edges, and where they stand in the picture."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.fields import Link
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import RecordType, type_by_key, types
from rapport.kernel.relations.models import Relationship

MOST_NODES = 60
MOST_EDGES = 400  # read for one step
RING = 170.0
SMALL_WIDTH = 528
NAME_WIDTH = 160  # what the longest name below a node takes


@dataclass(frozen=True)
class Edge:
    """Two records and what joins them: `name` read from the first to the second, `back` from the second."""

    source: UUID
    target: UUID
    name: str
    back: str
    is_over: bool = False


@dataclass
class Node:
    """One record in the picture: how many steps away it is, and where it stands."""

    record: AnyRecord
    steps: int
    parent: UUID | None
    x: float = 0.0
    y: float = 0.0
    children: list["Node"] = field(default_factory=list)

    @property
    def kind(self) -> RecordType | None:
        return type_by_key(self.record.type)

    @property
    def leaves(self) -> int:
        return sum(child.leaves for child in self.children) or 1


@dataclass(frozen=True)
class Line:
    """What joins a record to one that stands before it in the list of the graph."""

    name: str
    other: Node
    is_over: bool


@dataclass
class Graph:
    """The picture: the record in the middle, one ring for each step; `is_cut` when there was more."""

    nodes: dict[UUID, Node]
    edges: list[Edge]
    is_cut: bool

    @property
    def rings(self) -> list[tuple[int, list[tuple[Node, list[Line]]]]]:
        """The same in words: who is how many steps away; each edge is told once, where the later one stands."""
        place = {key: number for number, key in enumerate(self.nodes)}
        told: dict[UUID, list[Line]] = {key: [] for key in self.nodes}
        for edge in self.edges:
            if place[edge.source] > place[edge.target]:
                told[edge.source].append(Line(edge.name, self.nodes[edge.target], edge.is_over))
            else:
                told[edge.target].append(Line(edge.back, self.nodes[edge.source], edge.is_over))
        pairs = [(node, told[key]) for key, node in self.nodes.items() if node.steps]
        return [(steps, list(ring)) for steps, ring in groupby(pairs, key=lambda pair: pair[0].steps)]

    @property
    def size(self) -> float:
        """Half the width and height of the picture."""
        return (max(node.steps for node in self.nodes.values()) + 0.6) * RING

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """Where the picture begins and how large it is: as far as its nodes with their names reach."""
        left, right = min(one.x for one in self.nodes.values()), max(one.x for one in self.nodes.values())
        top, bottom = min(one.y for one in self.nodes.values()), max(one.y for one in self.nodes.values())
        return (
            round(left - NAME_WIDTH / 2), round(top - 40),
            round(right - left + NAME_WIDTH), round(bottom - top + 100),
        )  # fmt: skip

    @property
    def small_frame(self) -> tuple[int, int, int, int]:
        """Beside a record: always as wide, so that signs stay as large, and no higher than its nodes need."""
        ys = [one.y for one in self.nodes.values()]
        top, bottom = min(*ys, 0) - 48, max(*ys, 0) + 72
        return (-SMALL_WIDTH // 2, round(top), SMALL_WIDTH, round(bottom - top))


def graph_of(record: AnyRecord, user: User, steps: int, most: int = MOST_NODES) -> Graph:
    """Return what `user` sees within that many steps, through relationships and fields that link records."""
    nodes = {record.pk: Node(record, 0, None)}
    edges: dict[frozenset[UUID], Edge] = {}
    ring, is_cut = [record.pk], False
    for step in range(1, steps + 1):
        found = [one for one in edges_of(ring, user) if frozenset((one.source, one.target)) not in edges]
        new = {end for one in found for end in (one.source, one.target)} - set(nodes)
        seen = AnyRecord.objects.visible_to(user).defer("lexemes").in_bulk(list(new))
        next_ring: list[UUID] = []
        for one in found:
            for here, there in ((one.source, one.target), (one.target, one.source)):
                if here in nodes and nodes[here].steps == step - 1 and there in seen and there not in nodes:
                    if len(nodes) >= most:
                        is_cut = True
                        continue
                    nodes[there] = Node(seen[there], step, here)
                    nodes[here].children.append(nodes[there])
                    next_ring.append(there)
            if one.source in nodes and one.target in nodes:
                edges.setdefault(frozenset((one.source, one.target)), one)
        ring = next_ring
        if not ring:
            break
    _place(nodes[record.pk])
    return Graph(nodes, list(edges.values()), is_cut)


def edges_of(ids: Iterable[UUID], user: User) -> list[Edge]:
    """What leads from or to these records: relationships first, those that hold before those that are over."""
    keys = list(ids)
    rows = Relationship.objects.filter(Q(source__in=keys) | Q(target__in=keys)).visible_to(user)
    rows = rows.select_related("type").order_by(F("valid_until").desc(nulls_first=True), "-is_primary", "id")
    today = timezone.localdate()
    found = [
        Edge(
            one.source_id,
            one.target_id,
            _(one.type.name),
            _(one.type.inverse_name),
            one.valid_until is not None and one.valid_until < today,
        )
        for one in rows[:MOST_EDGES]
    ]
    for kind in (seen_by(one, user) for one in types()):
        for link in kind.fields.values():
            if isinstance(link, Link):
                found += _linked(kind, link, keys, user)
    return found


def _linked(kind: RecordType, link: Link, keys: list[UUID], user: User) -> list[Edge]:
    name = link.attname
    rows = kind.visible_to(user).filter(Q(pk__in=keys) | Q(**{f"{name}__in": keys})).exclude(**{name: None})
    pairs = rows.order_by("-pk").values_list("pk", name)[:MOST_EDGES]
    return [Edge(source, target, link.label, kind.label) for source, target in pairs]


def _place(root: Node) -> None:
    """Put the nodes on rings; each gets as much of the circle as it has ends below it."""

    def spread(node: Node, begin: float, end: float) -> None:
        angle = begin
        for child in node.children:
            share = (end - begin) * child.leaves / node.leaves
            middle = angle + share / 2
            child.x, child.y = child.steps * RING * math.cos(middle), child.steps * RING * math.sin(middle)
            spread(child, angle, angle + share)
            angle += share

    spread(root, -math.pi / 2, 1.5 * math.pi)
