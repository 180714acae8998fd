"""Rows of one file that look like each other: kept by the database as they are met, in constant memory."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from rapport.kernel.duplicates.comparison import LISTED, Comparison, Facts, Score, hashed
from rapport.kernel.duplicates.store import loaded

CANDIDATES = 20  # earlier rows that are looked at under one key
TABLES = """
create temporary table if not exists import_like_row (line bigint primary key, cells text, facts text);
create temporary table if not exists import_like_key (key bigint, line bigint, primary key (key, line));
truncate pg_temp.import_like_row, pg_temp.import_like_key
"""
PAIRS = """
select n.line, o.line from unnest(%s::bigint[]) as n (line) join lateral (
    select distinct f.line from pg_temp.import_like_key as k, lateral (
        select e.line from pg_temp.import_like_key as e
        where e.key = k.key and e.line < n.line order by e.line limit %s
    ) as f
    where k.line = n.line
) as o on true
order by 1, 2
"""


@dataclass(frozen=True)
class Met:
    """A row as it is compared with others: where it stands, and what it says."""

    line: int
    cells: Sequence[str]
    facts: Facts


@dataclass(frozen=True)
class Twin:
    """The earlier row that a row is probably about."""

    line: int
    cells: Sequence[str]
    score: Score


class MetRows:
    """The rows so far, in tables that only this connection sees."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.forget()

    def forget(self) -> None:
        """Begin anew: the rows so far are records by now."""
        with connection.cursor() as cursor:
            cursor.execute(TABLES)

    def twins(self, rows: Sequence[Met], settled: Collection[int], *, are_left: bool) -> dict[int, Twin]:
        """The best earlier row for each that has one, by line; some statements for all of them.

        Of those on the lines `settled` nobody asks; later ones may be like them. `are_left`: rows that are like an
        earlier one are left out, and nothing is like them.
        """
        keys = {row.line: hashed(self.comparison.keys(row.facts)) for row in rows}
        self._keep(rows, keys)
        with connection.cursor() as cursor:
            cursor.execute(PAIRS, [[row.line for row in rows], CANDIDATES])
            pairs: dict[int, list[int]] = {}
            for line, earlier in cursor.fetchall():
                pairs.setdefault(line, []).append(earlier)
            earlier_rows = self._read({one for several in pairs.values() for one in several})
        found: dict[int, Twin] = {}
        for row in rows:
            if row.line in settled:
                continue
            others = (line for line in pairs.get(row.line, ()) if not (are_left and line in found))
            if best := self._best(row, [earlier_rows[line] for line in others]):
                found[row.line] = best
        if are_left:
            self._drop(list(found))
        return found

    def _drop(self, lines: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            for table in ("import_like_row", "import_like_key"):
                cursor.execute(f"delete from pg_temp.{table} where line = any(%s)", [list(lines)])  # noqa: S608  # ours

    def _best(self, row: Met, others: Sequence[Met]) -> Twin | None:
        scores = [(self.comparison.score(row.facts, other.facts), other) for other in others]
        score, best = max(scores, key=lambda pair: pair[0].points, default=(Score(), None))
        return Twin(best.line, best.cells, score) if best is not None and score.points >= LISTED else None

    def _keep(self, rows: Sequence[Met], keys: Mapping[int, Sequence[int]]) -> None:
        with connection.cursor() as cursor:
            with cursor.copy("copy pg_temp.import_like_row (line, cells, facts) from stdin") as copy:
                for row in rows:
                    facts = json.dumps({name: list(said) for name, said in row.facts.items()})
                    copy.write_row((row.line, json.dumps(row.cells), facts))
            with cursor.copy("copy pg_temp.import_like_key (key, line) from stdin") as copy:
                for line, several in keys.items():
                    for key in several:
                        copy.write_row((key, line))

    def _read(self, lines: set[int]) -> dict[int, Met]:
        if not lines:
            return {}
        with connection.cursor() as cursor:
            cursor.execute(
                "select line, cells, facts from pg_temp.import_like_row where line = any(%s)", [list(lines)]
            )
            return {
                line: Met(line, json.loads(cells), loaded(facts)) for line, cells, facts in cursor.fetchall()
            }
