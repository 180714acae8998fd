"""The table of fingerprints: written for many records at once, read for candidates."""

import json
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import connection

from rapport.kernel.duplicates.comparison import Comparison, Facts, hashed
from rapport.kernel.duplicates.models import Fingerprint, FrequentKey

FREQUENT = 60  # a key that more records have says nothing in the work list
MOST = {"keys": 200, "loose": 60}  # candidates that one check looks at


def refresh(comparison: Comparison, ids: Sequence[UUID]) -> None:
    """Write the fingerprints of these records as they are now; of those that are gone or in the trash, none."""
    facts = comparison.facts_of(ids)
    gone = [one for one in ids if one not in facts]
    if gone:
        Fingerprint.objects.filter(pk__in=gone).delete()
    if not facts:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table if not exists kernel_new_fingerprint"
            " (like kernel_fingerprint) on commit drop; truncate kernel_new_fingerprint"
        )
        with cursor.copy(
            "copy kernel_new_fingerprint (record_id, type, keys, loose, facts) from stdin"
        ) as copy:
            for key, one in facts.items():
                copy.write_row(_row(comparison, key, one))
        cursor.execute(
            """
            insert into kernel_fingerprint as f (record_id, type, keys, loose, facts)
            select n.record_id, n.type, n.keys, n.loose, n.facts
            from kernel_new_fingerprint n join kernel_record r on r.id = n.record_id
            on conflict (record_id) do update
            set keys = excluded.keys, loose = excluded.loose, facts = excluded.facts
            where f.facts is distinct from excluded.facts or f.keys is distinct from excluded.keys
                or f.loose is distinct from excluded.loose
            """
        )


def tidy() -> None:
    """Sort what was written lately into the indexes of keys: until then every check reads it from end to end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select gin_clean_pending_list('kernel_fingerprint_keys'),"
            " gin_clean_pending_list('kernel_fingerprint_loose')"
        )


def _row(comparison: Comparison, key: UUID, facts: Facts) -> tuple[UUID, str, list[int], list[int], str]:
    keys = hashed(comparison.keys(facts))
    loose = hashed(comparison.loose_keys(facts))
    text = json.dumps({name: list(said) for name, said in facts.items()}, ensure_ascii=False)
    return key, comparison.kind.key, keys, loose, text.replace("\\u0000", "")


def candidates(comparison: Comparison, facts: Facts, *, without: Collection[UUID] = ()) -> dict[UUID, Facts]:
    """Records that share a key with these facts, those with a strong one first."""
    found: dict[UUID, Facts] = {}
    strong = hashed(comparison.keys(facts))
    weak = hashed(comparison.loose_keys(facts))
    frequent = set(FrequentKey.objects.filter(key__in=[*strong, *weak]).values_list("key", flat=True))
    with connection.cursor() as cursor:
        # The planner takes a key for a frequent one and would read the table; the index always knows few.
        for column, keys in (("keys", strong), ("loose", weak)):
            wanted = [key for key in keys if key not in frequent]
            if wanted:
                cursor.execute(
                    "select record_id, facts from kernel_like_fingerprints(%s, %s, %s, %s)",
                    [column, comparison.kind.key, wanted, MOST[column]],
                )
                found |= {key: loaded(said) for key, said in cursor.fetchall()}
    return {key: one for key, one in found.items() if key not in without}


def loaded(said: str | Facts) -> Facts:
    facts: Facts = json.loads(said) if isinstance(said, str) else said
    return facts
