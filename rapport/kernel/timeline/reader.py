"""Reading a record's timeline in constant time: two ordered index scans, merged, and one load per kind of item."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.changes.history import history_of
from rapport.kernel.changes.models import AnyRecord, Change
from rapport.kernel.changes.words import Told, tell
from rapport.kernel.merge.pointers import merged_ids
from rapport.kernel.records import Record
from rapport.kernel.registry import RecordType
from rapport.kernel.timeline.models import TimelineEntry
from rapport.kernel.timeline.sources import Item, source_of, sources, told_by_sources

PAGE = 30
PLANNED = 10
LOG_ROWS = 120  # one act may have several entries of the log
CHANGES = "changes"
TABS = {
    "activities": _("Activities"),
    "sales": _("Sales"),
    "comments": _("Comments"),
    "files": _("Files"),
    CHANGES: _("Changes"),
}


@dataclass(frozen=True)
class Place:
    """Where the next part goes on: behind this entry of the timeline and this entry of the change log."""

    entry_at: datetime | None = None
    entry_id: int = 0
    change_at: datetime | None = None
    change_id: int = 0
    entries_end: bool = False
    changes_end: bool = False

    def __str__(self) -> str:
        entry = "-" if self.entries_end else _stamp(self.entry_at, self.entry_id)
        change = "-" if self.changes_end else _stamp(self.change_at, self.change_id)
        return f"{entry}~{change}"

    @classmethod
    def read(cls, said: str) -> "Place":
        """The place that an address names; the beginning when it names none."""
        entry, _tilde, change = said.partition("~")
        entry_at, entry_id = _read_stamp(entry)
        change_at, change_id = _read_stamp(change)
        return cls(entry_at, entry_id, change_at, change_id, entry == "-", change == "-")


def _stamp(at: datetime | None, key: int) -> str:
    return f"{at.isoformat()}!{key}" if at else ""


def _read_stamp(said: str) -> tuple[datetime | None, int]:
    at, _mark, key = said.partition("!")
    try:
        moment = parse_datetime(at)
    except ValueError:
        return None, 0
    if moment is None or timezone.is_naive(moment) or not (key.isascii() and key.isdigit()) or len(key) > 18:
        return None, 0
    return moment, int(key)


@dataclass
class Part:
    """One part of a timeline: what is planned (in the first part only), the items by day, where it goes on."""

    planned: list[Item] = field(default_factory=list)
    days: list[tuple[date, list[Item]]] = field(default_factory=list)
    next: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.planned and not self.days


@dataclass
class _Row:
    """An entry of one of the two streams; `place` orders what happened at the same moment."""

    at: datetime
    key: int
    entry: TimelineEntry | None = None
    told: Told | None = None


def tabs() -> list[tuple[str, str]]:
    """The tabs for which there is a source."""
    there = {one.group for one in sources()} | {CHANGES}
    return [(key, str(label)) for key, label in TABS.items() if key in there]


def read_timeline(record: Record, kind: RecordType, user: User, *, tab: str = "", place: str = "") -> Part:
    """The newest items of the record's timeline, or those behind `place`; only what the user may see."""
    start = Place.read(place)
    now = timezone.now()
    entries = [] if tab == CHANGES or start.entries_end else _entries(record.pk, tab, start, now)
    changes = _changes(record, start) if tab in ("", CHANGES) and not start.changes_end else []
    without = () if tab == CHANGES else told_by_sources(kind.key)
    told, last_change, more_changes = _told(changes, kind, user, without)
    rows = [_Row(one.at, one.pk, entry=one) for one in entries[:PAGE]]
    rows += [_Row(one.at, one.last.pk if one.last else 0, told=one) for one in told]
    rows.sort(key=lambda row: (row.at, row.entry is not None, row.key), reverse=True)
    shown = rows[:PAGE]
    part = Part(next=_next(start, shown, len(entries), len(told), last_change, more_changes))
    coming = _planned(record.pk, tab, now) if not place and tab != CHANGES else []
    items = _load([row.entry for row in shown if row.entry] + coming, user)
    part.planned = [items[one.pk] for one in coming if one.pk in items]
    found = [item for row in shown if (item := _item(row, items)) is not None]
    if not place:
        overdue = [one for one in found if one.is_planned]
        part.planned = overdue[::-1] + part.planned
        found = [one for one in found if not one.is_planned]
    part.days = _by_day(found)
    return part


