"""What somebody said of single rows in the check: this one is him, that one is new, this cell is meant like this.

A check keeps to it when it is repeated, and so does the import. It is little: what people decide by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from rapport.accounts.models import User
from rapport.kernel.duplicates.comparison import comparison_of
from rapport.kernel.duplicates.pairs import call_different
from rapport.kernel.imports.extensions import Draft
from rapport.kernel.imports.models import AlikeRow, Import, Verdict
from rapport.kernel.imports.readers import Row
from rapport.kernel.merge.pointers import survivor_ids
from rapport.kernel.registry import RecordType

if TYPE_CHECKING:
    from rapport.kernel.imports.planning import Batch

LEFT = "left"  # among the facts of a draft: it stays out because of what it is like
# among the facts of a draft: it is known who this is, as somebody said it or a key in common with an earlier row does
SETTLED = "settled"
WINS = "wins"  # among the facts of a draft: {field: whether the file wins}
BECAME = """
update kernel_import_alike a set record_id = w.record_id
from unnest(%s::int[], %s::uuid[]) as w (line, record_id) where a.source_id = %s and a.like_line = w.line
"""


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
        self._learn(one.alike.exclude(verdict="").values_list("line", "verdict", "like_line"))

    def _learn(self, rows: Iterable[tuple[int, str, int | None]]) -> None:
        for line, verdict, earlier in rows:
            self.judged[line] = (verdict, earlier)
            if earlier is not None:
                self.leading.add(earlier)

    def as_if(self, verdict: str, rows: Iterable[AlikeRow]) -> None:
        """What counts for those of these rows of which nobody has said anything; a check finds them by itself."""
        self.unsaid = verdict
        if verdict:
            self._learn((row.line, verdict, row.like_line) for row in rows if not row.verdict)

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
        rows = list(self.one.alike.filter(line__in=wanted).defer("cells", "words"))
        there = self._there(rows)
        for row in rows:
            draft, verdict = wanted[row.line], row.verdict or self.unsaid
            if verdict == LEFT:
                draft.facts[LEFT] = True
            elif verdict == Verdict.SAME:
                if row.record_id in there:
                    draft.known = there[row.record_id]
                    draft.facts[WINS] = row.wins
                elif row.like_line is None:
                    continue
            draft.facts[SETTLED] = True

    def _there(self, rows: Sequence[AlikeRow]) -> dict[UUID | None, UUID]:
        """Which records those of the rows are today: a merged one is the one that it became, one that is gone none."""
        wanted = [row.record_id for row in rows if row.record_id]
        if not wanted:
            return {}
        today = dict(zip(wanted, wanted, strict=True)) | survivor_ids(wanted)
        seen = self.kind.visible_to(self.by).order_by().filter(pk__in=set(today.values()))
        there = set(seen.values_list("pk", flat=True))
        return {key: one for key, one in today.items() if one in there}

    def keep(self, batch: "Batch") -> None:
        """What the rows have become: later rows find it, and who is somebody else is no duplicate."""
        if not self.judged:
            return
        drafts = [(draft, plan.record.pk) for plan in batch.plans for draft in plan.drafts]
        drafts += [(draft, draft.known) for draft in batch.skipped if draft.known is not None]
        became = {draft.line: key for draft, key in drafts if not draft.problems}
        leading = sorted(self.leading & became.keys())
        if leading:
            with connection.cursor() as cursor:
                cursor.execute(BECAME, [leading, [became[line] for line in leading], self.one.pk])
        if comparison_of(self.kind) is not None:
            self._call_different({line: became[line] for line in became.keys() & self.judged.keys()})

    def _call_different(self, became: Mapping[int, UUID]) -> None:
        rows = self.one.alike.filter(line__in=became, verdict=Verdict.NEW, record_id__isnull=False)
        others = {line: other for line, other in rows.values_list("line", "record_id") if other}
        today = survivor_ids(others.values())
        pairs = [(became[line], today.get(other, other)) for line, other in others.items()]
        call_different(self.kind, [(new, old) for new, old in pairs if new != old], by=self.by)
