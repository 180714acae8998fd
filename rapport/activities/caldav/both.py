"""Both sides have changed an entry: what only one of them has changed is kept from each."""

from dataclasses import replace

from rapport.activities.caldav.sides import Mine
from rapport.activities.ics.reading import BROKEN, Facts, facts_of, read_file
from rapport.kernel.records import RuleError

NAMES = ("subject", "body", "place", "at", "is_whole", "minutes", "reminder")


def joined(before: str, mine: Mine, theirs: Facts) -> Facts | None:
    """What the entry says with the changes of both; None where they have changed the same, or it is a series.

    `before` is the entry as it was when both sides said the same.
    """
    try:
        base = next(iter(read_file(before.encode())), None)
        own = facts_of(mine.events[0])
    except (RuleError, *BROKEN):
        return None
    if base is None or mine.is_series or base.rule or theirs.rule or _state(own) != _state(base):
        return None
    found = replace(theirs)
    for name in NAMES:
        was, here, there = (getattr(one, name) or None for one in (base, own, theirs))
        if here not in (was, there) and there != was:
            return None
        if here != was:
            setattr(found, name, getattr(own, name))
    return found


def _state(facts: Facts) -> tuple[bool, bool]:
    return facts.is_canceled, facts.is_done
