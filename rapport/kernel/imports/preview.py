"""The first rows of a file as they will be, and the first values that change."""

from itertools import islice
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


def changes_of(batch: Batch, count: int) -> list[dict[str, Any]]:  # Any: JSON
    """One entry for each of the first records that change: line, title, and each field with old and new value."""
    plans = [plan for plan in batch.plans if not plan.is_new and not plan.draft.problems]
    entries = (_change(plan) for plan in sorted(plans, key=lambda plan: plan.draft.line))
    return list(islice((entry for entry in entries if entry["values"]), count))


def _change(plan: Plan) -> dict[str, Any]:  # Any: JSON
    kind = type_of(plan.record)
    before, told = plan.facts.get("before", {}), plan.facts.get("shown", {})
    values = []
    for name, one in kind.fields.items():
        if name not in plan.changed:
            continue
        old = one.text(before[name] if name in before else one.read(plan.record))
        new = told.get(name) or one.text(one.read(plan.record))
        if old != new:
            values.append([str(one.label), old[:LONGEST], new[:LONGEST]])
    return {"line": plan.draft.line, "title": str(plan.record)[:LONGEST], "values": values}
