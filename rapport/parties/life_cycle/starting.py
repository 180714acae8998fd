"""The rules that every installation starts with: all off, until an administrator has seen whom they would move."""

from collections.abc import Sequence
from typing import Any

from rapport.parties.life_cycle.engine import kinds
from rapport.parties.life_cycle.models import LifeCycle, LifeCycleRule

_starting: list[dict[str, Any]] = []  # Any: values of a rule


def start_with(
    position: int, type_key: str, name: str, to_stage: str, from_stages: Sequence[str], where: dict[str, Any],
    after_days: int = 0,
) -> None:  # fmt: skip
    """Declare a rule; called once when an area is loaded. `where` is the JSON of a filter on that record type."""
    rule = {
        "position": position, "type": type_key, "name": name, "to_stage": to_stage, "from_stages": list(from_stages),
        "where": where, "after_days": after_days,
    }  # fmt: skip
    _starting.append(rule)


def begin() -> None:
    """After the first migrate: what the areas declared. Later the rules are the administrator's."""
    cycle, _new = LifeCycle.objects.get_or_create(pk=1)
    if cycle.has_begun:
        return
    order = [one.key for one in kinds()]
    begun = sorted(_starting, key=lambda one: (one["position"], order.index(one["type"])))
    LifeCycleRule.objects.bulk_create(
        LifeCycleRule(**one | {"position": number}) for number, one in enumerate(begun, 1)
    )
    cycle.has_begun = True
    cycle.save(update_fields=["has_begun"])
