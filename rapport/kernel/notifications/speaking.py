"""Words and moments for one user, outside of his requests."""

from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from rapport.accounts.models import Company, User


@contextmanager
def speaking(user: User) -> Iterator[Company]:
    """In his language and in his time zone, else in those of the company."""
    company = Company.current()
    with (
        translation.override(user.language or company.language),
        timezone.override(ZoneInfo(user.time_zone or company.time_zone)),
    ):
        yield company
