"""Who takes part in an activity: the records that it is about, those who come along with them, and colleagues."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.records import Record
from rapport.kernel.registry import type_of

Companions = Callable[[Any], Iterable[Record | None]]  # Any: a record of the type
_companions: dict[str, Companions] = {}


def also_about(type_key: str, find: Companions) -> None:
    """Say which records take part as well when an activity is about a record of that type.

    The area of deals names the organization and the contact person of a deal; called once when the area is loaded.
    """
    _companions[type_key] = find


def people_of(about: Iterable[Record], by: User) -> list[AnyRecord]:
    """The records themselves and their companions, as far as the user sees them, in that order and each once."""
    ids: list[UUID] = []
    for record in about:
        ids.append(record.pk)
        find = _companions.get(type_of(record).key)
        ids += [one.pk for one in find(record) if one is not None] if find else []
    return records_of(ids, by)


def records_of(ids: Iterable[Any], by: User) -> list[AnyRecord]:
    """The visible records with these ids, in their order and each once."""
    wanted = list(dict.fromkeys(ids))
    found = AnyRecord.objects.visible_to(by).in_bulk(wanted)
    return [found[one] for one in wanted if one in found]


def lock(ids: Iterable[UUID]) -> None:
    """Take the parties among these records before several are written one after the other; see timeline.sql."""
    with connection.cursor() as cursor:
        cursor.execute("select activities_lock_parties(%s)", [list(ids)])


def rows(records: Iterable[AnyRecord | Record], users: Iterable[User] = ()) -> list[dict[str, Any]]:
    """The parts of a new activity for `save_record`."""
    return [{"record": one} for one in dict.fromkeys(one.pk for one in records)] + [
        {"user": one} for one in dict.fromkeys(one.pk for one in users)
    ]


def participants_of(activity_ids: Sequence[UUID], by: User) -> dict[UUID, list[AnyRecord | User]]:
    """Per activity who takes part and is visible to the user: one query for the records, one for the colleagues."""
    from rapport.activities.models import Participant

    found: dict[UUID, list[AnyRecord | User]] = {one: [] for one in activity_ids}
    parts = list(
        Participant.objects.filter(activity__in=activity_ids)
        .order_by("id")
        .values_list("activity_id", "record_id", "user_id")
    )
    seen = AnyRecord.objects.visible_to(by).defer("lexemes")
    records = seen.in_bulk([record for _a, record, _u in parts if record])
    users = User.objects.only("name", "email").in_bulk([user for _a, _r, user in parts if user])
    for activity, record, user in parts:
        one = records.get(record) if record else users.get(user)
        if one is not None:
            found[activity].append(one)
    return found
