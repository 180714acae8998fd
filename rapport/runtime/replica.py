"""Long reading happens on a streaming replica where there is one, and never sees less than the primary would show.

    rows = replica.read(lambda: list(Person.objects.visible_to(user)))

Inside, the thread's connection is one to the replica, so rights, filters and bare SQL are the same as everywhere. The
primary is asked first how far its log is, and the replica must have come as far: whoever has just written finds it,
and who lost a right has lost it there, too. Where the replica is away, too slow or none, the primary is read instead.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from rapport.runtime.errors import Refusal
from rapport.runtime.observing import measures

T = TypeVar("T")
# In the settings of a connection; Django's own code wants its name to be the usual one.
MARK: Final = "IS_REPLICA"
TRIED_AGAIN_AFTER: Final = 30.0  # seconds in which a replica that cannot be used is left alone
LOOKS_EVERY: Final = 0.01
# How far the log is written into memory: also commits count that are not on disk yet (synchronous_commit = off). Behind
# the end of a page it names the first place after the next page's head, at which nothing ends: the page begins before.
WHERE_IT_IS = """
select (at - case when at_page in (24, 40) then at_page else 0 end)::text,
    (select system_identifier from pg_control_system()),
    (select oid from pg_database where datname = current_database())
from (select at, (at - '0/0'::pg_lsn) % current_setting('wal_block_size')::int as at_page
      from (select pg_current_wal_insert_lsn() as at offset 0) as now) as now
"""
HOW_FAR = """
select pg_is_in_recovery(), (select system_identifier from pg_control_system()),
    (select oid from pg_database where datname = current_database()),
    coalesce(pg_wal_lsn_diff(%s, pg_last_wal_replay_lsn()), 0)::float8
"""
logger = logging.getLogger("rapport.replica")


class NotUsable(Exception):
    """Why the replica is not read, for who runs Rapport; no name of a person or machine in it."""


@dataclass(frozen=True)
class Look:
    """How the replica is at this moment."""

    problem: str = ""
    bytes_behind: float = 0


@dataclass
class _Memory:
    """What this process knows: it does not wait for a dead replica again and again, nor tell of it twice."""

    problem: str = ""
    leave_alone_until: float = 0

    def note(self, problem: str) -> None:
        """Tell when it changes."""
        self.leave_alone_until = time.monotonic() + TRIED_AGAIN_AFTER if problem else 0
        if problem and problem != self.problem:
            logger.warning("the replica is not read, the primary is: %s", problem)
        elif self.problem and not problem:
            logger.warning("the replica is read again")
        self.problem = problem


memory = _Memory()


def read(work: Callable[[], T]) -> T:
    """Do this reading on the replica, else here. It writes nothing, gives back everything and may be done twice."""
    here = connections[DEFAULT_DB_ALIAS]
    # In a transaction only this connection sees what was written before.
    if settings.REPLICA is None or MARK in here.settings_dict or here.in_atomic_block:
        return work()
    if time.monotonic() >= memory.leave_alone_until:
        try:
            with _opened(here) as there:
                answer = _on(there, work)
        except NotUsable as problem:
            memory.note(str(problem))
        else:
            memory.note("")
            measures.REPLICA.labels("replica").inc()
            return answer
    measures.REPLICA.labels("primary").inc()
    return work()


def look() -> Look:
    """How the replica is, waiting for it as long as reading would."""
    try:
        with _opened(connections[DEFAULT_DB_ALIAS]) as there:
            return _look(there, connections[DEFAULT_DB_ALIAS])
    except NotUsable as problem:
        return Look(str(problem))


def _on(there: BaseDatabaseWrapper, work: Callable[[], T]) -> T:
    """The reading itself; what the replica breaks off is done again on the primary."""
    if problem := _look(there, connections[DEFAULT_DB_ALIAS]).problem:
        raise NotUsable(problem)
    try:
        with _instead(there):
            return work()
    except (OperationalError, InterfaceError, Refusal) as error:
        raise NotUsable("it broke off what was read") from error


@contextmanager
def _opened(here: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """A connection that is closed again: long readings are few, and an idle one would hold back nothing but itself."""
    entry: dict[str, Any] = (settings.REPLICA or {}) | {MARK: True}  # Any: Django's own dictionary of options
    there: BaseDatabaseWrapper = load_backend(entry["ENGINE"]).DatabaseWrapper(entry, DEFAULT_DB_ALIAS)
    there.execute_wrappers = here.execute_wrappers  # statements are counted and watched as ever
    try:
        there.ensure_connection()
    except Error as error:
        raise NotUsable("it cannot be reached") from error
    try:
        yield there
    finally:
        there.close()


def _look(there: BaseDatabaseWrapper, here: BaseDatabaseWrapper) -> Look:
    """Wait until the replica shows what the primary shows now; what speaks against it, if anything does."""
    try:
        with here.cursor() as primary, there.cursor() as replica:
            primary.execute(WHERE_IT_IS)
            position, system, database = primary.fetchone()
            deadline = time.monotonic() + settings.REPLICA_WAIT
            while True:
                replica.execute(HOW_FAR, [position])
                follows, its_system, its_database, behind = replica.fetchone()
                if not follows:
                    return Look("it is no replica, or not any more: it takes writes")
                if (its_system, its_database) != (system, database):
                    return Look("it is a replica of another database")
                if behind <= 0:
                    return Look()
                if time.monotonic() > deadline:
                    return Look(f"it is more than {settings.REPLICA_WAIT:g} s behind", behind)
                time.sleep(LOOKS_EVERY)
    except Error as error:
        raise NotUsable("it cannot be asked how far it is") from error


@contextmanager
def _instead(there: BaseDatabaseWrapper) -> Iterator[None]:
    """Every statement of this thread goes there meanwhile."""
    here = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = there
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = here
