"""What the API does in the background."""

from rapport.api.bulk.keep import forget_old
from rapport.api.proposals import store as proposals
from rapport.runtime.jobs import job


@job(one_at_a_time=True, every="40 * * * *")
def forget_old_answers() -> None:
    """Kept answers leave after a day; idempotent."""
    forget_old()


@job(one_at_a_time=True, every="50 3 * * *")
def forget_old_proposals() -> None:
    """Proposals leave after a month; idempotent."""
    proposals.forget_old()
