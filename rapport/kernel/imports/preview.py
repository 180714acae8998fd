"""The first rows of a file as they will be."""

from typing import Any

from rapport.kernel.imports.extensions import Plan
from rapport.kernel.imports.planning import Batch
from rapport.kernel.registry import type_of

WIDEST = 7
LONGEST = 120


def preview_of(batch: Batch, count: int) -> list[dict[str, Any]]:  # Any: JSON
    """One entry for each of the first records: line, whether it is new, its title, and what it will say."""
    plans = sorted(batch.plans, key=lambda plan: plan.draft.line)[:count]
    return [_entry(plan) for plan in plans if not plan.draft.problems]


def _entry(plan: Plan) -> dict[str, Any]:  # Any: JSON
    kind = type_of(plan.record)
    told: dict[str, str] = dict(plan.facts.get("shown", {}))
    for name in plan.changed - {"owner"}:
        one = kind.fields[name]
        if text := one.text(one.read(plan.record)):
            told.setdefault(name, text)
    ordered = [name for name in kind.fields if name in told and name != kind.title]
    return {
        "line": plan.draft.line,
        "is_new": plan.is_new,
        "title": str(plan.record)[:LONGEST],
        "values": [[kind.fields[name].label, told[name][:LONGEST]] for name in ordered][:WIDEST],
    }
