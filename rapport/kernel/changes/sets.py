"""Change sets: every write happens inside one, and the database log learns from it who acts and why."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction

from rapport.kernel.changes.labels import FACT, Label, in_all_languages, said
from rapport.kernel.changes.models import Cause, ChangeSet

if TYPE_CHECKING:
    from rapport.accounts.models import User


@dataclass
class OpenSet:
    """The change set of the running transaction."""

    row: ChangeSet
    by: "User | None"
    events: list[str] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    in_action: int = 0

    @property
    def id(self) -> UUID:
        return self.row.pk


_open: ContextVar[OpenSet | None] = ContextVar("rapport_change_set", default=None)


def current_set() -> OpenSet | None:
    """Return the change set that is being written now, or None outside of one."""
    return _open.get()


def new_set(
    *,
    by: "User | None",
    cause: str = Cause.PAGE,
    label: Label = "",
    facts: dict[str, Any] | None = None,  # Any: JSON
    types: Iterable[str] = (),
) -> ChangeSet:
    """The row of a set that begins; whoever writes at once opens `change_set`."""
    every = {**(facts or {}), **in_all_languages(label)}
    return ChangeSet.objects.create(actor=by, cause=cause, label=said(label), facts=every, types=list(types))


def name_set(row: ChangeSet, label: Label, **facts: Any) -> None:  # Any: JSON
    """Give the set another name, and more facts."""
    others = {name: one for name, one in row.facts.items() if name != FACT}
    row.label, row.facts = said(label), {**others, **facts, **in_all_languages(label)}
    row.save(update_fields=["label", "facts"])


@contextmanager
def change_set(
    *,
    by: "User | None",
    cause: str = Cause.PAGE,
    label: Label = "",
    continues: ChangeSet | None = None,
    facts: dict[str, Any] | None = None,  # Any: JSON
) -> Iterator[OpenSet]:
    """Open one transaction whose changes belong together and are attributed to `by`.

    Inside another one it joins that: an act that calls acts is one act. `continues` goes on with a set that was
    begun in an earlier transaction (an import writes in batches, all of one set). A label that says itself (a function
    of the active language) is read by everybody in his own.
    """
    outer = _open.get()
    if outer is not None:
        with transaction.atomic():
            yield outer
        return
    with transaction.atomic():
        row = continues or new_set(by=by, cause=cause, label=label, facts=facts)
        with connection.cursor() as cursor:
            cursor.execute(
                "select set_config('rapport.actor', %s, true), set_config('rapport.cause', %s, true),"
                " set_config('rapport.change_set', %s, true)",
                [str(by.pk) if by else "", row.cause, str(row.pk)],
            )
        opened = OpenSet(row, by)
        token = _open.set(opened)
        try:
            yield opened
        finally:
            _open.reset(token)
        if opened.events or not opened.types <= set(row.types):
            row.events = [*row.events, *opened.events]
            row.types = sorted({*row.types, *opened.types})
            row.save(update_fields=["events", "types"])


def note_types(*keys: str) -> None:
    """Note that the running act touches records of these types; pages find change sets by them."""
    opened = _open.get()
    if opened is not None:
        opened.types.update(keys)


def record_event(name: str) -> None:
    """Add a dotted event name ("deal.won") to the change set of the running act."""
    opened = _open.get()
    if opened is None:
        raise RuntimeError("an event belongs to a change set")
    opened.events.append(name)
