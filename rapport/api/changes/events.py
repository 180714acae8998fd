"""Events: entries of the change log as one user may know of them, with the record as it stands now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from rapport.api.changes.log import Entry
from rapport.api.records.trash import in_trash
from rapport.api.tokens.scope import Viewer
from rapport.api.values import Json, Shown
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import type_seen
from rapport.kernel.registry import RecordType


@dataclass
class Reach:
    """What the user may see of the records of one type that the entries are about."""

    kind: RecordType
    alive: dict[UUID, Json] = field(default_factory=dict)
    trash: set[UUID] = field(default_factory=set)
    sees_all: bool = False


def events_of(
    entries: Sequence[Entry], viewer: Viewer, *, condition: Callable[[RecordType], Q] = lambda kind: Q()
) -> list[Json]:
    """One event for each entry that concerns the user; `condition` narrows the records of a type further."""
    reaches = {key: _reach(key, entries, viewer, condition) for key in {one.type for one in entries}}
    found = []
    for one in entries:
        reach = reaches[one.type]
        event = _event(one, reach, viewer) if reach is not None else None
        if event is not None:
            found.append(event)
    return found


def _reach(
    key: str, entries: Sequence[Entry], viewer: Viewer, condition: Callable[[RecordType], Q]
) -> Reach | None:
    kind = type_seen(key, viewer.user)
    if kind is None or policy(viewer.user, key, "read").reach == "none":
        return None
    ids = {one.record_id for one in entries if one.type == key}
    shown = Shown(viewer, kind, viewer.scope.fields(kind), viewer.scope.parts(kind))
    only = condition(kind)
    rows = kind.visible_to(viewer.user).filter(only, pk__in=ids)
    reach = Reach(kind, sees_all=policy(viewer.user, key, "read").reach == "all" and not only)
    records = list(rows)
    reach.alive = dict(zip([one.pk for one in records], shown.many(records), strict=True)) if records else {}
    gone = ids - set(reach.alive)
    if gone:
        reach.trash = set(in_trash(kind, viewer.user).filter(only, pk__in=gone).values_list("pk", flat=True))
    return reach


def _event(entry: Entry, reach: Reach, viewer: Viewer) -> Json | None:
    """The event, or nothing when the user must not know of it."""
    act = act_of(entry)
    if entry.record_id in reach.alive:
        changed = changed_names(entry, reach.kind, viewer)
        if act == "update" and not changed:
            return None
        return _json(entry, act, changed, reach.alive[entry.record_id])
    tombstone = (
        (act == "delete" and (entry.record_id in reach.trash or (entry.act == "remove" and reach.sees_all)))
        or was_mine(entry, viewer)
    )  # fmt: skip
    return _json(entry, "delete", [], None) if tombstone else None


def act_of(entry: Entry) -> str:
    """ "create", "update", "delete" (also into the trash) or "restore"."""
    if entry.part:
        return "update"
    if entry.act == "remove":
        return "delete"
    gone = entry.diff.get("deleted_at")
    if entry.act == "update" and gone:
        return "delete" if gone[1] else "restore"
    return entry.act


def was_mine(entry: Entry, viewer: Viewer) -> bool:
    """Did this entry take the record out of the user's sight? Then he has seen it until then."""
    owner, team = entry.diff.get("owner_id"), entry.diff.get("team_id")
    if entry.part:
        return False
    mine = bool(owner and owner[0] == str(viewer.user.pk))
    return mine or bool(team and viewer.user.team_id and team[0] == str(viewer.user.team_id))


def changed_names(entry: Entry, kind: RecordType, viewer: Viewer) -> list[str]:
    """Which fields, parts and other things changed, as far as the token may see them."""
    if entry.part:
        if entry.part in kind.whole.parts and entry.part not in kind.parts:
            return []
        return [entry.part] if viewer.scope.allows(kind, entry.part) else []
    known = viewer.scope.fields(kind)
    columns: dict[str, str] = {str(one.column): name for name, one in known.items()}
    names = [columns.get(one) or columns.get(one.removesuffix(CURRENCY)) for one in entry.diff]
    return sorted({one for one in names if one})


def _json(entry: Entry, act: str, changed: list[str], record: Any) -> Json:  # Any: JSON
    return {
        "position": str(entry.position), "id": str(entry.id), "at": entry.at.isoformat(), "type": entry.type,
        "record_id": str(entry.record_id), "act": act, "changed": changed, "cause": entry.cause,
        "actor": str(entry.actor_id) if entry.actor_id else None,
        "change_set": str(entry.change_set_id) if entry.change_set_id else None, "record": record,
    }  # fmt: skip
