"""Finding and keeping external keys."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import connection

from rapport.kernel.external.models import ExternalKey
from rapport.kernel.registry import RecordType


def hold(kind: RecordType, source: str) -> None:
    """Until the transaction ends nobody else writes keys of this source: two calls never make a record twice."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"rapport keys {kind.key} {source}"])


def records_of(kind: RecordType, source: str, keys: Iterable[str]) -> dict[str, UUID]:
    """{key: record} of those that are known; whether somebody may see the record is the caller's question."""
    rows = ExternalKey.objects.filter(type=kind.key, source=source, key__in=list(keys))
    return dict(rows.values_list("key", "record_id"))


def keep(kind: RecordType, source: str, records: Mapping[str, UUID]) -> None:
    """Note under which keys these new records are known."""
    ExternalKey.objects.bulk_create(
        ExternalKey(type=kind.key, source=source, key=key, record_id=record)
        for key, record in records.items()
    )
