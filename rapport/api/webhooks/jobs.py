"""Telling subscribers, every minute; each by itself, so that a slow one holds up nobody."""

from uuid import UUID

from rapport.api.webhooks.deliver import deliver, due
from rapport.runtime.jobs import job


@job()
def tell(*, subscription_id: str) -> None:
    """Tell one subscriber what he does not know yet. Idempotent: what was told is behind his position."""
    deliver(UUID(subscription_id))


@job(every="* * * * *")
def tell_all() -> None:
    """Queue those whose turn it is, each once."""
    for key in due():
        tell.defer_once(str(key), subscription_id=str(key))
