"""Reads the entries of a calendar: how many there are on each day, and the first ones of each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from rapport.kernel.boards.lines import lines_of
from rapport.kernel.calendars.registry import CalendarRules, Look
from rapport.kernel.calendars.spans import LIST, MONTH, Span
from rapport.kernel.fields import Choice, DayOrMoment, FieldType
from rapport.kernel.filters.days import lies_on
from rapport.kernel.lists.arranged import Division
from rapport.kernel.lists.cells import may_edit
from rapport.kernel.lists.state import ListState
from rapport.kernel.registry import RecordType
from rapport.ui.days import clock_of, day_of, is_whole_day, whole_day

PER_DAY = {MONTH: 4, LIST: 40, "week": 40, "day": 200}
PLAIN = Look()


@dataclass
class Entry:
    """One record on its day."""

    record: Any  # a record of the calendar's type
    title: str
    at: datetime | None
    hue: str
    lines: list[str]
    is_movable: bool
    look: Look = PLAIN
    minutes: int | None = None

    @property
    def hour(self) -> datetime | None:
        """Its moment, unless it is a whole day; midnight means some time of the day, too."""
        return self.at if self.at is not None and clock_of(self.at).time() != time() else None


@dataclass
class Day:
    """One day of the page: its first entries, and how many there are."""

    date: date
    is_inside: bool
    is_today: bool
    count: int = 0
    entries: list[Entry] = field(default_factory=list)
    running: list[Entry] = field(default_factory=list)  # that began earlier and are not over

    @property
    def more(self) -> int:
        return max(0, self.count - len(self.entries))


def empty_days(span: Span) -> list[Day]:
    today = timezone.localdate()
    return [Day(day, span.holds(day), day == today) for day in span.days()]


def read_days(state: ListState, span: Span, rules: CalendarRules, whose: Q) -> list[Day]:
    """The days with their entries, in three statements however many records there are."""
    kind, one = state.kind, state.kind.fields[state.by]
    rows = state.source().rows().filter(whose)
    days = empty_days(span)
    division = Division(kind, one, "day")
    within = rows.filter(lies_on(one, span.first, span.end))
    counted = within.order_by().values(day_key=division.expression()).annotate(n=Count("pk"))
    counts = {row["day_key"]: row["n"] for row in counted}
    for day in days:
        day.count = counts.get(day.date, 0)
    busy = [day for day in days if day.count]
    keys = _first_keys(busy, rows, one, PER_DAY[span.kind])
    by_date = {day.date: day for day in busy}
    for entry in entries_of(state, keys, rules, with_lines=span.kind != MONTH):
        value = day_of(entry.at) if entry.at is not None else one.read(entry.record)
        if value in by_date:
            by_date[value].entries.append(entry)
    for day in busy:
        day.entries.sort(key=lambda entry: entry.hour is not None)
        del day.entries[PER_DAY[span.kind] :]
    return days


def _first_keys(days: list[Day], rows: Any, one: FieldType, most: int) -> list[Any]:  # Any: a query set, ids
    """The first records of each day: a short scan for each."""
    if not days:
        return []
    found = [
        rows.filter(lies_on(one, day.date, day.date + timedelta(days=1)))
        .order_by(one.attname, "pk")
        .values_list("pk")[:most]
        for day in days
    ]
    if isinstance(one, DayOrMoment):  # they stand first, whatever else the day holds
        whole = rows.filter(**{f"{one.attname}__in": [whole_day(day.date) for day in days]})
        found.append(whole.order_by(one.attname, "pk").values_list("pk")[: most * len(days)])
    return [pk for (pk,) in (found[0].union(*found[1:], all=True) if len(found) > 1 else found[0])]


# Any: ids
def entries_of(state: ListState, keys: list[Any], rules: CalendarRules, *, with_lines: bool) -> list[Entry]:
    """The entries with these ids in their order: one statement for all records, and what their look costs."""
    if not keys:
        return []
    kind, one, user = state.kind, state.kind.fields[state.by], state.context.user
    assert user is not None
    hue, joined = hue_of(kind)
    rows = kind.visible_to(user).filter(pk__in=keys).select_related(*joined, *rules.links)
    records = list(rows.order_by(one.attname, "pk"))
    edits = may_edit(kind, state.context, records)
    lines = lines_of(records, kind, (state.by,), user) if with_lines else {}
    looks = rules.look(records, user)
    title = kind.fields[kind.title]
    found = []
    for record in records:
        value, look = one.read(record), looks.get(record.pk, PLAIN)
        at = value if isinstance(value, datetime) else None
        entry = Entry(
            record, title.text(title.read(record)), at, look.hue or hue(record), [], edits(record), look
        )
        entry.lines = [look.line] if look.line and with_lines else lines.get(record.pk, [])
        found.append(entry)
    return found


def hue_of(kind: RecordType) -> tuple[Callable[[Any], str], list[str]]:
    """What gives entries their color (Any: a record): the choice by which the type has its board, else its first."""
    wanted = [kind.fields[kind.board]] if kind.board in kind.fields else []
    wanted += [one for one in kind.fields.values() if one.kind in ("choice", "option") and one.editable]
    first = next(iter(wanted), None)
    if isinstance(first, Choice):
        hues, read = first.hues, first.read
        return (lambda record: hues.get(read(record) or "", "petrol")), []
    if first is not None and first.kind == "option":
        return (lambda record: getattr(first.read(record), "hue", "petrol")), [first.name]
    return (lambda record: "petrol"), []


def moved_to(value: date | datetime | None, day: date, one: FieldType) -> date | datetime:
    """The value on another day: a moment keeps its time of the day."""
    if one.kind != "moment":
        return day
    if isinstance(value, datetime) and is_whole_day(value):
        return whole_day(day)
    clock = timezone.localtime(value).time() if isinstance(value, datetime) else time(9)
    return timezone.make_aware(datetime.combine(day, clock))
