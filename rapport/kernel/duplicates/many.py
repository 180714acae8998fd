"""Are these records here already? The same question for some thousand rows at once: of imports and bulk calls."""

from collections.abc import Hashable, Mapping
from typing import TypeVar
from uuid import UUID

from django.db import connection

from rapport.accounts.models import User
from rapport.kernel.duplicates.check import Match
from rapport.kernel.duplicates.comparison import LISTED, Comparison, Facts, Score, hashed
from rapport.kernel.duplicates.readable import told
from rapport.kernel.duplicates.store import loaded

Key = TypeVar("Key", bound=Hashable)
PIECE = 1000  # rows whose candidates are looked up at once


def matches_of_many(
    comparison: Comparison, wanted: Mapping[Key, Facts], *, by: User, most: int = 3, least: int = LISTED
) -> dict[Key, list[Match]]:
    """For each row the records which the user may see that are probably the same, best first.

    Rows without any are left out. Three queries for a thousand rows. Looks only under the keys of the work list, not
    under the weak ones that serve the check while typing, and only at records that have a fingerprint.
    """
    found: dict[Key, list[Match]] = {}
    rows = list(wanted.items())
    for start in range(0, len(rows), PIECE):
        found |= _matches_of_piece(comparison, rows[start : start + PIECE], by, most, least)
    return found


def _matches_of_piece(
    comparison: Comparison, rows: list[tuple[Key, Facts]], by: User, most: int, least: int
) -> dict[Key, list[Match]]:
    pairs, others = _candidates(comparison, rows)
    scores: dict[Key, list[tuple[UUID, Score]]] = {}
    for place, record_id in pairs:
        key, facts = rows[place]
        score = comparison.score(facts, others[record_id])
        if score.points >= least:
            scores.setdefault(key, []).append((record_id, score))
    wanted = {record_id for each in scores.values() for record_id, _score in each}
    seen = {one.pk: one for one in comparison.kind.visible_to(by).filter(pk__in=wanted)} if wanted else {}
    found: dict[Key, list[Match]] = {}
    for key, each in scores.items():
        best = sorted((one for one in each if one[0] in seen), key=lambda one: (-one[1].points, one[0]))[
            :most
        ]
        if best:
            found[key] = [
                Match(seen[record_id], score.points, told(score.reasons, comparison.kind, by))
                for record_id, score in best
            ]
    return found


def _candidates(
    comparison: Comparison, rows: list[tuple[Key, Facts]]
) -> tuple[list[tuple[int, UUID]], dict[UUID, Facts]]:
    """Which row shares a key with which record, and the facts of these records."""
    places: list[int] = []
    keys: list[int] = []
    for place, (_key, facts) in enumerate(rows):
        own = hashed(comparison.keys(facts))
        places += [place] * len(own)
        keys += own
    if not keys:
        return [], {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select place, record_id from kernel_like_many(%s, %s, %s)", [comparison.kind.key, places, keys]
        )
        pairs: list[tuple[int, UUID]] = cursor.fetchall()
        wanted = list({record_id for _place, record_id in pairs})
        cursor.execute(
            "select record_id, facts from kernel_fingerprint where record_id = any(%s::uuid[])", [wanted]
        )
        return pairs, {record_id: loaded(said) for record_id, said in cursor.fetchall()}
