"""Sessions in the database, as this area keeps them: by the digest of their key, with who, where and when.

Read by a plain statement: every page reads one before anything else. What a copy of the database holds opens no
session, for the key itself is known to the browser only.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

from rapport.accounts.sessions.models import Session
from rapport.runtime.ids import uuid7

READ = "select session_data, seen_at from accounts_session where session_key = %s and expire_date > %s"
SEEN = "update accounts_session set seen_at = %s where session_key = %s"
ABOUT = "about"  # what the session itself knows of its row
SEEN_EVERY = timedelta(minutes=5)


def digest_of(key: str) -> str:
    """Return what stands in the table for a key of 160 random bits; nobody finds it by trying."""
    return sha256(key.encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """Half a millisecond less than a model for one column of one row."""

    @classmethod
    def get_model_class(cls) -> Any:  # Any: Django's stubs know its own model only
        return Session

    def load(self) -> dict[str, Any]:
        """Return what the session holds; nothing when it is unknown or over."""
        now, digest = timezone.now(), digest_of(self.session_key or "")
        with connection.cursor() as cursor:
            cursor.execute(READ, [digest, now])
            row = cursor.fetchone()
            if row is None:
                self._session_key = None  # a key that nobody was given is never taken on
                return {}
            if now - row[1] > SEEN_EVERY:
                cursor.execute(SEEN, [now, digest])
        found: dict[str, Any] = self.decode(row[0])
        return found

    def exists(self, session_key: str) -> bool:
        return super().exists(digest_of(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            super().delete(digest_of(key))

    def cycle_key(self) -> None:
        """A new key is a new row, beside the old one for a moment: it has a number of its own."""
        if ABOUT in self:
            self[ABOUT] = self[ABOUT] | {"id": str(uuid7())}
        super().cycle_key()

    def create_model_instance(self, data: dict[str, Any]) -> Any:  # Any: as above
        said = data.setdefault(ABOUT, about())
        row: Any = super().create_model_instance(data)
        row.session_key = digest_of(row.session_key)
        row.user_id = UUID(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.public_id, row.started_at = UUID(said["id"]), datetime.fromisoformat(said["at"])
        row.way, row.device, row.address = said["way"], said["device"], said["address"]
        return row


def about(*, way: str = "", device: str = "", address: str = "") -> dict[str, str]:
    """What is kept of a session from its beginning on: every save writes the whole row anew."""
    at = timezone.now().isoformat()
    return {"id": str(uuid7()), "at": at, "way": way, "device": device[:100], "address": address[:64]}
