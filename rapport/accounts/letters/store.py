"""Keeping letters: each is written in the transaction of what it tells of, under a key.

So nothing is told that was rolled back, and the same is told once. `sending.py` hands them to the mail server.
"""

from datetime import datetime, timedelta

from django.utils import timezone

from rapport.accounts.letters.jobs import send_letters
from rapport.accounts.letters.models import Letter, State
from rapport.accounts.models import User
from rapport.runtime import options

GIVE_UP_AFTER = timedelta(days=1)
KEPT = timedelta(days=90)


def base() -> str:
    """The address of this installation, for mails that no request asked for."""
    said = options.URL.value() or f"http://{options.HOST.value()}:{options.PORT.value()}"
    return said.rstrip("/")


def post(
    user: User, key: str, subject: str, text: str, *, html: str = "", address: str = "", to: str = "",
    until: datetime | None = None,
) -> bool:  # fmt: skip
    """Keep a letter in the running transaction; False when there is one with this key already."""
    now = timezone.now()
    letter = Letter(
        user=user, key=key, to=to or user.email, subject=" ".join(subject.split())[:200], text=text, html=html,
        address=address, at=now, due_at=now, until=until or now + GIVE_UP_AFTER,
    )  # fmt: skip
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    if not Letter.objects.filter(pk=letter.pk).exists():
        return False
    send_letters.defer_once("all")
    return True


def find_unclear() -> list[Letter]:
    """Letters of which nobody knows whether they arrived; for who tells their users. Belongs into a transaction."""
    now = timezone.now()
    rows = Letter.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
    handed = rows.filter(state=State.HANDED, due_at__lte=now)
    late = rows.filter(state=State.WAITING, until__lte=now)
    return [*handed, *late]


def forget_old() -> None:
    Letter.objects.filter(at__lt=timezone.now() - KEPT).delete()
