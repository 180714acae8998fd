"""How often Python looks for cycles of garbage: rarely, as requests and imports leave next to none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

LOADED = (10_000, 20, 20)  # Python's own are 700, 10, 10
MANY_OBJECTS = (500_000, 20, 20)


def leave_what_is_loaded() -> None:
    """Not to look through what was loaded until now again, and less often through what comes.

    Called by a process that has started. A page looked at two hundred thousand objects of the application each time:
    6 of 100 milliseconds of a processor, now 1.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*LOADED)


@contextmanager
def hardly_ever() -> Iterator[None]:
    """While millions of objects are made and none in a cycle, as in an import: it took a third of the time."""
    before = gc.get_threshold()
    gc.set_threshold(*MANY_OBJECTS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
