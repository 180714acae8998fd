"""What keeps search good after writes."""

from django.db import connection

from rapport.kernel.changes.reader import unread
from rapport.runtime.jobs import job

BATCH = 20_000


@job(one_at_a_time=True, every="* * * * *")
def learn_words() -> None:
    """Add the words of changed titles to those that are proposed when nothing is found; idempotent."""
    while True:
        with unread("search words", most=BATCH) as part, connection.cursor() as cursor:
            cursor.execute("select kernel_add_words(%s)", [part.records])
        if not part.has_more:
            return
