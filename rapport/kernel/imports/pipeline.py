"""Writing on three connections while the next piece is read and planned: both cores of a small machine have work.

Only pieces that hold nothing but new records travel like this; their rows are found again neither in the database nor
in a piece on its way. Everything else is written as ever: alone, with its known records locked. The pieces are
committed in the order of the file, each with the position of the import, so a crash loses nothing and repeats nothing.
"""

import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from rapport.kernel.imports.extensions import Draft

WRITERS = 3  # one more than cores: while one of them hands its rows over, the server still has work for two
# Seconds; else a writer that heard from the server waits long for the thread that plans.
SWITCHED_EVERY = 0.0005
Job = Callable[[Callable[[], bool]], bool]


def points(drafts: Iterable[Draft]) -> set[str]:
    """What these rows can be recognized by, without the name that may have to agree."""
    return {key.partition("|")[0] for draft in drafts for key in draft.keys}


@dataclass
class _Piece:
    """A piece on its way: what its rows are known by, and how it ended."""

    points: set[str]
    done: "Future[bool]"
    ended: threading.Event = field(default_factory=threading.Event)
    is_in: bool = False


class Pipeline:
    """Hands pieces to the writers and keeps their order."""

    def __init__(self) -> None:
        self.pieces: deque[_Piece] = deque()
        self.pool = ThreadPoolExecutor(WRITERS + 1, thread_name_prefix="import")

    def meets(self, keys: set[str]) -> bool:
        """Whether a piece on its way holds a row with one of these keys."""
        return any(not piece.points.isdisjoint(keys) for piece in self.pieces)

    def put(self, job: Job, keys: set[str]) -> bool:
        """Let a writer do the job; it calls what it is given before it commits. False when an earlier piece failed."""
        while len(self.pieces) >= WRITERS:
            if not self._take():
                return False
        before = self.pieces[-1] if self.pieces else None
        piece = _Piece(keys, Future())
        self.pieces.append(piece)

        def turn() -> bool:
            """Wait until the piece before is in."""
            if before is None:
                return True
            before.ended.wait()
            return before.is_in

        def work() -> bool:
            try:
                piece.is_in = job(turn)
            finally:
                piece.ended.set()
            return piece.is_in

        piece.done = self.pool.submit(copy_context().run, work)
        return True

    def aside(self, work: Callable[[], Any]) -> Any:  # Any: whatever it returns
        """Do something in a transaction of its own while this thread waits."""
        return self.pool.submit(copy_context().run, work).result()

    def drain(self) -> bool:
        """Wait until everything is in; False when a piece did not get in. Its error is raised."""
        is_in = True
        while self.pieces:
            is_in = self._take() and is_in
        return is_in

    def _take(self) -> bool:
        piece = self.pieces[0]
        try:
            return piece.done.result()
        finally:
            self.pieces.popleft()


@contextmanager
def pipeline() -> Iterator[Pipeline]:
    """A pipeline whose connections are closed at the end, however it ends."""
    line, before = Pipeline(), sys.getswitchinterval()
    sys.setswitchinterval(SWITCHED_EVERY)
    try:
        yield line
    finally:
        sys.setswitchinterval(before)
        for piece in line.pieces:
            piece.ended.wait()
        barrier = threading.Barrier(WRITERS + 1)

        def close() -> None:
            barrier.wait(timeout=10)
            connections.close_all()

        for closing in [line.pool.submit(close) for _ in range(WRITERS + 1)]:
            closing.exception()
        line.pool.shutdown()
