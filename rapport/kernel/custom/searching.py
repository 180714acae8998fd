"""Custom fields whose words search finds: triggers ask their definitions, a job brings old records up to date."""

from typing import TYPE_CHECKING, Final

from django.db import connection, transaction

from rapport.kernel.registry import type_by_key

if TYPE_CHECKING:
    from uuid import UUID

    from rapport.kernel.custom.models import CustomField
    from rapport.kernel.registry import RecordType

SEARCHED: Final = ("text", "longtext", "email", "phone", "web", "number", "choice", "choices", "autonumber")
AT_ONCE: Final = 5_000  # so many records are brought up to date while the administrator waits
BATCH: Final = 5_000


def words_of(one: "CustomField") -> object:
    """What decides which words the values of a field give; another answer means that they have to be found anew."""
    if not one.is_searched or one.is_removed:
        return None
    labels = [(row["key"], row.get("label")) for row in one.choices()]
    return one.kind, one.key, labels


def follow(one: "CustomField", before: object) -> None:
    """After a change, in its transaction: records are found by what they are found by now."""
    from rapport.kernel.custom import jobs

    kind = type_by_key(one.type)
    if kind is None or words_of(one) == before:
        return
    last = renew(kind, None, AT_ONCE)
    if last is not None:
        jobs.renew_words.defer(type_key=kind.key, after=str(last))


def renew_all(kind: "RecordType", after: "UUID | str | None") -> None:
    """The words of all records behind that one, some at a time; idempotent, so it may begin again at any time."""
    last: UUID | str | None = after
    while True:
        with transaction.atomic():
            last = renew(kind, last, BATCH)
        if last is None:
            return


def renew(kind: "RecordType", after: "UUID | str | None", most: int) -> "UUID | None":
    """The words of some records in the order of their ids; returns the last of them when there are more."""
    table = kind.table
    only = f" and kind = '{kind.kind}'" if kind.kind else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"with these as (select id from \"{table}\" where id > coalesce(%s::uuid, '{'0' * 32}'){only}"  # noqa: S608 - names of ours
            f" order by id limit %s), renewed as ("
            f" update kernel_record r set lexemes = f.words from (select line.id, {table}_words(line) as words"
            f' from "{table}" line join these on these.id = line.id offset 0) f'
            " where r.id = f.id and r.lexemes is distinct from f.words)"
            " select count(*), (select id from these order by id desc limit 1) from these",
            [str(after) if after else None, most],
        )
        count, last = cursor.fetchone()
    return last if count == most else None
