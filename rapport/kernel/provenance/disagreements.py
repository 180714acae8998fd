"""Sources that disagree: found in the change log, listed until somebody says which value holds."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.values import Titles, value_text
from rapport.kernel.fields import FieldType
from rapport.kernel.permissions import can
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.provenance.closing import close_settled
from rapport.kernel.provenance.models import Disagreement, ValueMark
from rapport.kernel.provenance.sources import mark
from rapport.kernel.records import NotVisible, Refused, RuleError, save_record
from rapport.kernel.records.base import Record
from rapport.kernel.registry import RecordType, type_by_key, type_of, types

KINDS: Final = (
    "text", "longtext", "email", "phone", "web", "number", "percent", "date", "choice", "country", "language",
)  # fmt: skip
# What a program or an import wrote over a value that a person had typed. Whatever stood there was typed when the entry
# before, or else the birth of the record, came from a page; what was taken back does not count, nor the taking back.
FIND: Final = """
select f.record_id, f.type, d.key, (d.value -> 0)::text, (d.value -> 1)::text, p.actor_id, p.at, f.cause,
    f.change_set_id, f.at
from kernel_change f
cross join lateral jsonb_each(f.diff) d
cross join lateral (
    select c.cause, c.actor_id, c.at from kernel_change c left join kernel_change_set t on t.id = c.change_set_id
    where c.record_id = f.record_id and c.part = '' and c.id < f.id and (c.act = 'create' or c.diff ? d.key)
        and c.cause <> 'undo' and t.reverted_at is null
    order by c.at desc, c.id desc limit 1
) p
where f.transaction > %(after)s and f.transaction <= %(last)s
    and f.cause in ('import', 'api') and f.act = 'update' and f.part = '' and f.diff <> '{}'
    and p.cause = 'page' and d.value -> 0 not in ('null', '""', '[]') and d.value -> 1 not in ('null', '""', '[]')
