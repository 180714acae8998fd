"""JSON schemas of fields, parts and records, as the API reads and writes them."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from rapport.api.tokens.scope import Scope
from rapport.kernel.fields import Address, FieldType, LinkBase
from rapport.kernel.lists.columns import Column
from rapport.kernel.registry import PartType, RecordType

Schema: TypeAlias = dict[str, Any]  # Any: JSON

UUID: Schema = {"type": "string", "format": "uuid"}
DIGITS = r"^-?[0-9]+(\.[0-9]+)?$"
DECIMAL: Schema = {"type": ["string", "null"], "pattern": DIGITS}
TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
RELATED: Schema = {"[.:]": {}}  # names of columns of related records, also over several links


def read_schema(field: FieldType) -> Schema:
    """What the API answers for a field."""
    found = _described(field, _read(field))
    return found if field.editable else {**found, "readOnly": True}


def _read(field: FieldType) -> Schema:
    if isinstance(field, LinkBase):
        return {"type": ["string", "null"], "format": "uuid"}
    if field.is_multiple or field.kind in ("choices", "tags"):
        return TEXTS
    match field.kind:
        case "number" | "percent":
            return DECIMAL
        case "money":
            return _money({"type": "string", "pattern": DIGITS})
        case "date":
            return {"type": ["string", "null"], "format": "date"}
        case "moment":
            return {"type": ["string", "null"], "format": "date-time"}
        case "yesno":
            return {"type": "boolean"}
        case "address":
            return _address()
        case "text" | "longtext" | "choice" | "email" | "phone" | "web" | "country" | "language":
            return {"type": ["string", "null"]}
    return field.schema()


def write_schema(field: FieldType) -> Schema:
    """What the API takes for a field."""
    found = _read(field)
    none = [] if field.required else ["null"]
    if isinstance(field, LinkBase):
        found = {"type": ["string", *none], "format": "uuid"}
    match field.kind:
        case "number" | "percent":
            found = {"type": ["string", "number", *none], "pattern": DIGITS}
        case "money":
            found = {**_money({"type": ["string", "number"], "pattern": DIGITS}), "type": ["object", *none]}
        case "date":
            found = {"type": ["string", *none], "format": "date"}
        case "moment":
            found = {"type": ["string", *none], "format": "date-time"}
        case "choice":
            values = [value for value, _label in getattr(field, "options", list)()]
            found = {"enum": values if field.required else [*values, "", None]}
        case "choices":
            values = [value for value, _label in getattr(field, "options", list)()]
            found = {"type": "array", "items": {"enum": values}} if values else TEXTS
        case "text" | "longtext" | "email" | "phone" | "web":
            found = {"type": ["string", *none], "maxLength": getattr(field, "limit", 250)}
    return _described(field, found)


def _described(field: FieldType, schema: Schema) -> Schema:
    found = {**schema, "title": field.label}
    if field.help_text:
        found["description"] = str(field.help_text)
    return found


def _money(amount: Schema) -> Schema:
    return {
        "type": ["object", "null"],
        "properties": {"amount": amount, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
        "required": ["amount", "currency"],
        "additionalProperties": False,
    }


def _address() -> Schema:
    properties = {part: {"type": "string", "maxLength": 250} for part in Address.parts}
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def part_schema(part: PartType, *, writes: bool) -> Schema:
    if not writes:
        properties = {name: read_schema(one) for name, one in part.fields.items()}
        return {"type": "object", "properties": {"id": UUID, **properties}, "required": ["id"]}
    properties = {name: write_schema(one) for name, one in part.fields.items() if one.editable}
    more = {"id": UUID, "remove": {"type": "boolean"}}
    return {"type": "object", "properties": {**more, **properties}, "additionalProperties": False}


def related_schema(column: Column) -> Schema:
    """What the API answers for a column of related records."""
    related = column.related
    if related is None or related.end is None:
        return {**array(reference("End")), "title": column.label, "readOnly": True}
    found = read_schema(related.end)
    if isinstance(found.get("type"), str):  # no value where a link leads nowhere
        found = {**found, "type": [found["type"], "null"]}
    return {**found, "title": column.label, "readOnly": True}


def record_schemas(kind: RecordType, scope: Scope, related: Sequence[Column] = ()) -> dict[str, Schema]:
    """The schemas of one type: the record, and what is sent to make or change one.

    `related` are the columns of related records that are described; any may be named.
    """
    key = kind.key
    fields = {name: read_schema(one) for name, one in scope.fields(kind).items()}
    fields |= {one.key: related_schema(one) for one in related}
    parts = {one: array(part_schema(kind.parts[one], writes=False)) for one in scope.parts(kind)}
    record: Schema = {
        "type": "object",
        "title": kind.label,
        "description": kind.help,
        "properties": {
            "id": UUID,
            "type": {"const": key},
            "version": {"type": "integer"},
            "title": {"type": "string"},
            "fields": {
                "type": "object", "properties": fields, "patternProperties": RELATED, "additionalProperties": False,
            },
            "parts": {"type": "object", "properties": parts, "additionalProperties": False},
            "possible_duplicates": array(reference("Match")),
        },
        "required": ["id", "type"],
        "additionalProperties": False,
    }  # fmt: skip
    written = {name: write_schema(one) for name, one in scope.writable(kind).items()}
    new: Schema = {
        "type": "object",
        "properties": {
            "fields": {"type": "object", "properties": written, "additionalProperties": False},
            "parts": {
                "type": "object",
                "properties": {
                    one: {**array(part_schema(kind.parts[one], writes=True)), "maxItems": 200}
                    for one in scope.writable_parts(kind)
                },
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    }
    made = {**new, "properties": {**new["properties"], "duplicates": {"enum": ["check", "refuse"]}}}
    changed = {**new, "properties": {**new["properties"], "version": {"type": "integer", "minimum": 1}}}
    return {key: record, f"{key}_values": new, f"{key}_new": made, f"{key}_change": changed}


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def page_of(items: Schema, **more: Schema) -> Schema:
    """{"data": […], "next": cursor or null}."""
    properties = {"data": array(items), "next": {"type": ["string", "null"]}, **more}
    return {"type": "object", "properties": properties, "required": ["data", "next"]}


def reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
