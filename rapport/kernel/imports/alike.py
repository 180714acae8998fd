"""Rows that look like records which are here, or like earlier rows, though no key says so: shown, treated as chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.duplicates.check import Match
from rapport.kernel.duplicates.comparison import Comparison, Facts, comparison_of, in_words
from rapport.kernel.duplicates.many import matches_of_many
from rapport.kernel.duplicates.store import refresh
from rapport.kernel.imports.alike_rows import Met, MetRows
from rapport.kernel.imports.decisions import LEFT, SETTLED, like_row
from rapport.kernel.imports.extensions import Draft, Extension, Plan
from rapport.kernel.imports.models import AlikeRow, Import, OnDuplicate
from rapport.kernel.registry import RecordType

LOOKED_AT = 20_000  # rows; a check that only tells needs no more
KEPT = 20_000  # rows that can be judged one by one
LONGEST = 120
FOUND = ["cells", "record_id", "like_line", "like_cells", "title", "points", "words", "verdict", "wins"]


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
    """Looks at the rows of one check or run; a check keeps the first that it finds, so that they can be judged.

    Among each other the rows of a check are compared through all of the file. Those of a run are compared batch by
    batch: earlier ones are records by then, and are found as such.
    """

    kind: RecordType
    extension: Extension
    by: User
    manner: str
    is_dry: bool
    source: Import
    most: int = 0  # rows to look at; 0: all
    looked: int = 0
    count: int = 0
    found: list[AlikeRow] = field(default_factory=list)  # by a check, in the batch of the moment

    @property
    def is_all(self) -> bool:
        return not self.most or self.looked < self.most

    @cached_property
    def comparison(self) -> Comparison | None:
        return comparison_of(self.kind)

    @cached_property
    def rows(self) -> MetRows:
        assert self.comparison is not None
        return MetRows(self.comparison)

    def find(self, drafts: Sequence[Draft]) -> None:
        """Set what becomes of those of the rows that are probably here; some queries for a thousand rows."""
        wanted = [draft for draft in drafts if draft.known is None]
        if self.most:
            wanted = wanted[: self.most - self.looked]
        self.looked += len(wanted)
        if self.comparison is None or not wanted:
            return
        values = self.extension.likeness(wanted, self.by)
        facts = {place: self.comparison.of_values(one) for place, one in enumerate(values)}
        facts = {place: one for place, one in facts.items() if one}
        asked = {place: one for place, one in facts.items() if SETTLED not in wanted[place].facts}
        for place, [best] in matches_of_many(self.comparison, asked, by=self.by, most=1).items():
            self._settle(wanted[place], best)
            del facts[place]
        self._among_each_other([(wanted[place], one) for place, one in facts.items()])
        self._keep_found()

    def _settle(self, draft: Draft, best: Match) -> None:
        here = {"record_id": best.record.pk, "title": str(best.record)[:LONGEST]}
        self._show(draft, here | {"points": best.points, "words": best.words})
        if self.manner == OnAlike.UPDATE:
            draft.known = best.record.pk
        elif self.manner == OnAlike.SKIP:
            draft.facts[LEFT] = True

    def _among_each_other(self, rows: Sequence[tuple[Draft, Facts]]) -> None:
        if not self.is_dry:
            self.rows.forget()
        met = [Met(draft.line, draft.cells, facts) for draft, facts in rows]
        settled = {draft.line for draft, _facts in rows if SETTLED in draft.facts}
        found = self.rows.twins(met, settled, are_left=self.manner == OnAlike.SKIP)
        for draft, _facts in rows:
            if (twin := found.get(draft.line)) is not None:
                here = {"like_line": twin.line, "like_cells": twin.cells, "title": in_short(twin.cells)}
                self._show(draft, here | {"points": twin.score.points, "words": in_words(twin.score.reasons)})
                if self.manner == OnAlike.SKIP:
                    draft.facts[LEFT] = True
                elif self.manner == OnAlike.UPDATE:
                    draft.keys = [*draft.keys, like_row(twin.line)]
            if self.manner == OnAlike.UPDATE:
                draft.keys = [*draft.keys, like_row(draft.line)]

    def _show(self, draft: Draft, found: dict[str, Any]) -> None:  # Any: columns of the row
        self.count += 1
        if self.is_dry and self.count <= KEPT:
            self.found.append(AlikeRow(source=self.source, line=draft.line, cells=draft.cells, **found))

    def _keep_found(self) -> None:
        """Enter them; what was said of such a row before was about a record that is gone."""
        AlikeRow.objects.bulk_create(
            self.found,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["source", "line"],
            update_fields=FOUND,
        )
        self.found = []

    def keep(self, plans: Sequence[Plan]) -> None:
        """The rows of a batch are records now: later ones are compared with them like with any other."""
        if self.comparison is not None:
            refresh(self.comparison, [plan.record.pk for plan in plans])


def in_short(cells: Sequence[str]) -> str:
    """What a row says, in one line."""
    return " · ".join(cell for cell in cells if cell.strip())[:LONGEST]


def looking(one: Import, kind: RecordType, extension: Extension, by: User, *, is_dry: bool) -> Alike | None:
    """Who looks for such rows, None where nothing is to be done about them."""
    manner = manner_of(one)
    if manner == OnAlike.CREATE or one.mode == OnDuplicate.CREATE:
        return None
    if manner == OnAlike.ASK:  # new records are compared by the job of the work list
        return Alike(kind, extension, by, manner, is_dry, one, LOOKED_AT) if is_dry else None
    return Alike(kind, extension, by, manner, is_dry, one)
