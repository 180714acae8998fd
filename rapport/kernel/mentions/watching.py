"""Who is named in the text of a record is told: read from the change log, so whatever door the text came through.

Not told is what an import, the sample company or a restored record brings: nobody has written it just now.
"""

from collections import defaultdict
from typing import Any
from uuid import UUID

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord, Cause, Change
from rapport.kernel.changes.reader import unread
from rapport.kernel.fields import LongText
from rapport.kernel.mentions.naming import MENTION, MOST, NOT_TOLD, named_in, sees
from rapport.kernel.notifications import notify
from rapport.kernel.notifications.following import come_to_follow
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import RecordType, type_by_key, types

READER = "mentions"
BATCH = 2_000  # entries read at once
# Texts in which somebody may be named: of new records the whole text, of others what was changed.
NAMING = """part = '' and type = any(%s) and cause = any(%s)
    and (act = 'create' or act = 'update' and diff ?| %s)"""


def texts_of(kind: RecordType) -> list[LongText]:
    """The fields of a type in which colleagues are named."""
    return [one for one in kind.whole.fields.values() if isinstance(one, LongText) and one.mentions]


def tell_named() -> None:
    """Tell who was named since the last call; the first one begins here."""
    kinds = {one.key: texts_of(one) for one in types()}
    keys = [key for key, fields in kinds.items() if fields]
    columns = sorted({str(one.column) for fields in kinds.values() for one in fields})
    values = [keys, [Cause.PAGE.value, Cause.API.value], columns]
    while True:
        with unread(READER, most=BATCH, where=NAMING, values=values, from_now=True) as part:
            _tell_all(part.changes())
        if not part.has_more:
            return


def _tell_all(changes: list[Change]) -> None:
    """Several changes of one record are looked at as one."""
    found: dict[UUID, list[Change]] = defaultdict(list)
    for change in changes:
        found[change.record_id].append(change)
    users = list(User.objects.prefetch_related("roles")) if found else []
    for of_record in found.values():
        _tell(of_record, users)


def _tell(changes: list[Change], users: list[User]) -> None:
    """What stands there now against what stood there before the first of these changes."""
    first, last = changes[0], changes[-1]
    kind = type_by_key(first.type)
    record = kind.model.objects.filter(pk=first.record_id, deleted_at=None).first() if kind else None
    if kind is None or record is None:
        return
    for one in texts_of(kind):
        now = one.read(record)
        before = "" if first.act == "create" else _before(changes, str(one.column), now)
        named = named_in(now, among=users)
        for key in named_in(before, among=users):
            named.pop(key, None)
        told, blind = list[User](), list[User]()
        here = {user.name.casefold() for user in named.values() if user.is_active}
        for user in named.values():
            if not user.is_active and user.name.casefold() in here:
                continue  # somebody of the same name is meant
            may_see = user.is_active and one.name in seen_by(kind, user).fields and sees(user, record.pk)
            (told if may_see else blind).append(user)
        if told:
            _notify(told[:MOST], record.pk, now, last)
        if blind:
            _tell_writer(blind[:MOST], record.pk, last)


def _before(changes: list[Change], column: str, now: str) -> str:
    return next((str(one.diff[column][0] or "") for one in changes if column in one.diff), now)


def _notify(told: list[User], record_id: UUID, text: str, change: Change) -> None:
    entry: Any = AnyRecord.objects.get(pk=record_id)  # Any: as notify takes it
    by = User.objects.filter(pk=change.actor_id).first() if change.actor_id else None
    come_to_follow(record_id, told)
    notify(told, MENTION, entry, text, by=by, key=f"named:{change.pk}")


def _tell_writer(blind: list[User], record_id: UUID, change: Change) -> None:
    """Who wrote must not wait for an answer of somebody who never heard of it. Why he cannot see it is not said."""
    writer = User.objects.filter(pk=change.actor_id).first() if change.actor_id else None
    others = [user.name for user in blind if writer is None or user.pk != writer.pk]
    if writer is not None and others:
        entry: Any = AnyRecord.objects.get(pk=record_id)  # Any: as above
        notify([writer], NOT_TOLD, entry, values={"names": ", ".join(others)}, key=f"not told:{change.pk}")
