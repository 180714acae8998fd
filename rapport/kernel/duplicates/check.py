"""Is this record here already? The question of forms, of the import and of programs, answered within milliseconds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext

from rapport.accounts.models import User
from rapport.kernel.duplicates.comparison import (
    SHOWN,
    Comparison,
    Facts,
    Score,
    Values,
    comparison_of,
    in_words,
    label_of,
)
from rapport.kernel.duplicates.readable import told
from rapport.kernel.duplicates.store import candidates
from rapport.kernel.records.base import Record
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType

READER = "duplicates"  # the name under which the job remembers how far it has read the change log
RECENT = 60  # among so many of the newest records are those that the job has not seen yet
LOOKED_AT = 40
CERTAIN = "same_email"


@dataclass
class Match:
    """A record that is probably the one that is being written."""

    record: Record
    points: int
    reasons: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        return in_words(self.reasons)

    @property
    def label(self) -> str | Promise:
        return label_of(self.points)

    @property
    def is_certain(self) -> bool:
        return CERTAIN in self.reasons


class IsKnown(RuleError):
    """There is a record with this very e-mail address already; `matches` names it."""

    def __init__(self, matches: Sequence[Match]) -> None:
        self.matches = list(matches)
        sentence = gettext("“%(name)s” has this e-mail address already.") % {"name": matches[0].record}
        super().__init__(fields={"email": sentence})


def possible_duplicates(
    kind: RecordType, values: Values, *, by: User, without: Collection[UUID] = (), most: int = 5
) -> list[Match]:
    """The records that the user may see which are probably the one with these values, best first.

    `values` are typed values by field name as `save_record` takes them. What the user may not see is left out
    without a trace.
    """
    comparison = comparison_of(kind)
    if comparison is None:
        return []
    facts = comparison.of_values(values)
    if not facts:
        return []
    return matches_of(comparison, facts, by=by, without=without, most=most)


def matches_of(
    comparison: Comparison, facts: Facts, *, by: User, without: Collection[UUID] = (), most: int = 5
) -> list[Match]:
    """The same for facts, e.g. those of a record that is there."""
    scores: dict[UUID, Score] = {}
    known = candidates(comparison, facts, without=without)
    for key, other in {**known, **_recent(comparison, known, without)}.items():
        score = comparison.score(facts, other)
        if score.points >= SHOWN:
            scores[key] = score
    best = sorted(scores, key=lambda key: (-scores[key].points, key))[:LOOKED_AT]
    if not best:
        return []
    seen = {one.pk: one for one in comparison.kind.visible_to(by).filter(pk__in=best)}
    return [
        Match(seen[key], scores[key].points, told(scores[key].reasons, comparison.kind, by))
        for key in best
        if key in seen
    ][:most]


def demand_new(kind: RecordType, values: Values, *, by: User) -> list[Match]:
    """Raise IsKnown when a record with the same e-mail address is here; else return what is possibly the same."""
    found = possible_duplicates(kind, values, by=by)
    certain = [one for one in found if one.is_certain and one.points >= SHOWN]
    if certain:
        raise IsKnown(certain)
    return found


def _recent(comparison: Comparison, known: Collection[UUID], without: Collection[UUID]) -> dict[UUID, Facts]:
    """Facts of the newest records of which the job has made no fingerprint yet: a minute's work of everybody."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select n.id from (select id, type from kernel_record order by rank_at desc limit %s) as n
            where n.type = %s and not exists (select from kernel_fingerprint f where f.record_id = n.id)
            """,
            [RECENT, comparison.kind.key],
        )
        keys = [row[0] for row in cursor.fetchall()]
    keys = [key for key in keys if key not in without and key not in known]
    return comparison.facts_of(keys) if keys else {}
