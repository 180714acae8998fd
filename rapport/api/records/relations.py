"""Relationships of a record with any other."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from rapport.api.endpoint import Call, answer, nothing, read_id
from rapport.api.problems import not_found, wrong_values
from rapport.api.values import Json, plain, read_value
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.records import Record
from rapport.kernel.registry import type_by_key
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.kernel.relations.store import facts, remove_relationship, save_relationship

MOST = 500


def list_types(call: Call) -> HttpResponseBase:
    """The kinds of relationship: the name in each direction, and which types may stand at the ends."""
    call.query()
    return answer({"data": [_type(one) for one in RelationshipType.objects.all()]})


def _type(one: RelationshipType) -> Json:
    return {
        "key": one.key, "name": _(one.name), "inverse_name": _(one.inverse_name),
        "source_types": list(one.source_types), "target_types": list(one.target_types),
    }  # fmt: skip


def list_relationships(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """All relationships of the record whose other end the token may see."""
    record = _record(call, type_key, record_id)
    rows = Relationship.objects.of(record.pk).visible_to(call.user).select_related("type", "source", "target")
    rows = rows.defer("source__lexemes", "target__lexemes").order_by("id")[:MOST]
    return answer({"data": [_shown(call, one, record) for one in rows]})


def add_relationship(call: Call, type_key: str, record_id: str) -> HttpResponseBase:
    """{"type": "works-at", "direction": "out", "other": id, "fields": {"role": …}}."""
    record = _record(call, type_key, record_id)
    body = call.only("type", "direction", "other", "fields")
    kind = (
        RelationshipType.objects.filter(key=body.get("type")).first()
        if isinstance(body.get("type"), str)
        else None
    )
    if kind is None:
        raise wrong_values({"type": _("There is no such kind of relationship.")})
    direction, said = body.get("direction", "out"), body.get("other")
    if direction not in ("out", "in"):
        raise wrong_values({"direction": _("Say “out” or “in”.")})
    other = None
    if isinstance(said, str):
        try:
            other = AnyRecord.objects.visible_to(call.user).filter(pk=read_id(said)).first()
        except Exception as problem:
            raise wrong_values({"other": _("This was not found.")}) from problem
    if other is None:
        raise wrong_values({"other": _("This was not found.")})
    ends = (record.entry, other) if direction == "out" else (other, record.entry)
    edge = Relationship(type=kind, source=ends[0], target=ends[1])
    with call.acts(lambda: _("Relationship: %(what)s") % {"what": kind.key}):
        edge = save_relationship(edge, _facts(call, body.get("fields", {})), by=call.user)
    return answer(_shown(call, edge, record), 201)


def change_relationship(call: Call, type_key: str, record_id: str, edge_id: str) -> HttpResponseBase:
    """Change role, share, note, dates."""
    record = _record(call, type_key, record_id)
    edge = _edge(call, record, edge_id)
    values = _facts(call, call.only("fields").get("fields", {}))
    with call.acts(lambda: _("Relationship: %(what)s") % {"what": edge.type.key}):
        edge = save_relationship(edge, values, by=call.user)
    return answer(_shown(call, edge, record))


def drop_relationship(call: Call, type_key: str, record_id: str, edge_id: str) -> HttpResponseBase:
    """Take it away as if it had never been; to end it, give it a last day instead."""
    record = _record(call, type_key, record_id)
    edge = _edge(call, record, edge_id)
    with call.acts(lambda: _("Relationship removed: %(what)s") % {"what": edge.type.key}):
        remove_relationship(edge, by=call.user)
    return nothing()


def _record(call: Call, type_key: str, record_id: str) -> Record:
    kind = call.kind(type_key)
    record = call.record(kind, record_id)
    call.needs(kind, "relationships")
    return record


def _edge(call: Call, record: Record, said: str) -> Relationship:
    rows = Relationship.objects.of(record.pk).visible_to(call.user).select_related("type", "source", "target")
    edge = rows.filter(pk=read_id(said)).first()
    if edge is None:
        raise not_found()
    return edge


def _facts(call: Call, said: Json) -> dict[str, Any]:
    if not isinstance(said, dict):
        raise wrong_values({"fields": _("Give an object of fields.")})
    known, values, problems = facts(), {}, {}
    for name, one in said.items():
        if name not in known:
            problems[name[:60]] = _("There is no field “%(name)s”.") % {"name": name[:60]}
            continue
        try:
            values[name] = read_value(known[name], one, call.context)
        except ValidationError as problem:
            problems[name] = " ".join(problem.messages)
    if problems:
        raise wrong_values(problems)
    return values


def _shown(call: Call, edge: Relationship, record: Record) -> Json:
    is_out = edge.source_id == record.pk
    other = edge.target if is_out else edge.source
    other_kind = type_by_key(other.type)
    shows_title = other_kind is not None and call.scope.allows(other_kind, other_kind.title)
    end = {"id": str(other.pk), "type": other.type}
    if shows_title:
        end["title"] = other.title
    return {
        "id": str(edge.pk), "type": edge.type.key, "direction": "out" if is_out else "in",
        "name": _(edge.type.name) if is_out else _(edge.type.inverse_name), "other": end,
        "fields": {name: plain(one.json(one.read(edge))) for name, one in facts().items()},
    }  # fmt: skip
