"""What other areas put on a record's page: blocks in the head, beside the fields, on the right, and composers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from rapport.kernel.records.base import Record

Context = dict[str, Any]  # Any: what a template shows
Fill = Callable[[HttpRequest, Any], Context | None]  # a request and a record in; None means: not here


@dataclass(frozen=True)
class Block:
    """One block on the page of records of these types; `fill` gives its template what it shows, or None."""

    key: str
    types: tuple[str, ...]  # keys of record types; empty for all
    # "subtitle" (under the name), "actions" (right of it), "head" (vital signs), "left",
    # "main" (above the timeline), "right"
    place: str
    template: str
    fill: Fill
    order: int = 100
    at_a_glance: bool = False  # small enough to stand beside the hits of the palette, too


@dataclass(frozen=True)
class Composer:
    """One tab of the composer above the timeline, e.g. "Call"; its template is a form part."""

    key: str
    label: str | Promise
    icon: str
    template: str
    fill: Fill
    order: int = 100
    shortcut: str = ""
    types: tuple[str, ...] = field(default=())


_blocks: list[Block] = []
_composers: list[Composer] = []


def add_block(block: Block) -> None:
    """Register a block; called once when the area's views are loaded."""
    _blocks.append(block)


def add_composer(composer: Composer) -> None:
    _composers.append(composer)


def blocks_of(request: HttpRequest, record: Record, type_key: str, place: str) -> list[tuple[Block, Context]]:
    """The blocks of that place that have something to show, in order, each with its context."""
    chosen = sorted(
        (one for one in _blocks if one.place == place and (not one.types or type_key in one.types)),
        key=lambda one: one.order,
    )
    filled = ((one, one.fill(request, record)) for one in chosen)
    return [(one, context) for one, context in filled if context is not None]


def composers_of(request: HttpRequest, record: Record, type_key: str) -> list[tuple[Composer, Context]]:
    chosen = sorted(
        (one for one in _composers if not one.types or type_key in one.types), key=lambda one: one.order
    )
    filled = ((one, one.fill(request, record)) for one in chosen)
    return [(one, context) for one, context in filled if context is not None]
