"""What the check shows of single rows: those to be judged, one of them beside its record, and those to be mended."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.fields import FieldType
from rapport.kernel.imports.alike import OnAlike, in_short, manner_of
from rapport.kernel.imports.engine import Engine, speaking
from rapport.kernel.imports.extensions import Draft
from rapport.kernel.imports.models import AlikeRow, Import, ImportRow, OnDuplicate, Phase, RowOfFile, State
from rapport.kernel.imports.planning import takes
from rapport.kernel.imports.readers import Row
from rapport.kernel.imports.row_deeds import LONGEST_CELL, SURE
from rapport.kernel.merge.pointers import survivor_id
from rapport.kernel.records import Record

Shown = dict[str, Any]  # Any: values for a template
JUDGED = 50  # rows shown for each verdict; the next ones follow when these are judged
WRONG = 50  # rows shown on the page; the file has all
WIDEST = 8  # columns of these rows
LONGEST_SHOWN = 500  # of a value beside that of the record
NAMES = ("name", "academic_title", "given_name", "family_name")


# -- rows that are probably here -----------------------------------------------------------------------------------
def alike_context(one: Import, user: User, here: int | None) -> Shown:
    """The rows that are probably here or twice, the surest first, and the one of line `here` beside its record.

    Those that are judged stand behind, the least sure first: who goes through the list has come to them last.
    """
    if one.state != State.READY or one.mode == OnDuplicate.CREATE:
        return {"alike": {"count": 0, "judged": 0}, "beside": None}
    found, manner = one.checked.get("alike") or {}, manner_of(one)
    by_sureness = one.alike.order_by("-points", "line")
    asked = by_sureness.filter(verdict="")
    first, judged = list(asked[:JUDGED]), list(by_sureness.exclude(verdict="").reverse()[:JUDGED])
    rows = [*first, *judged]
    if here is not None and all(row.line != here for row in rows):
        rows += one.alike.filter(line=here)
    count = asked.count()
    chosen = next((row for row in rows if row.line == here), rows[0] if rows else None)
    fates = {
        OnAlike.ASK: _("taken in; you decide later"),
        OnAlike.UPDATE: _("taken for the same"),
        OnAlike.SKIP: _("left out"),
    }
    return {
        "alike": {
            "count": count,
            "judged": len(judged),
            "is_more": count > len(first),
            "sure": asked.filter(points__gte=SURE).count(),
            "at": SURE,
            "looked": found.get("looked", 0),
            "is_all": found.get("is_all", True),
            "fate": fates.get(OnAlike(manner), ""),
            "rows": [(row, _words_of(row, one)) for row in rows],
            "here": chosen,
            "around": _around(rows, chosen),
        },
        "beside": _beside(one, chosen, user) if chosen is not None else None,
    }


def _around(rows: list[AlikeRow], chosen: AlikeRow | None) -> dict[int, str]:
    """{line: key} of the rows before and behind the chosen one."""
    if chosen is None:
        return {}
    at = rows.index(chosen)
    return {row.line: "k" for row in rows[:at][-1:]} | {row.line: "j" for row in rows[at + 1 :][:1]}


def _words_of(row: AlikeRow, one: Import) -> tuple[str, str]:
    """What the row is called by, and what else it says."""
    names = [
        place
        for place, entry in enumerate(one.mapping)
        if entry["target"] in NAMES and place < len(row.cells)
    ]
    name = " ".join(row.cells[place].strip() for place in names).strip()
    rest = [cell for place, cell in enumerate(row.cells) if place not in names] if name else row.cells
    said = in_short(rest)
    return (name, said) if name else (said, "")


def _beside(one: Import, row: AlikeRow, user: User) -> Shown:
    """A row and its record, field by field."""
    assert one.created_by is not None
    with speaking(one.created_by) as context:
        engine = Engine(one, context, is_dry=True, is_alone=True)
        [draft] = engine.read([Row(row.line, list(row.cells))])
        record, twin = None, None
        if row.record_id is not None:
            key = survivor_id(row.record_id) or row.record_id
            record = engine.kind.visible_to(user).filter(pk=key).first()
        elif row.like_line is not None and row.like_cells:
            [twin] = engine.read([Row(row.like_line, list(row.like_cells))])
        lines = list(_compared(engine, draft, record, row) if twin is None else _twins(engine, draft, twin))
    may_choose = one.mode in (OnDuplicate.FILL, OnDuplicate.UPDATE) and record is not None
    return {
        "row": row,
        "record": record,
        "is_twin": twin is not None,
        "lines": lines,
        "may_choose": may_choose,
        "keeps_both": any(line["keeps_both"] for line in lines),
    }


def _compared(engine: Engine, draft: Draft, record: Record | None, row: AlikeRow) -> Iterator[Shown]:
    named = engine.extension.named(draft)
    for name, one in engine.kind.fields.items():
        if name not in draft.values and name not in named:
            continue
        file = _said(one, draft, named)
        here = one.text(one.read(record)) if record is not None else ""
        yield {
            "name": name,
            "label": one.label,
            "file": file[:LONGEST_SHOWN],
            "here": here[:LONGEST_SHOWN],
            "wins": (wins := _winner(engine, name, record, row, is_equal=file == here)),
            "may_choose": wins in ("file", "here") and bool(here) and name in draft.values,
            "keeps_both": wins in ("file", "here") and bool(here) and name in engine.extension.collects,
        }


def _said(one: FieldType, draft: Draft, named: Mapping[str, str]) -> str:
    """What a row says of a field, as text."""
    return named.get(one.name) or (one.text(draft.values[one.name]) if one.name in draft.values else "")


def _twins(engine: Engine, draft: Draft, twin: Draft) -> Iterator[Shown]:
    """A row beside the earlier one that it is like: what that says stays, unless the file wins."""
    later, first = engine.extension.named(draft), engine.extension.named(twin)
    for name, one in engine.kind.fields.items():
        file, here = _said(one, draft, later), _said(one, twin, first)
        if not (file or here):
            continue
        if file == here:
            wins = ""
        elif one.is_multiple:
            wins = "both"
        else:
            wins = "file" if file and (not here or engine.manner.mode == OnDuplicate.UPDATE) else "here"
        shown = {"file": file[:LONGEST_SHOWN], "here": here[:LONGEST_SHOWN], "wins": wins}
        yield {"name": name, "label": one.label, "may_choose": False, "keeps_both": False, **shown}


def _winner(engine: Engine, name: str, record: Record | None, row: AlikeRow, *, is_equal: bool) -> str:
    """Which side stands in the record afterwards: "file", "here", "both" or, as they are the same, ""."""
    if record is None or is_equal:
        return ""
    if engine.kind.fields[name].is_multiple:
        return "both"
    return "file" if row.wins.get(name, takes(record, name, engine.manner)) else "here"


# -- rows that cannot be taken -------------------------------------------------------------------------------------
def wrong_context(one: Import, phase: str) -> Shown:
    """The rows that cannot be taken, those that were mended, and those of which only a link leads nowhere."""
    wrong = list(ImportRow.objects.filter(source=one, phase=phase)[:WRONG])
    told = {row.line: row.problems for row in wrong}
    mended = list(
        one.mended.exclude(line__in=one.rows.filter(phase=phase).values("line")).order_by("line")[:WRONG]
    )
    links = list(ImportRow.objects.filter(source=one, phase=one.link_phase)[:WRONG])
    touched = {place for row in mended for place in row.places}
    columns, lines = _table(one, [*wrong, *(mended if phase == Phase.CHECK else ())], told, touched)
    link_columns, unlinked = _table(one, links, {row.line: row.problems for row in links})
    return {
        "wrong_columns": columns,
        "wrong": lines,
        "wrong_shown": len(wrong),
        "unlinked_columns": link_columns,
        "is_wrong_anew": False,
        "unlinked": unlinked,
    }


def _table(
    one: Import,
    rows: Iterable[RowOfFile],
    problems: dict[int, list[tuple[int, str]]],
    touched: Collection[int] = (),
) -> tuple[list[str], list[Shown]]:
    """The columns that are told, those with problems or mended cells among them, and the rows with their cells."""
    rows = list(rows)
    bad = {column for told in problems.values() for column, _sentence in told if column >= 0} | set(touched)
    filled = [
        place
        for place in range(len(one.header))
        if any(place < len(row.cells) and row.cells[place] for row in rows)
    ]
    most = max(4, min(len(bad), WIDEST))
    shown = sorted([*sorted(bad), *(place for place in filled if place not in bad)][:most])
    lines = []
    for row in rows:
        told = problems.get(row.line, [])
        mine = {column for column, _sentence in told}
        cells = []
        for place in shown:
            text = row.cells[place] if place < len(row.cells) else ""
            cells.append((place, text[:LONGEST_CELL], place in mine))
        why = " ".join(sentence for _column, sentence in told)
        lines.append({"line": row.line, "cells": cells, "why": why, "is_mended": not told})
    return [one.header[place] for place in shown], lines
