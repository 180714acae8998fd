"""Notices: what just happened, in one sentence, with Undo where it can be undone."""

import json
from dataclasses import asdict, dataclass

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponseBase

from rapport.ui.words import Words

HEADER = "Rapport-Notice"
_MARK = "notice:"


@dataclass(frozen=True)
class Notice:
    """One notice; undo_url is posted to when the user takes the deed back."""

    text: str
    undo_url: str = ""
    bad: bool = False
    link: str = ""
    link_text: str = ""


def notice(
    target: HttpRequest | HttpResponseBase,
    text: Words,
    undo_url: str | None = None,
    bad: bool = False,
    *,
    link: str = "",
    link_text: Words = "",
) -> None:
    """Tell the user: on the next page when given the request, at once when given the answer to htmx or a script."""
    told = Notice(str(text), undo_url or "", bad, link, str(link_text))
    if isinstance(target, HttpRequest):
        level = messages.ERROR if bad else messages.SUCCESS
        messages.add_message(target, level, told.text, extra_tags=_MARK + json.dumps(asdict(told)))
        return
    waiting = json.loads(target.headers.get(HEADER, "[]"))
    target.headers[HEADER] = json.dumps([*waiting, asdict(told)])  # ASCII only, as headers must be


def read_notice(message: Message) -> Notice:
    """Return the notice of a stored message; those of other apps become plain notices."""
    if message.extra_tags and message.extra_tags.startswith(_MARK):
        return Notice(**json.loads(message.extra_tags.removeprefix(_MARK)))
    return Notice(str(message.message), bad=message.level >= messages.ERROR)
