"""What somebody can do with single rows in the check: say who they are, mend their cells. The file stays as it is."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext

from rapport.kernel.imports.alike import OnAlike, manner_of
from rapport.kernel.imports.decisions import LEFT, like_row
from rapport.kernel.imports.engine import SIZE, Engine, speaking
from rapport.kernel.imports.models import (
    AlikeRow,
    Import,
    ImportRow,
    MendedRow,
    Phase,
    RowOfFile,
    State,
    Verdict,
)
from rapport.kernel.imports.planning import Batch
from rapport.kernel.imports.readers import Row
from rapport.kernel.imports.seen import Seen
from rapport.kernel.records import RuleError

SURE = 90  # percent
LONGEST_CELL = 10_000
BREAKS = re.compile(r"[\r\n]")


def judge(one: Import, lines: Collection[int], verdict: str, wins: Mapping[str, bool] | None = None) -> None:
    """Say of these rows whether they are what they are like; "" asks anew. The counts of the check follow.

    `wins`: {field: whether the file wins} where somebody chose it; else what counts for all rows of the file.
    """
    with transaction.atomic():
        one = _checked(one)
        rows = list(one.alike.filter(line__in=lines).order_by("line")[:SIZE])
        before = _foretold(one, rows)
        for row in rows:
            row.verdict = verdict if verdict in Verdict.values else ""
            row.wins = dict(wins or {}) if row.verdict == Verdict.SAME else {}
        AlikeRow.objects.bulk_update(rows, ["verdict", "wins"], batch_size=500)
        _count_anew(one, before, _foretold(one, rows))


def judge_sure(one: Import) -> int:
    """Take the rows for the same that nearly certainly are; how many these were."""
    lines = list(one.alike.filter(verdict="", points__gte=SURE).values_list("line", flat=True)[:SIZE])
    judge(one, lines, Verdict.SAME)
    return len(lines)


def mend(one: Import, line: int, said: Mapping[int, str]) -> list[str]:
    """Read other cells instead of those of the file: {column: text}. What is still wrong with the row, if anything."""
    with transaction.atomic():
        one = _checked(one)
        wrong = one.rows.filter(phase=Phase.CHECK, line=line).first()
        row: RowOfFile | None = wrong or one.mended.filter(line=line).first()
        if row is None:
            raise RuleError(gettext("This row is not among those that can be mended any more."))
        width = len(one.header)
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        changed = []
        for column, text in said.items():
            # a field of one line shows a cell of several without the breaks: then nobody changed it
            if column < width and text != BREAKS.sub("", cells[column][:LONGEST_CELL]):
                cells[column] = text.replace("\0", "")[:LONGEST_CELL]
                changed.append(column)
        before = Counter({"wrong": 1}) if wrong else _foretold(one, [row])
        mended = one.mended.filter(line=line).first() or MendedRow(source=one, line=line)
        mended.cells, mended.places = cells, sorted({*mended.places, *changed})
        mended.save()
        row.cells = cells
        batch, after = tried(one, [row])
        if wrong is not None:
            wrong.delete()
        problems = [problem for draft in batch.wrong for problem in draft.problems]
        if problems:
            ImportRow.objects.create(source=one, phase=Phase.CHECK, line=line, cells=cells, problems=problems)
        _count_anew(one, before, after)
    return [sentence for _column, sentence in problems]


def forget_decisions(one: Import) -> None:
    """Another sheet has other rows."""
    one.alike.all().delete()
    one.mended.all().delete()


def tried(one: Import, rows: Sequence[RowOfFile]) -> tuple[Batch, Counter[str]]:
    """What a check would make of these rows alone, and count for them."""
    chosen = {OnAlike.UPDATE: Verdict.SAME, OnAlike.SKIP: LEFT}.get(OnAlike(manner_of(one)), "")
    with transaction.atomic(), speaking(one.created_by) as context:
        engine = Engine(one, context, is_dry=True, is_alone=True)
        engine.said.as_if(chosen, [row for row in rows if isinstance(row, AlikeRow)])
        seen = Seen()
        seen.add(like_row(line) for line in engine.said.leading - {row.line for row in rows})
        engine.manner.seen = seen
        batch = engine.take(engine.read([Row(row.line, list(row.cells)) for row in rows]))
        seen.forget()
    return batch, engine.counts


def _checked(one: Import) -> Import:
    found = Import.objects.select_for_update(no_key=True).get(pk=one.pk)
    if found.state != State.READY:
        raise RuleError(gettext("This import has begun already."))
    return found


def _foretold(one: Import, rows: Sequence[RowOfFile]) -> Counter[str]:
    return tried(one, rows)[1] if rows else Counter()


def _count_anew(one: Import, before: Counter[str], after: Counter[str]) -> None:
    counts = Counter(one.checked.get("counts", {}))
    counts.update(after)
    counts.subtract(before)
    one.checked = {**one.checked, "counts": {name: max(0, count) for name, count in counts.items()}}
    one.save(update_fields=["checked"])
