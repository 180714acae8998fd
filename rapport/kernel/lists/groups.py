"""A table in groups: how many rows each has and their sums; the rows of a group come like those of a list."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, F, Sum
from django.utils.http import urlencode

from rapport.kernel.currencies.totals import totals
from rapport.kernel.fields import FieldType
from rapport.kernel.lists.arranged.division import NONE, Division, Name
from rapport.kernel.lists.arranged.fields import division_of
from rapport.kernel.lists.columns import Column
from rapport.kernel.lists.state import ListState

MOST: Final = 100  # groups on a page
MOST_SUMS: Final = 4
OPEN_AT_ONCE: Final = 3  # groups whose rows are part of the page; others bring theirs when they are seen
Rows = Any  # a query set


@dataclass
class RowGroup:
    """One group of a table."""

    key: str
    name: Name
    count: int
    href: str
    sums: list[tuple[str, str]] = field(default_factory=list)  # label, "€ 1,200 and $ 300"


@dataclass
class Grouped:
    """The groups of a table, and how many rows stand in further ones."""

    groups: list[RowGroup]
    left: int = 0


def summed_fields(columns: Iterable[Column]) -> list[FieldType]:
    """The shown fields that can be added up."""
    fields = [one.field for one in columns if one.field is not None and one.field.kind in ("money", "number")]
    return fields[:MOST_SUMS]


def read_groups(state: ListState, columns: Iterable[Column]) -> Grouped:
    """The groups of the list with their counts and sums: a statement for the counts and one for each sum."""
    division = division_of(state.kind, state.by)
    assert division is not None and state.context.user is not None
    user, main, rows = state.context.user, state.context.currency, state.source().rows()
    counts, left = _counts(rows, division, user)
    names = {**division.names(counts, user), NONE: Name(division.none_label)}
    sums: dict[str, list[tuple[str, str]]] = {}
    for one in summed_fields(columns):
        for key, said in _sums(rows, division, one, set(counts), user, main).items():
            sums.setdefault(key, []).append((one.label, said))
    groups = [
        RowGroup(key, names[key], counts[key], _address(state, key), sums.get(key, []))
        for key in _ordered(counts, division, names)
    ]
    return Grouped(groups, left)


def _counts(rows: Rows, division: Division, user: Any) -> tuple[dict[str, int], int]:
    """How many rows each group has, the largest groups (of periods the last ones), and how many are in others."""
    has_many = division.may_be_many
    grouped = (rows.filter(division.filled(user)) if has_many else rows).order_by()
    counted = grouped.values(group_key=division.expression()).annotate(n=Count("pk"))
    order = F("group_key").desc(nulls_last=True) if division.period else F("n").desc()
    found: dict[str, int] = {}
    for row in counted.order_by(order)[:MOST]:
        key = division.key_of(row["group_key"])
        found[key] = found.get(key, 0) + row["n"]
    left = max(0, grouped.count() - sum(found.values())) if len(found) >= MOST else 0
    if has_many and (without := rows.filter(division.empty(user)).count()):
        found[NONE] = without
    return found, left


def _sums(
    rows: Rows, division: Division, one: FieldType, keys: set[str], user: Any, main: str
) -> dict[str, str]:
    """What the field adds up to in each of these groups, in words."""
    grouped = rows.filter(division.filled(user)) if division.may_be_many else rows
    without = rows.filter(division.empty(user)) if division.may_be_many and NONE in keys else None
    found: dict[str, str] = {}
    for part, by in ((grouped, {"group_key": division.expression()}), (without, {})):
        if part is None:
            continue
        for value, said in _added_up(part, one, by, main):
            key = division.key_of(value) if by else NONE
            if key in keys and said:
                found[key] = said
    return found


def _added_up(rows: Rows, one: FieldType, by: dict[str, Any], main: str) -> Iterable[tuple[Any, str]]:
    """(group, sum in words)."""
    if one.kind == "money":
        return [(key, str(total)) for key, total in totals(rows, one, main, by) if total]
    found = (
        rows.order_by().values(**by).annotate(total=Sum(one.name))
        if by
        else [rows.aggregate(total=Sum(one.name))]
    )
    return [(row.get("group_key"), one.text(row["total"])) for row in found if row["total"] is not None]


def _ordered(counts: dict[str, int], division: Division, names: dict[str, Name]) -> list[str]:
    """Choices in their order, dates by time, everything else by name; what has no value comes last."""
    keys = [key for key in counts if key != NONE and key in names]
    if division.period:
        keys.sort(reverse=not division.field.editable)
    elif known := {key: at for at, key in enumerate(division.known())}:
        keys.sort(key=lambda key: known.get(key, len(known)))
    else:
        keys.sort(key=lambda key: names[key].label.casefold())
    return keys + ([NONE] if NONE in counts else [])


def _address(state: ListState, key: str) -> str:
    """Where the rows of a group come from."""
    return "?" + urlencode([*state.pairs(by=state.by), ("group", key)])
