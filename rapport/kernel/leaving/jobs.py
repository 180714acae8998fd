"""Handing over more than a page could while somebody waits."""

from rapport.accounts.models import User
from rapport.kernel.leaving.deeds import Heirs, hand_over
from rapport.runtime.jobs import job


@job()
def hand_over_later(
    *, user_id: str, receiver_id: str, by_id: str, others: dict[str, str] | None = None
) -> None:
    """Hand over what the user owns; again is harmless, for then he owns none of it any more.

    `receiver_id` is empty where nobody gets the rest; `others` has who gets the records of a type, empty for nobody.
    """
    apart = others or {}
    wanted = {user_id, receiver_id, by_id, *apart.values()} - {""}
    users = {str(one.pk): one for one in User.objects.filter(pk__in=wanted)}
    if len(users) == len(wanted):
        heirs = Heirs(users.get(receiver_id), {key: users.get(heir) for key, heir in apart.items()})
        hand_over(users[user_id], heirs, by=users[by_id])
