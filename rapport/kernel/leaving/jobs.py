"""Handing over more than a page could while somebody waits."""

from rapport.accounts.models import User
from rapport.kernel.leaving.deeds import hand_over
from rapport.runtime.jobs import job


@job()
def hand_over_later(*, user_id: str, receiver_id: str, by_id: str) -> None:
    """Hand over all that the user owns; again is harmless, for then he owns nothing any more."""
    users = {str(one.pk): one for one in User.objects.filter(pk__in=[user_id, receiver_id, by_id])}
    if len(users) == len({user_id, receiver_id, by_id}):
        hand_over(users[user_id], users[receiver_id], by=users[by_id])
