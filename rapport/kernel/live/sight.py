"""What a user may learn of what happened: asked at the moment of telling, in one query for all of it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from rapport.accounts.grants import has_field_rights
from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord, reads_everything
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.live.batch import Happening
from rapport.kernel.permissions.fields import hidden_fields
from rapport.kernel.registry import type_by_key

MANY = 200  # changed records of one type; a page that shows it is loaded anew then
Owners = dict[UUID, UUID | None]  # of the records that are there


class Look:
    """One look of many users at what happened: what is the same for all who read everything is asked once."""

    def __init__(self) -> None:
        self.asked: set[UUID] = set()
        self.there: Owners = {}

    def seen(self, user: User, ids: set[UUID]) -> Owners:
        """Those of these records that the user may see, with their owners.

        Also what lies in the trash: that it went there is what its page must learn.
        """
        if not reads_everything(user):
            return _readable(user, ids)
        self.there |= _readable(user, ids - self.asked)
        self.asked |= ids
        return self.there


def _readable(user: User, ids: set[UUID]) -> Owners:
    rows = AnyRecord.objects.readable_by(user).filter(pk__in=ids)
    return dict(rows.values_list("pk", "owner_id")) if ids else {}


def told_to(user: User, happenings: Iterable[Happening], look: Look) -> dict[str, Any]:  # Any: JSON
    """What the user's pages are told; empty when there is nothing for him.

    `records` maps ids to [type, what, whether he did it himself], with a fourth, true, where the record is his or he
    was named in what changed (a new owner, somebody who takes part); `many` names types of which too much changed to
    list it; `bell` says that his notifications changed.
    """
    chosen = [one for one in happenings if one.user_id is None or one.user_id == user.pk]
    ids = {key for one in chosen for key in (one.record_id, *one.needs) if key is not None}
    seen = look.seen(user, ids)
    records: dict[str, list[Any]] = {}
    counts: dict[str, int] = {}
    told: dict[str, Any] = {}
    for one in chosen:
        if one.what == "notifications":
            told["bell"] = True
        elif one.record_id in seen and one.needs <= seen.keys() and not _is_hidden(one, user):
            key, did = str(one.record_id), one.by == user.pk
            is_his = seen[one.record_id] == user.pk or str(user.pk) in one.names
            before = records.get(key)
            if before is None:
                counts[one.type] = counts.get(one.type, 0) + 1
            what = one.act if one.act in ("create", "remove") and not one.part else one.what
            records[key] = [one.type, before[1] if before and before[1] != "timeline" else what,
                            did and (before is None or before[2])]  # fmt: skip
            if is_his or (before and before[3:]):
                records[key].append(True)
    many = [key for key, count in counts.items() if count > MANY]
    listed = {key: said for key, said in records.items() if said[0] not in many}
    return told | ({"records": listed} if listed else {}) | ({"many": many} if many else {})


def _is_hidden(one: Happening, user: User) -> bool:
    """Whether nothing was changed but what his roles hide from him."""
    kind = type_by_key(one.type)
    if kind is None:
        return True  # its type was taken away
    if one.what != "record" or not has_field_rights(user):
        return False
    hidden = hidden_fields(kind, user)
    if one.part:
        return one.part in hidden
    columns = {
        name
        for field in hidden
        if field in kind.whole.fields
        for name in (kind.whole.fields[field].column or field, f"{field}{CURRENCY}", field)
    }
    return bool(one.columns) and one.columns <= columns
