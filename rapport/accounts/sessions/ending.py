"""Ending sessions: one, or all of a user but the one he sits at."""

from uuid import UUID

from django.http import HttpRequest

from rapport.accounts.models import User
from rapport.accounts.sessions.models import Session
from rapport.accounts.sessions.store import digest_of


def end_sessions(user: User, *, but: HttpRequest | None = None) -> int:
    """End all sessions of the user, save the one of this request; say how many that were."""
    rows = Session.objects.filter(user=user)
    if but is not None and but.session.session_key:
        rows = rows.exclude(session_key=digest_of(but.session.session_key))
    return rows.delete()[1].get("accounts.Session", 0)


def end_session(user: User, public_id: UUID) -> bool:
    """End one session of the user; False when he has none of that number."""
    return bool(Session.objects.filter(user=user, public_id=public_id).delete()[0])
