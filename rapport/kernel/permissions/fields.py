"""Field rights: the record type as one user has it, without the fields that his roles hide from him.

Every door for people and programs works with this narrowed type: addresses and the API hand out no other, and whoever
looks a type up for somebody asks `seen_by`. Fields that are hidden are not there at all; fields that may only be read
are there and say that they cannot be edited. Of several roles the most permissive counts, so who has none with field
rights gets the type itself. Whatever works for the product and not for a user (triggers, rules, jobs, the door behind
its checks) uses the whole type.
"""

import copy
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext

from rapport.accounts.grants import has_field_rights, roles_that
from rapport.kernel.custom import schema
from rapport.kernel.fields.base import FieldType
from rapport.kernel.registry import PartType, RecordType, type_by_key, type_of

if TYPE_CHECKING:
    from rapport.accounts.models import Role, User

HIDDEN: Final = "hidden"
READ: Final = "read"
LEVELS: Final = (HIDDEN, READ)  # what is not named is as usual
NOBODYS: Final = ("kind", "owner", "team", "created_at", "changed_at")
Names = frozenset[str]
NONE: Final[Names] = frozenset()


class NarrowType(RecordType):
    """A record type without what its user must not see; what he may only read cannot be edited."""

    def __init__(self, whole: RecordType, hidden: Names, locked: Names) -> None:
        subtitle = tuple(name for name in whole.subtitle if name not in hidden)
        self._whole, self.hidden, self.locked = whole, hidden, locked
        self._narrow: tuple[object, dict[str, FieldType]] | None = None
        super().__init__(
            whole.key, whole.model, whole.icon, whole.title, whole.kind, whole.board, whole.hue, subtitle,
            whole.default_sort, whole.not_at_first, whole.actions,
        )  # fmt: skip

    @property
    def whole(self) -> RecordType:
        return self._whole

    @property
    def help(self) -> str:
        return self._whole.help

    @property
    def fields(self) -> dict[str, FieldType]:
        every, made = self._whole.fields, self._narrow
        if made is None or made[0] is not every:
            made = self._narrow = (every, {name: self._as_seen(one) for name, one in every.items()
                                           if name not in self.hidden})  # fmt: skip
        return made[1]

    def _as_seen(self, one: FieldType) -> FieldType:
        if one.name not in self.locked or not one.editable:
            return one
        seen: FieldType = copy.copy(one)
        seen.editable = False
        return seen

    @cached_property
    def parts(self) -> dict[str, PartType]:
        return {key: part for key, part in self._whole.parts.items() if key not in self.hidden}

    def editable_parts(self) -> dict[str, PartType]:
        return {key: part for key, part in self.parts.items() if key not in self.locked}


def seen_by(kind: RecordType, user: "User | None") -> RecordType:
    """The type as this user has it: the type itself for who has no field rights, and where nobody asks."""
    whole = kind.whole
    if user is None or not has_field_rights(user):
        return whole
    known: dict[tuple[str, Any], RecordType] = user.__dict__.setdefault("_seen_types", {})
    place = (whole.key, schema.known().version)
    if place not in known:
        hidden, locked = _narrowing(whole, user)
        known[place] = NarrowType(whole, hidden, locked) if hidden or locked else whole
    return known[place]


def type_seen(key: str, user: "User | None") -> RecordType | None:
    """The type of that key as this user has it."""
    found = type_by_key(key)
    return None if found is None else seen_by(found, user)


def type_of_seen(record: Any, user: "User | None") -> RecordType:  # Any: a record
    """The type of that record as this user has it."""
    return seen_by(type_of(record), user)


def hidden_fields(kind: RecordType, user: "User | None") -> Names:
    """The names of the fields and parts of this type that the user must not see."""
    seen = seen_by(kind, user)
    return seen.hidden if isinstance(seen, NarrowType) else NONE


def fillable(kind: RecordType, names: Iterable[str]) -> dict[str, FieldType]:
    """Those of the fields that a deed asks for which the user of this narrowed type may fill in."""
    locked = kind.locked if isinstance(kind, NarrowType) else NONE
    return {name: one for name in names if (one := kind.fields.get(name)) is not None and name not in locked}


