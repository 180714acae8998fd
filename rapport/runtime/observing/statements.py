"""Counts and times the statements of a request or a job; slow ones get a line in the log, without their values."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import connection

from rapport.runtime.observing import measures
from rapport.runtime.observing.context import Work, working

logger = logging.getLogger("rapport.slow")
LONGEST = 2000  # characters of a statement that are told
VALUES = re.compile(
    r"""
      (?P<text> [eE]?'(?:[^']|'')*' )                    # 'Ada'
    | (?P<dollar> \$(?P<tag>\w*)\$ .*? \$(?P=tag)\$ )    # $$Ada$$
    | (?P<number> (?<![\w"$]) -?\d+(?:\.\d+)? (?![\w"]) )
    | (?P<name> "[^"]*" )                                # a column; it may hold digits
    """,
    re.VERBOSE | re.DOTALL,
)
LIST = re.compile(r"\(\s*(?:%s|\?)(?:\s*,\s*(?:%s|\?))+\s*\)")


def normalized(statement: str) -> str:
    """Return the statement with a mark in place of every value, on one line."""
    bare = VALUES.sub(lambda found: found[0] if found["name"] else "?", statement)
    return " ".join(LIST.sub("(…)", bare).split())[:LONGEST]


class Watch:
    """A wrapper around the statements of one request or job."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.slow: float = settings.SLOW_QUERY_MS / 1000

    # Any: Django's own
    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        begun = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            seconds = perf_counter() - begun
            self.work.queries += 1
            self.work.database_seconds += seconds
            if self.slow and seconds >= self.slow:
                self.tell(str(sql), seconds)

    def tell(self, sql: str, seconds: float) -> None:
        """Say it in the log, and count it."""
        measures.SLOW.labels(self.work.place).inc()
        facts = {"ms": round(seconds * 1000), "statement": normalized(sql)}
        logger.warning("slow statement", extra={"facts": facts})


@contextmanager
def watched(work: Work) -> Iterator[Work]:
    """Work on this meanwhile, with every statement counted."""
    with working(work), connection.execute_wrapper(Watch(work)):
        yield work
