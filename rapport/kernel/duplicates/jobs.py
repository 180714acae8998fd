"""What keeps the work list true: a reader of the change log, and the whole list anew at night."""

from rapport.kernel.changes.log import now
from rapport.kernel.changes.reader import begin, has_begun, unread
from rapport.kernel.duplicates.check import READER
from rapport.kernel.duplicates.pairs import rebuild, renew
from rapport.kernel.duplicates.store import tidy
from rapport.kernel.registry import type_by_key, types
from rapport.runtime.jobs import job

BATCH = 5000


@job(one_at_a_time=True, every="* * * * *")
def find_duplicates() -> None:
    """Compare what changed with what is there; idempotent. After a crash it goes on where it stood."""
    if not has_begun(READER):
        _begin()
    while True:
        with unread(READER, most=BATCH) as part:
            renew(part.records)
        if part.entries:
            tidy()
        if not part.has_more:
            return


def _begin() -> None:
    """The first time: all there is at once, and the log from here on."""
    here = now()
    for kind in types():
        rebuild(kind)
    begin(READER, here)


@job(one_at_a_time=True)
def rebuild_duplicates(type_key: str) -> None:
    """Work out the whole list of one type anew; asked for on the page, and every Sunday night."""
    kind = type_by_key(type_key)
    if kind is not None:
        rebuild(kind)


@job(one_at_a_time=True, every="10 2 * * 0")
def rebuild_all_duplicates() -> None:
    """Every type anew, so that what became frequent or rare meanwhile counts."""
    for kind in types():
        rebuild(kind)
