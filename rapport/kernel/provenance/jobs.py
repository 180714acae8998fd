"""What keeps the list of disagreements true: a reader of the change log."""

from rapport.kernel.changes.reader import unread
from rapport.kernel.provenance.disagreements import look_through
from rapport.kernel.provenance.sources import forget_left_behind
from rapport.runtime.jobs import job

BATCH = 5_000


@job(one_at_a_time=True, every="* * * * *")
def find_disagreements() -> None:
    """Note what programs and imports brought over typed values, forget marks of values that are no more; idempotent.

    The first call begins with today.
    """
    while True:
        with unread("disagreements", most=BATCH, from_now=True) as part:
            if part.entries:
                look_through(part.after, part.last)
                forget_left_behind(part.records)
        if not part.has_more:
            return
