"""My day by mail: for whom wants it, at his hour, in his language and time zone, once a day."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rapport.accounts.letters.store import base, post
from rapport.accounts.models import User
from rapport.activities.myday.day import Day, day_of
from rapport.kernel.attention.models import DigestChoice
from rapport.kernel.attention.needs import Need, needs_of
from rapport.kernel.notifications.speaking import speaking
from rapport.ui.mails import html_of

LATEST: Final = 4  # hours: who was not reached by then (no worker ran) gets the next day's
SATURDAY: Final = 5


def send_due() -> int:
    """Write everybody the day that is due; returns how many. Safe to call twice, also at the same time.

    That a day was written and the letter with it are one transaction; letters are sent once (accounts/letters).
    """
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
    """One transaction: whoever has the row locked writes it; another worker passes over it."""
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
            day.needs, day.needs_count = needs, day_needs
            if day.is_empty and not day.agenda.appointments and not needs:
                return False  # nothing to tell is no mail, today
            return _write(user, day, needs, company.name or _("Rapport"), choice)


def _write(user: User, day: Day, needs: list[Need], company: str, choice: DigestChoice) -> bool:
    values = {
        "user": user, "day": day, "needs": needs, "base": base(), "company": company,
        "home": reverse("home"), "choices": reverse("digest"),
        "planned": [one for one in day.agenda.appointments if one.shown.is_planned],
    }  # fmt: skip
    subject = _("Your day: %(summary)s") % {"summary": day.summary}
    now = timezone.localtime()
    return post(
        user, f"day:{now.date()}:{user.pk}", subject, render_to_string("activities/myday/digest.txt", values),
        html=html_of("activities/myday/mail.html", values), address=reverse("home"),
        until=now.replace(minute=0, second=0) + timedelta(hours=LATEST),
    )  # fmt: skip
