"""What keeps the list of disagreements true: a reader of the change log."""

from django.db import connection, transaction

from rapport.kernel.changes.models import Cursor
from rapport.kernel.provenance.disagreements import BATCH, READER, find_new
from rapport.runtime.jobs import job


@job(one_at_a_time=True, every="* * * * *")
def find_disagreements() -> None:
    """Note what programs and imports brought over typed values; idempotent. The first call begins with today."""
    if not Cursor.objects.filter(name=READER).exists():
        with connection.cursor() as cursor:
            cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1")
            Cursor.objects.get_or_create(name=READER, defaults={"transaction": cursor.fetchone()[0]})
    while True:
        with transaction.atomic():
            count = find_new()
        if count < BATCH // 10:
            return
