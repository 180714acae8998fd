"""My day by mail: for whom wants it, at his hour, in his language and time zone, once a day."""

import logging
from datetime import datetime
from email.utils import make_msgid
from smtplib import SMTPException
from typing import Final
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.activities.myday.day import Day, day_of
from rapport.kernel.attention.models import DigestChoice
from rapport.kernel.attention.needs import Need, needs_of
from rapport.kernel.notifications.mails import base
from rapport.kernel.notifications.speaking import speaking

log = logging.getLogger(__name__)
LATEST: Final = 4  # hours: who was not reached by then (no worker ran) gets the next day's
SATURDAY: Final = 5


def send_due() -> int:
    """Send everybody the day that is due; returns how many were sent. Safe to call twice, also at the same time."""
    users = DigestChoice.objects.filter(is_on=True, user__is_active=True).values_list("user", flat=True)
    return sum(_send_to(key) for key in list(users))


def is_due(choice: DigestChoice, now: datetime) -> bool:
    """Is it his hour, on a day that he has not got yet? `now` is in his time zone."""
    if choice.sent_on is not None and choice.sent_on >= now.date():
        return False
    if choice.workdays_only and now.weekday() >= SATURDAY:
        return False
    return choice.hour <= now.hour < choice.hour + LATEST


def _send_to(user_id: UUID) -> bool:
    """One transaction: whoever has the row locked sends it; another worker passes over it."""
    with transaction.atomic():
        rows = DigestChoice.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
        choice = rows.filter(pk=user_id, is_on=True).first()
        if choice is None:
            return False
        user = User.objects.get(pk=user_id)
        with speaking(user) as company:
            now = timezone.localtime()
            if not is_due(choice, now):
                return False
            choice.sent_on = now.date()
            choice.save(update_fields=["sent_on"])
            day, (needs, day_needs) = day_of(user), needs_of(user)
            day.needs_count = day_needs
            if day.is_empty and not day.agenda.appointments and not needs:
                return False  # nothing to tell is no mail, today
            try:
                with transaction.atomic():
                    _write(user, day, needs, company.name or _("Rapport"))
            except (SMTPException, OSError) as problem:
                log.warning("The mail server did not take a day by mail: %s", problem)
                transaction.set_rollback(True)  # the next run tries again, as long as it is his hour
                return False
    return True


def _write(user: User, day: Day, needs: list[Need], company: str) -> None:
    values = {
        "user": user, "day": day, "needs": needs, "base": base(), "company": company,
        "home": reverse("home"), "choices": reverse("digest"),
    }  # fmt: skip
    subject = _("Your day: %(summary)s") % {"summary": day.summary}
    mail = EmailMultiAlternatives(
        " ".join(subject.split())[:200],
        render_to_string("activities/myday/digest.txt", values),
        None,
        [user.email],
        # The same day in the same mail: who gets it twice after a crash can tell.
        headers={
            "Message-ID": make_msgid(f"day-{timezone.localdate()}-{user.pk}", "rapport.invalid"),
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.send()
