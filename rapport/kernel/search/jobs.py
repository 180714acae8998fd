"""What keeps search good after writes."""

from django.db import connection, transaction

from rapport.kernel.changes.reader import changed_records
from rapport.runtime.jobs import job


@job(one_at_a_time=True, every="* * * * *")
def learn_words() -> None:
    """Add the words of changed titles to those that are proposed when nothing is found; idempotent."""
    while True:
        with transaction.atomic():
            changed = changed_records("search words")
            with connection.cursor() as cursor:
                cursor.execute("select kernel_add_words(%s)", [changed])
        if len(changed) < 1000:
            return
