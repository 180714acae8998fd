"""Writing the log of rights, in the transaction of what it tells."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from django.db import transaction

from rapport.accounts.grants import ACTS, role_grant
from rapport.accounts.models import Role, User
from rapport.accounts.rights_log.models import Deed, Door, RightsEntry

Said = dict[tuple[Deed, str, str], Any]  # (what, key of a type, act or field): its value as JSON
NOTHING: dict[Deed, Any] = {Deed.FIELD: "", Deed.RULE_ACTS: []}  # where nothing is said


@contextmanager
def noted(role: Role, *, by: User) -> Iterator[None]:
    """Note what is changed about the role within, in one transaction; where nothing is, nothing."""
    with transaction.atomic():
        before = deepcopy(role)
        yield
        types = list(dict.fromkeys([*role.grants, *before.grants]))
        old, new = _said_of(before, types), _said_of(role, types)
        lines = []
        for what in dict.fromkeys([*new, *old]):
            deed, type_key, part = what
            values = [one.get(what, NOTHING.get(deed)) for one in (old, new)]
            if values[0] != values[1]:
                lines.append(_line(deed, role, by, type=type_key, part=part, old=values[0], new=values[1]))
        _write(lines)


def _said_of(role: Role, types: Iterable[str]) -> Said:
    """All that is said of the role; how far it reaches for these types, which is what the table shows."""
    said: Said = {
        (Deed.NAMED, "", ""): role.name,
        (Deed.DESCRIBED, "", ""): role.help,
        (Deed.FACTOR, "", ""): role.needs_second_factor,
    }
    said |= {(Deed.REACH, key, act): role_grant(role, key, act) for key in types for act in ACTS}
    for key, acts in role.rules.items():
        said[Deed.RULE, key, ""] = acts.get("read")
        said[Deed.RULE_ACTS, key, ""] = [act for act in ACTS if act in acts and act != "read"]
    for key, levels in role.field_rights.items():
        said |= {(Deed.FIELD, key, name): level for name, level in levels.items()}
    return said


def note_added(role: Role, like: Role | None, *, by: User) -> None:
    """There is a new role; what it may at first is noted as what follows."""
    _write([_line(Deed.ADDED, role, by, old=like.name if like else None)])


def note_removed(role: Role, *, by: User) -> None:
    """The role, which nobody has, goes now."""
    _write([_line(Deed.REMOVED, role, by)])


def note_roles(
    user: User, before: Iterable[Role], after: Iterable[Role], *, by: User | None, door: Door = Door.PAGE
) -> None:
    """The user has these roles instead of those."""
    had, has = {one.pk: one for one in before}, {one.pk: one for one in after}
    deeds = [
        *((Deed.GIVEN, role) for key, role in has.items() if key not in had),
        *((Deed.TAKEN, role) for key, role in had.items() if key not in has),
    ]
    _write([_line(deed, role, by, user=user, user_name=str(user), door=door) for deed, role in deeds])


def _line(deed: Deed, role: Role, by: User | None, **values: Any) -> RightsEntry:  # Any: values of columns
    if by is not None:
        values |= {"by": by, "by_name": str(by)}
        if by.program:
            values |= {"door": Door.API, "program": by.program}
    kept = role if deed != Deed.REMOVED else None
    return RightsEntry(deed=deed, role=kept, role_name=role.name or role.key, **values)


def _write(lines: list[RightsEntry]) -> None:
    """Written from the last to the first, since the log is read from the newest line on."""
    RightsEntry.objects.bulk_create(reversed(lines))
