"""Identifiers that the application gives, so that offline clients and imports can create records."""

import os
import time
from uuid import UUID

_MARKS = (0x7 << 76) | (0b10 << 62)  # version and variant
_CHANCE = (0xFFF << 64) | ((1 << 62) - 1)


def uuid7() -> UUID:
    """Return a time-ordered UUID (RFC 9562, version 7): 48 bits of milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    chance = int.from_bytes(os.urandom(10))  # one call of the system: imports ask for many
    return UUID(int=(milliseconds << 80) | (chance & _CHANCE) | _MARKS)
