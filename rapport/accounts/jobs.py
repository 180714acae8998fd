"""What this area does in the background: mails about signing in, loading the sample company, clearing up."""

from django.core.management import call_command

from rapport.accounts import mail
from rapport.accounts.letters import store as letters
from rapport.accounts.sessions.store import SessionStore
from rapport.accounts.signin_log.writing import forget_old
from rapport.runtime.jobs import job


@job()
def send_reset_mail(*, email: str, base: str, asked_at: str = "", place: str = "") -> None:
    """Look for the user of the address and send him the link for a new password."""
    mail.write_reset_mail(email, base, asked_at, place)


@job()
def send_invitation(*, user_id: str, by: str, base: str) -> None:
    """Send a new user the link for his first password."""
    mail.write_invitation(user_id, by, base)


@job()
def send_new_invitation(*, invitation_id: str, base: str) -> None:
    """Send who is invited the link by which he becomes a user."""
    mail.write_new_invitation(invitation_id, base)


@job(one_at_a_time=True)
def load_sample() -> None:
    """Fill the empty database with the sample company."""
    call_command("demo")


@job(one_at_a_time=True, every="20 3 * * *")
def clear_sign_ins() -> None:
    """Remove sessions that are over, lines of the sign-in log older than the company keeps, and old letters."""
    SessionStore.clear_expired()
    forget_old()
    letters.forget_old()
