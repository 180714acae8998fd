"""Rows that look like records which are here, though no key says that they are: found, shown, and treated as chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.duplicates.check import Match
from rapport.kernel.duplicates.comparison import comparison_of
from rapport.kernel.duplicates.many import matches_of_many
from rapport.kernel.imports.extensions import Draft, Extension
from rapport.kernel.imports.models import Import, OnDuplicate
from rapport.kernel.registry import RecordType

LOOKED_AT = 20_000  # rows; a check that only tells needs no more
SHOWN = 50
LONGEST = 120
LEFT = "left_as_alike"


class OnAlike(models.TextChoices):
    """What happens with a row that is probably here already."""

    ASK = "ask", _("Take it in and ask")
    UPDATE = "update", _("Take it for the same")
    SKIP = "skip", _("Skip")
    CREATE = "create", _("Take it in, do not look")


def manner_of(one: Import) -> str:
    """What was chosen for this import."""
    said = str(one.options.get("alike", ""))
    return said if said in OnAlike.values else OnAlike.ASK


@dataclass
class Alike:
    """Looks at the rows of one check or run; remembers the first that it found."""

    kind: RecordType
    extension: Extension
    by: User
    manner: str
    most: int = 0  # rows to look at; 0: all
    looked: int = 0
    count: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)  # Any: JSON

    @property
    def is_all(self) -> bool:
        return not self.most or self.looked < self.most

    def find(self, drafts: Sequence[Draft]) -> None:
        """Set what becomes of those of the rows that are probably here; some queries for a thousand rows."""
        comparison = comparison_of(self.kind)
        wanted = [draft for draft in drafts if draft.known is None]
        if self.most:
            wanted = wanted[: self.most - self.looked]
        self.looked += len(wanted)
        if comparison is None or not wanted:
            return
        values = self.extension.likeness(wanted, self.by)
        facts = {place: comparison.of_values(one) for place, one in enumerate(values)}
        facts = {place: one for place, one in facts.items() if one}
        for place, [best] in matches_of_many(comparison, facts, by=self.by, most=1).items():
            self._settle(wanted[place], best)

    def _settle(self, draft: Draft, best: Match) -> None:
        self.count += 1
        if len(self.shown) < SHOWN:
            said = " · ".join(cell for cell in draft.cells if cell.strip())
            self.shown.append({
                "line": draft.line, "said": said[:LONGEST], "id": str(best.record.pk),
                "title": str(best.record)[:LONGEST], "points": best.points, "words": best.words,
            })  # fmt: skip
        if self.manner == OnAlike.UPDATE:
            draft.known = best.record.pk
        elif self.manner == OnAlike.SKIP:
            draft.facts[LEFT] = True


def looking(one: Import, kind: RecordType, extension: Extension, by: User, *, is_dry: bool) -> Alike | None:
    """Who looks for such rows, None where nothing is to be done about them."""
    manner = manner_of(one)
    if manner == OnAlike.CREATE or one.mode == OnDuplicate.CREATE:
        return None
    if manner == OnAlike.ASK:  # new records are compared by the job of the work list
        return Alike(kind, extension, by, manner, LOOKED_AT) if is_dry else None
    return Alike(kind, extension, by, manner)
