"""Mails that tell what is new: one for each user, whatever is due, in his language and his time."""

from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.accounts.letters.models import State
from rapport.accounts.letters.store import base, find_unclear, post
from rapport.accounts.models import User
from rapport.kernel.notifications.models import Notification
from rapport.kernel.notifications.reader import Told, seen_by, shown
from rapport.kernel.notifications.speaking import speaking
from rapport.kernel.notifications.telling import notify
from rapport.ui.mails import html_of

MOST = 50  # in one mail; the page has the others
UNCLEAR = "mail.unclear"


def send_due() -> int:
    """Write everybody the mail that is due; returns how many. Safe to call twice, also at the same time."""
    due = Notification.objects.filter(mail_due_at__lte=timezone.now())
    users = list(due.order_by("user").values_list("user", flat=True).distinct())
    return sum(_send_to(user_id) for user_id in users)


def _send_to(user_id: UUID) -> bool:
    """One transaction: what is locked here is marked and written; another worker passes over it."""
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
        _write(user, wanted)
    return True


def _wanted(user: User, rows: list[Notification]) -> list[Notification]:
    """Without what he has read in the page meanwhile and what he must not see any more."""
    seen = seen_by(user).filter(pk__in=[row.pk for row in rows], read_at=None)
    return list(seen.select_related("record", "by").order_by("at", "id"))


def _write(user: User, rows: list[Notification]) -> None:
    with speaking(user) as company:
        told = shown(rows[:MOST], lasting=True)
        values = {
            "user": user, "told": told, "more": max(0, len(rows) - MOST), "base": base(),
            "company": company.name or _("Rapport"), "choices": reverse("notification_choices"),
            "all": reverse("notifications"),
        }  # fmt: skip
        post(
            user, f"news:{rows[0].pk}",
            _subject(told, len(rows)), render_to_string("kernel/notifications/mail.txt", values),
            html=html_of("kernel/notifications/mail.html", values), address=reverse("notifications"),
        )  # fmt: skip


def _subject(told: list[Told], count: int) -> str:
    if count == 1:
        return " ".join(told[0].sentence.split())[:150]
    sentence = ngettext("%(count)s thing is new in Rapport", "%(count)s things are new in Rapport", count)
    return sentence % {"count": count}


@transaction.atomic
def tell_unclear() -> int:
    """Tell in the page of letters that may not have arrived: they are not sent again, so that nothing comes twice."""
    found = find_unclear()
    for letter in found:
        notify([letter.user], UNCLEAR, text=letter.subject, address=letter.address, key=str(letter.pk))
        letter.state, letter.text, letter.html = State.TOLD, "", ""
        letter.save(update_fields=["state", "text", "html"])
    return len(found)
