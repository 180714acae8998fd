"""File locks in the database's folder: the system drops them at any death, so no list of processes can go stale."""

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rapport.runtime.errors import Refusal


class Lock:
    """An open lock file; shared or exclusive; released by closing or by the death of the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock; return False when somebody else has it and we do not wait."""
        how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._descriptor, how if wait else how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS):
                raise Refusal(
                    f"The file system of {self.path.parent} has no file locks: put the data folder on a local disk."
                ) from error
            raise
        return True

    def drop(self) -> None:
        """Give the lock back but keep the file open."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the lock back."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def write(self, text: str) -> None:
        """Leave a note in the lock file, for people and for `holder`."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text.encode(), 0)

    def read(self) -> str:
        """Return the note of whoever took the lock last."""
        return os.pread(self._descriptor, 4096, 0).decode(errors="replace")


@contextmanager
def locked(
    path: Path, *, seconds: float = 3600, say: Callable[[str], None] = lambda text: None
) -> Iterator[Lock]:
    """Hold the lock exclusively; say something when it takes long to get it, give up after `seconds`."""
    lock = Lock(path)
    try:
        begun = told = time.monotonic()
        while not lock.take(wait=False):
            now = time.monotonic()
            if now - begun > seconds:
                raise Refusal(f"Another process has held {path} for {seconds:.0f} seconds.")
            if now - told > 5:
                say("Waiting for another process that is starting or stopping the database …")
                told = now
            time.sleep(0.05)
        yield lock
    finally:
        lock.close()


def is_held(path: Path) -> bool:
    """Whether a living process holds this lock."""
    if not path.exists():
        return False
    lock = Lock(path)
    try:
        for _attempt in range(3):  # somebody else may only be looking, as we are
            if lock.take(wait=False):
                return False
            time.sleep(0.005)
        return True
    finally:
        lock.close()
