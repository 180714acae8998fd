"""What somebody said of single rows in the check: this one is him, that one is new, this cell is meant like this.

A check keeps to it when it is repeated, and so does the import. It is little: what people decide by hand.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from rapport.accounts.models import User
from rapport.kernel.duplicates.comparison import comparison_of
from rapport.kernel.duplicates.pairs import call_different
from rapport.kernel.imports.extensions import Draft, Plan
from rapport.kernel.imports.models import AlikeRow, Import, Verdict
from rapport.kernel.imports.readers import Row
from rapport.kernel.registry import RecordType

LEFT = "left"  # among the facts of a draft: it stays out because of what it is like
SETTLED = "settled"  # among the facts of a draft: somebody said who this is
WINS = "wins"  # among the facts of a draft: {field: whether the file wins}


def like_row(line: int) -> str:
    """The key that rows have in common which are taken for the same."""
    return f"like row {line}"


class Decisions:
    """What was said of the rows of one import, for one check or run."""

    def __init__(self, one: Import, kind: RecordType, by: User) -> None:
        self.one, self.kind, self.by = one, kind, by
        self.cells: dict[int, list[str]] = dict(one.mended.values_list("line", "cells"))
        self.judged: dict[int, tuple[str, int | None]] = {}
        self.leading: set[int] = set()  # rows that others are like
        self.unsaid = ""
        self._learn(one.alike.exclude(verdict="").defer("cells", "words"))

    def _learn(self, rows: Iterable[AlikeRow]) -> None:
        for row in rows:
            self.judged[row.line] = (row.verdict or self.unsaid, row.like_line)
            if row.like_line is not None:
                self.leading.add(row.like_line)

    def as_if(self, verdict: str, rows: Iterable[AlikeRow]) -> None:
        """What counts for those of these rows of which nobody has said anything; a check finds them by itself."""
        self.unsaid = verdict
        if verdict:
            self._learn(row for row in rows if not row.verdict)

    def mended(self, row: Row) -> Row:
        """The row as somebody mended it, else as it stands in the file."""
        cells = self.cells.get(row.line)
        return row if cells is None else Row(row.line, list(cells))

    def mark(self, draft: Draft) -> None:
        """Give rows a key in common that somebody took for the same."""
        verdict, earlier = self.judged.get(draft.line, ("", None))
        if verdict == Verdict.SAME and earlier is not None:
            draft.keys = [*draft.keys, like_row(earlier)]
        if draft.line in self.leading:
            draft.keys = [*draft.keys, like_row(draft.line)]

    def settle(self, drafts: Sequence[Draft]) -> None:
        """Set the record of rows of which somebody said it. A record that is gone is as if nobody had."""
        wanted = {draft.line: draft for draft in drafts if draft.line in self.judged}
        if not wanted:
            return
        rows = list(self.one.alike.filter(line__in=wanted))
        there = self._there(rows)
        for row in rows:
            draft, verdict = wanted[row.line], row.verdict or self.unsaid
            if verdict == LEFT:
                draft.facts[LEFT] = True
            elif verdict == Verdict.SAME:
                if row.record_id in there:
                    draft.known = row.record_id
                    draft.facts[WINS] = row.wins
                elif row.like_line is None:
                    continue
            if verdict:
                draft.facts[SETTLED] = True

    def _there(self, rows: Sequence[AlikeRow]) -> set[UUID]:
        wanted = [row.record_id for row in rows if row.record_id]
        seen = self.kind.visible_to(self.by).order_by()
        return set(seen.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()

    def keep(self, plans: Sequence[Plan]) -> None:
        """What the rows have become: later rows find it, and who is somebody else is no duplicate."""
        if not self.judged:
            return
        became = {
            draft.line: plan.record.pk
            for plan in plans
            for draft in plan.drafts
            if not draft.problems and (draft.line in self.leading or draft.line in self.judged)
        }
        for line in sorted(self.leading & became.keys()):
            self.one.alike.filter(like_line=line).update(record_id=became[line])
        if comparison_of(self.kind) is None:
            return
        others = self.one.alike.filter(line__in=became, verdict=Verdict.NEW, record_id__isnull=False)
        pairs = ((became[row.line], row.record_id) for row in others.only("line", "record_id"))
        call_different(self.kind, [(new, old) for new, old in pairs if old and new != old], by=self.by)
