"""Tools make the calls of the API within this process: what these refuse, tools refuse, and nothing else is reached."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from rapport.api.calls import HANDLERS, inner_request
from rapport.api.changes.told import changes_of
from rapport.api.endpoint import Call, as_problem, perform
from rapport.api.problems import Problem

Json = Any  # Any: JSON


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
    said = {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in (query or {}).items()
        if value is not None
    }
    if trial:
        said["dry_run"] = "true"
    raw = b"" if body is None else json.dumps(body).encode()
    inner = Call(call.user, call.scope, inner_request(call.request, method, said, raw), call.token, name=name)
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
