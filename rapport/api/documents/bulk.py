"""The operations for many records: bulk calls, keys of other systems, changes since a position."""

from django.utils.translation import gettext as _

from rapport.api.bulk.endpoints import LISTS, MOST
from rapport.api.documents.operations import TEXT, answers, body, operation, query
from rapport.api.documents.schemas import UUID, Schema, array, reference
from rapport.api.records.duplicates import MANNERS
from rapport.kernel.registry import RecordType

ROW: Schema = {
    "type": "object",
    "properties": {
        "index": {"type": "integer"}, "status": {"type": "integer"}, "id": UUID, "key": TEXT, "detail": TEXT,
        "errors": array({"type": "object"}), "possible_duplicates": array({"type": "object"}),
    },
    "required": ["index", "status"],
}  # fmt: skip
ONCE: Schema = {
    "name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}  # fmt: skip


def _rows(*names: str) -> Schema:
    """Rows are not described more closely: a row that does not fit gets its own result, the others are written."""
    text = _("Objects with: %(names)s. Fields as for a single record.") % {"names": ", ".join(names)}
    return {"type": "array", "items": {}, "maxItems": MOST, "description": text}


def of_bulk(kind: RecordType, may: set[str]) -> Schema:
    needs = {"create": {"create"}, "update": {"edit"}, "upsert": {"create", "edit"}, "delete": {"delete"}}
    lists = {name: _rows(*keys) for name, keys in LISTS.items() if needs[name] <= may}
    results = {name: array(ROW) for name in ("create", "update", "upsert", "delete")}
    counts = {name: {"type": "integer"} for name in ("written", "failed")}
    told = {
        "type": "object", "properties": {"change_set": UUID, **counts, **results},
        "required": ["change_set", "written", "failed"],
    }  # fmt: skip
    sent = {
        "type": "object",
        "properties": {
            **lists,
            "source": {"type": "string", "maxLength": 60},
            "atomic": {"type": "boolean"},
            "duplicates": {"enum": list(MANNERS)},
        },
        "additionalProperties": False,
    }
    what = _("Up to %(most)s rows, each with its result, as one change set") % {"most": MOST}
    made = operation(kind.key, "bulk", what, answers(told), requestBody=body(sent), parameters=[ONCE])
    return {"post": made}


def of_external(kind: RecordType, may: set[str]) -> Schema:
    of = [{"name": name, "in": "path", "required": True, "schema": TEXT} for name in ("source", "key")]
    read = operation(
        kind.key,
        "read_external",
        _("The record that another system knows by this key"),
        answers(reference(kind.key)),
    )
    found: Schema = {"parameters": of, "get": read}
    if {"create", "edit"} <= may:
        schema = {
            "type": "object", "properties": {"fields": {"type": "object"}}, "additionalProperties": False,
        }  # fmt: skip
        responses = answers(reference(kind.key)) | answers(reference(kind.key), 201)
        what = _("Change that record, or make it when the key is not known")
        found["put"] = operation(kind.key, "write_external", what, responses, requestBody=body(schema))
    return found


def changes() -> dict[str, Schema]:
    """/changes."""
    event = {
        "type": "object",
        "properties": {
            "position": TEXT, "id": TEXT, "at": {"type": "string", "format": "date-time"}, "type": TEXT,
            "record_id": UUID, "act": {"enum": ["create", "update", "delete", "restore"]}, "changed": array(TEXT),
            "cause": TEXT, "actor": {"type": ["string", "null"]}, "change_set": {"type": ["string", "null"]},
            "record": {"type": ["object", "null"]},
        },
        "required": ["position", "type", "record_id", "act"],
    }  # fmt: skip
    told = {
        "type": "object", "properties": {"data": array(event), "next": TEXT, "more": {"type": "boolean"}},
        "required": ["data", "next", "more"],
    }  # fmt: skip
    parameters = [
        query("since", TEXT, _("“next” of the answer before; “now” to begin")),
        query("types", TEXT, _("Only these record types, separated by commas")),
        query("limit", {"type": "integer", "minimum": 1, "maximum": 1000}, _("Entries to read at most")),
    ]
    what = _("What changed since a position, with tombstones")
    return {"/changes": {"get": operation("general", "changes", what, answers(told), parameters=parameters)}}
