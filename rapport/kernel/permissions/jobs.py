"""What rules and territories need in the background: indexes for what they compare."""

from rapport.kernel.lists.indexes import ensure
from rapport.runtime.jobs import job


@job(one_at_a_time=True)
def prepare_indexes() -> None:
    """Make the indexes that lists need for rules and territories as they are now; large tables are not locked."""
    ensure()
