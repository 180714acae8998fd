"""Under which UID calendars know an activity: the one with which it came, else one made of its id."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from rapport.accounts.models import User
from rapport.kernel.external.models import LONGEST_KEY, ExternalKey

KIND = "activities"


def source_of(user: User) -> str:
    """Each user has calendars of his own: two may have been invited to the same meeting."""
    return f"ics:{user.pk}"


def key_of(uid: str) -> str:
    return uid if len(uid) <= LONGEST_KEY else f"sha256:{sha256(uid.encode()).hexdigest()}"


def uids_of(ids: Sequence[UUID], user: User) -> dict[UUID, str]:
    """{activity: uid}."""
    rows = ExternalKey.objects.filter(type=KIND, source=source_of(user), record_id__in=ids)
    known = dict(rows.values_list("record_id", "key"))
    return {one: known.get(one, f"{one}@rapport") for one in ids}


def activities_of(uids: Iterable[str], user: User) -> Mapping[str, UUID]:
    """{uid: activity} of those that are here already, as this user's calendars know them."""
    wanted = list(uids)
    rows = ExternalKey.objects.filter(
        type=KIND, source=source_of(user), key__in=[key_of(one) for one in wanted]
    )
    known = dict(rows.values_list("key", "record_id"))
    found = {one: known[key_of(one)] for one in wanted if key_of(one) in known}
    for one in wanted:
        own = one.removesuffix("@rapport")
        if one not in found and own != one:
            try:
                found[one] = UUID(own)
            except ValueError:
                continue
    return found


def keep_uid(activity_id: UUID, uid: str, user: User) -> None:
    """Note with which UID it came."""
    if uid == f"{activity_id}@rapport":
        return
    ExternalKey.objects.get_or_create(
        type=KIND, source=source_of(user), key=key_of(uid), defaults={"record_id": activity_id}
    )
