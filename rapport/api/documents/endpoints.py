"""The OpenAPI document for programs."""

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from rapport.api.administration.asking import administers
from rapport.api.documents import document as documents
from rapport.api.endpoint import Call, answer
from rapport.api.problems import wrong_values


def openapi(call: Call) -> HttpResponseBase:
    """The description of what this token can do: everything, or what it can do with some types."""
    said = call.query("types").get("types")
    keys = said.split(",") if said is not None else []
    if len(keys) > documents.WHOLE:
        raise wrong_values({"types": _("Name at most %(most)s types.") % {"most": documents.WHOLE}})
    only = [call.kind(key) for key in keys] if said is not None else None
    server = call.request.build_absolute_uri("/api/v1")
    found = documents.document(call.user, call.scope, server, only=only, may_administer=administers(call))
    return answer(found, media="application/openapi+json")
