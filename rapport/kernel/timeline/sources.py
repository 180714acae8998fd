"""What can stand in a timeline: each kind of item has one source that loads and shows it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from rapport.accounts.models import User


@dataclass
class Item:
    """One thing in a timeline, ready to be shown by `template` with itself as `item`."""

    id: UUID
    at: datetime
    kind: str
    template: str
    icon: str
    hue: str = "grey"
    is_planned: bool = False
    is_slim: bool = True
    origin: Any = None  # Any: the record through which it is here, when that is another one
    data: dict[str, Any] = field(default_factory=dict)  # Any: what the template shows


@dataclass(frozen=True)
class Source:
    """Loads the items of one kind that this user may see: {id: Item}; what he may not see is left out."""

    kind: str
    label: str | Promise
    load: Callable[[Sequence[UUID], "User"], dict[UUID, Item]]
    # Under which tab of the timeline: "activities", "changes", "files", "comments", "sales".
    group: str = "all"
    # {type key: fields} whose changes this source already tells, so that the log does not tell them again; "created"
    # stands for the birth of the record.
    tells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # The rows that the user may see, whose keys are those of the items; the tab says how many there are.
    seen: Callable[["User"], "QuerySet[Any]"] | None = None


_sources: dict[str, Source] = {}


def add_source(source: Source) -> None:
    """Register a source; called once when the area is loaded."""
    _sources[source.kind] = source


def source_of(kind: str) -> Source | None:
    return _sources.get(kind)


def told_by_sources(type_key: str) -> set[str]:
    """The fields of that type whose changes stand in the timeline by a source of their own."""
    return {name for one in _sources.values() for name in one.tells.get(type_key, ())}


def sources() -> list[Source]:
    return list(_sources.values())
