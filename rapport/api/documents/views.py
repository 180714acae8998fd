"""The description of the API for people: the same document, as a page."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest
from rapport.api.about import choices_of
from rapport.api.documents.document import document, general_paths, paths_of
from rapport.api.tokens.scope import EVERYTHING, readable_types
from rapport.kernel.fields import FieldType
from rapport.kernel.lists.sorting import sortable_fields
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType

VERBS = ("get", "post", "put", "patch", "delete")


@dataclass
class Group:
    """The operations of one type, and its fields."""

    key: str
    label: str
    help: str
    operations: list[tuple[str, str, str]]
    fields: list[dict[str, Any]]  # Any: what the template shows


@page("settings/api/", name="api_documents")
def api_documents(request: UserRequest) -> HttpResponse:
    """What programs can do for this user: what is general with the types, or one of them."""
    server = request.build_absolute_uri("/api/v1")
    kinds = {one.key: one for one in readable_types(request.user)}
    chosen = kinds.get(request.GET.get("type", ""))
    if chosen is not None:
        groups = [_group(chosen.key, chosen, paths_of(chosen, request.user, EVERYTHING))]
    else:
        paths = general_paths(EVERYTHING, may_administer=request.user.is_administrator)
        groups = [_group("general", None, paths)]
        if request.user.is_administrator:
            groups.append(_group("administration", None, paths))
    values = {
        "groups": groups, "kinds": list(kinds.values()), "chosen": chosen,
        "example": example_of(server, list(kinds)), "current": "api_documents",
    }  # fmt: skip
    return render(request, "api/documents/documents.html", values)


def example_of(server: str, keys: list[str]) -> str:
    """A call that can be copied into a terminal."""
    place = f"{server}/{keys[0]}?limit=10&count=true" if keys else f"{server}/me"
    return f'curl -H "Authorization: Bearer rapport_…" \\\n  "{place}"'


@page("settings/api/openapi.json", name="api_document_file")
def api_document_file(request: UserRequest) -> HttpResponse:
    """The document as a file, for who is signed in; programs read /api/v1/openapi.json."""
    place, may_administer = request.build_absolute_uri("/api/v1"), request.user.is_administrator
    key = request.GET.get("type", "")
    only = [one for one in readable_types(request.user) if one.key == key] if key else None
    if only == []:
        raise Http404
    found = document(request.user, EVERYTHING, place, only=only, may_administer=may_administer)
    answer = HttpResponse(
        json.dumps(found, ensure_ascii=False, indent=1), content_type="application/openapi+json"
    )
    name = f"openapi-{key}.json" if key else "openapi.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _group(key: str, kind: RecordType | None, paths: dict[str, Any]) -> Group:  # Any: JSON
    operations = [
        (verb.upper(), path, item[verb]["summary"])
        for path, item in paths.items()
        for verb in VERBS
        if verb in item and item[verb]["tags"] == [key]
    ]
    if kind is None:
        label = _("Roles and territories") if key == "administration" else _("General")
        return Group(key, label, "", operations, [])
    sortable = sortable_fields(kind)
    fields = [_field(one, one.name in sortable) for one in EVERYTHING.fields(kind).values()]
    return Group(key, kind.label_plural, kind.help, operations, fields)


def _field(one: FieldType, is_sortable: bool) -> dict[str, Any]:
    choices = choices_of(one) or []
    return {
        "name": one.name, "label": one.label, "kind": one.kind, "writable": one.editable, "sortable": is_sortable,
        "required": one.required, "operators": [op.key for op in one.operators],
        "choices": [choice["value"] for choice in choices[:12]],
    }  # fmt: skip
