"""How many webhooks have not been told everything, for who watches over Rapport."""

from collections.abc import Iterable

from django.db import connection

from rapport.runtime.observing.measures import Figure

WAITING = """
select count(*) filter (where failures > 0), count(*) filter (where exists (
    select 1 from kernel_change c where (c.transaction, c.id) > (s.transaction, s.change)
)), coalesce(extract(epoch from now() - min(failing_since)), 0)::float8
from api_subscription s where is_on
"""


def read_backlog() -> Iterable[Figure]:
    """Subscribers who are not reached, those who are still to be told something, and since when at most."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        failing, waiting, seconds = cursor.fetchone()
    yield Figure("rapport_webhooks_failing", "Webhooks whose last attempt failed.", failing)
    yield Figure("rapport_webhooks_waiting", "Webhooks that have not been told everything.", waiting)
    yield Figure("rapport_webhook_failing_seconds", "How long the longest has not been reached.", seconds)
