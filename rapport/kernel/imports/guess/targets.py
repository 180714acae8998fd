"""Where a column can go, and what the guesser says about each column."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise

from rapport.kernel.imports.guess.synonyms import ALIASES
from rapport.kernel.imports.problems import Sentence
from rapport.kernel.imports.values import ColumnFormat


@dataclass(frozen=True)
class Target:
    """A field that can be filled.

    `field_kind` is the kind of the field type, or one of "name" (a full name, to be split), "postcode",
    "postcode_city" and "company" (finds or makes an organization). `concept` is the line of the synonym table;
    without it the last part of the key is taken. `many` targets take several columns.
    """

    key: str
    label: str | Promise
    field_kind: str = "text"
    synonyms: tuple[str, ...] = ()
    concept: str = ""
    many: bool = False
    options: Mapping[str, str] = field(default_factory=dict)  # choices: label or key in lower case -> key

    @property
    def meaning(self) -> str:
        """The concept of the synonym table."""
        last = self.key.rpartition(".")[2]
        return self.concept or ALIASES.get(last, last)


@dataclass
class Guess:
    """What is proposed for one column, and why."""

    column: int
    header: str
    target: str | None
    confidence: float
    reason: Sentence
    happens: Sentence | None = None
    fits: float | None = None  # share of the filled sample values that can be read; None: nothing to go by
    how: ColumnFormat = field(default_factory=ColumnFormat)
    purpose: str = ""  # of a contact point or address: work, private, billing, delivery, other
    number: int = 0  # "E-mail 2", "Address 1": which of several
    concept: str = ""  # what the name of the column means: "fax" may go to a field for telephones
    looks_like: str = ""  # what the content is by itself
    is_ambiguous: bool = False  # the format was decided by habit, not by the values
    samples: list[str] = field(default_factory=list)
    misfits: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # further targets, best first
