"""Which rows of a bulk call are here already, or stand twice in it; some queries for a thousand rows."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.api.bulk.rows import Row
from rapport.api.problems import Problem
from rapport.api.records.duplicates import REFUSE, known_problem, match_json
from rapport.kernel.duplicates.comparison import LISTED, Comparison, Facts, comparison_of
from rapport.kernel.duplicates.many import matches_of_many
from rapport.kernel.registry import RecordType

BLOCK = 30  # rows of one call under one key; more say nothing


def find_known(rows: Sequence[Row], kind: RecordType, manner: str, by: User) -> None:
    """Note at each row what is probably the same; with "refuse" such a row fails."""
    comparison = comparison_of(kind)
    if comparison is None:
        return
    facts = {row.place: comparison.of_values(row.values) for row in rows if row.is_open}
    facts = {place: one for place, one in facts.items() if one}
    found = matches_of_many(comparison, facts, by=by)
    for row in rows:
        alike = found.get(row.place)
        if not alike:
            continue
        row.alike = [match_json(one, kind) for one in alike]
        if manner == REFUSE and (problem := known_problem(alike, kind)):
            row.fail(problem)
    _among_themselves(rows, facts, comparison, manner)


def _among_themselves(
    rows: Sequence[Row], facts: dict[int, Facts], comparison: Comparison, manner: str
) -> None:
    """A row that is probably the same as one before it in the same call."""
    by_key: dict[str, list[int]] = {}
    for row in rows:
        own = facts.get(row.place)
        if own is None or not row.is_open:
            continue
        keys = comparison.keys(own)
        earlier = dict.fromkeys(place for key in keys for place in by_key.get(key, ()))
        for place in earlier:
            score = comparison.score(own, facts[place])
            if score.points >= LISTED:
                row.alike.append({"row": place, "points": score.points, "reasons": score.reasons})
                if manner == REFUSE:
                    text = _("This is probably the same as row %(row)s of the call.") % {"row": place}
                    row.fail(Problem(409, text, code="duplicate"))
                    break
        if row.is_open:
            for key in keys:
                if len(block := by_key.setdefault(key, [])) < BLOCK:
                    block.append(row.place)
