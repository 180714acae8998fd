"""The operations on roles, territories and shares in the OpenAPI document."""

from django.utils.translation import gettext as _

from rapport.accounts.grants import ACTS, REACHES
from rapport.api.documents.operations import ID, TEXT, answers, body, operation
from rapport.api.documents.schemas import UUID, Schema, array, reference
from rapport.kernel.permissions.rules import RULED
from rapport.kernel.registry import RecordType
from rapport.kernel.shares.models import Act

FILTER: Schema = {"type": ["object", "null"]}
RIGHTS: Schema = {
    "type": "object",
    "additionalProperties": {
        "type": "object", "properties": {act: {"enum": list(REACHES)} for act in ACTS}, "additionalProperties": False,
    },
}  # fmt: skip
RULES: Schema = {
    "type": "object",
    "additionalProperties": {
        "type": ["object", "null"], "properties": {"filter": FILTER, "acts": array({"enum": list(RULED)})},
        "additionalProperties": False,
    },
}  # fmt: skip
FIELDS: Schema = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": {"enum": ["hidden", "read", ""]}},
}
SAID: Schema = {"rights": RIGHTS, "rules": RULES, "fields": FIELDS}
ROLE: Schema = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"}, "key": TEXT, "name": TEXT, "help": TEXT, "users": {"type": "integer"},
        "is_administrator": {"type": "boolean"}, **SAID,
    },
    "required": ["id", "key", "name", "is_administrator"],
}  # fmt: skip
PLACED: Schema = {
    "name": TEXT, "parent": {"type": ["string", "null"]}, "users": array(UUID), "teams": array(UUID),
    "filters": {"type": "object", "additionalProperties": FILTER},
}  # fmt: skip
TERRITORY: Schema = {"type": "object", "properties": {"id": UUID, **PLACED}, "required": ["id", *PLACED]}
SHARE: Schema = {
    "type": "object",
    "properties": {
        "id": UUID, "user": {"type": ["string", "null"]}, "team": {"type": ["string", "null"]}, "name": TEXT,
        "act": {"enum": list(Act.values)}, "until": {"type": ["string", "null"]},
    },
    "required": ["id", "user", "team", "act", "until"],
}  # fmt: skip
SHARED: dict[str, Schema] = {"Role": ROLE, "Territory": TERRITORY}
SHARES: dict[str, Schema] = {"Share": SHARE}
PLACE = "/administration"


def settings() -> dict[str, Schema]:
    """What administrators set; only the document of who may has it."""
    new_role: Schema = {
        "type": "object", "properties": {"name": TEXT, "like": TEXT, **SAID}, "required": ["name"],
        "additionalProperties": False,
    }  # fmt: skip
    role: Schema = {
        "type": "object",
        "properties": {"name": TEXT, "help": TEXT, **SAID},
        "additionalProperties": False,
    }
    placed: Schema = {"type": "object", "properties": PLACED, "additionalProperties": False}
    role_id = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    return {
        f"{PLACE}/roles": _many("role", "Role", _("Roles"), _("Add a role"), new_role),
        f"{PLACE}/roles/{{id}}": _one(
            "role",
            "Role",
            role_id,
            (_("One role with its rights"), _("Change a role"), _("Remove a role")),
            role,
        ),
        f"{PLACE}/territories": _many(
            "territory", "Territory", _("Territories"), _("Add a territory"), {**placed, "required": ["name"]}
        ),
        f"{PLACE}/territories/{{id}}": _one(
            "territory",
            "Territory",
            ID,
            (_("One territory"), _("Change a territory"), _("Remove a territory")),
            placed,
        ),
    }


def _many(key: str, schema: str, all_of_them: str, add: str, said: Schema) -> Schema:
    page: Schema = {"type": "object", "properties": {"data": array(reference(schema))}, "required": ["data"]}
    return {
        "get": operation("administration", f"list_{key}", all_of_them, answers(page)),
        "post": operation(
            "administration", f"add_{key}", add, answers(reference(schema), 201), requestBody=body(said)
        ),
    }


def _one(key: str, schema: str, parameter: Schema, words: tuple[str, str, str], said: Schema) -> Schema:
    read, change, remove = words
    return {
        "parameters": [parameter],
        "get": operation("administration", f"read_{key}", read, answers(reference(schema))),
        "patch": operation(
            "administration", f"change_{key}", change, answers(reference(schema)), requestBody=body(said)
        ),
        "delete": operation("administration", f"remove_{key}", remove, answers(status=204)),
    }


def of_shares(kind: RecordType, may: set[str]) -> Schema:
    """With whom one record is shared."""
    page: Schema = {"type": "object", "properties": {"data": array(reference("Share"))}, "required": ["data"]}
    found: Schema = {
        "parameters": [ID],
        "get": operation(kind.key, "list_shares", _("With whom the record is shared"), answers(page)),
    }
    said: Schema = {
        "type": "object",
        "properties": {
            "user": UUID, "team": UUID, "act": {"enum": list(Act.values)},
            "until": {"type": "string", "format": "date"},
        },
        "additionalProperties": False,
    }  # fmt: skip
    if "edit" in may:
        found["post"] = operation(
            kind.key, "share", _("Share the record with a user or a team"), answers(reference("Share"), 201),
            requestBody=body(said),
        )  # fmt: skip
    return found


def of_share(kind: RecordType) -> Schema:
    share = {"name": "share", "in": "path", "required": True, "schema": UUID}
    return {
        "parameters": [ID, share],
        "delete": operation(kind.key, "end_share", _("End a share"), answers(status=204)),
    }
