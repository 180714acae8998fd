"""Custom links that would lead nowhere: no foreign key guards a value in `custom`, so they are emptied here."""

from uuid import UUID

from django.db import connection

from rapport.kernel.custom import schema
from rapport.kernel.custom.models import CustomField
from rapport.kernel.registry import RecordType, type_by_key


def empty_links_to(kind: RecordType, ids: list[UUID]) -> None:
    """Empty all custom links to these records of that type; before they go, in the transaction in which they go.

    Fields that were removed, too: they can be taken back. A field's default is a link like any other.
    """
    for one in CustomField.objects.filter(kind="link", options__to=kind.key):
        _empty(one, f"{_id_of(one)} = any(%s)", ids)
        if str((one.default or {}).get(one.name)) in {str(each) for each in ids}:
            CustomField.objects.filter(pk=one.pk).update(default=None)
            schema.raise_version()


def empty_dead_links(ids: list[UUID], types: set[str]) -> None:
    """Empty the custom links of these records that lead to nothing, after old values were written back."""
    for one in CustomField.objects.filter(kind="link", type__in=types):
        leads_nowhere = f"not exists (select from kernel_record r where r.id = {_id_of(one)})"
        _empty(one, f"t.id = any(%s) and {_id_of(one)} is not null and {leads_nowhere}", ids)


def _empty(one: CustomField, where: str, ids: list[UUID]) -> None:
    """Take the value of that field from the rows that meet the condition about these ids."""
    holder = type_by_key(one.type)
    if holder is None:
        return
    of_type = f" and kind = '{holder.kind}'" if holder.kind else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f'update "{holder.table}" t set custom = custom - %s where {where}{of_type}',  # noqa: S608 - names of ours
            [one.name, ids],
        )


def _id_of(one: CustomField) -> str:
    """The same expression as in the field's index."""
    return f"(kernel_id(\"custom\" ->> '{one.name}'))"
