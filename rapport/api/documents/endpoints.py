"""The OpenAPI document for programs."""

from django.http import HttpResponseBase

from rapport.api.administration.asking import administers
from rapport.api.documents.document import document
from rapport.api.endpoint import Call, answer


def openapi(call: Call) -> HttpResponseBase:
    """The description of what this token can do."""
    call.query()
    server = call.request.build_absolute_uri("/api/v1")
    whole = document(call.user, call.scope, server, may_administer=administers(call))
    return answer(whole, media="application/openapi+json")
