"""Writing the sign-in log, and forgetting what is older than the company wants to keep."""

from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from rapport.accounts.models import Company, User
from rapport.accounts.security import notices
from rapport.accounts.signin.places import address_of, device_of
from rapport.accounts.signin_log.models import Event, SignInEntry, Way

DAYS_OF_A_MONTH = 30.5
BATCH = 5000


def note(
    request: HttpRequest | None,
    event: Event,
    user: User | None,
    *,
    email: str = "",
    way: Way | str = "",
    by: User | None = None,
    detail: str = "",
) -> None:
    """Write one line, and tell the user by mail where it is about how he signs in.

    Without a request it was not done from a browser.
    """
    with transaction.atomic():
        SignInEntry.objects.create(
            event=event, user=user, by=by, way=way, email=(email or (user.email if user else ""))[:254],
            detail=detail[:300], device=device_of(request) if request else "",
            address=address_of(request)[:64] if request else "",
        )  # fmt: skip
        if user is not None:
            notices.tell(request, event, user, by=by, detail=detail)


def note_refusal(request: HttpRequest, email: str, minutes: int) -> None:
    """Too many tries are noted once in their window, so that who goes on trying does not fill the log."""
    since = timezone.now() - timedelta(minutes=minutes)
    known = SignInEntry.objects.filter(event=Event.THROTTLED, at__gt=since, address=address_of(request)[:64])
    if not known.filter(email=email).exists():
        note(request, Event.THROTTLED, User.objects.filter(email__iexact=email).first(), email=email)


def forget_old() -> int:
    """Remove what is older than the company keeps; say how many lines that were."""
    end = timezone.now() - timedelta(days=Company.current().log_months * DAYS_OF_A_MONTH)
    removed = 0
    while old := list(
        SignInEntry.objects.filter(at__lt=end).order_by("at").values_list("pk", flat=True)[:BATCH]
    ):
        removed += SignInEntry.objects.filter(pk__in=old).delete()[0]
    return removed
