"""What this area does in the background: send mails, load the sample company."""

from django.core.management import call_command

from rapport.accounts import mail
from rapport.runtime.jobs import job


@job()
def send_reset_mail(*, email: str, base: str) -> None:
    """Look for the user of the address and send him the link for a new password."""
    mail.write_reset_mail(email, base)


@job()
def send_invitation(*, user_id: str, by: str, base: str) -> None:
    """Send a new user the link for his first password."""
    mail.write_invitation(user_id, by, base)


@job(one_at_a_time=True)
def load_sample() -> None:
    """Fill the empty database with the sample company."""
    call_command("demo")
