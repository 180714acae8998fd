"""What a part of a formula is while it is compiled: its type, its SQL, and what it was made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NUMBER, PERCENT, MONEY, TEXT, DATE, YESNO = "number", "percent", "money", "text", "date", "yesno"
CHOICE, OTHER, NOTHING = "choice", "other", "nothing"
RESULTS: Final = (NUMBER, MONEY, PERCENT, TEXT, DATE, YESNO)
NUMBERS: Final = (NUMBER, PERCENT)
LABELS: Final[Mapping[str, Promise]] = {
    NUMBER: _("a number"), PERCENT: _("a percentage"), MONEY: _("an amount"), TEXT: _("a text"), DATE: _("a date"),
    YESNO: _("yes or no"), CHOICE: _("a choice"), OTHER: _("a link or list"), NOTHING: _("nothing"),
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A piece of SQL with its type; of money also the SQL of its currency. `empty` is SQL for "there is no value"."""

    type: str
    sql: str
    at: int
    currency: str = ""
    # The text that was written, to be read as a choice or date where one is compared.
    literal: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    empty: str = ""

    @property
    def is_number(self) -> bool:
        return self.type in NUMBERS

    @property
    def label(self) -> str:
        return str(LABELS[self.type])

    @property
    def is_missing(self) -> str:
        """SQL: there is no value."""
        return self.empty or f"({self.sql} is null)"


def quoted(text: str) -> str:
    """A text as SQL; it stands in the statement itself, so that an index may hold the same expression."""
    return "'" + text.replace("'", "''") + "'::text"