def _entries(record_id: UUID, tab: str, start: Place, now: datetime) -> list[TimelineEntry]:
    """Up to one more than a page of entries; a tab reads one index range for each of its kinds."""
    before = _before(TimelineEntry.objects.filter(record_id=record_id), start.entry_at or now, start.entry_id)
    if not tab:
        return list(before.order_by("-at", "-id")[: PAGE + 1])
    kinds = [one.kind for one in sources() if one.group == tab]
    found = [one for kind in kinds for one in before.filter(kind=kind).order_by("-at", "-id")[: PAGE + 1]]
    return sorted(found, key=lambda one: (one.at, one.pk), reverse=True)[: PAGE + 1]


def _planned(record_id: UUID, tab: str, now: datetime) -> list[TimelineEntry]:
    """What is still to come, the next first."""
    coming = TimelineEntry.objects.filter(record_id=record_id, at__gt=now)
    if tab:
        coming = coming.filter(kind__in=[one.kind for one in sources() if one.group == tab])
    return list(coming.order_by("at", "id")[:PLANNED])


def _changes(record: Record, start: Place) -> list[Change]:
    # What has become this record has brought its history along.
    rows = history_of(record, merged_ids(record.pk))
    if start.change_at is not None:
        rows = _before(rows, start.change_at, start.change_id)
    return list(rows.order_by("-at", "-id")[: LOG_ROWS + 1])


def _before(rows: "QuerySet[Any]", at: datetime, key: int) -> "QuerySet[Any]":
    """What stands behind that place; written so that the index on (record, at, id) is entered right there."""
    rows = rows.filter(at__lte=at)
    return rows.filter(Q(at__lt=at) | Q(id__lt=key)) if key else rows


def _told(
    changes: list[Change], kind: RecordType, user: User, without: Collection[str]
) -> tuple[list[Told], Change | None, bool]:
    """The log in words, its last entry, and whether there is more.

    An act that the page cuts off is left for the next part, unless it is all there is.
    """
    more = len(changes) > LOG_ROWS
    if more:
        cut = changes[LOG_ROWS].change_set_id or changes[LOG_ROWS].transaction
        whole = [one for one in changes[:LOG_ROWS] if (one.change_set_id or one.transaction) != cut]
        changes = whole or changes[:LOG_ROWS]
    return tell(changes, kind, user, without=without), changes[-1] if changes else None, more


def _next(
    start: Place, shown: list[_Row], entries: int, told: int, last_change: Change | None, more_changes: bool
) -> str:
    """Where the next part begins, empty at the end of both streams."""
    shown_entries = [row.entry for row in shown if row.entry]
    shown_told = [row.told for row in shown if row.told]
    entries_end = len(shown_entries) == entries
    all_told = len(shown_told) == told
    changes_end = all_told and not more_changes
    if entries_end and changes_end:
        return ""
    entry_at, entry_id = start.entry_at, start.entry_id
    if shown_entries:
        entry_at, entry_id = shown_entries[-1].at, shown_entries[-1].pk
    change_at, change_id = start.change_at, start.change_id
    last = last_change if all_told else (shown_told[-1].last if shown_told else None)
    if last is not None:
        change_at, change_id = last.at, last.pk
    return str(Place(entry_at, entry_id, change_at, change_id, entries_end, changes_end))


def _load(entries: Iterable[TimelineEntry], user: User) -> dict[int, Item]:
    """{entry: its item}: one load per kind, one query for the records through which items came."""
    by_kind: dict[str, list[TimelineEntry]] = {}
    for one in entries:
        by_kind.setdefault(one.kind, []).append(one)
    origins = {one.origin_id for rows in by_kind.values() for one in rows if one.origin_id}
    seen = AnyRecord.objects.visible_to(user).defer("lexemes")
    known = seen.in_bulk(origins) if origins else {}
    found: dict[int, Item] = {}
    for kind, rows in by_kind.items():
        source = source_of(kind)
        if source is None:
            continue
        items = source.load([one.item_id for one in rows], user)
        for one in rows:
            item = items.get(one.item_id)
            if item is not None:
                item.origin = known.get(one.origin_id) if one.origin_id else None
                found[one.pk] = item
    return found


def _item(row: _Row, items: dict[int, Item]) -> Item | None:
    if row.told is None:
        return items.get(row.entry.pk) if row.entry else None
    told = row.told
    key = uuid5(UUID(int=0), f"{told.at} {row.key}")
    return Item(
        key, told.at, CHANGES, "kernel/timeline/change.html", told.icon, told.hue, data={"told": told}
    )


def _by_day(items: list[Item]) -> list[tuple[date, list[Item]]]:
    days: list[tuple[date, list[Item]]] = []
    for item in items:
        day = timezone.localdate(item.at)
        if not days or days[-1][0] != day:
            days.append((day, []))
        days[-1][1].append(item)
    return days
