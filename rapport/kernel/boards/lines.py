"""What stands under the title of a plain card: a few fields, with linked names only where the user may see them."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from rapport.accounts.models import User
from rapport.kernel.fields import FieldType, Link
from rapport.kernel.lists.cells import seen_titles
from rapport.kernel.registry import RecordType

MOST = 3
LEFT_OUT = ("owner", "file", "picture", "longtext", "tags")


def fields_of_cards(kind: RecordType, besides: Collection[str]) -> list[FieldType]:
    """The fields that a card shows: those under the type's titles, else the first ones of its list."""
    wanted = kind.subtitle or tuple(
        name for name, one in kind.listed_fields().items() if one.kind not in LEFT_OUT
    )
    left_out = (kind.title, "owner", *besides)
    found = [kind.fields[name] for name in wanted if name in kind.fields and name not in left_out]
    return [one for one in found if not one.is_worked_out][:MOST]


def lines_of(
    records: Sequence[Any], kind: RecordType, besides: Collection[str], user: User
) -> dict[UUID, list[str]]:
    """The lines of each of these records (Any), without the fields that are shown besides.

    Names of linked records come in one query for all.
    """
    shown = fields_of_cards(kind, besides)
    links = [one for one in shown if isinstance(one, Link)]
    keys = {key for one in links for record in records if (key := one.raw(record)) is not None}
    titles = seen_titles(keys, user) if keys else {}

    def line(one: FieldType, record: Any) -> str:  # Any: as above
        if isinstance(one, Link):
            return titles.get(one.raw(record), ("", ""))[1]
        return one.text(one.read(record))

    return {record.pk: [said for one in shown if (said := line(one, record))] for record in records}
