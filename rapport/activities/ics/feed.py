"""A user's own calendar as a file that other programs fetch again and again."""

from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db.models import Q
from django.utils import timezone

from rapport.accounts.models import User
from rapport.activities.calendar.rules import belongs
from rapport.activities.ics.writing import calendar_of, events_of
from rapport.activities.models import Activity, Feed

BEHIND, AHEAD = timedelta(days=90), timedelta(days=730)
MOST = 5_000


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def renew(user: User) -> Feed:
    """A new address; the old one leads nowhere from now on."""
    secret = token_urlsafe(32)
    values = {"digest": digest_of(secret), "secret": secret, "created_at": timezone.now(), "used_at": None}
    return Feed.objects.update_or_create(user=user, defaults=values)[0]


def feed_by(secret: str) -> Feed | None:
    """The feed of somebody who may sign in, by the secret of its address."""
    rows = Feed.objects.select_related("user", "user__team").filter(digest=digest_of(secret))
    return rows.filter(user__is_active=True).first()


def calendar_for(user: User) -> bytes:
    """What is his and what he takes part in, from three months ago on, with series as a whole."""
    now = timezone.now()
    near = Q(due_at__gte=now - BEHIND, due_at__lt=now + AHEAD)
    rows = Activity.objects.visible_to(user).filter(near & belongs([user.pk])).order_by("due_at", "id")
    return calendar_of(events_of(list(rows[:MOST]), user), str(user), is_feed=True)
