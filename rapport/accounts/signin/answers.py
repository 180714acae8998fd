"""Sentences that several sign-in pages say."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import ngettext


def try_again(until: datetime) -> str:
    """Say in how many minutes tries are welcome again."""
    minutes = int((until - timezone.now()).total_seconds() // 60) + 1
    return ngettext(
        "Too many tries. Try again in %(minutes)s minute.",
        "Too many tries. Try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
