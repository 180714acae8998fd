"""The operations of the OpenAPI document: parameters, bodies and answers of each address."""

from typing import Any

from django.utils.translation import gettext as _

from rapport.api.documents.schemas import UUID, Schema, array, page_of, read_schema, reference, write_schema
from rapport.api.records.lists import MOST, USUAL
from rapport.api.tokens.scope import Scope
from rapport.kernel.lists.sorting import sortable_fields
from rapport.kernel.permissions.fields import fillable
from rapport.kernel.registry import Action, RecordType
from rapport.kernel.relations.store import facts

TEXT: Schema = {"type": "string"}
PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT,
        "errors": array({
            "type": "object", "properties": {"field": TEXT, "reason": TEXT, "yours": {}, "theirs": {}},
            "required": ["field", "reason"],
        }),
        "merged_into": {"type": "object"}, "possible_duplicates": {"type": "array"},
    },
    "required": ["type", "title", "status"],
}  # fmt: skip
END: Schema = {
    "type": "object", "properties": {"id": UUID, "type": TEXT, "title": TEXT}, "required": ["id", "type"],
}  # fmt: skip
FILE: Schema = {
    "type": "object",
    "properties": {
        "id": UUID, "name": TEXT, "size": {"type": "integer"}, "content_type": TEXT, "sha256": TEXT,
        "at": {"type": "string", "format": "date-time"}, "url": TEXT,
    },
    "required": ["id", "name", "size", "url"],
}  # fmt: skip
ITEM: Schema = {
    "type": "object",
    "properties": {
        "id": UUID, "at": {"type": "string", "format": "date-time"}, "kind": TEXT, "planned": {"type": "boolean"},
        "text": TEXT, "record": {"oneOf": [END, {"type": "null"}]},
    },
    "required": ["id", "at", "kind", "text"],
}  # fmt: skip
ACTION: Schema = {
    "type": "object", "properties": {"key": TEXT, "label": TEXT, "fields": array(TEXT)}, "required": ["key"],
}  # fmt: skip
SHARED: dict[str, Schema] = {"Problem": PROBLEM, "End": END, "File": FILE, "Item": ITEM, "Action": ACTION}
PROBLEM_RESPONSE: Schema = {
    "description": "What was wrong (RFC 9457)",
    "content": {"application/problem+json": {"schema": reference("Problem")}},
}
ID: Schema = {"name": "id", "in": "path", "required": True, "schema": UUID}
ANY: Schema = {"type": "object"}


def query(name: str, schema: Schema, what: str) -> Schema:
    return {"name": name, "in": "query", "schema": schema, "description": what}


def answers(schema: Schema | None = None, status: int = 200, media: str = "application/json") -> Schema:
    """The answer when all is well, and the refusals."""
    fine: Schema = {"description": "OK"}
    if schema is not None:
        fine["content"] = {media: {"schema": schema}}
    return {str(status): fine, "4XX": {"$ref": "#/components/responses/Problem"}}


def body(schema: Schema, media: str = "application/json", *, required: bool = True) -> Schema:
    return {"required": required, "content": {media: {"schema": schema}}}


def operation(tag: str, key: str, summary: str, responses: Schema, **more: Any) -> Schema:  # Any: JSON
    name = f"{key}_{tag}".replace("-", "_")
    return {"tags": [tag], "operationId": name, "summary": summary, "responses": responses, **more}


