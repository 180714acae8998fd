"""Identifiers that the application gives, so that offline clients and imports can create records."""

import os
import time
from collections.abc import Iterable, Iterator
from uuid import UUID, SafeUUID

_MARKS = (0x7 << 76) | (0b10 << 62)  # version and variant
_CHANCE = (0xFFF << 64) | ((1 << 62) - 1)


def uuid7() -> UUID:
    """Return a time-ordered UUID (RFC 9562, version 7): 48 bits of milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    chance = int.from_bytes(os.urandom(10))  # one call of the system: imports ask for many
    return UUID(int=(milliseconds << 80) | (chance & _CHANCE) | _MARKS)


def uuid7s(at_once: int = 256) -> Iterator[UUID]:
    """Endless identifiers like those of `uuid7`, for many rows: the system is asked for chance once for 256 of them."""
    new, put, from_bytes = UUID.__new__, object.__setattr__, int.from_bytes
    unknown = SafeUUID.unknown
    places = range(0, 10 * at_once, 10)
    while True:
        chance = os.urandom(10 * at_once)
        marks = ((time.time_ns() // 1_000_000) << 80) | _MARKS
        for start in places:
            one = new(UUID)  # what UUID(int=...) does, which looks at every way to write one first
            put(one, "int", (from_bytes(chance[start : start + 10]) & _CHANCE) | marks)
            put(one, "is_safe", unknown)
            yield one


def array_of(ids: Iterable[UUID]) -> str:
    """The ids as PostgreSQL writes an array (`%s::uuid[]`): the driver takes ten times as long for a list of them."""
    return f"{{{','.join([one.hex for one in ids])}}}"
