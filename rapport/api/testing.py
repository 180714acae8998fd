"""For tests of the API: a client that speaks JSON with a token."""

import json
from typing import Any

from django.test import Client

from rapport.accounts.models import User
from rapport.api.proposals.models import Proposal
from rapport.api.tokens.store import make_token
from rapport.api.webhooks.models import Subscription
from rapport.runtime.ids import uuid7


def make_webhook(user: User) -> Subscription:
    """A webhook of that user that is told nothing."""
    values = {"name": "ERP", "url": "https://example.com/", "secret": "whsec_x", "is_on": False}
    return Subscription.objects.create(user=user, **values)


def make_proposal(user: User, text: str) -> Proposal:
    """A proposal that waits for that user."""
    token, _secret = make_token(user, text, may_write=True, waits=True)
    fields = json.dumps({"fields": {"name": text}})
    changes = [{"type": "people", "id": str(uuid7()), "title": text, "act": "create", "changes": []}]
    return Proposal.objects.create(
        token=token,
        name="api_list",
        method="POST",
        parts={"type_key": "people"},
        body=fields,
        label=text,
        changes=changes,
    )


class Program:
    """A program with a token of that user."""

    def __init__(self, user: User, **scope: Any) -> None:  # Any: for make_token
        scope.setdefault("may_write", True)
        self.token, self.secret = make_token(user, scope.pop("name", "Test program"), **scope)
        self.client = Client(raise_request_exception=False)
        self.user = user

    def ask(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: Any
    ) -> Any:  # Any: JSON in, a response out
        data = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.generic(
            method, f"/api/v1/{path}", data, content_type=named.pop("content-type", "application/json"),
            headers={"Authorization": f"Bearer {self.secret}", **named},
        )  # fmt: skip

    def get(self, path: str, **headers: Any) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: Any) -> Any:
        return self.ask("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: Any) -> Any:
        return self.ask("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: Any) -> Any:
        return self.ask("DELETE", path, **headers)
