"""What the API does in the background."""

from rapport.api.bulk.keep import forget_old
from rapport.runtime.jobs import job


@job(one_at_a_time=True, every="40 * * * *")
def forget_old_answers() -> None:
    """Kept answers leave after a day; idempotent."""
    forget_old()
