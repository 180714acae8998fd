"""Mails that tell what is new: one for each user, whatever is due, in his language and his time."""

import logging
from datetime import timedelta
from email.utils import make_msgid
from smtplib import SMTPException
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.accounts.models import User
from rapport.kernel.notifications.models import Notification
from rapport.kernel.notifications.reader import Told, seen_by, shown
from rapport.kernel.notifications.speaking import speaking
from rapport.runtime import options

log = logging.getLogger(__name__)

MOST = 50  # in one mail; the page has the others
AGAIN_AFTER = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=1)


def send_due() -> int:
    """Send everybody the mail that is due; returns how many were sent. Safe to call twice, also at the same time."""
    due = Notification.objects.filter(mail_due_at__lte=timezone.now())
    users = list(due.order_by("user").values_list("user", flat=True).distinct())
    return sum(_send_to(user_id) for user_id in users)


def _send_to(user_id: UUID) -> bool:
    """One transaction: what is locked here is marked and sent; another worker passes over it."""
    now = timezone.now()
    with transaction.atomic():
        due = Notification.objects.filter(user=user_id, mail_due_at__lte=now)
        rows = list(due.select_for_update(skip_locked=True).order_by("at", "id"))
        if not rows:
            return False
        mine = Notification.objects.filter(pk__in=[row.pk for row in rows])
        user = User.objects.filter(pk=user_id, is_active=True).first()
        wanted = _wanted(user, rows) if user is not None else []
        mine.update(mail_due_at=None)
        if user is None or not wanted:
            return False
        Notification.objects.filter(pk__in=[row.pk for row in wanted]).update(mailed_at=now)
        try:
            _write(user, wanted)
        except (SMTPException, OSError) as problem:
            log.warning("The mail server did not take a mail with notifications: %s", problem)
            Notification.objects.filter(pk__in=[row.pk for row in wanted]).update(mailed_at=None)
            fresh = [row.pk for row in wanted if row.at > now - GIVE_UP_AFTER]
            Notification.objects.filter(pk__in=fresh).update(mail_due_at=now + AGAIN_AFTER)
            return False
    return True


def _wanted(user: User, rows: list[Notification]) -> list[Notification]:
    """Without what he has read in the page meanwhile and what he must not see any more."""
    seen = seen_by(user).filter(pk__in=[row.pk for row in rows], read_at=None)
    return list(seen.select_related("record", "by").order_by("at", "id"))


def _write(user: User, rows: list[Notification]) -> None:
    with speaking(user) as company:
        told = shown(rows[:MOST])
        values = {
            "user": user, "told": told, "more": max(0, len(rows) - MOST), "base": base(),
            "company": company.name or _("Rapport"), "choices": reverse("notification_choices"),
            "all": reverse("notifications"),
        }  # fmt: skip
        mail = EmailMultiAlternatives(
            _subject(told, len(rows)), render_to_string("kernel/notifications/mail.txt", values), None, [user.email],
            # The same things in the same mail: who gets it twice after a crash can tell.
            headers={"Message-ID": make_msgid(str(rows[0].pk), "rapport.invalid"), "Auto-Submitted": "auto-generated"},
        )  # fmt: skip
        mail.attach_alternative(render_to_string("kernel/notifications/mail.html", values), "text/html")
        mail.send()


def _subject(told: list[Told], count: int) -> str:
    if count == 1:
        return " ".join(told[0].sentence.split())[:150]
    sentence = ngettext("%(count)s thing is new in Rapport", "%(count)s things are new in Rapport", count)
    return sentence % {"count": count}


def base() -> str:
    """The address of this installation, for mails that no request asked for."""
    said = options.URL.value() or f"http://{options.HOST.value()}:{options.PORT.value()}"
    return said.rstrip("/")