def general() -> dict[str, Schema]:
    """What does not belong to one type."""
    of_file = {"name": "id", "in": "path", "required": True, "schema": UUID}
    one = {"type": "object", "properties": {"data": array(ANY)}, "required": ["data"]}
    place = query("cursor", TEXT, _("“next” of the page before"))
    some = query("types", TEXT, _("The document of these types only, separated by commas"))
    return {
        "/me": {"get": operation("general", "me", _("For whom the token acts, and how far"), answers(ANY))},
        "/types": {
            "get": operation(
                "general",
                "types",
                _("The record types with their fields"),
                answers(page_of(ANY)),
                parameters=[place],
            )
        },
        "/openapi.json": {
            "get": operation(
                "general",
                "openapi",
                _("This document"),
                answers(ANY, media="application/openapi+json"),
                parameters=[some],
            )
        },
        "/relationship-types": {
            "get": operation("general", "relationship_types", _("The kinds of relationship"), answers(one))
        },
        "/files/{id}": {
            "parameters": [of_file],
            "get": operation("general", "download", _("The content of a file"), answers({}, media="*/*")),
            "delete": operation("general", "delete_file", _("Delete a file"), answers(status=204)),
        },
    }


def fields_words() -> str:
    """What `fields` takes."""
    return _(
        "Names of the fields to return, separated by commas; also columns of related records: “organization.city” for "
        "a field behind links, “deals:organization” for what belongs to the record, “organization.deals:organization” "
        "for both. GET /types/{type} names them."
    )


def of_list(kind: RecordType, scope: Scope, may: set[str]) -> Schema:
    names = list(scope.fields(kind))
    sorts = [name for name in sortable_fields(kind) if name in names]
    parameters = [
        query("filter", TEXT, _("Which records: conditions as JSON, in groups all, any, not")),
        query("f", array(TEXT), _("The same in short, several times: field.operator.value")),
        query("fields", TEXT, fields_words()),
        query("sort", {"enum": [*sorts, *(f"-{one}" for one in sorts)]}, _("The order; a minus turns it around")),
        query("cursor", TEXT, _("“next” of the page before")),
        query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}, _("Records in a page")),
        query("count", {"enum": ["true", "false"]}, _("Also say how many there are")),
    ]  # fmt: skip
    if not scope.is_narrow(kind):
        parameters.append(query("q", TEXT, _("Words to search for")))
    if scope.parts(kind):
        parameters.append(
            query("include", TEXT, _("Parts to return: %(names)s") % {"names": ", ".join(scope.parts(kind))})
        )
    count = {"type": "object", "properties": {"number": {"type": "integer"}, "exact": {"type": "boolean"}}}
    listed = answers(page_of(reference(kind.key), count=count))
    found = {"get": operation(kind.key, "list", _("A page of records"), listed, parameters=parameters)}
    if "create" in may:
        made = answers(reference(kind.key), 201)
        sent = body(reference(f"{kind.key}_new"))
        found["post"] = operation(kind.key, "create", _("Make a record"), made, requestBody=sent)
    return found


def of_record(kind: RecordType, scope: Scope, may: set[str]) -> Schema:
    shown = [query("fields", TEXT, fields_words())]
    shown.append(query("include", TEXT, _("Parts to return; all when it is left out")))
    same = {
        "name": "If-None-Match",
        "in": "header",
        "schema": TEXT,
        "description": _("The ETag that you have"),
    }
    read = answers(reference(kind.key)) | {"304": {"description": _("As you have it")}}
    found: Schema = {
        "parameters": [ID],
        "get": operation(kind.key, "read", _("One record with its parts"), read, parameters=[*shown, same]),
    }
    if "edit" in may:
        match = {
            "name": "If-Match",
            "in": "header",
            "schema": TEXT,
            "description": _("The ETag that you have read"),
        }
        what = _("Change fields and parts; 409 when somebody changed the same fields since")
        found["patch"] = operation(
            kind.key, "change", what, answers(reference(kind.key)),
            parameters=[match], requestBody=body(reference(f"{kind.key}_change")),
        )  # fmt: skip
    if "delete" in may:
        found["delete"] = operation(kind.key, "delete", _("Put it into the trash"), answers(status=204))
    return found


def of_restore(kind: RecordType) -> Schema:
    made = operation(kind.key, "restore", _("Take it out of the trash"), answers(reference(kind.key)))
    return {"parameters": [ID], "post": made}


