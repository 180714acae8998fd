"""All open streams of this process, and the one thread that reads for them what happened.

A stream waits in the event loop and holds neither a thread nor a connection. While at least one is open, a thread of
this process looks behind its position in the log about once a second (an index scan that finds nothing most of the
time), asks who listens and what of it each may know, and hands that to his streams. Several web processes need to know
nothing of each other: all read the same log.
"""

import json
import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from rapport.accounts.backend import Backend
from rapport.accounts.models import Session, User
from rapport.accounts.sessions.store import SessionStore, digest_of
from rapport.kernel.changes.log import Position, now
from rapport.kernel.live.batch import Batch, read_batch
from rapport.kernel.live.presence import company_of
from rapport.kernel.live.sight import Look, told_to
from rapport.kernel.notifications.reader import unread_count

log = logging.getLogger(__name__)

EVERY = 0.8  # seconds between two looks
AFTER_TROUBLE = 3.0
SESSIONS_EVERY = 5.0  # a session that ended ends its streams within this time
PER_USER = 12
PER_PROCESS = 2_000
# Messages that a stream may leave unsent before it is ended; its page comes back with its position.
WAITING = 200

END = None
Put = Callable[[str | None], None]
Place = tuple[str, UUID]  # a session and its user


@dataclass(eq=False)
class Stream:
    """One page (or one browser with several tabs) that listens. `put` hands it a message, or None for the end."""

    user_id: UUID
    session_key: str
    session_user_id: UUID
    since: Position | None
    put: Put = field(default=lambda _message: None)
    is_new: bool = True

    @property
    def place(self) -> Place:
        """The session and whose it is: while somebody views as another, that is not the one who is told."""
        return self.session_key, self.session_user_id


class Hub:
    """The streams of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._streams: set[Stream] = set()
        self._thread: threading.Thread | None = None
        self._position: Position | None = None
        self._present: dict[UUID, Any] = {}  # record -> who is there, to see what changes (Any: comparable)

    def has_room_for(self, user_id: UUID) -> bool:
        with self._lock:
            mine = sum(1 for one in self._streams if one.user_id == user_id)
            return mine < PER_USER and len(self._streams) < PER_PROCESS

    def open(self, stream: Stream) -> None:
        """From now on the stream is told."""
        with self._lock:
            self._streams.add(stream)
            if self._thread is None:
                self._position, self._present = None, {}
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()
        self._wake.set()

    def close(self, stream: Stream) -> None:
        with self._lock:
            self._streams.discard(stream)
        self._wake.set()

    def look(self) -> None:
        """Look at once instead of in a moment."""
        self._wake.set()

    def end(self) -> None:
        """End all streams and wait for the thread."""
        with self._lock:
            _end(list(self._streams))
            self._streams.clear()
            thread = self._thread
        self._wake.set()
        if thread is not None:
            thread.join()

    # -- the thread -----------------------------------------------------------------------------------------
    def _run(self) -> None:
        checked = monotonic()
        while streams := self._all_or_end():
            pause = EVERY
            try:
                if monotonic() - checked > SESSIONS_EVERY:
                    checked = monotonic()
                    streams = self._still_signed_in(streams)
                self._tell(streams)
            except (DatabaseError, InterfaceError) as problem:
                log.warning("Open pages are not told anything for a moment: %s", problem)
                pause = AFTER_TROUBLE
            except Exception:  # the thread serves all open pages: it must not end because of one of them
                log.exception("Open pages could not be told what happened")
                pause = AFTER_TROUBLE
            finally:
                connection.close()
            self._wake.wait(pause)
            self._wake.clear()

    def _all_or_end(self) -> list[Stream]:
        with self._lock:
            if not self._streams:
                self._thread = None
            return list(self._streams)

    def _tell(self, streams: list[Stream]) -> None:
        if self._position is None:
            self._position = now()
        new = [one for one in streams if one.is_new]
        batch = read_batch(self._position)
        told = streams if batch.happenings or batch.is_cut else new
        # As they are now: their roles may have changed since the stream began.
        users = Backend().get_users({one.user_id for one in told}) if told else {}
        if told is streams:
            look = Look()
            for user_id, mine in _by_user([one for one in streams if not one.is_new]).items():
                self._tell_user(users.get(user_id), mine, batch, look)
        self._position = batch.until  # where the database was lost before, all of it is told again
        for stream in new:
            missed = Batch(batch.until, batch.until) if stream.since is None else read_batch(stream.since)
            self._tell_user(users.get(stream.user_id), [stream], missed, Look(), is_first=True)
            stream.is_new = False
        self._tell_presence(streams)

    def _tell_user(
        self, user: User | None, streams: list[Stream], batch: Batch, look: Look, *, is_first: bool = False
    ) -> None:
        if user is None:
            _end(streams)
            return
        try:
            told: dict[str, Any] = {"reset": True} if batch.is_cut else told_to(user, batch.happenings, look)
            if told.pop("bell", False) or is_first or batch.is_cut:
                told["unread"] = unread_count(user)
        except (DatabaseError, InterfaceError):
            raise
        except Exception:  # the others are told all the same; his pages come back with their position
            log.exception("The pages of a user could not be told what happened")
            _end(streams)
            return
        if told:
            message = _message(told, batch.until)
            for stream in streams:
                stream.put(message)

    def _tell_presence(self, streams: list[Stream]) -> None:
        """Who has a record's page open learns that somebody came or went."""
        present, readers = company_of({one.user_id for one in streams})
        changed = {key for key in {*present, *self._present} if present.get(key) != self._present.get(key)}
        self._present = present
        if not changed or self._position is None:
            return
        for user_id, mine in _by_user(streams).items():
            here = sorted(str(key) for key in changed & readers.get(user_id, set()))
            if here:
                for stream in mine:
                    stream.put(_message({"here": here}, self._position))

    def _still_signed_in(self, streams: list[Stream]) -> list[Stream]:
        """End the streams of sessions that have ended: signed out, revoked, new password, kept out."""
        valid = signed_in({one.place for one in streams})
        _end([one for one in streams if one.place not in valid])
        return [one for one in streams if one.place in valid]


def signed_in(places: Iterable[Place]) -> set[Place]:
    """Those of these sessions that are still their users'. Looked up past their store: listening is no sign of life."""
    wanted = set(places)
    rows = Session.objects.filter(
        session_key__in=[digest_of(key) for key, _user_id in wanted], expire_date__gt=timezone.now()
    )
    kept = dict(rows.values_list("session_key", "session_data"))
    users = Backend().get_users({user_id for _key, user_id in wanted})
    return {
        (key, user_id) for key, user_id in wanted if _fits(key, kept.get(digest_of(key)), users.get(user_id))
    }


def _fits(key: str, kept: str | None, user: User | None) -> bool:
    """Whether what is kept of the session says that it is the user's, signed in with his password of today."""
    if kept is None or user is None:
        return False
    said = SessionStore(key).decode(kept)
    return str(said.get(SESSION_KEY, "")) == str(user.pk) and constant_time_compare(
        said.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    )


def _by_user(streams: list[Stream]) -> dict[UUID, list[Stream]]:
    found: dict[UUID, list[Stream]] = {}
    for one in streams:
        found.setdefault(one.user_id, []).append(one)
    return found


def _end(streams: list[Stream]) -> None:
    for one in streams:
        one.put(END)


def _message(told: dict[str, Any], position: Position) -> str:  # Any: JSON
    return f"id: {position}\ndata: {json.dumps(told, separators=(',', ':'))}\n\n"


hub = Hub()
