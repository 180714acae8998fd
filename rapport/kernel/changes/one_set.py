"""What one change set did: counts by type and field, and its records with old and new values, some at a time."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.listing import counted
from rapport.kernel.changes.models import AnyRecord, Change, ChangeSet
from rapport.kernel.changes.reach import FIRST, RELATIONSHIPS
from rapport.kernel.changes.words import Told, tell
from rapport.kernel.fields.base import FieldType
from rapport.kernel.permissions.fields import type_seen
from rapport.kernel.registry import RecordType
from rapport.ui.formats import noun

RECORDS = 30
ENTRIES = 1_500  # of the log, for one page of records
COUNTED = 100_000  # entries; of larger sets these are counted


@dataclass
class Counts:
    """How many records of which type were touched in which way, and how often which field was changed."""

    acts: list[tuple[str, str, int]] = field(default_factory=list)  # (icon, "12 people changed", count)
    fields: list[tuple[str, str, int]] = field(default_factory=list)  # (type, field, count)
    is_all: bool = True


@dataclass
class Touched:
    """One record of the set, as the reader may see it."""

    row: AnyRecord
    kind: RecordType
    told: list[Told]


def column_field(kind: RecordType | None, column: str) -> FieldType | None:
    """The field of that type which stands in that column."""
    fields = kind.fields.values() if kind is not None else ()
    return next((one for one in fields if one.column == column), None)


def label_of_column(kind: RecordType | None, column: str) -> str:
    """What people call a column of the log."""
    if column == "deleted_at":
        return _("In the trash")
    one = column_field(kind, column)
    if one is None and kind is not None and column_field(kind.whole, column) is not None:
        return _("A field that you cannot see")
    return one.label if one is not None else column


def counts_of(one: ChangeSet, user: User) -> Counts:
    """Two set-based queries, however many records; fields that the user must not see are not named."""
    found = Counts()
    some = "(select * from kernel_change where change_set_id = %s limit %s) c"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select c.type, case when c.part = '{RELATIONSHIPS}' then 'related' when c.part <> '' then 'part'
                when c.act = 'update' and c.diff ? 'deleted_at'
                then case when c.diff -> 'deleted_at' -> 1 = 'null' then 'restore' else 'delete' end
                else c.act end as what, count(distinct c.record_id), count(*)
            from {some} group by 1, 2 order by 3 desc, 1, 2
            """,
            [one.pk, COUNTED],
        )
        rows = cursor.fetchall()
        found.is_all = sum(row[3] for row in rows) < COUNTED
        found.acts = [(*_act(what, counted(type_key, count)), count) for type_key, what, count, _n in rows]
        cursor.execute(
            f"""
            select c.type, d.key, count(*) from {some} cross join lateral jsonb_object_keys(c.diff) as d(key)
            where c.act = 'update' and c.part = '' and d.key <> 'deleted_at' group by 1, 2 order by 3 desc, 1, 2
            """,
            [one.pk, COUNTED],
        )
        for type_key, column, count in cursor.fetchall():
            kind = type_seen(type_key, user)
            named = column_field(kind, column)
            if kind is not None and named is not None:
                found.fields.append((kind.label_plural, named.label, count))
    return found


def _act(what: str, records: str) -> tuple[str, str]:
    said = {
        "create": ("plus", _("%(records)s new")),
        "delete": ("trash-2", _("%(records)s deleted")),
        "restore": ("archive-restore", _("%(records)s taken out of the trash")),
        "remove": ("x", _("%(records)s deleted for good")),
        "part": ("list", _("%(records)s with other contact points, addresses and the like")),
        "related": ("link-2", _("%(records)s with other relationships")),
    }
    icon, text = said.get(what, ("pencil", _("%(records)s changed")))
    return icon, text % {"records": records}


def records_of(one: ChangeSet, user: User, after: UUID = FIRST) -> tuple[list[Touched], int, UUID | None]:
    """The next records that the reader may see, how many of this page he may not, and where it goes on."""
    log = Change.objects.filter(change_set_id=one.pk)
    behind = log.filter(record_id__gt=after).order_by("record_id")
    ids = list(behind.values_list("record_id", flat=True).distinct()[: RECORDS + 1])
    shown = ids[:RECORDS]
    rows = AnyRecord.objects.readable_by(user).filter(pk__in=shown).defer("lexemes").in_bulk()
    entries = list(log.filter(record_id__in=rows).order_by("type", "record_id", "-at", "-id")[:ENTRIES])
    told: dict[UUID, list[Told]] = {}
    for type_key in {entry.type for entry in entries}:
        kind = type_seen(type_key, user)
        for act in tell([entry for entry in entries if entry.type == type_key], kind, user) if kind else ():
            if act.last is not None:
                told.setdefault(act.last.record_id, []).append(act)
    found = []
    for key in shown:
        row = rows.get(key)
        its = type_seen(row.type, user) if row is not None else None
        if row is not None and its is not None:
            found.append(Touched(row, its, told.get(key, [])))
    return found, len(shown) - len(found), shown[-1] if len(ids) > RECORDS else None


def is_hidden_from(one: ChangeSet, user: User) -> bool:
    """May the reader see none of the records that are there still?"""
    rows = Change.objects.filter(change_set_id=one.pk).order_by("record_id")
    sample = rows.values_list("record_id", flat=True).distinct()[:RECORDS]
    there = AnyRecord.objects.filter(pk__in=list(sample))
    return there.exists() and not AnyRecord.objects.readable_by(user).filter(pk__in=list(sample)).exists()


def part_label(kind: RecordType | None, part: str) -> str:
    """What a part of the log is called: "address", "relationship"."""
    if part == RELATIONSHIPS:
        return _("Relationship")
    known = kind.parts.get(part) if kind is not None else None
    return known.help if known is not None else noun(part)
