"""Relationships on the page of a record: the block, adding, changing, ending, removing."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.changes.sets import change_set
from rapport.kernel.fields.links import parse_id
from rapport.kernel.pages.answers import after_dialog
from rapport.kernel.pages.blocks import Block, add_block
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.controls import Control, control_of, control_said, parse_said, said_of
from rapport.kernel.pages.records import record_or_404, require
from rapport.kernel.pages.routing import page
from rapport.kernel.records import NotVisible, Record, RuleError
from rapport.kernel.registry import RecordType, type_by_key
from rapport.kernel.relations.graph import graph_of
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import facts, remove_relationship, save_relationship

SHOWN = 40
MOST_SMALL = 9  # records in the picture beside a record
ASKED = ("role", "valid_from", "valid_until", "is_primary", "share", "note")


@dataclass
class Seen:
    """A relationship as one of its ends sees it."""

    edge: Relationship
    name: str
    other: AnyRecord
    is_over: bool

    @property
    def other_kind(self) -> RecordType | None:
        return type_by_key(self.other.type)


def seen_from(edge: Relationship, record_id: UUID, today: date) -> Seen:
    is_out = edge.source_id == record_id
    name = _(edge.type.name) if is_out else _(edge.type.inverse_name)
    over = edge.valid_until is not None and edge.valid_until < today
    return Seen(edge, name, edge.target if is_out else edge.source, over)


def _fill(request: HttpRequest, record: Record) -> dict[str, Any]:  # Any: what the template shows
    rows = (
        Relationship.objects.of(record.pk)
        .visible_to(user_of(request))
        .select_related("type", "source", "target")
    )
    rows = rows.defer("source__lexemes", "target__lexemes").order_by(
        F("valid_until").desc(nulls_first=True), "-is_primary", "id"
    )[: SHOWN + 1]
    today = timezone.localdate()
    found = [seen_from(edge, record.pk, today) for edge in rows]
    return {
        "now": [one for one in found[:SHOWN] if not one.is_over],
        "former": [one for one in found[:SHOWN] if one.is_over],
        "more": len(found) > SHOWN,
    }


def _directions(kind: RecordType) -> list[tuple[str, str, list[str]]]:
    """[(value, name, types at the other end)] of the relationships that a record of this type can have."""
    found = []
    for one in RelationshipType.objects.all():
        if not one.source_types or kind.key in one.source_types:
            found.append((f"{one.key}:out", _(one.name), one.target_types))
        is_mutual = one.name == one.inverse_name and one.source_types == one.target_types
        if (not one.target_types or kind.key in one.target_types) and not is_mutual:
            found.append((f"{one.key}:in", _(one.inverse_name), one.source_types))
    return found


@page(
    "<type:kind>/<uuid:record_id>/relationships/new/",
    name="relationship_new",
    methods=("GET", "HEAD", "POST"),
)
def new(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    record = record_or_404(kind, record_id, user_of(request))
    form = EdgeForm(request, kind, record, Relationship(source_id=record.pk, target_id=record.pk))
    if request.method == "POST" and form.read_ends() and form.save():
        return after_dialog(request, record.get_absolute_url(), _("Relationship noted."), form.set_id)
    return form.answer()


@page(
    "<type:kind>/<uuid:record_id>/relationships/<uuid:edge_id>/",
    name="relationship_edit",
    methods=("GET", "HEAD", "POST"),
)
def edit(request: HttpRequest, kind: RecordType, record_id: UUID, edge_id: UUID) -> HttpResponse:
    record = record_or_404(kind, record_id, user_of(request))
    form = EdgeForm(request, kind, record, _edge(request, record, edge_id))
    if request.method == "POST" and form.save():
        return after_dialog(request, record.get_absolute_url(), _("Relationship changed."), form.set_id)
    return form.answer()


@page(
    "<type:kind>/<uuid:record_id>/relationships/<uuid:edge_id>/remove/",
    name="relationship_remove",
    methods=("POST",),
)
def remove(request: HttpRequest, kind: RecordType, record_id: UUID, edge_id: UUID) -> HttpResponse:
    record = record_or_404(kind, record_id, user_of(request))
    edge = _edge(request, record, edge_id)
    with change_set(
        by=user_of(request), label=lambda: _("Relationship removed: %(what)s") % {"what": record}
    ) as opened:
        remove_relationship(edge, by=user_of(request))
    return after_dialog(request, record.get_absolute_url(), _("Relationship removed."), opened.id)


@page("<type:kind>/<uuid:record_id>/graph/", name="record_graph")
def graph(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """The record in the middle, and what hangs together with it over one to three steps."""
    record = record_or_404(kind, record_id, user_of(request))
    if request.GET.get("small"):
        found = graph_of(record.entry, user_of(request), 1, most=MOST_SMALL)
        return render(request, "kernel/relations/small.html", {"record": record, "graph": found, "steps": 1})
    said = request.GET.get("steps", "")
    steps = int(said) if said in ("1", "2", "3") else 2
    found = graph_of(record.entry, user_of(request), steps)
    values = {"kind": kind, "record": record, "graph": found, "steps": steps, "is_small": False}
    return render(request, "kernel/relations/graph.html", values)


def _edge(request: HttpRequest, record: Record, edge_id: UUID) -> Relationship:
    rows = Relationship.objects.of(record.pk).visible_to(user_of(request))
    found = rows.select_related("type", "source", "target").filter(pk=edge_id).first()
    if found is None:
        raise NotVisible
    return found


class EdgeForm:
    """The dialog that notes or changes a relationship."""

    def __init__(self, request: HttpRequest, kind: RecordType, record: Record, edge: Relationship) -> None:
        self.request, self.kind, self.record, self.edge = request, kind, record, edge
        self.is_new = edge._state.adding
        self.context, self.directions = context_of(request), _directions(kind)
        self.errors: dict[str, str] = {}
        self.sentence = ""
        self.set_id: UUID | None = None
        data = request.POST
        self.direction = data.get(
            "type", request.GET.get("type", self.directions[0][0] if self.directions else "")
        )
        self.other = {"id": data.get("other", ""), "text": data.get("other_text", "")}
        if self.is_new:
            require(user_of(request), "read", record)

    def read_ends(self) -> bool:
        """The two ends and the type of a new relationship."""
        key, _colon, way = self.direction.partition(":")
        kind = RelationshipType.objects.filter(key=key).first()
        if kind is None or self.direction not in {value for value, _name, _types in self.directions}:
            self.errors["type"] = _("Choose how they are related.")
            return False
        user = user_of(self.request)
        other_id = parse_id(self.other["id"])
        other = AnyRecord.objects.visible_to(user).filter(pk=other_id).first() if other_id else None
        if other is None:
            self.errors["other"] = _("Choose a record: type a part of its name and take it from the list.")
            return False
        mine = self.record.entry
        source, target = (mine, other) if way == "out" else (other, mine)
        self.edge = Relationship(type=kind, source=source, target=target)
        return True

    def save(self) -> bool:
        user, values = user_of(self.request), {}
        for name, one in facts().items():
            if name not in ASKED:
                continue
            try:
                said = said_of(one, self.request.POST, self.request.FILES, self.context)
                values[name] = parse_said(one, said, self.context)
            except ValidationError as problem:
                self.errors[name] = " ".join(problem.messages)
        if self.errors:
            return False
        try:
            with change_set(
                by=user, label=lambda: _("Relationship: %(what)s") % {"what": self.record}
            ) as opened:
                save_relationship(self.edge, values, by=user)
        except RuleError as problem:
            self.errors = dict(problem.fields)
            self.sentence = "" if problem.fields else problem.sentence
            return False
        self.set_id = opened.id
        return True

    @property
    def controls(self) -> list[Control]:
        made = []
        for name in ASKED:
            one, error = facts()[name], self.errors.get(name, "")
            if self.request.method == "POST":
                said = said_of(one, self.request.POST, self.request.FILES, self.context)
                made.append(control_said(one, said, self.context, error=error))
            else:
                made.append(control_of(one, one.read(self.edge), self.context, error=error))
        return made

    @property
    def other_control(self) -> Control:
        types = sorted({key for _v, _n, others in self.directions for key in others})
        url = reverse("any_record_options") + (f"?types={','.join(types)}" if types else "")
        return Control(
            "other", "link", _("With"), "f-other", self.other["id"], self.other["text"],
            url=url, error=self.errors.get("other", ""), required=True,
        )  # fmt: skip

    @property
    def type_control(self) -> Control:
        options = [(value, name) for value, name, _types in self.directions]
        return Control(
            "type", "choice", _("Relationship"), "f-type", self.direction,
            options=options, error=self.errors.get("type", ""), required=True,
        )  # fmt: skip

    def answer(self) -> HttpResponse:
        status = 422 if self.errors or self.sentence else 200
        seen = None if self.is_new else seen_from(self.edge, self.record.pk, timezone.localdate())
        context = {"form": self, "kind": self.kind, "record": self.record, "seen": seen}
        return render(self.request, "kernel/relations/edit.html", context, status=status)


add_block(Block("relationships", (), "right", "kernel/relations/block.html", _fill, order=800))
