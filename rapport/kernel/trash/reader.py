"""What is in the trash, newest first: who deleted what and when, for who may see it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord, AnyRecordQuerySet
from rapport.kernel.fields.links import parse_id
from rapport.kernel.permissions import policy
from rapport.kernel.registry import RecordType, type_by_key
from rapport.kernel.trash.models import TrashRule

PAGE = 50


@dataclass
class Filter:
    """What the address asks for."""

    type: str = ""
    words: str = ""
    before: tuple[datetime, UUID] | None = None

    @classmethod
    def read(cls, said: QueryDict) -> "Filter":
        at, _bar, key = said.get("before", "")[:100].partition("|")
        try:
            moment = parse_datetime(at)
        except ValueError:
            moment = None
        pk = parse_id(key)
        is_place = moment is not None and timezone.is_aware(moment) and pk is not None
        words = said.get("q", "").replace("\0", "").strip()[:200]
        kind = type_by_key(said.get("type", ""))
        return cls(kind.key if kind else "", words, (moment, pk) if is_place and moment and pk else None)


@dataclass
class Deleted:
    """One record of the trash."""

    row: AnyRecord
    kind: RecordType
    who: User | None
    set_id: UUID | None
    may_restore: bool
    goes_at: datetime | None


def rows_of(user: User, chosen: Filter) -> AnyRecordQuerySet:
    """All rows of the trash that fit and that the user may see."""
    rows = AnyRecord.objects.in_trash_visible_to(user)
    if chosen.type:
        rows = rows.filter(type=chosen.type)
    if chosen.words:
        # The index finds all words of a record; what counts are those of its own title: nobody learns linked names.
        found = "lexemes @@ kernel_query(%s) and kernel_lexemes(kernel_words(title)) @@ kernel_query(%s)"
        rows = rows.filter(RawSQL(found, [chosen.words] * 2, output_field=BooleanField()))  # noqa: S611  # parameters
    return rows


def read_trash(user: User, chosen: Filter) -> tuple[list[Deleted], str]:
    """One page, and the query string of the next (empty at the end)."""
    rows = rows_of(user, chosen)
    if chosen.before:
        at, key = chosen.before
        rows = rows.filter(deleted_at__lte=at).filter(Q(deleted_at__lt=at) | Q(pk__lt=key))
    found = list(rows.defer("lexemes").order_by("-deleted_at", "-id")[: PAGE + 1])
    shown, more = found[:PAGE], ""
    if len(found) > PAGE:
        last = shown[-1]
        place = f"{last.deleted_at.isoformat() if last.deleted_at else ''}|{last.pk}"
        more = urlencode({"type": chosen.type, "q": chosen.words, "before": place})
    return dressed(shown, user), more


def dressed(rows: list[AnyRecord], user: User) -> list[Deleted]:
    """With who deleted them and whether this user may take them out: two queries for all."""
    acts = _who_deleted([row.pk for row in rows])
    people = User.objects.in_bulk([actor for actor, _set in acts.values() if actor])
    days = TrashRule.kept_days()
    policies = {
        key: policy(user, key, "delete").look_at(row for row in rows if row.type == key)
        for key in {row.type for row in rows}
    }
    found = []
    for row in rows:
        kind = type_by_key(row.type)
        if kind is None or row.deleted_at is None:
            continue
        actor, set_id = acts.get(row.pk, (None, None))
        goes = row.deleted_at + timedelta(days=days) if days else None
        found.append(
            Deleted(
                row, kind, people.get(actor) if actor else None, set_id, policies[row.type].allows(row), goes
            )
        )
    return found


def _who_deleted(ids: list[UUID]) -> dict[UUID, tuple[UUID | None, UUID | None]]:
    """{record: (who put it into the trash, in which set)}."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select r.id, c.actor_id, c.change_set_id from unnest(%s::uuid[]) as r(id)
            cross join lateral (
                select actor_id, change_set_id from kernel_change
                where record_id = r.id and diff ? 'deleted_at' order by at desc, id desc limit 1) as c
            """,
            [ids],
        )
        return {key: (actor, set_id) for key, actor, set_id in cursor.fetchall()}
