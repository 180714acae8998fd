"""Automatic numbers: a sequence of the database for each field, one question for however many new records."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext

from rapport.kernel.custom import schema
from rapport.kernel.custom.models import CustomField

AT_ONCE = 20_000  # so many records are numbered while the administrator waits

if TYPE_CHECKING:
    from rapport.accounts.models import User
    from rapport.kernel.registry import RecordType


def sequence_of(one: CustomField) -> str:
    return f"custom_number_{one.pk.hex}"


def number_records(kind: "RecordType", records: Sequence[Any]) -> None:  # Any: new records of the type
    """Give new records their numbers; those that have one (restored from a file of ours) keep it."""
    for name, one in schema.of(kind.key).definitions.items():
        if one.kind != "autonumber":
            continue
        new = [record for record in records if not record.custom.get(name)]
        if not new:
            continue
        with connection.cursor() as cursor:
            cursor.execute("select nextval(%s) from generate_series(1, %s)", [sequence_of(one), len(new)])
            numbers = [number for (number,) in cursor.fetchall()]
        for record, number in zip(new, numbers, strict=True):
            record.custom = {**record.custom, name: written(one, number)}


def written(one: CustomField, number: int) -> str:
    """ "M-0042"."""
    return f"{one.options.get('prefix', '')}{number:0{int(one.options.get('digits', 1))}d}"


def begin(kind: "RecordType", one: CustomField, *, by: "User") -> None:
    """Make the sequence, and number the records that are there already; many of them by a job."""
    from rapport.kernel.custom import jobs

    with connection.cursor() as cursor:
        cursor.execute(f'create sequence if not exists "{sequence_of(one)}"')
        cursor.execute(f'select count(*) from "{kind.table}" where {_own(kind)}')  # noqa: S608 - names of ours
        count = cursor.fetchone()[0]
        if count:  # new ones count on from here, also while the old ones still wait
            cursor.execute("select setval(%s, %s)", [sequence_of(one), count])
    if count > AT_ONCE:
        jobs.number_existing.defer(field_id=str(one.pk), by=str(by.pk))
    elif count:
        number_existing(kind, one, by=by)


def number_existing(kind: "RecordType", one: CustomField, *, by: "User | None") -> None:
    """Number the records without a number in the order of their creation, as one change set."""
    from rapport.kernel.changes.sets import change_set

    def label() -> str:
        return gettext("Numbered: %(field)s") % {"field": one.label}

    with change_set(by=by, label=label), connection.cursor() as cursor:
        cursor.execute(
            f'update "{kind.table}" t set custom = t.custom || jsonb_build_object(%s::text,'  # noqa: S608 - as above
            " %s::text || lpad(f.n::text, greatest(%s, length(f.n::text)), '0'))"
            " from (select id, row_number() over (order by created_at, id) as n"
            f' from "{kind.table}" where {_own(kind)} and not custom ? %s) f where f.id = t.id',
            [one.name, one.options.get("prefix", ""), int(one.options.get("digits", 1)), one.name],
        )


def _own(kind: "RecordType") -> str:
    return f"kind = '{kind.kind}'" if kind.kind else "true"


def end(one: CustomField) -> None:
    """Drop the sequence of a field that is gone for good."""
    with connection.cursor() as cursor:
        cursor.execute(f'drop sequence if exists "{sequence_of(one)}"')
