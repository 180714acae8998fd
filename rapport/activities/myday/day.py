"""What one user has before him: the appointments of a day, what is overdue, due, coming up, and done."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from babel.dates import format_date, format_skeleton
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from rapport.accounts.models import User
from rapport.activities.models import Activity, Kind, Participant
from rapport.activities.shown import Shown, show, visible
from rapport.kernel.attention.needs import Need, PutOff
from rapport.kernel.filters.days import before_day, on_days
from rapport.ui import formats
from rapport.ui.days import day_of as calendar_day
from rapport.ui.days import is_whole_day

DAYS_AHEAD = 7
MOST = 60  # of each list; more stand in the list of activities
FIRST_HOUR, LAST_HOUR = 8, 18
SHORTEST = 30  # minutes that an appointment takes on the agenda at least
TWO_LINES = 45  # minutes from which on the hours stand under the subject; below they stand beside it
APPOINTMENTS = (Kind.CALL, Kind.MEETING)
PROMISE = "promise-"


@dataclass
class Appointment:
    """A call or meeting with its place on the agenda: minutes since midnight, and its lane beside others."""

    shown: Shown
    start: int
    minutes: int
    lane: int = 0
    lanes: int = 1

    @property
    def is_past(self) -> bool:
        return (
            not self.shown.is_planned or begins(self.shown) + timedelta(minutes=self.minutes) < timezone.now()
        )

    @property
    def is_now(self) -> bool:
        begin = begins(self.shown)
        return self.shown.is_planned and begin <= timezone.now() < begin + timedelta(minutes=self.minutes)

    @property
    def hours(self) -> str:
        """From when to when."""
        begin = begins(self.shown)
        hours = formats.format_time(begin)
        if not self.shown.activity.duration:
            return hours
        end = formats.format_time(begin + timedelta(minutes=int(self.shown.activity.duration)))
        return gettext("%(start)s to %(end)s") % {"start": hours, "end": end}

    @property
    def said(self) -> str:
        """The hours and with whom."""
        return f"{self.hours}, {self.shown.names}" if self.shown.names else self.hours

    @property
    def is_short(self) -> bool:
        return self.minutes < TWO_LINES

    @property
    def on_agenda(self) -> str:
        """The same on the agenda, where its length is seen: one line has room for the beginning only."""
        return formats.format_time(begins(self.shown)) if self.is_short else self.said


@dataclass
class Agenda:
    """The appointments of one day."""

    day: date
    appointments: list[Appointment] = field(default_factory=list)

    @property
    def is_today(self) -> bool:
        return self.day == timezone.localdate()

    @property
    def hours(self) -> range:
        starts = [one.start // 60 for one in self.appointments]
        ends = [-(-(one.start + one.minutes) // 60) for one in self.appointments]
        return range(min([FIRST_HOUR, *starts]), min(24, max([LAST_HOUR, *ends])) + 1)

    @property
    def next_up(self) -> Appointment | None:
        """What runs now or comes next today."""
        return next((one for one in self.appointments if self.is_today and not one.is_past), None)

    @property
    def previous(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def following(self) -> date:
        return self.day + timedelta(days=1)


@dataclass
class Day:
    """My day."""

    user: User
    overdue: list[Shown] = field(default_factory=list)
    today: list[Shown] = field(default_factory=list)
    coming: list[tuple[date, list[Shown]]] = field(default_factory=list)
    undated: list[Shown] = field(default_factory=list)
    done: list[Shown] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    needs_count: int = 0
    agenda: Agenda = field(default_factory=lambda: Agenda(timezone.localdate()))

    @property
    def is_empty(self) -> bool:
        return not (self.overdue or self.today or self.coming or self.undated or self.done)

    @property
    def also_overdue(self) -> list[Shown]:
        """What is overdue and does not stand among what needs the user already."""
        there = {one.key for one in self.needs}
        return [one for one in self.overdue if promise_key(one.id) not in there]

    @property
    def greeting(self) -> str:
        said = {"name": self.user.name.split(" ")[0] or self.user.email}
        hour = timezone.localtime().hour
        if hour < 12:
            return gettext("Good morning, %(name)s") % said
        return (
            gettext("Good afternoon, %(name)s") % said
            if hour < 18
            else gettext("Good evening, %(name)s") % said
        )

    @property
    def date_in_words(self) -> str:
        today, where = timezone.localdate(), formats.locale()
        text = str(format_skeleton("MMMMEEEEd", today, locale=where))
        # Some languages know the pattern only with the short name of the day: "So., 22. November".
        long, short = (format_date(today, name, locale=where) for name in ("EEEE", "EEE"))
        return text if long in text else text.replace(short, long)

    @property
    def summary(self) -> str:
        """What the day holds, in a few words."""
        open_appointments = len([one for one in self.agenda.appointments if one.shown.is_planned])
        counts = [
            (
                open_appointments,
                ngettext("%(count)s appointment", "%(count)s appointments", open_appointments),
            ),
            (len(self.today), ngettext("%(count)s task", "%(count)s tasks", len(self.today))),
            (len(self.overdue), ngettext("%(count)s overdue", "%(count)s overdue", len(self.overdue))),
            (
                self.needs_count,
                ngettext("%(count)s thing needs you", "%(count)s things need you", self.needs_count),
            ),
        ]
        said = [text % {"count": formats.format_number(count)} for count, text in counts if count]
        return ", ".join(said) or gettext("Nothing waits for you")


def promise_key(activity_id: UUID) -> str:
    """Under which key an overdue activity stands among what needs the user."""
    return f"{PROMISE}{activity_id}"


def overdue_since(due_at: datetime) -> date:
    """Its first day among what is overdue."""
    return calendar_day(due_at) + timedelta(days=1)


def day_of(user: User, day: date | None = None) -> Day:
    """Load it: a fixed number of queries, bounded by what is near."""
    today = timezone.localdate()
    tomorrow, horizon = today + timedelta(days=1), today + timedelta(days=DAYS_AHEAD + 1)
    mine = Q(owner=user)
    waiting = visible(user, mine & Q(done_at=None)).order_by("due_at", "id")
    late = _late(user, waiting.filter(before_day("due_at", today)))
    near = list(waiting.filter(on_days("due_at", today, horizon))[: 2 * MOST])
    undated = list(waiting.filter(due_at=None).order_by("-id")[:MOST])
    done = list(visible(user, mine & on_days("done_at", today, tomorrow)).order_by("-done_at", "id")[:MOST])
    others = _invited(user, today)
    chosen = day or today
    elsewhere = [] if chosen == today else _appointments_on(user, chosen)
    loaded = {
        one.id: one
        for one in show(
            {one.pk: one for one in [*late, *near, *undated, *done, *others, *elsewhere]}.values(), user
        )
    }
    found = Day(user)
    found.overdue = [loaded[one.pk] for one in late]
    found.undated = [loaded[one.pk] for one in undated]
    found.done = [loaded[one.pk] for one in done if one.type not in (Kind.NOTE,)]
    if chosen == today:
        elsewhere = [one for one in [*near, *others, *done] if calendar_day(begins(loaded[one.pk])) == today]
    on_agenda = {one.pk: loaded[one.pk] for one in elsewhere if is_appointment(loaded[one.pk])}
    found.agenda = arrange(chosen, list(on_agenda.values()))
    coming: dict[date, list[Shown]] = {}
    for one in near:
        due = calendar_day(one.due_at)
        if due > today:
            coming.setdefault(due, []).append(loaded[one.pk])
        elif not is_appointment(loaded[one.pk]):
            found.today.append(loaded[one.pk])
    found.today.sort(key=lambda one: one.activity.has_hour)  # what has the whole day first
    found.coming = list(coming.items())
    return found


def _late(user: User, overdue: QuerySet[Activity]) -> list[Activity]:
    """Without what stands among what needs the user again on another day only."""
    put_off = PutOff(user)
    rows = overdue[: MOST + len(put_off)]
    return [one for one in rows if not put_off.hides(promise_key(one.pk), overdue_since(one.due_at))][:MOST]


def _appointments_on(user: User, day: date) -> list[Activity]:
    after = day + timedelta(days=1)
    mine = visible(user, Q(owner=user, type__in=APPOINTMENTS))
    waiting = list(mine.filter(on_days("due_at", day, after), done_at=None).order_by("due_at")[:MOST])
    done = list(mine.filter(on_days("done_at", day, after)).order_by("done_at")[:MOST])
    return [*waiting, *done, *_invited(user, day)]


def _invited(user: User, day: date) -> list[Activity]:
    """Appointments of colleagues in which the user takes part."""
    on_it = on_days("activity__at", day, day + timedelta(days=1))
    ids = Participant.objects.filter(on_it, user=user, activity__type__in=APPOINTMENTS).values("activity")
    return list(visible(user, Q(pk__in=ids)).order_by("at")[:MOST])


def is_appointment(shown: Shown) -> bool:
    """A call or meeting with an hour stands on the agenda; everything else in the lists."""
    if shown.activity.type not in APPOINTMENTS:
        return False
    if not shown.is_planned and not shown.activity.due_at:
        return bool(shown.activity.duration) and not is_whole_day(shown.activity.at)
    return shown.activity.has_hour


def begins(shown: Shown) -> datetime:
    """When it was planned for; what was only written down afterwards began its duration before."""
    activity = shown.activity
    begin: datetime = activity.due_at or activity.at - timedelta(minutes=int(activity.duration or 0))
    return begin


def arrange(day: date, found: list[Shown]) -> Agenda:
    """Lay appointments beside each other where they overlap."""
    placed = []
    for shown in found:
        at = timezone.localtime(begins(shown))
        minutes = max(SHORTEST, int(shown.activity.duration or 0))
        start = at.hour * 60 + at.minute
        placed.append(Appointment(shown, start, min(minutes, 24 * 60 - start)))
    placed.sort(key=lambda one: (one.start, -one.minutes))
    group: list[Appointment] = []
    group_end = -1
    for one in placed:
        if one.start >= group_end:
            group = []
        taken = {other.lane for other in group if other.start + other.minutes > one.start}
        one.lane = next(lane for lane in range(len(group) + 1) if lane not in taken)
        group.append(one)
        group_end = max(group_end, one.start + one.minutes)
        lanes = max(other.lane for other in group) + 1
        for other in group:
            other.lanes = lanes
    return Agenda(day, placed)
