"""Sending everybody his day, and forgetting what was put off long ago."""

from rapport.accounts.letters.sending import deliver
from rapport.activities.myday.digest import send_due
from rapport.kernel.attention.needs import forget_old
from rapport.runtime.jobs import job


@job(one_at_a_time=True, every="*/10 * * * *")
def send_days() -> None:
    """Send the day by mail to whom it is due; idempotent."""
    send_due()
    deliver()


@job(one_at_a_time=True, every="50 3 * * *")
def forget_snoozed() -> None:
    """Forget what was put off until long ago; idempotent."""
    forget_old()
