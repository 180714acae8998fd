"""The list of change sets: newest first by keyset, with filters, and how much each of them touched."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord, Cause, ChangeSet
from rapport.kernel.fields.links import parse_id
from rapport.kernel.registry import RecordType, type_by_key
from rapport.ui.formats import format_number, noun

PAGE = 50
COUNTED = 1_000  # of a set in the list so many records are counted, then it is "more than"
KNOWN = 3  # of a set so many records are asked whether the reader sees them


@dataclass
class Filter:
    """What the address asks for."""

    who: UUID | None = None
    cause: str = ""
    type: str = ""
    since: date | None = None
    until: date | None = None
    before: tuple[datetime, UUID] | None = None

    @classmethod
    def read(cls, said: QueryDict) -> "Filter":
        """The filter that an address names; what it names wrongly is left out."""
        at, _bar, key = said.get("before", "")[:100].partition("|")
        moment, pk = _moment(at), parse_id(key)
        cause = said.get("cause", "")
        return cls(
            parse_id(said.get("who", "")),
            cause if cause in Cause.values else "",
            said.get("type", "") if type_by_key(said.get("type", "")) else "",
            _day(said.get("since", "")),
            _day(said.get("until", "")),
            (moment, pk) if moment and pk else None,
        )

    @property
    def is_any(self) -> bool:
        return bool(self.who or self.cause or self.type or self.since or self.until)

    def address(self, last: ChangeSet) -> str:
        """The query string of the page behind that set."""
        said = {
            "who": self.who,
            "cause": self.cause,
            "type": self.type,
            "since": self.since,
            "until": self.until,
        }
        place = f"{last.at.isoformat()}|{last.pk}"
        return urlencode({name: value for name, value in said.items() if value} | {"before": place})


def _day(said: str) -> date | None:
    try:
        return parse_date(said)
    except ValueError:
        return None


def _moment(said: str) -> datetime | None:
    try:
        found = parse_datetime(said)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None


@dataclass
class Line:
    """One set in the list."""

    set: ChangeSet
    label: str
    what: str


def read_sets(user: User, chosen: Filter) -> tuple[list[Line], str]:
    """One page of sets and where the next one begins (empty at the end)."""
    rows = ChangeSet.objects.select_related("actor", "run").exclude(types=[])
    if not user.is_administrator:
        rows = rows.filter(actor=user)
    elif chosen.who:
        rows = rows.filter(actor_id=chosen.who)
    if chosen.cause:
        rows = rows.filter(cause=chosen.cause)
    if chosen.type:
        rows = rows.filter(types__contains=[chosen.type])
    if chosen.since:
        rows = rows.filter(at__gte=_start(chosen.since))
    if chosen.until and chosen.until < date.max:
        rows = rows.filter(at__lt=_start(chosen.until + timedelta(days=1)))
    if chosen.before:
        at, key = chosen.before
        rows = rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=key))
    found = list(rows.order_by("-at", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    return lines_of(shown, user), chosen.address(shown[-1]) if len(found) > PAGE else ""


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def lines_of(sets: list[ChangeSet], user: User) -> list[Line]:
    """The sets with how many records of which type they touched: one query for all, capped for each."""
    counts: dict[UUID, dict[str, int]] = {}
    samples: dict[UUID, list[UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select s.id, c.type, count(*), (array_agg(c.record_id))[1:%s] from unnest(%s::uuid[]) as s(id)
            cross join lateral (
                select distinct record_id, type from kernel_change
                where change_set_id = s.id order by record_id limit %s) as c
            group by s.id, c.type
            """,
            [KNOWN, [one.pk for one in sets], COUNTED + 1],
        )
        for key, type_key, count, sample in cursor.fetchall():
            counts.setdefault(key, {})[type_key] = count
            samples.setdefault(key, []).extend(sample)
    wanted = {one for sample in samples.values() for one in sample}
    there = set(AnyRecord.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    seen = set(AnyRecord.objects.readable_by(user).filter(pk__in=wanted).values_list("pk", flat=True))
    lines = []
    for one in sets:
        known = there.intersection(samples.get(one.pk, ()))
        is_hidden = bool(known) and not known & seen
        what = said_of(counts.get(one.pk, {}))
        label = title_of(one, is_hidden) if one.label or is_hidden else what
        lines.append(Line(one, label, what))
    return lines


def title_of(one: ChangeSet, is_hidden: bool) -> str:
    """What it is called; of records that the reader may not see it says nothing."""
    if is_hidden:
        return _("Changes to what you cannot see")
    return one.told or _("Changes")


def said_of(counts: dict[str, int]) -> str:
    """ "12 people, 1 deal"; with a "more than" where nobody counted to the end."""
    words = ", ".join(counted(key, min(count, COUNTED)) for key, count in sorted(counts.items()))
    if sum(counts.values()) > COUNTED:
        return _("more than %(what)s") % {"what": words}
    return words or _("nothing")


def counted(type_key: str, count: int) -> str:
    """ "12 people"; a type that is gone keeps its key."""
    kind: RecordType | None = type_by_key(type_key)
    label = type_key if kind is None else noun(kind.label if count == 1 else kind.label_plural)
    return f"{format_number(count)} {label}"
