"""Letters in the background."""

from rapport.accounts.letters.sending import deliver
from rapport.runtime.jobs import job


@job(one_at_a_time=True, every="* * * * *")
def send_letters() -> None:
    """Hand letters that are due to the mail server, each once."""
    deliver()
