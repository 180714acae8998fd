"""Keeping letters, and handing each to the mail server once.

A letter is written in the transaction of what it tells of, under a key: nothing is told that was rolled back, and the
same is told once. The job takes it (it is due again only minutes later), connects to the mail server, notes that it
hands it over, hands it over, and notes that it was sent. A worker that dies before the handing over has sent nothing,
and the letter is due again. One that dies in the blink between the server's yes and our note leaves a letter of
which nobody knows: it is not sent again but told in the page, so nothing comes twice and nothing is lost.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone

from rapport.accounts.letters.models import Letter, State
from rapport.accounts.models import User
from rapport.runtime import options

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)  # so long one worker has for one letter
AGAIN_AFTER = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=1)
KEPT = timedelta(days=90)
REFUSALS = (SMTPResponseException, SMTPRecipientsRefused)  # the server has said no: it has nothing of ours


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
    from rapport.accounts.jobs import send_letters  # the jobs read what is written here

    send_letters.defer_once("all")
    return True


def deliver() -> int:
    """Send what is due; returns how many letters were sent. Safe to call twice, also at the same time."""
    count = 0
    while (letter := _take()) is not None:
        count += _send(letter)
    return count


def _take() -> Letter | None:
    """The next letter, out of the way of other workers for a while; committed before anything is sent."""
    now = timezone.now()
    with transaction.atomic():
        due = Letter.objects.filter(state=State.WAITING, due_at__lte=now, until__gt=now)
        letter = due.select_for_update(skip_locked=True).order_by("due_at").first()
        if letter is not None:
            letter.due_at = now + LEASE
            letter.save(update_fields=["due_at"])
    return letter


def _send(letter: Letter) -> bool:
    connection = get_connection()
    mail = EmailMultiAlternatives(
        letter.subject, letter.text, None, [letter.to], connection=connection,
        headers={"Message-ID": f"<{letter.pk}@rapport.invalid>", "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    mine = Letter.objects.filter(pk=letter.pk)
    try:
        connection.open()
        mine.update(state=State.HANDED)
        mail.send()
    except REFUSALS as problem:
        log.warning("The mail server did not take a letter: %s", type(problem).__name__)
        mine.update(state=State.WAITING, due_at=timezone.now() + AGAIN_AFTER)
        return False
    except (SMTPException, OSError) as problem:
        # Before the handing over nothing was sent; behind it nobody knows, and `find_unclear` sees to it.
        log.warning("The mail server could not be reached for a letter: %s", type(problem).__name__)
        mine.filter(state=State.WAITING).update(due_at=timezone.now() + AGAIN_AFTER)
        return False
    finally:
        connection.close()
    mine.update(state=State.SENT, sent_at=timezone.now(), text="", html="")
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
