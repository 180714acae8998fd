"""The work list: pairs of records that are probably the same, for all records at once or for those that changed."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.duplicates.comparison import LISTED, Comparison, Score, comparison_of
from rapport.kernel.duplicates.models import DuplicatePair, State
from rapport.kernel.duplicates.store import FREQUENT, refresh, tidy
from rapport.kernel.registry import RecordType, types

CHUNK = 5000
Pair = tuple[UUID, UUID]
Scored = tuple[UUID, UUID, Score]

ALL_PAIRS = """
drop table if exists kernel_candidate;
create temporary table kernel_candidate on commit drop as
select distinct p.first, p.second from (
    select array_agg(f.record_id order by f.record_id) as ids
    from kernel_fingerprint f cross join lateral unnest(f.keys) as k (key)
    where f.type = %s and not exists (select from kernel_frequent_key q where q.key = k.key)
    group by k.key having count(*) > 1) as block
cross join lateral (
    select a.id as first, b.id as second from unnest(block.ids) with ordinality as a (id, place)
    join unnest(block.ids) with ordinality as b (id, place) on a.place < b.place) as p
"""


def rebuild(kind: RecordType) -> int:
    """Work out the whole list of one type: fingerprints, frequent keys, pairs. Returns how many pairs stand open."""
    comparison = comparison_of(kind)
    if comparison is None:
        DuplicatePair.objects.filter(type=kind.key, state=State.OPEN).delete()
        return 0
    started = timezone.now()
    fingerprint_all(comparison)
    compare_all(comparison, started)
    return DuplicatePair.objects.filter(type=kind.key, state=State.OPEN).count()


def compare_all(comparison: Comparison, started: datetime) -> None:
    """Enter the pairs that the fingerprints make; what was found before `started` and not again leaves the list."""
    kind = comparison.kind
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local work_mem = '256MB'; set local jit = off")
        _find_frequent(kind)
        cursor.execute(ALL_PAIRS, [kind.key])
        for scored in _batches(_scored(comparison)):
            _keep(kind, scored)
        _forget(kind, started)


def fingerprint_all(comparison: Comparison) -> None:
    """Write the fingerprints of every record of the type, some thousand in each transaction."""
    last: UUID | None = None
    while True:
        rows = comparison.kind.model.objects.order_by("pk").values_list("pk", flat=True)
        ids = list((rows.filter(pk__gt=last) if last else rows)[:CHUNK])
        if not ids:
            tidy()
            return
        with transaction.atomic():
            refresh(comparison, ids)
        last = ids[-1]


def _find_frequent(kind: RecordType) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into kernel_frequent_key (key)
            select k.key from kernel_fingerprint f cross join lateral unnest(f.keys) as k (key)
            where f.type = %s group by k.key having count(*) > %s
            on conflict do nothing
            """,
            [kind.key, FREQUENT],
        )


def _scored(comparison: Comparison) -> Iterator[Scored]:
    """The candidates with their scores, from the temporary table, in the order of the first record."""
    with connection.cursor() as cursor:
        cursor.execute(
            "declare kernel_candidates no scroll cursor for"
            " select c.first, c.second, a.facts::text, b.facts::text from kernel_candidate c"
            " join kernel_fingerprint a on a.record_id = c.first join kernel_fingerprint b on b.record_id = c.second"
        )
        while True:
            cursor.execute("fetch 20000 from kernel_candidates")
            rows = cursor.fetchall()
            if not rows:
                cursor.execute("close kernel_candidates")
                return
            for first, second, one, other in rows:
                score = comparison.score(json.loads(one), json.loads(other))
                if score.points >= LISTED:
                    yield first, second, score


def _batches(scored: Iterable[Scored]) -> Iterator[list[Scored]]:
    batch: list[Scored] = []
    for one in scored:
        batch.append(one)
        if len(batch) == CHUNK:
            yield batch
            batch = []
    if batch:
        yield batch


def _keep(kind: RecordType, scored: Sequence[Scored]) -> None:
    """Enter the pairs or renew their scores; what somebody decided stays decided."""
    rows = [
        DuplicatePair(
            type=kind.key, first_id=one, second_id=other, points=score.points, reasons=score.reasons
        )
        for one, other, score in scored
    ]
    DuplicatePair.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["points", "reasons", "found_at"],
    )


def call_different(kind: RecordType, pairs: Sequence[Pair], *, by: User) -> None:
    """Remember of records that may not have been compared yet that they are not the same: nobody is asked again.

    Records that are gone for good make no pair.
    """
    there = set(AnyRecord.objects.filter(pk__in=set().union(*pairs)).values_list("pk", flat=True))
    decided = {"state": State.DIFFERENT, "decided_by": by, "decided_at": timezone.now()}
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(type=kind.key, first_id=min(pair), second_id=max(pair), **decided)
            for pair in dict.fromkeys(pairs)
            if there.issuperset(pair)
        ],
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=list(decided),
    )


def _forget(kind: RecordType, before: datetime) -> None:
    DuplicatePair.objects.filter(type=kind.key, state=State.OPEN, found_at__lt=before).delete()


def renew(ids: Sequence[UUID]) -> None:
    """Bring fingerprints and pairs of records of any type into line with what they are now."""
    for kind in types():
        comparison = comparison_of(kind)
        if comparison is None:
            continue
        for start in range(0, len(ids), CHUNK):
            some = list(ids[start : start + CHUNK])
            mine = list(kind.model.objects.filter(pk__in=some).values_list("pk", flat=True))
            if mine:
                refresh(comparison, mine)
                _renew_pairs(comparison, mine)


def _renew_pairs(comparison: Comparison, ids: Sequence[UUID]) -> None:
    """Pairs of these records: found ones are kept, those that are none any more leave the list."""
    from rapport.kernel.duplicates.models import Fingerprint

    kind = comparison.kind
    with connection.cursor() as cursor:
        cursor.execute("select first, second from kernel_pairs_of(%s)", [list(ids)])
        pairs: list[Pair] = cursor.fetchall()
    facts = dict(
        Fingerprint.objects.filter(pk__in={key for pair in pairs for key in pair}).values_list("pk", "facts")
    )
    scored = []
    for one, other in pairs:
        score = comparison.score(facts[one], facts[other])
        if score.points >= LISTED:
            scored.append((one, other, score))
    for side in ("first", "second"):
        DuplicatePair.objects.filter(state=State.OPEN, **{f"{side}__in": list(ids)}).exclude(
            pk__in=DuplicatePair.objects.filter(
                first__in=[one for one, _other, _score in scored],
                second__in=[two for _one, two, _score in scored],
            ).values("pk")
        ).delete()
    _keep(kind, scored)
