"""Counts tries per address and per IP in the database, so that all processes count together."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection
from django.utils import timezone

COUNT_UP = """
    INSERT INTO accounts_attempt AS attempt (key, count, ends_at) VALUES (%(key)s, 1, %(end)s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN attempt.ends_at <= %(now)s THEN 1 ELSE attempt.count + 1 END,
        ends_at = CASE WHEN attempt.ends_at <= %(now)s THEN %(end)s ELSE attempt.ends_at END
    RETURNING count, ends_at
"""
# Skips rows that somebody else holds: two cleaners must not wait for each other.
SWEEP = """
    DELETE FROM accounts_attempt WHERE key IN (
        SELECT key FROM accounts_attempt WHERE ends_at <= %s LIMIT 100 FOR UPDATE SKIP LOCKED
    )
"""


@dataclass(frozen=True)
class Limit:
    """So many tries in so many minutes. After that every try is refused until the window ends."""

    name: str
    tries: int
    minutes: int


SIGN_IN_PER_ADDRESS = Limit("sign-in-address", 10, 15)
SIGN_IN_PER_IP = Limit("sign-in-ip", 60, 15)
RESET_PER_ADDRESS = Limit("reset-address", 4, 60)
RESET_PER_IP = Limit("reset-ip", 30, 60)
NEW_PASSWORD_PER_IP = Limit("new-password-ip", 30, 15)
CHANGE_PASSWORD_PER_USER = Limit("change-password-user", 10, 15)
SECOND_PER_USER = Limit("second-user", 10, 15)
PASSKEY_PER_IP = Limit("passkey-ip", 60, 15)
SINGLE_PER_IP = Limit("single-ip", 60, 15)
INVITATION_PER_IP = Limit("invitation-ip", 30, 15)


def refused_until(limit: Limit, what: str) -> datetime | None:
    """Count one try and return the end of the window when it is one too many.

    Counting comes before the work that is guarded, so tries side by side cannot all slip through.
    """
    now = timezone.now()
    values: dict[str, str | datetime] = {
        "key": _key(limit, what),
        "now": now,
        "end": now + timedelta(minutes=limit.minutes),
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UP, values)
        count, ends_at = cursor.fetchone()
        if count == 1:
            cursor.execute(SWEEP, [now])
    return ends_at if count > limit.tries else None


def forgive(limit: Limit, what: str) -> None:
    """Take the last try back: it was not a failure."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_attempt SET count = count - 1 WHERE key = %s AND count > 0", [_key(limit, what)]
        )


def forget(limit: Limit, what: str) -> None:
    """Start anew: whoever tries has shown that he is the right one."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_attempt WHERE key = %s", [_key(limit, what)])


def _key(limit: Limit, what: str) -> str:
    return sha256(f"{limit.name}\0{what.strip().lower()}".encode(errors="replace")).hexdigest()
