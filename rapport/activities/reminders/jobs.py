"""Reminders go out every minute."""

from rapport.activities.reminders.sending import remind
from rapport.runtime.jobs import job


@job(one_at_a_time=True, every="* * * * *")
def send_reminders() -> None:
    """Idempotent: whoever was told stands in the table of reminders."""
    remind()
