"""Who has which record's page open, in all processes: tabs say so every now and then."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from rapport.accounts.models import User
from rapport.kernel.live.models import Presence

VALID = timedelta(seconds=50)  # tabs say it every 20 seconds
TABS = 40  # of one user
# when a tab was seen last that has left; the job that clears up takes it away
LEFT = datetime(1970, 1, 1, tzinfo=UTC)
MOST = 5_000

Present = dict[UUID, frozenset[tuple[UUID, bool]]]  # record -> (user, is editing)


def here(user: User, tab: UUID, record_id: UUID, *, is_editing: bool) -> None:
    """Note that this tab shows the record's page. A tab of somebody else is left alone."""
    values = {"record_id": record_id, "is_editing": is_editing, "seen_at": timezone.now(), "user_id": user.pk}
    if Presence.objects.filter(tab=tab, user=user).exclude(seen_at=LEFT).update(**values):
        return
    if Presence.objects.filter(user=user, seen_at__gt=timezone.now() - VALID).count() < TABS:
        Presence.objects.bulk_create([Presence(tab=tab, **values)], ignore_conflicts=True)


def gone(user: User, tab: UUID, record_id: UUID) -> None:
    """This tab has left the page. Its word that it is here may come behind its farewell: that does not count then."""
    mine = Presence.objects.filter(user=user)
    if not mine.filter(tab=tab).update(seen_at=LEFT) and mine.filter(seen_at=LEFT).count() < TABS:
        row = Presence(tab=tab, user_id=user.pk, record_id=record_id, seen_at=LEFT)
        Presence.objects.bulk_create([row], ignore_conflicts=True)


def others_on(record_id: UUID, user: User) -> list[tuple[User, bool]]:
    """Who else has the page of this record open, and whether he is editing it; those who came first stand first."""
    rows = Presence.objects.filter(record_id=record_id, seen_at__gt=timezone.now() - VALID)
    found: dict[UUID, tuple[User, bool]] = {}
    for row in rows.exclude(user=user).select_related("user").order_by("user__name", "tab")[:100]:
        found[row.user_id] = (row.user, row.is_editing or (row.user_id in found and found[row.user_id][1]))
    return [one for one in found.values() if one[0].is_active]


def company_of(users: Iterable[UUID]) -> tuple[Present, dict[UUID, set[UUID]]]:
    """Who is where now; and for each of these users the records whose pages he has open."""
    rows = Presence.objects.filter(seen_at__gt=timezone.now() - VALID)
    wanted = set(users)
    present: dict[UUID, dict[UUID, bool]] = {}
    readers: dict[UUID, set[UUID]] = {}
    for user_id, record_id, is_editing in rows.values_list("user_id", "record_id", "is_editing")[:MOST]:
        at = present.setdefault(record_id, {})
        at[user_id] = at.get(user_id, False) or is_editing
        if user_id in wanted:
            readers.setdefault(user_id, set()).add(record_id)
    return {key: frozenset(found.items()) for key, found in present.items()}, readers
