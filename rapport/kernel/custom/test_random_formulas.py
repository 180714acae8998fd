"""Random formulas over odd records: each is refused with a place, or worked out; none can break a list."""

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from rapport.kernel.custom import worked
from rapport.kernel.custom.formulas import FormulaError, compile_formula
from rapport.kernel.custom.models import CustomField
from rapport.kernel.fields import Amount
from rapport.kernel.registry import type_by_key
from rapport.kernel.testing import make, make_user

pytestmark = pytest.mark.django_db
SHAPES = {
    "number": (
        "chance", "0", "999999999999", "organization.employees", "({number} + {number})", "({number} * {number})",
        "({number} / {number})", "days({date} - {date})", "months({date}, {date})", "length({text})",
        "round({number}, 3)", "({money} / {money})", "percent({number}, {number})", "min({number}, {number})",
        "weekday({date})", "-number({money})",
    ),
    "money": (
        "amount", "money({number}, {text})", "money(1, 'USD')", "({money} - {money})", "({money} * {number})",
        "({money} / {number})", "max({money}, {money})", "abs({money})",
    ),
    "text": (
        "name", "''", "'a %s {{b}}'", "organization.name", "({text} & {text})", "upper({text})", "right({text}, 9)",
        "text({date})", "text({number})", "currency({money})",
    ),
    "date": (
        "expected_on", "today", "created_at", "date('0001-01-01')", "date('9999-12-31')", "({date} + {number})",
        "add_months({date}, {number})", "date({number}, {number}, {number})", "max({date}, {date})",
    ),
    "yesno": (
        "outcome = 'won'", "is_empty(organization)", "is_empty(tags)", "({number} >= {number})",
        "({money} < {money})", "contains({text}, {text})", "not {yesno}", "({yesno} and {yesno} or {yesno})",
    ),
}  # fmt: skip


class Words(dict[str, str]):
    """Fills the gaps of a shape with further random shapes."""

    def __init__(self, chance: random.Random, depth: int) -> None:
        super().__init__()
        self.chance, self.depth = chance, depth

    def __missing__(self, type_: str) -> str:
        return formula(self.chance, type_, self.depth - 1)


def formula(chance: random.Random, type_: str, depth: int) -> str:
    shapes = [*SHAPES[type_]]
    if depth > 0:
        gap = f"{{{type_}}}"
        shapes += [f"if({{yesno}}, {gap}, {gap})", f"if({{yesno}}, {gap})", f"coalesce({gap}, {gap})"]
    else:
        shapes = [one for one in shapes if "{" not in one.replace("{{", "")]
    return chance.choice(shapes).format_map(Words(chance, depth))


@pytest.mark.parametrize("seed", range(4))
def test_no_formula_breaks_a_list(seed: int) -> None:
    by, kind, chance = make_user(role="administrator"), type_by_key("deals"), random.Random(seed)
    assert kind is not None
    big, small = Amount(Decimal("999999999999.99"), "USD"), Amount(Decimal(0), "EUR")
    make(kind.model, owner=by, amount=big, chance=100, expected_on=date(9999, 12, 31), name="Ä" * 200)
    make(kind.model, owner=by, amount=small, chance=0, expected_on=date(1, 1, 1), organization=None)
    make(kind.model, owner=by, amount=None, chance=None, expected_on=None)
    done = 0
    for _number in range(40):
        text = formula(chance, chance.choice([*SHAPES]), chance.randint(1, 4))
        try:
            program = compile_formula(text, kind)
        except FormulaError as problem:
            assert "character" in str(problem), text
            continue
        options = {"formula": text, "result": program.result, "decimals": 2}
        made: Any = worked.build(CustomField(type=kind.key, key="random", kind="formula", options=options))
        made.settle("x_random", has_default=False, is_indexed=False)
        values = {f"value_{place}": made.worked(name, by) for place, name in enumerate(made.names)}
        with transaction.atomic():
            rows = list(kind.visible_to(by).annotate(**values))
        for row in rows:
            held = {name: getattr(row, f"value_{place}") for place, name in enumerate(made.names)}
            row.__dict__[worked.HELD] = held
            assert isinstance(made.text(made.read(row)), str), text
        done += 1
    assert done > 20
