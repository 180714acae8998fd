"""What a program can learn about itself and about the record types."""

from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from rapport.accounts.grants import ACTS
from rapport.api.endpoint import Call, answer
from rapport.api.problems import not_found, wrong_values
from rapport.api.related import related_offered
from rapport.api.tokens.scope import readable_types
from rapport.api.values import Json
from rapport.kernel.custom import conditions
from rapport.kernel.fields import FieldType, LinkBase, OptionLink
from rapport.kernel.filters import filterable_fields
from rapport.kernel.lists.columns import Column
from rapport.kernel.lists.sorting import sortable_fields
from rapport.kernel.permissions import policy
from rapport.kernel.registry import RecordType, types_of_model

PAGE = 40  # types in a page
MOST_TOLD = 200  # columns of related records that are told of a type; any may be named


def me(call: Call) -> HttpResponseBase:
    """For whom the token acts, and how far it reaches."""
    call.query()
    rights = {
        one.key: {act: policy(call.user, one.key, act).reach for act in ACTS}
        for one in readable_types(call.user)
    }
    return answer({
        "user": {"id": str(call.user.pk), "name": call.user.name, "email": call.user.email},
        "token": {
            "name": call.token.name, "may_write": call.token.may_write, "waits": call.token.waits,
            "types": call.token.types,
            "expires_at": call.token.expires_at.isoformat() if call.token.expires_at else None,
            "per_minute": call.token.per_minute,
        },
        "rights": rights,
    })  # fmt: skip


def list_types(call: Call) -> HttpResponseBase:
    """A page of the record types with their fields, as far as this token goes."""
    after = call.query("cursor").get("cursor")
    keys = [one.key for one in readable_types(call.user)]
    if after is not None:
        if after not in keys:
            raise wrong_values({"cursor": _("This is no place in the list.")})
        keys = keys[keys.index(after) + 1 :]
    shown = keys[:PAGE]
    found = [_type(call, call.kind(key)) for key in shown]
    return answer({"data": found, "next": shown[-1] if len(keys) > PAGE else None})


def one_type(call: Call, type_key: str) -> HttpResponseBase:
    """One record type with its fields, and the columns of related records that can be asked for with them."""
    call.query()
    kind = call.kind(type_key)
    offered = related_offered(call, kind, MOST_TOLD)
    return answer(_type(call, kind) | {"related": [_related(one) for one in offered]})


def _related(one: Column) -> dict[str, Json]:
    assert one.related is not None
    relation = one.related.relation
    return {
        "name": one.key,
        "label": one.label,
        "kind": one.kind if relation is None else "records",
        "links_to": [relation.kind.key] if relation is not None else None,
    }


def _type(call: Call, kind: RecordType) -> Json:
    filterable, sortable = filterable_fields(kind, call.context), sortable_fields(kind)
    return {
        "key": kind.key, "label": kind.label, "label_plural": kind.label_plural, "help": kind.help,
        "title": kind.title,
        "fields": [
            _field(one) | _conditions(call, kind, one) | {
                "operators": [op.key for op in one.operators] if one.name in filterable else [],
                "sortable": one.name in sortable,
            }
            for one in call.scope.fields(kind).values()
        ],
        "parts": [
            {"key": key, "label": part.label, "fields": [_field(one) for one in part.fields.values()]}
            for key, part in kind.parts.items()
            if call.scope.allows(kind, key)
        ],
        "actions": [
            {"key": one.key, "label": str(one.label), "fields": list(one.form)} for one in kind.actions.values()
        ],
    }  # fmt: skip


def _field(one: FieldType) -> dict[str, Json]:
    return {
        "name": one.name, "label": one.label, "kind": one.kind, "help": str(one.help_text or ""),
        "required": one.required, "writable": bool(one.editable), "multiple": one.is_multiple,
        "choices": choices_of(one), "links_to": links_to(one),
    }  # fmt: skip


def _conditions(call: Call, kind: RecordType, one: FieldType) -> dict[str, Json]:
    """When the field is shown to people and when it is needed, in words."""
    found = {what: conditions.words(kind, str(one.name), what, call.user) for what in conditions.WHATS}
    return {f"{what}_when": words for what, words in found.items() if words}


def choices_of(one: FieldType) -> list[Json] | None:
    """[{"value", "label"}] of a field with few choices; countries and languages are known by their codes."""
    options: Any = getattr(one, "options", None)
    if options is None or one.kind in ("country", "language"):
        return None
    return [{"value": value, "label": str(label)} for value, label in options()]


def links_to(one: FieldType) -> list[str] | None:
    """The record types to which a link goes."""
    if not isinstance(one, LinkBase) or isinstance(one, OptionLink):
        return None
    try:
        return [kind.key for kind in types_of_model(one.related_model)]
    except LookupError:
        return [] if one.kind == "link" else None


def unknown(call: Call, rest: str = "") -> HttpResponseBase:
    """Whatever else somebody asks for."""
    raise not_found()
