"""Tools make the calls of the API within this process: what these refuse, tools refuse, and nothing else is reached."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict

from rapport.api.changes.sets import changes_of
from rapport.api.endpoint import Call, Handler, as_problem, perform
from rapport.api.problems import Problem
from rapport.api.urls import urlpatterns

Json = Any  # Any: JSON
HANDLERS: dict[str, Mapping[str, Handler]] = {
    str(one.name): one.callback.methods for one in urlpatterns if hasattr(one.callback, "methods")
}
# Of the agent's own request these say something about the message, not about the calls that a tool makes.
LEFT_OUT = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IDEMPOTENCY_KEY", "QUERY_STRING", "CONTENT_LENGTH")


@dataclass
class Answer:
    """What a call answered; of a trial also what it would have changed."""

    status: int
    body: Json
    change_set: UUID | None = None
    changes: list[Json] = field(default_factory=list)


def ask(
    call: Call,
    name: str,
    method: str = "GET",
    *,
    parts: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None,  # Any: texts, numbers, yes or no
    body: Json = None,
    trial: bool = False,
) -> Answer:
    """Call the address of that name of the API as the same token. Raises Problem where it is refused."""
    said = QueryDict(mutable=True)
    for key, value in (query or {}).items():
        if value is not None:
            said[key] = str(value).lower() if isinstance(value, bool) else str(value)
    if trial:
        said["dry_run"] = "true"
    inner = Call(call.user, call.scope, _request(call.request, method, said, body), call.token)
    changes: list[Json] = []
    inner.after_trial = lambda: changes.extend(changes_of(inner.sets, inner))
    try:
        response = perform(inner, HANDLERS[name], parts or {})
    except Exception as problem:
        told = as_problem(problem)
        if told is None:
            raise
        raise told from problem
    if not isinstance(response, HttpResponse):
        raise Problem(422, "")
    content = json.loads(response.content) if response.content else None
    made = inner.sets[-1] if inner.sets and not trial else None
    return Answer(response.status_code, content, made, changes)


def _request(outer: HttpRequest, method: str, query: QueryDict, body: Json) -> HttpRequest:
    """The request of one call: the agent's own with other words."""
    inner = copy.copy(outer)
    for cached in ("headers", "GET", "POST", "COOKIES", "FILES"):
        inner.__dict__.pop(cached, None)
    inner.META = {key: value for key, value in outer.META.items() if key not in LEFT_OUT}
    inner.method, inner.content_type = method, "application/json"
    inner.GET = query  # type: ignore[assignment]  # it is not changed any more
    inner._body = b"" if body is None else json.dumps(body).encode()
    return inner
