"""From the tree of a formula to SQL, with types checked on the way. There is no other way to work a formula out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from rapport.kernel.custom.formulas import functions, values
from rapport.kernel.custom.formulas.parser import parse
from rapport.kernel.custom.formulas.refs import ID, TODAY, ZONE, Ref
from rapport.kernel.custom.formulas.tree import Call, FormulaError, Literal, Name, Node, Operation, Prefix
from rapport.kernel.custom.formulas.values import (
    CHOICE,
    DATE,
    MONEY,
    NUMBER,
    OTHER,
    PERCENT,
    TEXT,
    YESNO,
    Part,
    quoted,
)
from rapport.kernel.fields.dates import DayOrMoment
from rapport.kernel.fields.numbers import CURRENCY
from rapport.ui.days import MARK

if TYPE_CHECKING:
    from rapport.kernel.fields.base import FieldType
    from rapport.kernel.registry import RecordType

LONGEST_SQL: Final = 30_000
SLOT: Final = re.compile("\x01(\\d+)\x01")
TEXTS: Final = ("text", "longtext", "email", "phone", "web", "country", "language", "autonumber")


@dataclass(frozen=True)
class Program:
    """A formula ready for use: SQL with slots (\\x01number\\x01) for what it reads, and the type of what comes out."""

    result: str
    sql: str
    currency: str
    refs: tuple[Ref, ...]

    @property
    def is_own(self) -> bool:
        """Does it read nothing but the row itself, so that an index can hold it? (Fields it reads may not be own.)"""
        return all(ref.is_own for ref in self.refs)


def compile_formula(text: str, kind: "RecordType") -> Program:
    """Return the program of a formula over records of that type; FormulaError says what is wrong and where."""
    compiler = Compiler(kind.whole)
    part = compiler.part(parse(text))
    if part.type not in values.RESULTS:
        sentence = _("A formula cannot give %(type)s; compare it, or take a field of it") % {
            "type": part.label
        }
        raise FormulaError(sentence, part.at)
    return Program(part.type, part.sql, part.currency, tuple(compiler.refs))


class Compiler:
    """Compiles one formula; what it reads is noted in `refs`, each once."""

    def __init__(self, kind: "RecordType") -> None:
        self.kind = kind
        self.refs: list[Ref] = []

    def slot(self, ref: Ref) -> str:
        if ref not in self.refs:
            self.refs.append(ref)
        return f"\x01{self.refs.index(ref)}\x01"

    def part(self, node: Node) -> Part:
        """The piece of SQL for a node."""
        match node:
            case Literal():
                found = self._literal(node)
            case Name():
                found = self._name(node)
            case Call():
                found = functions.call(self, node)
            case Operation():
                found = self._operation(node)
            case Prefix():
                found = self._prefix(node)
        if len(found.sql) + len(found.currency) > LONGEST_SQL:
            raise FormulaError(_("This formula is too large"), node.at)
        return found

    def _literal(self, node: Literal) -> Part:
        if isinstance(node.value, bool):
            return Part(YESNO, "true" if node.value else "false", node.at)
        if isinstance(node.value, Decimal):
            return Part(NUMBER, f"({node.value:f}::numeric)", node.at)
        return Part(TEXT, quoted(node.value), node.at, literal=node.value)

    # -- fields ---------------------------------------------------------------------------------------------------
    def _name(self, node: Name) -> Part:
        if node.path == ("today",):
            return Part(DATE, self.slot(Ref("", special=TODAY)), node.at)
        *steps, last = node.path
        kind, path = self.kind, []
        for step in steps:
            name = name_in(kind, step)
            from rapport.kernel.filters.relations import target_of

            target = target_of(kind.fields.get(name))
            if target is None:
                sentence = _("“%(name)s” is no link from %(kind)s to other records.")
                raise FormulaError(sentence % {"name": step[:60], "kind": kind.label_plural}, node.at)
            path.append(name)
            kind = target.whole
        name = name_in(kind, last)
        found = kind.fields.get(name)
        if found is None:
            sentence = _("%(kind)s have no field “%(name)s”")
            raise FormulaError(sentence % {"kind": kind.label_plural, "name": last[:60]}, node.at)
        return self._field(found, tuple(path), node.at)

    def _field(self, one: "FieldType", path: tuple[str, ...], at: int) -> Part:
        sql = self.slot(Ref(str(one.name), path))
        match one.kind:
            case "number" | "percent":
                return Part(one.kind, f"({sql}::numeric)", at)
            case "money":
                return Part(MONEY, f"({sql}::numeric)", at, self.slot(Ref(f"{one.name}{CURRENCY}", path)))
            case "date":
                return Part(DATE, sql, at)
            case "moment":
                there = f"{sql} at time zone {self.slot(Ref('', special=ZONE))}"
                if isinstance(one, DayOrMoment):
                    utc = f"({sql} at time zone 'UTC')"
                    there = f"case when {utc}::time = '{MARK}' then {utc} else {there} end"
                return Part(DATE, f"(({there})::date)", at)
            case "yesno":
                return Part(YESNO, sql, at)
            case "choice":
                options = {str(key): str(label) for key, label in getattr(one, "options", list)()}
                options |= {str(key): str(label) for key, label in getattr(one, "retired", {}).items()}
                return Part(CHOICE, sql, at, choices=options, empty=f"(coalesce({sql}, '') = '')")
            case "link":
                shown = self.slot(Ref(ID, (*path, str(one.name))))  # one that the reader does not see is none
                return Part(OTHER, shown, at)
        if one.kind in TEXTS:
            return Part(TEXT, sql, at, empty=f"(coalesce({sql}, '') = '')")
        if one.is_multiple:
            return Part(OTHER, sql, at, empty=f"(coalesce(cardinality({sql}), 0) = 0)")
        return Part(OTHER, sql, at)

    # -- operations -----------------------------------------------------------------------------------------------
    def _prefix(self, node: Prefix) -> Part:
        inner = self.part(node.inner)
        if node.sign == "not":
            return Part(YESNO, f"(not {self.yes(inner)})", node.at)
        if inner.type not in (*values.NUMBERS, MONEY):
            raise FormulaError(_("A minus stands before a number or an amount"), node.at)
        return Part(inner.type, f"(-{inner.sql})", node.at, inner.currency)

    def yes(self, part: Part) -> str:
        """The SQL of a yes or no; a condition on what is missing does not hold."""
        if part.type != YESNO:
            raise FormulaError(_("Expected a condition, here is %(type)s") % {"type": part.label}, part.at)
        return f"coalesce({part.sql}, false)"

    def _operation(self, node: Operation) -> Part:
        left, right = self.part(node.left), self.part(node.right)
        operations: dict[str, Callable[[Operation, Part, Part], Part]] = {
            "and": self._logic, "or": self._logic, "&": self._joined, "+": self._added, "-": self._added,
            "*": self._multiplied, "/": self._divided,
        }  # fmt: skip
        return operations.get(node.sign, self._compared)(node, left, right)

    def _logic(self, node: Operation, left: Part, right: Part) -> Part:
        return Part(YESNO, f"({self.yes(left)} {node.sign} {self.yes(right)})", node.at)

    def _joined(self, node: Operation, left: Part, right: Part) -> Part:
        for one in (left, right):
            if one.type != TEXT:
                raise FormulaError(
                    _("“&” joins texts; write text(…) around %(type)s") % {"type": one.label}, one.at
                )
        return Part(TEXT, f"(coalesce({left.sql}, '') || coalesce({right.sql}, ''))", node.at)

    def _added(self, node: Operation, left: Part, right: Part) -> Part:
        sign, types = node.sign, (left.type, right.type)
        if left.is_number and right.is_number:
            type_ = PERCENT if types == (PERCENT, PERCENT) else NUMBER
            return Part(type_, f"({left.sql} {sign} {right.sql})", node.at)
        if types == (MONEY, MONEY):
            sql = f"(case when {left.currency} = {right.currency} then {left.sql} {sign} {right.sql} end)"
            return Part(MONEY, sql, node.at, left.currency)
        if left.type == DATE and right.is_number:
            return Part(DATE, f"kernel_later({left.sql}, {'-' if sign == '-' else ''}{right.sql})", node.at)
        if sign == "+" and left.is_number and right.type == DATE:
            return Part(DATE, f"kernel_later({right.sql}, {left.sql})", node.at)
        if sign == "-" and types == (DATE, DATE):
            return Part(NUMBER, f"(({left.sql} - {right.sql})::numeric)", node.at)
        if types == (TEXT, TEXT) and sign == "+":
            raise FormulaError(_("Texts are joined with “&”"), node.at)
        raise self._unfit(node, left, right)

    def _multiplied(self, node: Operation, left: Part, right: Part) -> Part:
        if left.is_number and right.is_number:
            return Part(NUMBER, f"({left.sql} * {right.sql})", node.at)
        if left.type == MONEY and right.is_number:
            return Part(MONEY, f"({left.sql} * {right.sql})", node.at, left.currency)
        if left.is_number and right.type == MONEY:
            return Part(MONEY, f"({left.sql} * {right.sql})", node.at, right.currency)
        raise self._unfit(node, left, right)

    def _divided(self, node: Operation, left: Part, right: Part) -> Part:
        sql = f"({left.sql} / nullif({right.sql}, 0))"
        if left.is_number and right.is_number:
            return Part(NUMBER, sql, node.at)
        if left.type == MONEY and right.is_number:
            return Part(MONEY, sql, node.at, left.currency)
        if left.type == MONEY and right.type == MONEY:
            return Part(NUMBER, f"(case when {left.currency} = {right.currency} then {sql} end)", node.at)
        raise self._unfit(node, left, right)

    def _compared(self, node: Operation, left: Part, right: Part) -> Part:
        left, right = self.alike(left, right)
        if left.type in (CHOICE, YESNO, OTHER) and node.sign not in ("=", "!="):
            raise self._unfit(node, left, right)
        sql = f"({left.sql} {'<>' if node.sign == '!=' else node.sign} {right.sql})"
        if left.type == MONEY and right.type == MONEY:
            sql = f"(case when {left.currency} = {right.currency} then {sql} end)"
        elif left.type == OTHER or (left.type != right.type and not (left.is_number and right.is_number)):
            raise self._unfit(node, left, right)
        return Part(YESNO, sql, node.at)

    def alike(self, left: Part, right: Part) -> tuple[Part, Part]:
        """Both sides, with a written text read as the choice or date that it is compared with."""
        if left.literal is not None and right.literal is None:
            right, left = self.alike(right, left)
            return left, right
        if right.literal is None or left.type not in (CHOICE, DATE):
            return left, right
        if left.type == DATE:
            return left, functions.day(right)
        said = right.literal
        key = next((key for key, label in left.choices.items() if said in (key, label)), None)
        if key is None and said:
            sentence = _("There is no choice “%(said)s”; there are: %(choices)s")
            names = ", ".join(list(left.choices)[:12])
            raise FormulaError(sentence % {"said": said[:60], "choices": names}, right.at)
        return left, Part(CHOICE, quoted(key or ""), right.at)

    def _unfit(self, node: Operation, left: Part, right: Part) -> FormulaError:
        if {left.type, right.type} & {MONEY} and (left.is_number or right.is_number):
            sentence = _('An amount has a currency: write money(1000, "EUR"), or number(…) around the amount')
            return FormulaError(sentence, node.at)
        sentence = _("“%(sign)s” does not fit %(left)s and %(right)s")
        return FormulaError(sentence % {"sign": node.sign, "left": left.label, "right": right.label}, node.at)


def name_in(kind: "RecordType", said: str) -> str:
    """The name of a field as it was written; the own prefix of custom fields may be left out."""
    return said if said in kind.fields or f"x_{said}" not in kind.fields else f"x_{said}"