def of_actions(kind: RecordType) -> Schema:
    listed = {"type": "object", "properties": {"data": array(reference("Action"))}, "required": ["data"]}
    return {
        "parameters": [ID],
        "get": operation(kind.key, "actions", _("What can be done to it now"), answers(listed)),
    }


def of_action(kind: RecordType, deed: Action) -> Schema:
    fields = {name: write_schema(one) for name, one in fillable(kind, deed.form).items()}
    sent = {
        "type": "object",
        "properties": {"fields": {"type": "object", "properties": fields, "additionalProperties": False}},
        "additionalProperties": False,
    }
    made = operation(
        kind.key,
        deed.key,
        str(deed.label),
        answers(reference(kind.key)),
        requestBody=body(sent, required=False),
    )
    return {"parameters": [ID], "post": made}


def _edge(*, writes: bool) -> Schema:
    of = write_schema if writes else read_schema
    return {
        "type": "object",
        "properties": {name: of(one) for name, one in facts().items()},
        "additionalProperties": False,
    }


def _shown_edge() -> Schema:
    properties = {
        "id": UUID, "type": TEXT, "direction": {"enum": ["out", "in"]}, "name": TEXT, "other": reference("End"),
        "fields": _edge(writes=False),
    }  # fmt: skip
    return {"type": "object", "properties": properties, "required": list(properties)}


def of_relationships(kind: RecordType, may: set[str]) -> Schema:
    listed = {"type": "object", "properties": {"data": array(_shown_edge())}, "required": ["data"]}
    found: Schema = {
        "parameters": [ID],
        "get": operation(kind.key, "relationships", _("Its relationships"), answers(listed)),
    }
    if "edit" in may:
        properties = {
            "type": TEXT, "direction": {"enum": ["out", "in"]}, "other": UUID, "fields": _edge(writes=True),
        }  # fmt: skip
        sent = {
            "type": "object", "properties": properties, "required": ["type", "other"], "additionalProperties": False,
        }  # fmt: skip
        found["post"] = operation(
            kind.key,
            "relate",
            _("Relate it to another record"),
            answers(_shown_edge(), 201),
            requestBody=body(sent),
        )
    return found


def of_relationship(kind: RecordType, may: set[str]) -> Schema:
    if "edit" not in may:
        return {}
    sent = {"type": "object", "properties": {"fields": _edge(writes=True)}, "additionalProperties": False}
    edge = {"name": "edge", "in": "path", "required": True, "schema": UUID}
    return {
        "parameters": [ID, edge],
        "patch": operation(
            kind.key,
            "change_relationship",
            _("Change a relationship"),
            answers(_shown_edge()),
            requestBody=body(sent),
        ),
        "delete": operation(kind.key, "remove_relationship", _("Remove a relationship"), answers(status=204)),
    }


def of_files(kind: RecordType, may: set[str]) -> Schema:
    listed = {"type": "object", "properties": {"data": array(reference("File"))}, "required": ["data"]}
    found: Schema = {"parameters": [ID], "get": operation(kind.key, "files", _("Its files"), answers(listed))}
    if "edit" in may:
        form = {
            "type": "object",
            "properties": {"file": {"type": "string", "format": "binary"}},
            "required": ["file"],
        }
        found["post"] = operation(
            kind.key, "upload", _("Add a file"), answers(reference("File"), 201),
            requestBody=body(form, "multipart/form-data"),
        )  # fmt: skip
    return found


def of_timeline(kind: RecordType, may: set[str]) -> Schema:
    parameters = [
        query("tab", TEXT, _("Only one kind of thing")),
        query("cursor", TEXT, _("“next” of the page before")),
    ]
    told = page_of(reference("Item"), planned=array(reference("Item")))
    made = operation(
        kind.key, "timeline", _("What happened, and what is planned"), answers(told), parameters=parameters
    )
    return {"parameters": [ID], "get": made}
