"""Which activities a user sees, as SQL for statements that read thousands of them at once."""

from typing import Any

from rapport.accounts.models import User
from rapport.activities.models import Activity
from rapport.kernel.permissions import policy


def only_seen(user: User) -> tuple[str, tuple[Any, ...]]:
    """Return a further condition on activities `a` and its parameters (Any: ids); empty for who sees all of them.

    Worked out once for each user object, that is once for each request.
    """
    if policy(user, "activities", "read").reach == "all":
        return "", ()
    known: tuple[str, tuple[Any, ...]] | None = user.__dict__.get("_seen_activities")
    if known is None:
        sql, params = Activity.objects.visible_to(user).order_by().values("id").query.sql_with_params()
        known = user.__dict__["_seen_activities"] = (f" and a.id in ({sql})", params)
    return known
