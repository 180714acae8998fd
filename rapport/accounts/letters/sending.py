"""Handing each letter to the mail server once.

The job takes a letter (it is due again only minutes later), connects to the mail server, notes that it hands it over,
hands it over, and notes that it was sent. A worker that dies before the handing over has sent nothing, and the letter
is due again. One that dies in the blink between the server's yes and our note leaves a letter of which nobody knows:
it is not sent again but told in the page, so nothing comes twice and nothing is lost.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone

from rapport.accounts.letters.models import Letter, State

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)  # so long one worker has for one letter
AGAIN_AFTER = timedelta(minutes=10)
REFUSALS = (SMTPResponseException, SMTPRecipientsRefused)  # the server has said no: it has nothing of ours


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
        # Before the handing over nothing was sent; behind it nobody knows, and `find_unclear` (store.py) sees to it.
        log.warning("The mail server could not be reached for a letter: %s", type(problem).__name__)
        mine.filter(state=State.WAITING).update(due_at=timezone.now() + AGAIN_AFTER)
        return False
    finally:
        connection.close()
    mine.update(state=State.SENT, sent_at=timezone.now(), text="", html="")
    return True
