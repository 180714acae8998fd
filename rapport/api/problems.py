"""What went wrong, for programs: problem details (RFC 9457) with the fields and the reasons."""

import json
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

MEDIA = "application/problem+json"
TITLES = {
    308: "Moved",
    400: "The request cannot be read",
    401: "A token is needed",
    403: "Not allowed",
    404: "Not found",
    405: "Not possible at this address",
    409: "Changed by somebody else",
    410: "Not there any more",
    413: "Too large",
    415: "Not a media type that is understood here",
    422: "The values do not fit",
    429: "Too many requests",
}


class Problem(Exception):
    """An answer that is a refusal. `errors` are [{"field": …, "reason": …}], `code` and `more` are for programs."""

    def __init__(
        self,
        status: int,
        detail: str | Promise = "",
        *,
        code: str = "",
        errors: list[dict[str, Any]] | None = None,  # Any: JSON
        headers: dict[str, str] | None = None,
        more: dict[str, Any] | None = None,  # Any: JSON
    ) -> None:
        self.status, self.code = status, code or CODES.get(status, "problem")
        self.detail, self.errors, self.headers = str(detail), errors or [], headers or {}
        self.more = more or {}
        super().__init__(self.detail)

    def json(self) -> dict[str, Any]:  # Any: JSON
        found: dict[str, Any] = {
            "type": f"urn:rapport:problem:{self.code}",
            "title": TITLES.get(self.status, "Problem"),
            "status": self.status,
        }
        if self.detail:
            found["detail"] = self.detail
        if self.errors:
            found["errors"] = self.errors
        return found | self.more

    def response(self) -> HttpResponse:
        return HttpResponse(
            json.dumps(self.json(), ensure_ascii=False),
            status=self.status,
            content_type=MEDIA,
            headers=self.headers,
        )


CODES = {
    400: "unreadable", 401: "token", 403: "refused", 404: "not-found", 405: "method", 409: "conflict", 410: "gone",
    413: "too-large", 415: "media-type", 422: "values", 429: "too-many",
}  # fmt: skip


def not_found() -> Problem:
    """Unknown and not visible look the same."""
    return Problem(404, _("There is nothing here, or not for you."))


def wrong_values(fields: dict[str, str], sentence: str = "") -> Problem:
    """422 with a sentence for each field."""
    errors = [{"field": name, "reason": reason} for name, reason in fields.items()]
    return Problem(422, sentence or " ".join(fields.values()), errors=errors)
