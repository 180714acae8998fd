"""Reading JSON that anybody may have sent: its size, depth and texts are checked before anything else sees it."""

import json
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.request import RawPostDataException
from django.utils.translation import gettext as _

from rapport.api.problems import Problem

LARGEST = 32 * 2**20
DEEPEST = 12


def read_json(request: HttpRequest) -> dict[str, Any]:  # Any: JSON
    """The object that the body says, {} for an empty body; Problem where it is none."""
    try:
        raw = request.body
    except RawPostDataException as problem:
        raise Problem(400, _("The body was read already.")) from problem
    if len(raw) > LARGEST:
        raise Problem(413, _("A body has at most 32 MB."))
    if not raw:
        return {}
    if request.content_type not in ("application/json", "application/merge-patch+json"):
        raise Problem(415, _("Send JSON with the media type application/json."))
    try:
        found = json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise Problem(400, _("The body is not JSON.")) from problem
    if not isinstance(found, dict):
        raise Problem(400, _("The body must be a JSON object."))
    check_depth(found)
    return found


def _no_number(said: str) -> None:
    raise ValueError(said)


def check_depth(found: Any) -> None:  # Any: JSON
    """Refuse what is nested too deeply, and texts that no database can keep."""
    level, depth = [found], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise Problem(400, _("The JSON is nested too deeply."))
        inner: list[Any] = []
        for one in level:
            if isinstance(one, str):
                check_text(one)
            elif isinstance(one, dict):
                for key in one:
                    check_text(key)
                inner += one.values()
            elif isinstance(one, list):
                inner += one
        level = inner


def check_text(said: str) -> None:
    """Refuse null bytes and halves of characters."""
    if "\x00" in said:
        raise Problem(400, _("A text must not hold null bytes."))
    try:
        said.encode()
    except UnicodeEncodeError as problem:
        raise Problem(400, _("A text holds half a character.")) from problem
