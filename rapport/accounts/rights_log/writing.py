"""Writing the log of rights, in the transaction of what it tells."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from django.db import models, transaction

from rapport.accounts.models import Role, User
from rapport.accounts.rights_log.models import Deed, Door, RightsEntry
from rapport.accounts.rights_log.said import said_of, value

Held = tuple[models.Model, models.Model]  # (role, team or territory; who has it, is in it or works it)


@contextmanager
def noted(thing: models.Model, *, by: User) -> Iterator[None]:
    """Note what is changed about the thing within, in one transaction; where nothing is, nothing."""
    with transaction.atomic():
        old = deepcopy(said_of(thing))
        yield
        new = said_of(thing)
        lines = []
        for what in dict.fromkeys([*new, *old]):
            deed, type_key, part = what
            before, after = value(old, what), value(new, what)
            if before != after:
                lines.append(_line(deed, thing, by, type=type_key, part=part, old=before, new=after))
        _write(lines)


def note_added(thing: models.Model, *, by: User, like: Role | None = None) -> None:
    """There is something new; what is said of it at first is noted as what follows."""
    _write([_line(Deed.ADDED, thing, by, old=like.name if like else None)])


def note_removed(thing: models.Model, *, by: User) -> None:
    """The thing, which nobody has any more, goes now."""
    _write([_line(Deed.REMOVED, thing, by)])


def note_held(
    before: Iterable[Held], after: Iterable[Held], *, by: User | None, door: Door = Door.PAGE
) -> None:
    """These have these things instead of those."""
    had, has = dict.fromkeys(before), dict.fromkeys(after)
    deeds = [
        *((Deed.GIVEN, one) for one in has if one not in had),
        *((Deed.TAKEN, one) for one in had if one not in has),
    ]
    _write([_line(deed, thing, by, **_named("whom", whom), door=door) for deed, (thing, whom) in deeds])


# Any: values of columns
def _line(deed: Deed, thing: models.Model, by: User | None, **values: Any) -> RightsEntry:
    if by is not None:
        values |= {"by": by, "by_name": str(by)}
        if by.program:
            values |= {"door": Door.API, "program": by.program}
    return RightsEntry(deed=deed, **_named("thing", thing), **values)


def _named(column: str, one: models.Model) -> dict[str, str]:
    """What it is, which one, and its name as it is kept: that of a built-in role is translated when it is read."""
    name = getattr(one, "name", "") or str(one)
    return {column: str(one._meta.model_name), f"{column}_id": str(one.pk), f"{column}_name": name}


def _write(lines: list[RightsEntry]) -> None:
    """Written from the last to the first, since the log is read from the newest line on."""
    RightsEntry.objects.bulk_create(reversed(lines))
