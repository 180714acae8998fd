"""A formula while it is being written: what is wrong and where, or what it gives for some records."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from rapport.accounts.access import UserRequest, administrators
from rapport.kernel.custom import worked
from rapport.kernel.custom.formulas import FormulaError, compile_formula
from rapport.kernel.custom.formulas.values import LABELS
from rapport.kernel.custom.models import CustomField
from rapport.kernel.fields.text import without_nulls
from rapport.kernel.filters.limits import TooExpensive, bounded
from rapport.kernel.pages.routing import page
from rapport.kernel.registry import RecordType

EXAMPLES = 3
SECONDS = 1.0


@page("settings/fields/<type:kind>/formula/", name="custom_formula_check", methods=("POST",))
@administrators
def check(request: UserRequest, kind: RecordType) -> HttpResponse:
    """What the formula in the form gives; nothing is kept."""
    text = without_nulls(request.POST.get("formula", "")).strip()
    shown: dict[str, Any] = {
        "problem": "",
        "result": "",
        "examples": [],
        "is_own": True,
    }  # Any: what the template shows
    if text:
        try:
            program = compile_formula(text, kind)
        except FormulaError as problem:
            shown["problem"] = str(problem)
        else:
            shown["result"] = LABELS[program.result]
            said = request.POST.get("decimals", "")
            places = int(said) if said.isdecimal() and int(said) <= 6 else 2
            made = _made(kind, {"formula": text, "result": program.result, "decimals": places})
            shown["is_own"] = made.reads_only_its_row or not program.refs
            shown["examples"] = _examples(request, kind, made)
    return render(request, "kernel/custom/formula.html", shown)


def _made(kind: RecordType, options: dict[str, Any]) -> worked.WorkedOut:  # Any: JSON
    """The field as it would be."""
    made = worked.build(CustomField(type=kind.key, key="example", kind="formula", options=options))
    assert made is not None
    made.settle("x_example", has_default=False, is_indexed=False)
    return made


def _examples(request: UserRequest, kind: RecordType, made: worked.WorkedOut) -> list[tuple[str, str]]:
    """The newest records with the value that they would have."""
    rows = kind.visible_to(request.user)
    values = {f"value_{number}": made.worked(name, request.user) for number, name in enumerate(made.names)}
    try:
        with bounded(SECONDS):
            found = list(rows.order_by("-created_at").annotate(**values)[:EXAMPLES])
    except TooExpensive:
        return []
    for record in found:
        held = {name: getattr(record, f"value_{number}") for number, name in enumerate(made.names)}
        record.__dict__[worked.HELD] = held
    return [(str(record), made.text(made.read(record)) or "–") for record in found]
