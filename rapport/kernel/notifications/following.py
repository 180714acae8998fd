"""Following a record: its owner, who comments it or is named there, and who wants to."""

from collections.abc import Iterable
from uuid import UUID

from rapport.accounts.models import User
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.notifications.models import Follower


def follow(record_id: UUID, user: User) -> None:
    """From now on the user is told what happens with the record."""
    Follower.objects.update_or_create({"follows": True}, record_id=record_id, user=user)


def unfollow(record_id: UUID, user: User) -> None:
    """He is not told any more, also where he owns it or writes a comment later."""
    Follower.objects.update_or_create({"follows": False}, record_id=record_id, user=user)


def come_to_follow(record_id: UUID, users: Iterable[User]) -> None:
    """Who takes part follows the record, unless he has said that he does not want to."""
    rows = [Follower(record_id=record_id, user=user) for user in users]
    Follower.objects.bulk_create(rows, ignore_conflicts=True)


def followers_of(record_id: UUID) -> list[User]:
    """Who is told: those who follow the record, and its owner unless he does not want to. May hold blind ones."""
    said = dict(Follower.objects.filter(record_id=record_id).values_list("user_id", "follows"))
    owner = AnyRecord.objects.filter(pk=record_id).values_list("owner_id", flat=True).first()
    wanted = {key for key, follows in said.items() if follows}
    if owner is not None and said.get(owner, True):
        wanted.add(owner)
    return list(User.objects.filter(pk__in=wanted, is_active=True).prefetch_related("roles").order_by("name"))


def follows(record_id: UUID, user: User, owner_id: UUID | None) -> bool:
    said = Follower.objects.filter(record_id=record_id, user=user).values_list("follows", flat=True).first()
    return owner_id == user.pk if said is None else said
