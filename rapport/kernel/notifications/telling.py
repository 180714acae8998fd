"""Telling users: one call for all that they should know, in the transaction of what happened."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from rapport.accounts.models import Company, User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.live.news import tell
from rapport.kernel.notifications.kinds import Kind, kind_of
from rapport.kernel.notifications.models import Mail, Notification, NotificationChoice

MORNING = time(7)  # when bundles of a day are sent, in the time of the user
LONGEST = 500


def notify(
    users: Iterable[User],
    kind: str,
    record: Any = None,  # Any: a record of any type, or its row in kernel_record
    text: str = "",
    address: str = "",
    by: User | None = None,
    key: str | None = None,
    values: Mapping[str, Any] | None = None,  # Any: JSON, dates and moments
) -> int:
    """Tell these users in the page and by mail, as each has chosen for this kind; returns how many are told.

    Belongs into the transaction of what happened: nobody is told of what was rolled back. The sentence is the kind's
    (`add_kind(Kind(...))` once when the area starts); `values` fill its named places (%(by)s and %(record)s are known,
    dates and moments are shown in the reader's language and time zone); `text` is what somebody has written (a comment,
    the words of a task) and is shown below the sentence as it is. `address` is where a click leads, the page of the
    record unless given. `by` is who did it; he is never told of his own deed (leave it out when a reminder of his own
    is due). With a `key` the same user is told once, however often this is called: a job that runs twice tells once.

    Who cannot see the record is not told; that is asked again when it is shown and when the mail is written.
    """
    known = kind_of(kind)
    if known is None:
        raise ValueError(f"There is no kind of notification {kind!r}; add_kind() adds one.")
    chosen = {one.pk: one for one in users if one.is_active and (by is None or one.pk != by.pk)}
    told = [user for user in chosen.values() if record is None or _sees(user, record)]
    if not told:
        return 0
    with transaction.atomic():
        ways = ways_of(told, known)
        rows = []
        for user in told:
            in_page, mail = ways[user.pk]
            if in_page or mail != Mail.NEVER:
                rows.append(
                    Notification(
                        user=user, kind=kind, record_id=record.pk if record is not None else None, by=by,
                        text=text[:LONGEST], values=_plain(values or {}), address=address, key=key, in_page=in_page,
                        mail_due_at=due_at(mail, user),
                    )
                )  # fmt: skip
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
        tell(*(("notifications", None, row.user_id) for row in rows if row.in_page))
        if any(row.mail_due_at for row in rows):
            _send_soon()
    return len(rows)


def ways_of(users: Iterable[User], kind: Kind) -> dict[UUID, tuple[bool, str]]:
    """Whether each of them is told in the page, and when by mail: as he has chosen, else as the kind says."""
    ways = {user.pk: (kind.in_page, kind.mail) for user in users}
    choices = NotificationChoice.objects.filter(user__in=list(ways), kind=kind.key)
    return ways | {one.user_id: (one.in_page, one.mail) for one in choices}


def _sees(user: User, record: Any) -> bool:  # Any: as in notify
    return AnyRecord.objects.visible_to(user).filter(pk=record.pk).exists()


def due_at(mail: str, user: User, now: datetime | None = None) -> datetime | None:
    """When the next mail with things of this kind is due."""
    now = now or timezone.now()
    if mail == Mail.AT_ONCE:
        return now
    if mail == Mail.HOURLY:
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if mail == Mail.DAILY:
        zone = ZoneInfo(user.time_zone or Company.current().time_zone)
        here = now.astimezone(zone)
        day = here.date() if here.time() < MORNING else here.date() + timedelta(days=1)
        return datetime.combine(day, MORNING, zone)
    return None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:  # Any: JSON
    """Dates and moments keep what they are."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, datetime):
            found[name] = {"moment": value.isoformat()}
        elif isinstance(value, date):
            found[name] = {"date": value.isoformat()}
        else:
            found[name] = value if isinstance(value, (int, float, str)) else str(value)
    return found


def _send_soon() -> None:
    from rapport.kernel.notifications.jobs import send_notifications  # the jobs read what is written here

    send_notifications.defer_once("all")


def known_kind(key: str) -> Kind:
    """The kind, also of one whose area is not installed any more."""
    return kind_of(key) or Kind(key, key, "%(record)s")
