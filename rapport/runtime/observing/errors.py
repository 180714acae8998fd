"""Errors in the log: what happened and where, but not the data it happened with."""

import logging
import re
import traceback

from django.db import Error as DjangoDatabaseError
from psycopg import Error as DatabaseError

from rapport.runtime.errors import Refusal

# Their texts name code, or were written by us for people; texts of other errors may quote what somebody typed.
HARMLESS = (AttributeError, NameError, ImportError, TypeError, NotImplementedError, RecursionError, Refusal)
ADDRESS = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;]+\.[^\s@<>\"'(),;]+")


def without_addresses(text: str) -> str:
    """Return the text without e-mail addresses."""
    return ADDRESS.sub("…@…", text) if "@" in text else text


def in_full() -> bool:
    """Whether texts of errors are told as they are: only to whoever asks for DEBUG."""
    return logging.getLogger().level <= logging.DEBUG


def told(error: BaseException) -> str:
    """Return what may be said of an error: its kind, and its text where that holds nobody's data."""
    kind = type(error).__name__
    if in_full():
        return f"{kind}: {error}"
    if isinstance(error, DatabaseError | DjangoDatabaseError):
        return _of_database(kind, error)
    if isinstance(error, OSError):
        return f"{kind}: {without_addresses(error.strerror or '')}".rstrip(": ")
    if isinstance(error, HARMLESS):
        return f"{kind}: {without_addresses(str(error))}"
    return kind


def _of_database(kind: str, error: BaseException) -> str:
    """The code, and the names of what was refused; the server's own text may quote values."""
    said = error if isinstance(error, DatabaseError) else error.__cause__
    diag = getattr(said, "diag", None)
    if diag is None or not diag.sqlstate:
        lines = str(error).strip().splitlines()  # nobody answered: the driver says why
        return f"{kind}: {without_addresses(lines[0])}" if lines and "DETAIL" not in lines[0] else kind
    names = (diag.table_name, diag.column_name, diag.constraint_name)
    return " ".join((f"{kind}: {diag.sqlstate}", *(name for name in names if name)))


def trace(last: BaseException) -> str:
    """Return the way to the error, and those that led to it, each with what may be said of it."""
    seen: list[BaseException] = []
    error: BaseException | None = last
    while error is not None and error not in seen:
        seen.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    parts = []
    for one in reversed(seen):
        frames = "".join(traceback.format_tb(one.__traceback__)).rstrip()
        parts.append(f"Traceback (most recent call last):\n{frames}\n{told(one)}")
    return "\n\nwhich led to\n\n".join(parts)
