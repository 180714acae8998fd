"""What can go wrong at the door for writing. Every door shows them in the same words."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext

from rapport.accounts.administered import Refused as Refused


class RuleError(Exception):
    """A rule said no (422). `fields` maps field names to sentences where the rule is about single fields."""

    def __init__(self, sentence: str | Promise = "", *, fields: Mapping[str, str] | None = None) -> None:
        self.fields = dict(fields or {})
        self.sentence = str(sentence) or " ".join(self.fields.values())
        super().__init__(self.sentence)


class NotVisible(Exception):
    """There is no such record, or not for this user: the answer is the same (404)."""


class Conflict(Exception):
    """Somebody else changed the same fields meanwhile (409); nothing was written."""

    def __init__(self, fields: list[str], by: str = "", at: datetime | None = None) -> None:
        self.fields = fields
        self.by = by
        self.at = at
        super().__init__(
            gettext(
                "%(who)s changed %(fields)s meanwhile. Nothing of yours was written; look and save again."
            )
            % {"who": by or gettext("Somebody"), "fields": ", ".join(fields)}
        )
