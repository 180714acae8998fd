"""Calls of the API that are made within this process: by tools, and when a person confirms what was proposed."""

import copy
from collections.abc import Mapping

from django.http import HttpRequest, QueryDict

from rapport.api.endpoint import Handler
from rapport.api.urls import urlpatterns

HANDLERS: dict[str, Mapping[str, Handler]] = {
    str(one.name): one.callback.methods for one in urlpatterns if hasattr(one.callback, "methods")
}
# Of the outer request these say something about itself, not about the call that is made for it.
LEFT_OUT = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IDEMPOTENCY_KEY", "QUERY_STRING", "CONTENT_LENGTH")


def inner_request(outer: HttpRequest, method: str, query: Mapping[str, str], body: bytes) -> HttpRequest:
    """The request of one call: the outer one with other words."""
    inner = copy.copy(outer)
    for cached in ("headers", "GET", "POST", "COOKIES", "FILES"):
        inner.__dict__.pop(cached, None)
    inner.META = {key: value for key, value in outer.META.items() if key not in LEFT_OUT}
    inner.method, inner.content_type = method, "application/json"
    said = QueryDict(mutable=True)
    for name, value in query.items():
        said[name] = value
    inner.GET = said  # type: ignore[assignment]  # it is not changed any more
    inner._body = body
    return inner
