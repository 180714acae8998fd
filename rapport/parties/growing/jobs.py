"""Counting what is missing, at night and when somebody asks."""

from rapport.parties.growing.quality import count_all
from rapport.runtime.jobs import job


@job(one_at_a_time=True, every="10 3 * * *")
def count_quality_at_night() -> None:
    """Count what is missing in all records; idempotent."""
    count_all()


@job(one_at_a_time=True)
def count_quality() -> None:
    """The same, because somebody asked."""
    count_all()
