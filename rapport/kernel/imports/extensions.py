"""What areas tell the engine about importing their record types; the engine itself knows none of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import models
from django.utils.functional import Promise

from rapport.kernel.imports.guess import Target
from rapport.kernel.records import Record
from rapport.kernel.registry import type_by_key

if TYPE_CHECKING:
    from rapport.accounts.models import User


AWAITED = "awaited"  # among the facts of a draft: {field: (column, text)} of links to rows of the same file


@dataclass(frozen=True)
class Slot:
    """A target as the page offers it: under which heading, and whether its value goes to a field as it is."""

    target: Target
    group: str | Promise
    icon: str = "pencil"
    is_extra: bool = False  # the extension digests it; else the key is the name of a field
    part: str = ""  # the part of the record that it fills


class Said(NamedTuple):
    """What one column of one row says to a target that the extension digests."""

    key: str
    value: Any  # Any: what the parser of the column gives
    purpose: str
    number: int
    column: int


@dataclass(slots=True)
class Draft:
    """One row on its way to a record."""

    line: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)  # Any: by field name, as each field type has them
    said: list[Said] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)  # who has one of them in common is the same, surest first
    known: UUID | None = None
    problems: list[tuple[int, str]] = field(default_factory=list)  # column (-1: the row) and sentence
    facts: dict[str, Any] = field(default_factory=dict)  # Any: for the extension


@dataclass(slots=True)
class Plan:
    """A record that is about to be written, and the rows it comes from (repeated rows come to the same one)."""

    record: Record
    is_new: bool
    drafts: list[Draft]
    changed: set[str] = field(default_factory=set)
    facts: dict[str, Any] = field(default_factory=dict)  # Any: for the extension

    @property
    def draft(self) -> Draft:
        return self.drafts[0]


class Extension:
    """The part of an import that only the area knows. Made once for each check or run, so it may remember."""

    hidden: frozenset[str] = frozenset()  # names of editable fields that are not offered
    same: tuple[str | Promise, ...] = ()  # what makes two records the same, in words
    collects: frozenset[str] = frozenset()  # fields of which the record keeps the other value, too
    makes: frozenset[str] = frozenset()  # keys of further types of which it makes records
    # Links that `settle` sets, only to what the user sees or to what it made. Where such a link is a column as it is,
    # names that are no key of anybody reach `digest` among the rest that was said.
    finds: frozenset[str] = frozenset()
    cards = ""  # which contacts of an address book are such records: those of people or of organizations
    in_parallel = False  # new records may be written on several connections: none waits for a lock of another

    def slots(self) -> list[Slot]:
        """Further targets; one with the key of a field replaces that."""
        return []

    def digest(self, draft: Draft) -> None:
        """Turn what was said to the extension's targets into values, natural keys and facts."""

    def match(self, drafts: Sequence[Draft], by: "User") -> None:
        """Set `known` of every draft whose record is already here and visible for the user, set-based."""

    def likeness(self, drafts: Sequence[Draft], by: "User") -> Sequence[Mapping[str, Any]]:
        """What each row says about who it is, for comparing it with records: values by field, rows of parts by key."""
        return [draft.values for draft in drafts]

    def named(self, draft: Draft) -> Mapping[str, str]:
        """What a row says of fields that `settle` fills: {field: in words}."""
        return {}

    def is_gap(self, record: Record, name: str) -> bool:
        """Whether the field counts as unknown although it has a value."""
        return False

    def settle(
        self, plans: Sequence[Plan], mode: str, by: "User", counts: dict[str, int], *, dry: bool
    ) -> None:
        """Add what needs other records (found or made) to valid plans; problems go to the draft of the plan."""

    def would_make(self) -> Sequence[tuple[str, str]]:
        """Of a dry run: types and names of the further records that the last `settle` would have made."""
        return ()

    def parts(self, plans: Sequence[Plan], mode: str, by: "User") -> Sequence[models.Model]:
        """Rows of parts to be added, after the records were written."""
        return ()

    def foresee(self, plans: Sequence[Plan]) -> None:
        """Of a dry run: note `adds` in the facts of plans whose known record would get parts."""

    def words(self, counts: dict[str, int]) -> list[tuple[str, str]]:
        """What else happened, as pairs of what and how much for the page."""
        return []


_extensions: dict[str, type[Extension]] = {}


def add_extension(type_key: str, extension: type[Extension]) -> None:
    """Register what an area knows about importing that record type."""
    _extensions[type_key] = extension


def extension_of(type_key: str) -> Extension:
    """A fresh extension of that type, the plain one when the area has none."""
    return _extensions.get(type_key, Extension)()


def importable(type_key: str) -> bool:
    """Every record type is; the areas of some know more about it."""
    return type_by_key(type_key) is not None
