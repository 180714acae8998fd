"""Where a card stands in its lane: a fraction between its neighbors, so that a move writes one row."""

from typing import Any
from uuid import UUID

from django.db import connection, models

Lane = models.QuerySet[Any, Any]  # Any: records of one type that stand in one lane


def place(lane: Lane, above: UUID | None, below: UUID | None, *, top: float) -> float:
    """Return the position between these two cards of the lane; `top` is above all cards.

    Only one neighbor is enough: the other one may be hidden by a filter or not loaded yet. Neighbors that have left
    the lane do not count. When no number is left between two cards, the lane is numbered anew first.
    """
    for _attempt in (1, 2):
        low, high = _neighbors(lane, above, below)
        if low is None and high is None:
            return top
        if low is None or high is None:
            return high - 1 if low is None and high is not None else (low or 0.0) + 1
        middle = low + (high - low) / 2
        if low < middle < high:
            return middle
        renumber(lane)
    return middle


def _neighbors(lane: Lane, above: UUID | None, below: UUID | None) -> tuple[float | None, float | None]:
    known = dict(lane.filter(pk__in=[key for key in (above, below) if key]).values_list("pk", "position"))
    low = known.get(above) if above else None
    high = known.get(below) if below else None
    if low is not None and (high is None or high < low):
        high = lane.filter(position__gt=low).order_by("position").values_list("position", flat=True).first()
    elif low is None and high is not None:
        low = lane.filter(position__lt=high).order_by("-position").values_list("position", flat=True).first()
    return low, high


def renumber(lane: Lane) -> None:
    """Give the cards of the lane whole positions in their order. Needed after some twenty moves to one spot."""
    keys = lane.order_by("position", "pk").values("id", "position")
    sql, values = keys.query.sql_with_params()
    table = connection.ops.quote_name(lane.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"update {table} t set position = n.number from (select k.id, row_number() over () as number"  # noqa: S608
            f" from ({sql}) as k) as n where t.id = n.id and t.position <> n.number",
            values,
        )
