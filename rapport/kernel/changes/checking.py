"""For `rapport doctor`: whether what writes the change log and the search is in place."""

from collections.abc import Iterator

from rapport.kernel.changes import triggers
from rapport.runtime.commands.checkups import Finding, looked_at_by

NAMED = 3


def register() -> None:
    looked_at_by(triggers_are_there)


def triggers_are_there() -> Iterator[Finding]:
    """Triggers that somebody dropped or switched off."""
    gone = triggers.missing()
    if not gone:
        yield Finding(True, "triggers", "all are there")
        return
    more = f" and {len(gone) - NAMED} more" if len(gone) > NAMED else ""
    yield Finding(
        False, "triggers", f"{', '.join(gone[:NAMED])}{more} are missing or switched off, so changes are neither "
        "logged nor found: run `rapport migrate`, which makes them anew",
    )  # fmt: skip
