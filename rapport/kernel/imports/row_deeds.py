"""What somebody can do with single rows in the check: say who they are, mend their cells. The file stays as it is."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext

from rapport.kernel.imports.alike import OnAlike, looking, manner_of
from rapport.kernel.imports.decisions import LEFT, like_row
from rapport.kernel.imports.engine import SIZE, Engine, speaking
from rapport.kernel.imports.models import (
    AlikeRow,
    Import,
    MendedRow,
    Phase,
    RowOfFile,
    State,
    Verdict,
)
from rapport.kernel.imports.planning import Batch
from rapport.kernel.imports.readers import Row
from rapport.kernel.imports.seen import Seen
from rapport.kernel.imports.wrong_rows import keep_wrong
from rapport.kernel.records import RuleError

SURE = 90  # percent
LONGEST_CELL = 10_000
BREAKS = re.compile(r"[\r\n]")


def judge(one: Import, lines: Collection[int], verdict: str, wins: Mapping[str, bool] | None = None) -> bool:
    """Say of these rows whether they are what they are like; "" asks anew. The counts of the check follow.

    `wins`: {field: whether the file wins} where somebody chose it; else what counts for all rows of the file. Tells
    whether other rows than before cannot be taken.
    """
    with transaction.atomic():
        one = _checked(one)
        judged = list(one.alike.filter(line__in=lines).order_by("line")[:SIZE])
        rows = sorted([*judged, *_rivals(one, judged)], key=lambda row: row.line)
        _batch, before = tried(one, rows)
        said = verdict if verdict in Verdict.values else ""
        chosen = dict(wins or {}) if said == Verdict.SAME else {}
        for row in judged:
            row.verdict, row.wins = said, chosen
        one.alike.filter(pk__in=[row.pk for row in judged]).update(verdict=said, wins=chosen)
        return _take_over(one, rows, before, tried(one, rows))


def _rivals(one: Import, rows: Sequence[AlikeRow]) -> list[AlikeRow]:
    """The other rows that are like one of the same records: what changes in it depends on all of them."""
    records = {row.record_id for row in rows if row.record_id is not None}
    others = one.alike.filter(record_id__in=records).exclude(pk__in=[row.pk for row in rows])
    return list(others.order_by("line")[: SIZE - len(rows)]) if records else []


def judge_sure(one: Import) -> int:
    """Take the rows for the same that nearly certainly are; how many these were."""
    lines = list(one.alike.filter(verdict="", points__gte=SURE).values_list("line", flat=True)[:SIZE])
    judge(one, lines, Verdict.SAME)
    return len(lines)


def mend(one: Import, line: int, said: Mapping[int, str]) -> None:
    """Read other cells instead of those of the file: {column: text}. The row is checked at once."""
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
        alike = one.alike.filter(line=line).first()
        before = Counter({"wrong": 1}) if wrong else tried(one, [alike or row])[1]
        if alike is not None:
            one.alike.filter(pk=alike.pk, verdict="").delete()
            one.alike.filter(pk=alike.pk).update(cells=cells)
        mended = one.mended.filter(line=line).first() or MendedRow(source=one, line=line)
        mended.cells, mended.places = cells, sorted({*mended.places, *changed})
        mended.save()
        row.cells = cells
        _take_over(one, [row], before, tried(one, [row], is_looked_at=True))


def forget_decisions(one: Import) -> None:
    """Another sheet has other rows."""
    one.alike.all().delete()
    one.mended.all().delete()


def tried(
    one: Import, rows: Sequence[RowOfFile], *, is_looked_at: bool = False
) -> tuple[Batch, Counter[str]]:
    """What a check would make of these rows alone, and count for them. `is_looked_at`: also who they are like."""
    chosen = {OnAlike.UPDATE: Verdict.SAME, OnAlike.SKIP: LEFT}.get(OnAlike(manner_of(one)), "")
    with transaction.atomic(), speaking(one.created_by) as context:
        engine = Engine(one, context, is_dry=True, is_alone=True)
        if is_looked_at:
            engine.manner.alike = looking(one, engine.kind, engine.extension, engine.by, is_dry=True)
        engine.said.as_if(chosen, [row for row in rows if isinstance(row, AlikeRow)])
        seen = Seen()
        seen.add(like_row(line) for line in engine.said.leading - {row.line for row in rows})
        engine.manner.seen = seen
        batch = engine.take(engine.read([Row(row.line, list(row.cells)) for row in rows]))
        seen.forget()
    return batch, engine.counts


def _checked(one: Import) -> Import:
    found = Import.objects.select_for_update(no_key=True).get(pk=one.pk)
    if found.has_begun:
        raise RuleError(gettext("This import has begun already."))
    if found.state != State.READY:
        raise RuleError(gettext("This check does not count any more: the file is to be checked anew."))
    return found


def _take_over(
    one: Import, rows: Sequence[RowOfFile], before: Counter[str], now: tuple[Batch, Counter[str]]
) -> bool:
    """What the rows come to now: which of them are wrong, and the counts of the check. Whether others are wrong."""
    batch, after = now
    were = one.rows.filter(phase=Phase.CHECK, line__in=[row.line for row in rows])
    is_changed = set(were.values_list("line", flat=True)) != {draft.line for draft in batch.wrong}
    were.delete()
    keep_wrong(one, batch.wrong, Phase.CHECK)
    counts = Counter(one.checked.get("counts", {}))
    counts.update(after)
    counts.subtract(before)
    one.checked = {**one.checked, "counts": {name: max(0, count) for name, count in counts.items()}}
    one.save(update_fields=["checked"])
    return is_changed
