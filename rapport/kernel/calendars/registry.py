"""What a record type adds to its calendar: how long entries take, whose they are, how they look and are moved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q

from rapport.kernel.registry import RecordType

if TYPE_CHECKING:
    from rapport.accounts.models import User

Records = Sequence[Any]  # Any: records of the calendar's type


@dataclass(frozen=True)
class Look:
    """How one entry looks besides its title; what is empty is as for every type."""

    hue: str = ""
    icon: str = ""
    line: str = ""
    is_done: bool = False
    repeats: bool = False


@dataclass(frozen=True)
class Moved:
    """Where an entry goes: its new moment, how many minutes it takes, and how many of a series go with it."""

    at: datetime
    minutes: int | None
    which: str = "one"  # "following", "all"
    version: int | None = None


def as_it_is(records: Records, user: "User") -> Mapping[UUID, Look]:
    return {}


def owned_by(users: Sequence[UUID]) -> Q:
    return Q(owner__in=users)


@dataclass(frozen=True)
class CalendarRules:
    """The calendar of one record type by the field `by`; all of it optional.

    `length` names the field with how many minutes an entry takes. `belongs` says which records are in the calendar of
    these users. `new` gives the address of the form for a new record on a day or at a moment.
    """

    type_key: str
    by: str = ""
    length: str = ""
    belongs: Callable[[Sequence[UUID]], Q] = owned_by
    look: Callable[[Records, "User"], Mapping[UUID, Look]] = as_it_is
    move: Callable[[Any, Moved, "User"], Any] | None = None  # Any: a record in, the moved record out
    new: Callable[[date | datetime, str], str] | None = None
    links: tuple[str, ...] = field(default=())


_rules: dict[str, CalendarRules] = {}


def add_calendar(rules: CalendarRules) -> None:
    """Register what a type adds; called once when the area is loaded."""
    _rules[rules.type_key] = rules


def rules_of(kind: RecordType, by: str) -> CalendarRules:
    """What the type adds to its calendar by that field; by any other field it is as that of every type."""
    found = _rules.get(kind.key)
    if found is None or found.by != by or (found.length and found.length not in kind.fields):
        return CalendarRules(kind.key, by)
    return found
