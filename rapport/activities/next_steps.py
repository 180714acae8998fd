"""What is to be done next with a record, for a page of records in one statement."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.seen import only_seen
from rapport.kernel.permissions import policy


def next_steps(ids: Sequence[UUID], user: User) -> list[tuple[UUID, str, datetime | None]]:
    """(record, subject, when it is due) of the soonest open activity that the user sees, where there is one."""
    limits, params = only_seen(user)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select distinct on (n.record_id) n.record_id, a.subject, n.due_at
            from activities_next_step n join activities_activity a on a.id = n.activity_id
            where n.record_id = any(%s) and a.deleted_at is null and a.done_at is null{limits}
            order by n.record_id, n.due_at, n.activity_id
            """,  # noqa: S608 - Django's own SQL of the condition
            [list(ids), *params],
        )
        return list(cursor.fetchall())


def due_by_tonight(user: User, most: int) -> int:
    """How many of the user's open activities are due by the end of today; no more than `most` are counted."""
    if policy(user, "activities", "read").reach == "none":
        return 0
    tonight = timezone.localtime().replace(hour=23, minute=59, second=59)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select count(*) from (select from activities_activity where owner_id = %s and done_at is null
                and deleted_at is null and due_at <= %s limit %s) as due
            """,
            [user.pk, tonight, most],
        )
        return int(cursor.fetchone()[0])
