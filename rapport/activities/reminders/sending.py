"""Who is to be reminded of what now, and telling him, once."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import Company, User
from rapport.activities.models import Activity, Ahead, Kind, Participant, Reminder, ReminderChoice
from rapport.kernel.notifications import Kind as NotificationKind
from rapport.kernel.notifications import Mail, add_kind, notify
from rapport.ui.days import begins_at, whole_day

KEY = "reminder"
APPOINTMENTS = (Kind.CALL, Kind.MEETING)
USUAL = {"appointments": Ahead.MINUTES_15.value, "tasks": Ahead.NEVER.value}
LONGEST = timedelta(minutes=10080)
MORNING = time(9)  # of a whole day: from then on the minutes before it are counted
EARLIEST = timedelta(hours=16)  # so much earlier than elsewhere that hour comes to the first who see a day
LATE = timedelta(hours=24)  # what was due longer ago stands among the overdue; nobody needs a reminder of it
AT_ONCE = 500


def register() -> None:
    add_kind(
        NotificationKind(
            KEY,
            _("Reminders of your appointments and tasks"),
            _("%(record)s, %(at)s"),
            "bell",
            True,
            Mail.AT_ONCE,
            5,
        )
    )


def remind(now: datetime | None = None) -> int:
    """Tell everybody who is to be reminded by now; returns how many were.

    Whether somebody was told stands in a row that is written with the telling: a worker that is killed in between has
    told nobody, one that begins again tells nobody twice, and a clock that is put back changes nothing.
    """
    now = now or timezone.now()
    return _due(now) + _snoozed(now)


def _due(now: datetime) -> int:
    waiting = Activity.objects.filter(
        _near(now),
        done_at=None,
        deleted_at=None,
        due_at__gte=now - LATE,
        due_at__lte=now + LONGEST + EARLIEST,
    )
    told = Reminder.objects.filter(due_at__gte=now - LATE, due_at__lte=now + LONGEST + EARLIEST)
    known = set(told.values_list("activity_id", "user_id", "due_at"))
    count, last = 0, None
    while True:
        rows = waiting.order_by("due_at", "id").only("type", "due_at", "owner", "reminder")
        if last is not None:
            rows = rows.filter(Q(due_at=last[0], id__gt=last[1]) | Q(due_at__gt=last[0]))
        found = list(rows[:AT_ONCE])
        if not found:
            return count
        last = (found[-1].due_at, found[-1].pk)
        people = _people(found)
        users = {user for users in people.values() for user in users}
        choices, zones = _choices(users), _zones(users)
        for activity in found:
            for user in people[activity.pk]:
                if (activity.pk, user, activity.due_at) not in known and is_due(
                    activity, choices.get(user), now, zones.get(user, "")
                ):
                    count += _tell(activity.pk, user, activity.due_at)


def _near(now: datetime) -> Q:
    """Those of which somebody may have to be told by now: as they say themselves, else by the longest choice."""
    said = {
        one for row in ReminderChoice.objects.values_list("appointments", "tasks").distinct() for one in row
    }
    longest = max(int(one) for one in {*said, *USUAL.values()} if one.isdigit())
    near = Q(_until(now, timedelta(minutes=longest)), reminder="")
    for one in Ahead.values:
        if one.isdigit():
            near |= Q(_until(now, timedelta(minutes=int(one))), reminder=one)
    return near


def _until(now: datetime, ahead: timedelta) -> Q:
    """What is due by then, and the whole days that begin by then somewhere."""
    first, last = (now - LATE).date(), (now + ahead + EARLIEST).date()
    days = [whole_day(first + timedelta(days=number)) for number in range((last - first).days + 1)]
    return Q(due_at__lte=now + ahead) | Q(due_at__in=days)


def _people(found: list[Activity]) -> dict[UUID, list[UUID]]:
    """Who is reminded of each: its owner and the colleagues who take part."""
    people: dict[UUID, list[UUID]] = {one.pk: [one.owner_id] if one.owner_id else [] for one in found}
    rows = Participant.objects.filter(activity__in=people, user__isnull=False)
    for activity, user in rows.values_list("activity_id", "user_id"):
        if user not in people[activity]:
            people[activity].append(user)
    return people


def _choices(users: set[UUID]) -> dict[UUID, ReminderChoice]:
    return ReminderChoice.objects.in_bulk(users)


def _zones(users: set[UUID]) -> dict[UUID, str]:
    """The time zone of each."""
    company = Company.objects.values_list("time_zone", flat=True).first() or "UTC"
    found = User.objects.filter(pk__in=users).values_list("pk", "time_zone")
    return {key: zone or company for key, zone in found}


def ahead_of(activity: Activity, choice: ReminderChoice | None) -> str:
    """How long before, as the activity says, else as the user has chosen for its kind."""
    if activity.reminder:
        return str(activity.reminder)
    name = "appointments" if activity.type in APPOINTMENTS else "tasks"
    return str(getattr(choice, name)) if choice is not None else USUAL[name]


def is_due(activity: Activity, choice: ReminderChoice | None, now: datetime, zone: str = "") -> bool:
    ahead = ahead_of(activity, choice)
    if not ahead.isdigit() or activity.due_at is None:
        return False
    return bool(begins_at(activity.due_at, MORNING, zone) - timedelta(minutes=int(ahead)) <= now)


def _tell(activity_id: UUID, user_id: UUID, due_at: datetime) -> int:
    """Write the row and tell, both or neither."""
    with transaction.atomic():
        row = Reminder(activity_id=activity_id, user_id=user_id, due_at=due_at)
        Reminder.objects.bulk_create([row], ignore_conflicts=True)
        mine = Reminder.objects.select_for_update().filter(pk=row.pk).first()
        if mine is None:  # another worker was faster
            return 0
        return _notify(mine)


def _snoozed(now: datetime) -> int:
    """Those who wanted to be reminded again."""
    count = 0
    keys = (
        Reminder.objects.filter(snoozed_until__lte=now).order_by("snoozed_until").values_list("pk", flat=True)
    )
    for key in list(keys[:AT_ONCE]):
        with transaction.atomic():
            row = Reminder.objects.select_for_update().filter(pk=key, snoozed_until__lte=now).first()
            if row is None:
                continue
            row.snoozed_until, row.sent_at, row.times = None, timezone.now(), row.times + 1
            row.save(update_fields=["snoozed_until", "sent_at", "times"])
            still = Activity.objects.filter(pk=row.activity_id, done_at=None, deleted_at=None).exists()
            count += _notify(row) if still else 0
    return count


def _notify(row: Reminder) -> int:
    user = User.objects.filter(pk=row.user_id, is_active=True).first()
    activity = Activity.objects.filter(pk=row.activity_id).first()
    if user is None or activity is None:
        return 0
    address = f"/activities/{activity.pk}/reminder/"
    values = {"at": activity.due_at or row.due_at}  # by now it may have been put off itself
    return notify([user], KEY, record=activity, address=address, key=f"{row.pk}:{row.times}", values=values)


def snooze(activity: Activity, user: User, until: datetime) -> Reminder:
    """Remind this user again at that moment."""
    row, _made = Reminder.objects.update_or_create(
        activity=activity, user=user, due_at=activity.due_at, defaults={"snoozed_until": until}
    )
    return row
