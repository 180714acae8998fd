"""The functions of formulas: what they take, what comes out, their SQL. None of them can fail on any value."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from rapport.kernel.custom.formulas.tree import Call, FormulaError, Literal
from rapport.kernel.custom.formulas.values import (
    CHOICE,
    DATE,
    MONEY,
    NUMBER,
    NUMBERS,
    OTHER,
    PERCENT,
    TEXT,
    YESNO,
    Part,
    quoted,
)

if TYPE_CHECKING:
    from rapport.kernel.custom.formulas.compiler import Compiler

Make = Callable[["Compiler", Call, list[Part]], Part]
CURRENCY: Final = re.compile(r"[A-Z]{3}")
MOST_AMOUNTS: Final = 5


def call(compiler: "Compiler", node: Call) -> Part:
    """The piece of SQL for a call; FormulaError where the function does not take that."""
    known = FUNCTIONS.get(node.name)
    if known is None:
        sentence = _("There is no function “%(name)s”") % {"name": node.name[:40]}
        raise FormulaError(sentence, node.at)
    least, most, make = known
    if not least <= len(node.arguments) <= most:
        sentence = _("%(name)s takes %(least)s to %(most)s values") % {
            "name": node.name,
            "least": least,
            "most": most,
        }
        raise FormulaError(sentence, node.at)
    return make(compiler, node, [compiler.part(one) for one in node.arguments])


def _demand(part: Part, *types: str) -> Part:
    if part.type not in types:
        wanted = str(Part(types[0], "", 0).label)
        sentence = _("Expected %(wanted)s, here is %(type)s") % {"wanted": wanted, "type": part.label}
        raise FormulaError(sentence, part.at)
    return part


def _whole(node: Call, place: int, lowest: int, highest: int) -> int:
    """A number that is written there; how much is cut or rounded is no matter of the record."""
    said = node.arguments[place]
    if isinstance(said, Literal) and not isinstance(said.value, str | bool):
        number = int(said.value)
        if number == said.value and lowest <= number <= highest:
            return number
    sentence = _("Write a whole number from %(lowest)s to %(highest)s") % {
        "lowest": lowest,
        "highest": highest,
    }
    raise FormulaError(sentence, said.at)


def _united(compiler: "Compiler", node: Call, parts: Sequence[Part]) -> tuple[str, list[Part]]:
    """The one type of several values, of which one comes out."""
    made = list(parts)
    for place in range(1, len(made)):
        made[0], made[place] = compiler.alike(made[0], made[place])
    types = {one.type for one in made}
    if types <= set(NUMBERS):
        return (PERCENT if types == {PERCENT} else NUMBER), made
    if len(types) > 1:
        labels = ", ".join(dict.fromkeys(one.label for one in made))
        raise FormulaError(
            _("All values must be of one type, here are: %(types)s") % {"types": labels}, node.at
        )
    type_ = types.pop()
    if type_ in (CHOICE, OTHER):
        sentence = _("%(name)s does not take %(type)s") % {"name": node.name, "type": made[0].label}
        raise FormulaError(sentence, node.at)
    return type_, made


# -- choosing among values ----------------------------------------------------------------------------------------
def _if(compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
    condition, *rest = parts
    type_, (then, *others) = _united(compiler, node, rest)
    test = compiler.yes(condition)
    behind = f" else {others[0].sql}" if others else ""
    currency = f" else {others[0].currency}" if others else ""
    return Part(
        type_, f"(case when {test} then {then.sql}{behind} end)", node.at,
        f"(case when {test} then {then.currency}{currency} end)" if type_ == MONEY else "",
    )  # fmt: skip


def _coalesce(compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
    type_, parts = _united(compiler, node, parts)
    *first, last = parts
    cases = "".join(f" when not {one.is_missing} then {one.sql}" for one in first)
    sql = f"(case{cases} else {last.sql} end)" if first else last.sql
    currency = ""
    if type_ == MONEY:
        cases = "".join(f" when not {one.is_missing} then {one.currency}" for one in first)
        currency = f"(case{cases} else {last.currency} end)" if first else last.currency
    return Part(type_, sql, node.at, currency)


def _extreme(function: str) -> Make:
    def make(compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
        type_, parts = _united(compiler, node, parts)
        if type_ == YESNO:
            raise FormulaError(_("%(name)s does not take yes or no") % {"name": node.name}, node.at)
        if type_ != MONEY:
            return Part(type_, f"{function}({', '.join(one.sql for one in parts)})", node.at)
        if len(parts) > MOST_AMOUNTS:
            raise FormulaError(_("Up to %(most)s amounts can be compared") % {"most": MOST_AMOUNTS}, node.at)
        currencies = [f"case when not {one.is_missing} then {one.currency} end" for one in parts]
        low, high = (f"{one}({', '.join(currencies)})" for one in ("least", "greatest"))
        numbers = ", ".join(one.sql for one in parts)
        return Part(MONEY, f"(case when {low} = {high} then {function}({numbers}) end)", node.at, low)

    return make


# -- numbers ----------------------------------------------------------------------------------------------------
def _rounded(function: str) -> Make:
    def make(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
        number = _demand(parts[0], NUMBER, PERCENT, MONEY)
        places = f", {_whole(node, 1, 0, 6)}" if len(parts) > 1 else ""
        return Part(number.type, f"{function}({number.sql}{places})", node.at, number.currency)

    return make


def _number(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
    return Part(NUMBER, _demand(parts[0], MONEY, *NUMBERS).sql, node.at)


def _percent(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
    if len(parts) == 1:
        return Part(PERCENT, _demand(parts[0], *NUMBERS).sql, node.at)
    part, whole = parts
    sql = f"({part.sql} * 100 / nullif({whole.sql}, 0))"
    if part.type == MONEY and whole.type == MONEY:
        return Part(PERCENT, f"(case when {part.currency} = {whole.currency} then {sql} end)", node.at)
    _demand(part, *NUMBERS)
    _demand(whole, *NUMBERS)
    return Part(PERCENT, sql, node.at)


def _money(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
    number, currency = _demand(parts[0], *NUMBERS), _demand(parts[1], TEXT)
    if currency.literal is None:
        sql = f"(case when {currency.sql} ~ '^[A-Z]{{3}}$' then {number.sql} end)"
        return Part(MONEY, sql, node.at, currency.sql)
    if not CURRENCY.fullmatch(currency.literal):
        raise FormulaError(_("Give the currency as three capital letters, as EUR."), currency.at)
    return Part(MONEY, number.sql, node.at, quoted(currency.literal))


def _currency(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
    amount = _demand(parts[0], MONEY)
    return Part(TEXT, f"(case when not {amount.is_missing} then {amount.currency} end)", node.at)


# -- dates --------------------------------------------------------------------------------------------------------
def day(part: Part) -> Part:
    """A written text as a date."""
    try:
        found = date.fromisoformat(part.literal or "")
    except ValueError as problem:
        raise FormulaError(_("Give a day as 2026-12-31."), part.at) from problem
    return Part(DATE, f"('{found.isoformat()}'::date)", part.at)


def _date(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
    if len(parts) == 1:
        return day(parts[0]) if parts[0].literal is not None else _demand(parts[0], DATE)
    if len(parts) == 2:
        raise FormulaError(_("Write a day as date(2026, 12, 31)"), node.at)
    numbers = ", ".join(_demand(one, NUMBER).sql for one in parts)
    return Part(DATE, f"kernel_day({numbers})", node.at)


def _days(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
    if len(parts) == 1:
        return Part(NUMBER, _demand(parts[0], NUMBER).sql, node.at)
    later, earlier = (_demand(one, DATE) for one in parts)
    return Part(NUMBER, f"(({later.sql} - {earlier.sql})::numeric)", node.at)


def _between(months: int) -> Make:
    def make(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
        later, earlier = (_demand(one, DATE) for one in parts)
        return Part(NUMBER, f"trunc(kernel_months({later.sql}, {earlier.sql}) / {months})", node.at)

    return make


def _piece(name: str) -> Make:
    def make(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
        return Part(NUMBER, f"(extract({name} from {_demand(parts[0], DATE).sql})::numeric)", node.at)

    return make


def _add_months(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
    first, number = _demand(parts[0], DATE), _demand(parts[1], NUMBER)
    return Part(DATE, f"kernel_months_later({first.sql}, {number.sql})", node.at)


# -- texts --------------------------------------------------------------------------------------------------------
def _changed(function: str) -> Make:
    def make(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
        return Part(TEXT, f"{function}({_demand(parts[0], TEXT).sql})", node.at)

    return make


def _cut(function: str) -> Make:
    def make(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
        return Part(TEXT, f"{function}({_demand(parts[0], TEXT).sql}, {_whole(node, 1, 0, 500)})", node.at)

    return make


def _found(template: str) -> Make:
    def make(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
        whole, part = (_demand(one, TEXT).sql for one in parts)
        return Part(YESNO, template.format(whole=f"lower({whole})", part=f"lower({part})"), node.at)

    return make


def _length(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
    return Part(NUMBER, f"(length({_demand(parts[0], TEXT).sql})::numeric)", node.at)


def _text(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
    part = _demand(parts[0], TEXT, DATE, MONEY, *NUMBERS)
    if part.type == TEXT:
        return part
    sql = f"kernel_day_text({part.sql})" if part.type == DATE else f"(trim_scale({part.sql})::text)"
    return Part(TEXT, sql, node.at)


def _is_empty(_compiler: "Compiler", node: Call, parts: list[Part]) -> Part:
    part = parts[0]
    return Part(YESNO, part.is_missing if part.type != TEXT else f"(coalesce({part.sql}, '') = '')", node.at)


FUNCTIONS: Final[dict[str, tuple[int, int, Make]]] = {
    "if": (2, 3, _if), "coalesce": (1, 8, _coalesce), "min": (2, 8, _extreme("least")),
    "max": (2, 8, _extreme("greatest")), "round": (1, 2, _rounded("round")), "abs": (1, 1, _rounded("abs")),
    "floor": (1, 1, _rounded("floor")), "ceil": (1, 1, _rounded("ceil")), "number": (1, 1, _number),
    "percent": (1, 2, _percent), "money": (2, 2, _money), "currency": (1, 1, _currency), "date": (1, 3, _date),
    "days": (1, 2, _days), "months": (2, 2, _between(1)), "years": (2, 2, _between(12)), "year": (1, 1, _piece("year")),
    "month": (1, 1, _piece("month")), "day": (1, 1, _piece("day")), "weekday": (1, 1, _piece("isodow")),
    "add_months": (2, 2, _add_months), "lower": (1, 1, _changed("lower")), "upper": (1, 1, _changed("upper")),
    "trim": (1, 1, _changed("btrim")), "left": (2, 2, _cut("left")), "right": (2, 2, _cut("right")),
    "length": (1, 1, _length), "contains": (2, 2, _found("(position({part} in {whole}) > 0)")),
    "starts": (2, 2, _found("starts_with({whole}, {part})")), "text": (1, 1, _text), "is_empty": (1, 1, _is_empty),
}  # fmt: skip
