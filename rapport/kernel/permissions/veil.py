"""Records in memory without the values that their reader must not see: whatever shows them shows none.

Query sets of `visible_to` give such records (records/base.py), so that templates and summaries of areas, which read
attributes, need not know of field rights. The values are kept aside, not lost: records that are locked to be written
come whole, and the door puts the values back before it looks at a record.
"""

from typing import TYPE_CHECKING, Any

from rapport.kernel.fields import LinkBase
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.permissions.fields import NarrowType, seen_by
from rapport.kernel.registry import RecordType, type_of

if TYPE_CHECKING:
    from rapport.accounts.models import User

KEPT = "_veiled"
ABSENT: Any = object()  # Any: stands for a value that was not read


def veil(record: Any, user: "User | None") -> Any:  # Any: a record, or nothing
    """Take from the record, and from those that were read along with it, what the user must not see."""
    from rapport.kernel.records.base import Record

    if not isinstance(record, Record):
        return record
    kind = seen_by(type_of(record), user)
    for linked in list(record._state.fields_cache.values()):
        veil(linked, user)
    if isinstance(kind, NarrowType) and kind.hidden and KEPT not in record.__dict__:
        _take(record, kind)
    return record


def _take(record: Any, kind: NarrowType) -> None:  # Any: a record
    held, cache = record.__dict__, record._state.fields_cache
    kept: dict[str, Any] = {}
    links: dict[str, Any] = {}
    for name, one in kind.whole.fields.items():
        if name in kind.fields or one.is_custom:
            continue
        kept[one.attname] = held.get(one.attname, ABSENT)
        held[one.attname] = None if one.null else [] if one.is_multiple else ""
        if isinstance(one, LinkBase) and name in cache:
            links[name] = cache.pop(name)
    if "custom" in held:
        kept["custom"] = held["custom"]
        hidden = {name for name in kind.whole.fields if name not in kind.fields}
        hidden |= {f"{name}{CURRENCY}" for name in hidden}
        held["custom"] = {key: value for key, value in held["custom"].items() if key not in hidden}
    held[KEPT] = (kept, links)


def unveil(record: Any) -> None:  # Any: a record
    """Put everything back, so that the record can be checked and written."""
    held = record.__dict__
    if KEPT not in held:
        return
    kept, links = held.pop(KEPT)
    for name, value in kept.items():
        if value is ABSENT:
            held.pop(name, None)
        else:
            held[name] = value
    record._state.fields_cache.update(links)


def tells(kind: RecordType, user: "User", *names: str) -> bool:
    """May the user be told what is worked out from these fields?"""
    fields = seen_by(kind, user).fields
    return all(name in fields for name in names)
