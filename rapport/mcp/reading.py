"""What the tools do that read."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.api.documents.schemas import record_schemas
from rapport.api.endpoint import Call
from rapport.api.problems import Problem
from rapport.api.tokens.scope import readable_types
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.search.query import find
from rapport.mcp.calls import ask
from rapport.mcp.schemas import TooWrong

Json = Any  # Any: JSON
Arguments = Mapping[str, Json]
USUAL = 20
SHORT = ("key", "label", "label_plural", "help")


def describe(call: Call, said: Arguments) -> Json:
    """The overview, or one type with its fields and what is written."""
    if "type" not in said:
        types = ask(call, "api_types").body["data"]
        kinds = ask(call, "api_relationship_types").body["data"]
        me = ask(call, "api_me").body
        short = [
            {name: one[name] for name in SHORT} | {"rights": me["rights"].get(one["key"])} for one in types
        ]
        return {"user": me["user"], "token": me["token"], "types": short, "relationships": kinds}
    key = str(said["type"])
    told: Json = ask(call, "api_type", parts={"type_key": key}).body
    schemas = record_schemas(call.kind(key), call.scope)
    return {**told, "writes": schemas[f"{key}_values"]}


def search(call: Call, said: Arguments) -> Json:
    """Records of every type; types of which the token sees some fields only are left out."""
    whole = [one.key for one in readable_types(call.user) if not call.scope.is_narrow(one)]
    found = (
        find(str(said["words"]), call.user, types=whole, limit=int(said.get("limit", USUAL)))
        if whole
        else None
    )
    hits = found.hits if found is not None else []
    return {
        "data": [
            {"type": one.kind.key, "id": str(one.record.pk), "title": str(one.record), "about": one.subtitle}
            for one in hits
        ],
        "meant": found.meant if found is not None and found.meant else None,
    }  # fmt: skip


def _joined(said: Arguments, name: str) -> str | None:
    return ",".join(str(one) for one in said[name]) if name in said else None


def find_records(call: Call, said: Arguments) -> Json:
    query = {
        "q": said.get("words"), "filter": said.get("filter"), "fields": _joined(said, "fields"),
        "sort": said.get("sort"), "limit": said.get("limit", USUAL), "cursor": said.get("cursor"),
        "count": said.get("count"),
    }  # fmt: skip
    return ask(call, "api_list", parts={"type_key": said["type"]}, query=query).body


def get_record(call: Call, said: Arguments) -> Json:
    place = {"type_key": said["type"], "record_id": said["id"]}
    try:
        query = {"fields": _joined(said, "fields")}
        found: Json = ask(call, "api_record", parts=place, query=query).body
    except Problem as problem:
        if problem.code != "merged":
            raise
        return {"note": problem.detail, **problem.more}
    for one in dict.fromkeys(said.get("with", ())):
        found[one] = ask(call, f"api_{one}", parts=place).body
    return found | {"url": _address(call, said["id"])}


def _address(call: Call, said: str) -> str:
    """Where people find the record."""
    row = AnyRecord.objects.visible_to(call.user).filter(pk=UUID(said)).first()
    return call.request.build_absolute_uri(f"/{row.type}/{row.pk}/") if row is not None else ""


def count_records(call: Call, said: Arguments) -> Json:
    query = {
        "q": said.get("words"), "filter": said.get("filter"), "group": said.get("group"),
        "sum": _joined(said, "sum"),
    }  # fmt: skip
    return ask(call, "api_figures", parts={"type_key": said["type"]}, query=query).body


def find_duplicates(call: Call, said: Arguments) -> Json:
    if "id" in said:
        place = {"type_key": said["type"], "record_id": said["id"]}
        return ask(call, "api_duplicates", parts=place).body
    if "fields" not in said:
        raise TooWrong(_("“%(name)s” is needed.") % {"name": "id"})
    body = {name: said[name] for name in ("fields", "parts") if name in said}
    return ask(call, "api_duplicates_check", "POST", parts={"type_key": said["type"]}, body=body).body


def proposals(call: Call, _said: Arguments) -> Json:
    return ask(call, "api_proposals").body


def history(call: Call, said: Arguments) -> Json:
    if "id" in said:
        return ask(
            call, "api_change_set", parts={"set_id": said["id"]}, query={"after": said.get("after")}
        ).body
    query = {name: said.get(name) for name in ("own", "type", "before")}
    return ask(call, "api_change_sets", query=query).body
