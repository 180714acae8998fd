"""Sending the mails that are due: at once when something was told, and every minute what was bundled."""

from datetime import timedelta

from django.utils import timezone

from rapport.accounts.letters.sending import deliver
from rapport.kernel.live.models import News, Presence
from rapport.kernel.mentions.watching import tell_named
from rapport.kernel.notifications.edits import tell_edits
from rapport.kernel.notifications.mails import send_due, tell_unclear
from rapport.kernel.notifications.models import Notification
from rapport.kernel.notifications.watching import tell_followers
from rapport.runtime.jobs import job

KEPT = timedelta(days=180)
NEWS_KEPT = timedelta(days=1)


@job(one_at_a_time=True)
def send_notifications() -> None:
    """Send what is due now."""
    send_due()
    deliver()


@job(one_at_a_time=True, every="* * * * *")
def send_bundles() -> None:
    """Send what has become due, and what could not be sent before; tell of what may not have arrived."""
    send_due()
    deliver()
    tell_unclear()


@job(one_at_a_time=True, every="* * * * *")
def watch_records() -> None:
    """Tell followers and who was named what the change log says that they should know."""
    tell_followers()
    tell_edits()
    tell_named()


@job(one_at_a_time=True, every="17 3 * * *")
def forget() -> None:
    """Forget what is long past: old notifications, yesterday's news, tabs that were closed without a word."""
    now = timezone.now()
    Notification.objects.filter(at__lt=now - KEPT).delete()
    News.objects.filter(at__lt=now - NEWS_KEPT).delete()
    Presence.objects.filter(seen_at__lt=now - NEWS_KEPT).delete()