order by f.id
"""
# Where the same is brought again, or something newer, the open one tells of that; what was typed stays.
RENEW: Final = """
update kernel_disagreement d
set brought = n.diff -> d.field -> 1, cause = n.cause, change_set_id = n.change_set_id, at = n.at, is_written = true
from (
    select distinct on (c.record_id, k.key) c.*, k.key
    from kernel_change c cross join lateral jsonb_object_keys(c.diff) k(key)
    where c.transaction > %(after)s and c.transaction <= %(last)s and c.cause in ('import', 'api')
        and c.act = 'update' and c.part = ''
    order by c.record_id, k.key, c.id desc
) n
where d.record_id = n.record_id and d.field = n.key and d.state = 'open' and d.at <= n.at
"""


@dataclass(frozen=True)
class Shown:
    """A disagreement in words, for one user."""

    row: Disagreement
    label: str
    typed: str
    brought: str
    typed_by: str
    door: str


def can_disagree(kind: RecordType) -> dict[str, str]:
    """The fields of which values can disagree, by their column: what people type and programs bring."""
    return {
        one.column: name
        for name, one in kind.whole.fields.items()
        if one.editable and one.kind in KINDS and not getattr(one, "dotted", False)
    }


def look_through(after: int, last: int) -> None:
    """The entries of these transactions: what disagrees is written down, what was settled by hand is closed."""
    columns = {one.key: can_disagree(one) for one in types()}
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"after": after, "last": last})
        rows = cursor.fetchall()
    whole = _whole_names(rows)
    for record_id, type_key, column, typed, brought, by, typed_at, cause, set_id, at in rows:
        name = columns.get(type_key, {}).get(column)
        if name is None or _is_asked_in_whole(column, typed, brought, whole.get((record_id, set_id))):
            continue
        Disagreement.objects.get_or_create(
            record_id=record_id,
            field=name,
            state=Disagreement.State.OPEN,
            defaults={
                "type": type_key, "typed": json.loads(typed), "typed_by_id": by, "typed_at": typed_at,
                "brought": json.loads(brought), "cause": cause, "change_set_id": set_id, "at": at,
            },
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(RENEW, {"after": after, "last": last})
    close_settled(after, last)


def _whole_names(rows: list[Any]) -> dict[Any, tuple[str, str, str]]:  # Any: what the query gives
    """{(record, change set): column, typed and brought value} of the titles about which there is a question."""
    titles = {one.key: one.title for one in types()}
    return {
        (row[0], row[8]): (row[2], *map(json.loads, row[3:5])) for row in rows if titles.get(row[1]) == row[2]
    }


def _is_asked_in_whole(column: str, typed: str, brought: str, whole: tuple[str, str, str] | None) -> bool:
    """First and last name are parts of the name: who says which name holds has said it of them, too."""
    if whole is None or column == whole[0]:
        return False
    parts = zip((json.loads(typed), json.loads(brought)), whole[1:], strict=True)
    return all(part != name and f" {part} " in f" {name} " for part, name in parts)


def open_of(record: Record, user: User) -> list[Shown]:
    """What is to be decided of this record, as far as the user sees its fields."""
    kind = seen_by(type_of(record), user)
    rows = list(
        Disagreement.objects.filter(record_id=record.pk, state=Disagreement.State.OPEN).order_by("at")
    )
    return [shown for one in rows if (shown := _shown(one, record, kind, user)) is not None]


def _shown(row: Disagreement, record: Record, kind: RecordType, user: User) -> Shown | None:
    one = kind.fields.get(row.field)
    if one is None:
        return None
    titles = Titles(user)
    typed, brought = value_text(one, row.typed, titles), value_text(one, row.brought, titles)
    stands = brought if row.is_written else typed
    if one.text(one.read(record)).strip() != stands.strip() and len(stands) < 60:
        return None  # somebody has written another value since
    who = User.objects.filter(pk=row.typed_by_id).first() if row.typed_by_id else None
    done = ChangeSet.objects.filter(pk=row.change_set_id).first() if row.change_set_id else None
    has_name = done is not None and (row.cause == "import" or not row.is_written)
    door = (done.told if done is not None and has_name else "") or _("a program")
    return Shown(row, one.label, typed, brought, str(who or _("Somebody")), door)


def decide(row: Disagreement, takes: str, *, by: User) -> None:
    """Say which value holds, "typed" or "brought": it is written where it does not stand there, and confirmed."""
    kind = type_by_key(row.type)
    record = kind.visible_to(by).filter(pk=row.record_id).first() if kind is not None else None
    if kind is None or record is None or row.field not in seen_by(kind, by).fields:
        raise NotVisible
    if not can(by, "edit", record):
        raise Refused
    with transaction.atomic():
        locked = Disagreement.objects.select_for_update().get(pk=row.pk)
        if locked.state != Disagreement.State.OPEN:
            raise RuleError(_("Somebody has decided this already."))
        if (takes == Disagreement.State.TYPED) == locked.is_written:
            one = kind.fields[row.field]
            try:
                value = one.to_python(locked.typed if locked.is_written else locked.brought)
            except ValidationError as problem:
                raise RuleError(" ".join(problem.messages)) from problem
            record = save_record(record, {row.field: value}, by=by, label=partial(_decided, one, str(record)))
        locked.state = (
            Disagreement.State.TYPED if takes == Disagreement.State.TYPED else Disagreement.State.BROUGHT
        )
        locked.decided_by, locked.decided_at = by, timezone.now()
        locked.save(update_fields=["state", "decided_by", "decided_at"])
        mark(record, kind.whole, row.field, ValueMark.Kind.CONFIRMED, by=by)


def _decided(one: FieldType, what: str) -> str:
    return _("Decided: %(field)s of %(what)s") % {"field": one.label, "what": what}


def open_rows(type_keys: list[str]) -> Any:  # Any: a query set
    """What is open of records of these types, the newest first."""
    return Disagreement.objects.filter(type__in=type_keys, state=Disagreement.State.OPEN).order_by("-at")
