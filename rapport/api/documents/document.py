"""The OpenAPI 3.1 document, made for one user: the types, fields and acts that his token has, and no others.

Who has few types gets them all at once. With more than WHOLE nobody could read it (500 types of 50 fields are 27 MB):
it is an index that names the document of each type, which is made as fast as any page.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.api.documents import acts, administration, bulk
from rapport.api.documents import operations as ops
from rapport.api.documents.schemas import Schema, record_schemas
from rapport.api.related import related_offered
from rapport.api.tokens.scope import Scope, Viewer, readable_types
from rapport.kernel.permissions import policy
from rapport.kernel.registry import RecordType

MOST_DESCRIBED = 40  # columns of related records for each type; any may be named
WHOLE = 40  # types that one document describes


def document(
    user: User,
    scope: Scope,
    server: str,
    *,
    only: Sequence[RecordType] | None = None,
    may_administer: bool = False,
) -> Schema:
    """The document, or that of `only` some types, without what is general; `user` is narrowed to the scope already."""
    paths = {} if only is not None else general_paths(scope, may_administer=may_administer)
    schemas: dict[str, Schema] = dict(ops.SHARED) | acts.SHARED | administration.SHARES
    viewer = Viewer(user, scope)
    tags: list[Schema] = []
    if only is None:
        tags.append({"name": "general", "description": _("About the token, the types, files and changes.")})
    kinds = readable_types(user) if only is None else only
    is_index = only is None and len(kinds) > WHOLE
    for kind in kinds:
        tag: Schema = {"name": kind.key, "description": f"{kind.label_plural}: {kind.help}"}
        if is_index:
            tag["externalDocs"] = {"url": f"{server}/openapi.json?types={kind.key}"}
        else:
            schemas |= record_schemas(kind, scope, related_offered(viewer, kind, MOST_DESCRIBED))
            paths |= paths_of(kind, user, scope)
        tags.append(tag)
    if may_administer and only is None:
        schemas |= administration.SHARED
        tags.append(
            {"name": "administration", "description": _("Roles and territories, for administrators.")}
        )
    acts.may_be_tried(paths)
    about = (
        _("Each record type has a document of its own; the tags name them.")
        if is_index
        else _("Every record type, as far as your rights go.")
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Rapport", "version": "1", "description": about},
        "servers": [{"url": server}],
        "security": [{"token": []}],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {"Problem": ops.PROBLEM_RESPONSE},
        },
    }


def general_paths(scope: Scope, *, may_administer: bool) -> dict[str, Schema]:
    """The addresses that belong to no type."""
    found = dict(ops.general()) | bulk.changes() | acts.change_sets(scope.may_write) | acts.proposals()
    return found | administration.settings() if may_administer else found


def paths_of(kind: RecordType, user: User, scope: Scope) -> dict[str, Schema]:
    """The addresses of one type with the methods that this user may call."""
    may = {act for act in ("create", "edit", "delete") if policy(user, kind.key, act).reach != "none"}
    found: dict[str, dict[str, Any]] = {  # Any: JSON
        f"/{kind.key}": ops.of_list(kind, scope, may),
        f"/{kind.key}/{{id}}": ops.of_record(kind, scope, may),
        f"/{kind.key}/{{id}}/actions": ops.of_actions(kind),
        f"/{kind.key}/figures": acts.of_figures(kind, scope),
    }
    if not scope.is_narrow(kind):
        found[f"/{kind.key}/duplicates"] = acts.of_check(kind)
        found[f"/{kind.key}/{{id}}/duplicates"] = acts.of_duplicates(kind)
        found[f"/{kind.key}/{{id}}/merge"] = acts.of_merge(kind, may)
        found[f"/{kind.key}/{{id}}/shares"] = administration.of_shares(kind, may)
        if "edit" in may:
            found[f"/{kind.key}/{{id}}/shares/{{share}}"] = administration.of_share(kind)
    if may:
        found[f"/{kind.key}/bulk"] = bulk.of_bulk(kind, may)
        found[f"/{kind.key}/external/{{source}}/{{key}}"] = bulk.of_external(kind, may)
    if "delete" in may:
        found[f"/{kind.key}/{{id}}/restore"] = ops.of_restore(kind)
    if scope.may_write and not scope.is_narrow(kind):
        for deed in kind.actions.values():
            if deed.act in may:
                found[f"/{kind.key}/{{id}}/actions/{deed.key}"] = ops.of_action(kind, deed)
    for name, make in (
        ("relationships", ops.of_relationships),
        ("relationships/{edge}", ops.of_relationship),
        ("files", ops.of_files),
        ("timeline", ops.of_timeline),
    ):
        if scope.allows(kind, name.partition("/")[0]):
            made = make(kind, may)
            if made:
                found[f"/{kind.key}/{{id}}/{name}"] = made
    return found
