"""What this thread works on: one request or one run of a job. Lines of the log name it, figures count it."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


@dataclass
class Work:
    """A request or a run of a job: what it is, and what it has cost so far."""

    request: str = ""
    method: str = ""
    route: str = ""
    user: str = ""
    job: int | None = None
    task: str = ""
    attempt: int = 0
    queries: int = 0
    database_seconds: float = 0.0

    @property
    def place(self) -> str:
        """The route or the task: what figures and slow statements are told by."""
        return self.route or self.task or "other"

    def facts(self) -> dict[str, str | int]:
        """What each line of the log says about it."""
        all_of_it: dict[str, str | int] = {
            "request": self.request, "method": self.method, "route": self.route, "user": self.user,
            "job": self.job or 0, "task": self.task, "attempt": self.attempt,
        }  # fmt: skip
        return {name: value for name, value in all_of_it.items() if value}


_work: ContextVar[Work | None] = ContextVar("rapport_work", default=None)


def current() -> Work | None:
    """Return what this thread works on."""
    return _work.get()


@contextmanager
def working(work: Work) -> Iterator[Work]:
    """Work on this meanwhile."""
    token = _work.set(work)
    try:
        yield work
    finally:
        _work.reset(token)


def request_id(given: str) -> str:
    """Return the id that a proxy gave the request, where it is one; else a new one, short enough to be read out."""
    return given if GIVEN.fullmatch(given) else secrets.token_hex(5)
