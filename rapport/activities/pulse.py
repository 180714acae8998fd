"""The pulse: twelve weeks of contact between them and us, for a page of records in one query."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.seen import only_seen
from rapport.ui.components import WEEKS

TYPES = ("people", "organizations", "deals")
Weeks = list[tuple[float, float]]


def pulses(ids: Sequence[UUID], user: User) -> dict[UUID, Weeks]:
    """(from them, from us) per week, oldest first, for each of these records; only activities that the user sees."""
    begin = timezone.now() - timedelta(weeks=WEEKS)
    limits, params = only_seen(user)
    found: dict[UUID, Weeks] = {one: [(0, 0)] * WEEKS for one in ids}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select t.record_id, least(%s, floor(extract(epoch from t.at - %s)::float8 / 604800))::int as week,
                count(*) filter (where a.direction = 'in'), count(*) filter (where a.direction <> 'in')
            from kernel_timeline t join activities_activity a on a.id = t.item_id
            where t.record_id = any(%s) and t.kind = 'activity' and t.at >= %s and t.at <= %s
                and activities_is_contact(a){limits}
            group by 1, 2
            """,  # noqa: S608 - Django's own SQL of the condition
            [WEEKS - 1, begin, list(ids), begin, timezone.now(), *params],
        )
        for record, week, theirs, ours in cursor.fetchall():
            found[record][week] = (theirs, ours)
    return found