def field_problems(kind: RecordType, names: Iterable[str], by: "User") -> dict[str, str]:
    """A sentence for each of these fields and parts that the user may not write; hidden ones are not there for him."""
    seen = seen_by(kind, by)
    if not isinstance(seen, NarrowType):
        return {}
    problems = {}
    for name in names:
        if name in seen.hidden:
            problems[name] = gettext("There is no field “%(name)s”.") % {"name": name[:60]}
        elif name in seen.locked:
            problems[name] = gettext("Your role does not allow you to change “%(name)s”.") % {
                "name": label_of(kind, name)
            }
    return problems


def label_of(kind: RecordType, name: str) -> str:
    """What people call a field or part."""
    one: FieldType | PartType | None = kind.fields.get(name) or kind.parts.get(name)
    return one.label if one is not None else name


def governed(kind: RecordType) -> list[str]:
    """What field rights are given for: all fields and parts but the name and what rights, lists and pages stand on."""
    always = {*NOBODYS, kind.title, kind.board, kind.default_sort.lstrip("-")}
    always |= {name for name, one in kind.fields.items() if one.required and one.kind in ("choice", "option")}
    return [*(name for name in kind.fields if name not in always), *kind.parts]


def role_levels(role: "Role", kind: RecordType) -> dict[str, str]:
    """What the role says of fields and parts of the type, with what follows from it.

    Rows that belong to a record and the fields that are taken from them (the main e-mail address) say the same thing:
    hidden in one place is hidden in the other.
    """
    said = role.field_rights.get(kind.key)
    known = set(governed(kind))
    found = {
        name: level
        for name, level in (said.items() if isinstance(said, dict) else ())
        if name in known and level in LEVELS
    }
    for key, part in kind.parts.items():
        together = [found.get(key), *(found.get(name) for name in part.keeps)]
        strictest = next((level for level in LEVELS if level in together), None)
        if strictest is not None:
            found[key] = strictest
        if (own := (said or {}).get(key)) in LEVELS and strictest is not None:
            for name in part.keeps:
                found[name] = next(level for level in LEVELS if level in (found.get(name), own))
    return found


def _narrowing(kind: RecordType, user: "User") -> tuple[Names, Names]:
    """What is hidden from the user, and what he may only read: what all of his roles for the type say."""
    if user.is_administrator:
        return NONE, NONE
    readers = roles_that(user, kind.key, "read")
    writers = {role.pk: role for act in ("create", "edit") for role in roles_that(user, kind.key, act)}
    reading = [role_levels(role, kind) for role in readers]
    writing = [role_levels(role, kind) for role in writers.values()]
    hidden = {name for name in governed(kind) if reading and all(one.get(name) == HIDDEN for one in reading)}
    locked = {name for name in governed(kind) if writing and all(name in one for one in writing)}
    hidden |= _worked_out_from_hidden(kind, user, frozenset(hidden))
    return frozenset(hidden), frozenset(locked | hidden)


def _worked_out_from_hidden(kind: RecordType, user: "User", hidden: Names) -> set[str]:
    """The formulas and roll-ups that read what is hidden from the user, here or in another type."""
    from rapport.kernel.custom.uses import reads_of

    found: set[str] = set()
    for name, one in kind.fields.items():
        if one.is_worked_out:
            for type_key, names in reads_of(kind.key, name).items():
                other = type_by_key(type_key)
                out_of_sight = hidden if type_key == kind.key else _hidden_of(other, user) if other else NONE
                if names & out_of_sight:
                    found.add(name)
    return found


def _hidden_of(kind: RecordType, user: "User") -> Names:
    """What is hidden of a type by what roles say, without what follows from it."""
    reading = [role_levels(role, kind) for role in roles_that(user, kind.key, "read")]
    return frozenset(
        name for name in governed(kind) if reading and all(one.get(name) == HIDDEN for one in reading)
    )
