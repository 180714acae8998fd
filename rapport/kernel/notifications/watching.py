"""What followers are told of besides comments: a record moved on, or somebody else looks after it now.

Read from the change log, so whatever door it came through; the position is kept in the transaction that tells.
"""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord, Cause, Change
from rapport.kernel.changes.reader import unread
from rapport.kernel.changes.values import Titles, links_in, value_text
from rapport.kernel.fields.base import FieldType
from rapport.kernel.notifications import Kind, Mail, add_kind, notify
from rapport.kernel.notifications.following import come_to_follow, followers_of
from rapport.kernel.notifications.mails import UNCLEAR
from rapport.kernel.notifications.speaking import speaking
from rapport.kernel.registry import RecordType, type_by_key, types

OWNER, MINE, STAGE = "record.owner", "record.mine", "record.stage"
READER = "followers"
BATCH = 5_000  # entries read at once
# What others than its writer look after from its beginning counts as given, unless an import or a job brought it.
TELLING = "part = '' and (act = 'update' and diff ?| %s or act = 'create' and cause = any(%s))"
GIVING = (Cause.PAGE.value, Cause.API.value)
MANY = 50  # records moved in one act
BUNDLED = 5  # so many of one act are told one by one; more of them in one sentence


def register() -> None:
    add_kind(
        Kind(MINE, _("Records that are given to me"), _("%(by)s gave you %(record)s."), "user-round-check",
             mail=Mail.AT_ONCE, order=30)
    )  # fmt: skip
    add_kind(
        Kind(f"{MINE}.many", _("Many records that are given to me at once"), _("%(by)s gave you %(count)s records."),
             "user-round-check", mail=Mail.AT_ONCE, order=31)
    )  # fmt: skip
    add_kind(
        Kind(STAGE, _("Records that I follow move on"), _("%(by)s moved %(record)s from %(was)s to %(now)s."),
             "arrow-right", order=40)
    )  # fmt: skip
    add_kind(
        Kind(OWNER, _("Records that I follow get another owner"), _("%(by)s made %(now)s the owner of %(record)s."),
             "user-round", order=50)
    )  # fmt: skip
    add_kind(
        Kind(
            UNCLEAR,
            _("Mails that may not have reached me"),
            _("A mail may not have reached you."),
            "mail",
            order=200,
        )
    )


def tell_followers() -> None:
    """Tell of what happened since the last call; the first one begins here."""
    while True:
        with unread(
            READER, most=BATCH, where=TELLING, values=[_columns(), list(GIVING)], from_now=True
        ) as part:
            _tell_all(part.changes())
        if not part.has_more:
            return


def _tell_all(changes: list[Change]) -> None:
    """One by one what was done one by one; what was done to many at once in one sentence."""
    owners = _new_owners(changes)
    # (change set, new owner) -> what he was given.
    many: dict[tuple[UUID, UUID], list[Change]] = defaultdict(list)
    for change in changes:
        if (owner := owners.get(change.pk)) is not None:
            many[change.change_set_id or change.record_id, owner].append(change)
    bulk = {place for place, found in many.items() if len(found) > BUNDLED}
    _tell_bulk({place: many[place] for place in bulk})
    sizes: dict[UUID | None, int] = defaultdict(int)
    for change in changes:
        sizes[change.change_set_id] += 1
    # Of a bulk edit followers are not told one by one: they see it in the records' histories.
    single = [
        one
        for one in changes
        if sizes[one.change_set_id] <= MANY and (one.act == "update" or one.pk in owners)
    ]
    for change in single:
        _keep_following(change)
    for change in single:
        owner = owners.get(change.pk)
        if owner is None or (change.change_set_id or change.record_id, owner) not in bulk:
            _tell(change, owner)


def _columns() -> list[str]:
    stages = (one.whole.fields.get(one.board) for one in types() if one.board)
    return sorted({"owner_id", *(field.column for field in stages if field is not None and field.column)})


def _new_owners(changes: list[Change]) -> dict[int, UUID]:
    """{entry of the log: who looks after the record since}; a new record that was not given on is its owner's."""
    given = {one.record_id for one in changes if _given(one) is not None}
    new = [one.record_id for one in changes if one.act == "create" and one.record_id not in given]
    owners = dict(AnyRecord.objects.filter(pk__in=new).values_list("pk", "owner_id")) if new else {}
    found = {one.pk: owners.get(one.record_id) if one.act == "create" else _given(one) for one in changes}
    return {one.pk: owner for one in changes if (owner := found[one.pk]) and owner != one.actor_id}


def _given(change: Change) -> UUID | None:
    said = change.diff.get("owner_id")
    return UUID(said[1]) if said and said[1] else None


def _keep_following(change: Change) -> None:
    """Who has looked after a record is told what becomes of it, until he says that he does not want to."""
    was = (change.diff.get("owner_id") or [None])[0]
    if was and AnyRecord.objects.filter(pk=change.record_id).exists():
        come_to_follow(change.record_id, User.objects.filter(pk=was, is_active=True))


def _tell_bulk(given: dict[tuple[UUID, UUID], list[Change]]) -> None:
    """Many records at once are one notification."""
    for (set_id, owner), found in given.items():
        user = User.objects.filter(pk=owner, is_active=True).first()
        if user is not None:
            notify(
                [user], f"{MINE}.many", by=_actor(found[0]), key=str(set_id), values={"count": len(found)},
                address=f"/{found[0].type}/",
            )  # fmt: skip


def _tell(change: Change, owner: UUID | None) -> None:
    entry = AnyRecord.objects.filter(pk=change.record_id, deleted_at=None).first()
    kind = type_by_key(change.type)
    if entry is None or kind is None:
        return
    by, key = _actor(change), str(change.pk)
    people = followers_of(entry.pk)
    if owner is not None:
        notify([one for one in people if one.pk == owner], MINE, entry, by=by, key=key)
    for what in _events(kind, change):
        others = [one for one in people if what != OWNER or one.pk != owner]
        for user in others:
            # Titles of what is linked are those that this reader may know, in his language.
            with speaking(user):
                was, now = _worded(kind, change, what, user)
            notify([user], what, entry, by=by, key=key, values={"was": was, "now": now})


def _events(kind: RecordType, change: Change) -> list[str]:
    found = [OWNER] if _given(change) is not None else []
    field = _stage(kind)
    return [*found, STAGE] if field is not None and field.column in change.diff else found


def _stage(kind: RecordType) -> FieldType | None:
    return kind.whole.fields.get(kind.board) if kind.board else None


def _worded(kind: RecordType, change: Change, what: str, user: User) -> tuple[str, str]:
    field: Any = kind.whole.fields["owner"] if what == OWNER else _stage(kind)  # Any: a field with a column
    titles = Titles(user)
    links_in(change, [field], titles)
    titles.load()
    was, now = change.diff[field.column]
    return value_text(field, was, titles) or "–", value_text(field, now, titles) or "–"


def _actor(change: Change) -> User | None:
    return User.objects.filter(pk=change.actor_id).first() if change.actor_id else None
