"""Custom links that would lead nowhere: no foreign key guards a value in `custom`, so they are emptied here."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext

from rapport.accounts.models import Team, User
from rapport.kernel.changes.models import Cause
from rapport.kernel.changes.sets import change_set
from rapport.kernel.custom import schema
from rapport.kernel.custom.models import CustomField
from rapport.kernel.registry import RecordType, type_by_key

TABLES = {"link": "kernel_record", "user": User._meta.db_table, "team": Team._meta.db_table}
BATCH = 5_000


def empty_links_to(kind: RecordType, ids: list[UUID]) -> None:
    """Empty all custom links to these records of that type; before they go, in the transaction in which they go.

    Fields that were removed, too: they can be taken back. A field's default is a link like any other.
    """
    for one in CustomField.objects.filter(kind="link", options__to=kind.key):
        _empty_all(one, ids)


@contextmanager
def team_goes(team: Team, by: User) -> Iterator[None]:
    """The same for a team; whatever its records lose is one change set, in the name of who deletes it."""
    with change_set(by=by, label=lambda: gettext("Team %(name)s is deleted.") % {"name": team.name}):
        for one in CustomField.objects.filter(kind="team"):
            _empty_all(one, [team.pk])
        yield


def empty_dead_links(ids: list[UUID], types: set[str]) -> None:
    """Empty the custom links of these records that lead to nothing, after old values were written back."""
    for one in CustomField.objects.filter(kind__in=TABLES, type__in=types):
        _empty(one, f"t.id = any(%s) and {_leads_nowhere(one)}", ids)


def _cleaned(one: CustomField) -> str:
    return gettext("Links that led nowhere: %(field)s") % {"field": one.label}


def look_through() -> int:
    """Empty all custom links that lead to nothing, some thousand at a time; returns how many there were."""
    found = 0
    for one in CustomField.objects.filter(kind__in=TABLES).order_by("pk"):
        label = partial(_cleaned, one)
        for ids in _dead(one):
            with change_set(by=None, cause=Cause.JOB, label=label):
                _empty(one, f"t.id = any(%s) and {_leads_nowhere(one)}", ids)
            found += len(ids)
    return found


def _dead(one: CustomField) -> Iterator[list[UUID]]:
    """The ids of records whose value leads to nothing, until there is none."""
    holder = type_by_key(one.type)
    while holder is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                f'select t.id from "{holder.table}" t'  # noqa: S608 - names of ours
                f" where t.custom ? %s and {_leads_nowhere(one)}{_only(holder)} limit %s",
                [one.name, BATCH],
            )
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return
        yield ids


def _empty_all(one: CustomField, ids: list[UUID]) -> None:
    """No record leads to these any more, nor does the field's default."""
    _empty(one, f"{_id_of(one)} = any(%s)", ids)
    if str((one.default or {}).get(one.name)) in {str(each) for each in ids}:
        CustomField.objects.filter(pk=one.pk).update(default=None)
        schema.raise_version()


def _empty(one: CustomField, where: str, ids: list[UUID]) -> None:
    """Take the value of that field from the rows that meet the condition about these ids."""
    holder = type_by_key(one.type)
    if holder is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f'update "{holder.table}" t set custom = custom - %s where {where}{_only(holder)}',  # noqa: S608 - names of ours
            [one.name, ids],
        )


def _only(holder: RecordType) -> str:
    """Several types may share a table."""
    return f" and t.kind = '{holder.kind}'" if holder.kind else ""


def _leads_nowhere(one: CustomField) -> str:
    there = f"select from {TABLES[one.kind]} r where r.id = {_id_of(one)}"
    return f"{_id_of(one)} is not null and not exists ({there})"


def _id_of(one: CustomField) -> str:
    """The same expression as in the field's index."""
    return f"(kernel_id(\"custom\" ->> '{one.name}'))"
