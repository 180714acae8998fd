"""Values that an import or a merge has brought and left out, because another one stands there already."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from rapport.kernel.changes.sets import current_set
from rapport.kernel.fields.base import FieldType
from rapport.kernel.provenance.disagreements import can_disagree
from rapport.kernel.records.base import Record
from rapport.kernel.registry import RecordType
from rapport.runtime.ids import uuid7

# Set-based: one statement for a batch. What somebody has decided already is not asked again.
NOTE: Final = """
insert into kernel_disagreement
    (id, record_id, type, field, typed, brought, typed_by_id, typed_at, cause, change_set_id, at, state, is_written)
select n.id, n.record_id, %(type)s, n.field, n.stands::jsonb, n.brought::jsonb, p.actor_id, p.at, %(cause)s, %(set)s,
    clock_timestamp(), 'open', false
from unnest(%(ids)s::uuid[], %(records)s::uuid[], %(fields)s::text[], %(columns)s::text[], %(stands)s::text[],
    %(brought)s::text[]) as n(id, record_id, field, column_name, stands, brought)
left join lateral (
    select c.actor_id, c.at from kernel_change c
    where c.record_id = n.record_id and c.part = '' and (c.act = 'create' or c.diff ? n.column_name)
    order by c.at desc, c.id desc limit 1
) p on true
where not exists (
    select 1 from kernel_disagreement d
    where d.record_id = n.record_id and d.field = n.field and d.state <> 'open' and d.brought = n.brought::jsonb
        and d.typed = n.stands::jsonb
)
on conflict (record_id, field) where state = 'open' do update
    set brought = excluded.brought, cause = excluded.cause, change_set_id = excluded.change_set_id, at = excluded.at
    where not kernel_disagreement.is_written
"""


@dataclass(frozen=True)
class LeftOut:
    """One value that was brought for a record, and the one that stands there."""

    record_id: UUID
    field: str
    stands: Any  # Any: each field has its own values
    brought: Any


def left_out(record: Record, values: Mapping[str, Any], kind: RecordType) -> Iterable[LeftOut]:
    """Those of the values that say something else than the record does.

    Not what is kept by parts (the main e-mail address, the city): of these there may be several, and they are united.
    """
    kept = {name for part in kind.whole.parts.values() for name in part.keeps}
    known = set(can_disagree(kind).values()) - kept
    for name, brought in values.items():
        one = kind.fields.get(name)
        if one is None or name not in known:
            continue
        stands = one.read(record)
        if (
            not one.is_empty(stands)
            and not one.is_empty(brought)
            and _plain(one, stands) != _plain(one, brought)
        ):
            yield LeftOut(record.pk, name, stands, brought)


def _plain(one: FieldType, value: Any) -> str:  # Any: the field's value
    """Case and spaces are no disagreement."""
    return " ".join(one.text(value).casefold().split())


def note_left_out(found: Iterable[LeftOut], kind: RecordType) -> None:
    """List them, in the running change set, after it has written what it writes."""
    rows = list({(one.record_id, one.field): one for one in found}.values())
    opened = current_set()
    if not rows or opened is None:
        return
    columns = {name: column for column, name in can_disagree(kind).items()}
    with connection.cursor() as cursor:
        cursor.execute(
            NOTE,
            {
                "type": kind.key, "cause": opened.row.cause, "set": opened.id, "ids": [uuid7() for _row in rows],
                "records": [one.record_id for one in rows], "fields": [one.field for one in rows],
                "columns": [columns[one.field] for one in rows],
                "stands": [json.dumps(one.stands, cls=DjangoJSONEncoder) for one in rows],
                "brought": [json.dumps(one.brought, cls=DjangoJSONEncoder) for one in rows],
            },
        )  # fmt: skip
