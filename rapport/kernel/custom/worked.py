"""Fields that are worked out and never written: formulas and roll-ups, as field types of the kind that comes out.

Their values are SQL over the row (formulas/, rollups.py). Queries name them like columns; whoever shows records asks
for the values of a page with `work_out`, in one statement, as the user may know them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final
from uuid import UUID

from django.db import models
from django.db.models import F, Func, OuterRef, Subquery, Value

from rapport.kernel import fields as f
from rapport.kernel.custom.formulas import FormulaError, Program, compile_formula
from rapport.kernel.custom.formulas.compiler import SLOT
from rapport.kernel.custom.formulas.refs import EVERYBODY
from rapport.kernel.custom.kinds import InCustom
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.filters.limits import TooExpensive, bounded

if TYPE_CHECKING:
    from rapport.accounts.models import User
    from rapport.kernel.custom.models import CustomField
    from rapport.kernel.registry import RecordType

HELD: Final = "_worked_out"  # where a record in memory holds what was worked out for it
LONGEST: Final = 4.0  # seconds that the values of one page may take
TEXT_LENGTH: Final = 250
FORMULA, ROLLUP = "formula", "rollup"


class FromPieces(Func):
    """SQL made of text and expressions in turn; the text stands in the statement, as in an index of the same."""

    def __init__(self, *expressions: Any, sql: str, **extra: Any) -> None:  # Any: Django's signature
        self.sql = sql
        super().__init__(*expressions, sql=sql, **extra)

    def as_sql(self, compiler: Any, connection: Any, *_more: Any, **_context: Any) -> tuple[str, Any]:
        made: list[str] = []
        parameters: list[Any] = []
        compiled = [compiler.compile(one) for one in self.get_source_expressions()]
        for number, piece in enumerate(SLOT.split(self.sql)):
            if number % 2:
                sql, values = compiled[int(piece)]
                made.append(sql)
                parameters += values
            else:
                made.append(piece.replace("%", "%%"))
        return "".join(made), parameters


class WorkedOut(InCustom):
    """What formulas and roll-ups have in common: nobody writes them, and records hold them only when somebody asked."""

    is_worked_out: ClassVar[bool] = True
    definition: "CustomField"

    @property
    def type_key(self) -> str:
        return self.definition.type

    @property
    def owner_type(self) -> "RecordType":
        from rapport.kernel.registry import type_by_key

        found = type_by_key(self.type_key)
        assert found is not None
        return found.whole

    # -- values -------------------------------------------------------------------------------------------------
    def read(self, record: Any) -> Any:  # Any: each type has its own values
        """The value that was worked out for this record; none for who did not ask for it."""
        return self.finished(record.__dict__.get(HELD, {}).get(self.name))

    def finished(self, value: Any) -> Any:
        return value

    def write(self, record: Any, value: Any) -> None:
        raise TypeError("this field is worked out")

    # -- SQL ----------------------------------------------------------------------------------------------------
    @property
    def names(self) -> list[str]:
        """What queries can name: the field, and beside an amount its currency."""
        return [self.name]

    def sql_of(self, name: str) -> str:
        """The SQL with slots, finished: of a size that fits, and never null where such a field has no nulls."""
        raise NotImplementedError

    def worked(self, name: str, reader: Any) -> Any:  # Any: see Ref.expression
        """The expression for a query over records of the type that this reader asks."""
        raise NotImplementedError

    @property
    def is_broken(self) -> bool:
        """Does it name what is no more? Then it has no values."""
        return False

    @property
    def reads_only_its_row(self) -> bool:
        """May an index hold it? Only what is the same for everybody at any time."""
        return False

    def output(self) -> "models.Field[Any, Any]":
        return models.TextField()


class Formula(WorkedOut):
    """What formulas share."""

    @cached_property
    def program(self) -> Program | None:
        """The compiled formula; None where it names what is no more, and then it has no value."""
        try:
            found = compile_formula(str(self.definition.options.get("formula", "")), self.owner_type)
        except FormulaError:
            return None
        return found if found.result == self.definition.options.get("result") else None

    @property
    def is_broken(self) -> bool:
        return self.program is None

    @property
    def places(self) -> int:
        said = self.definition.options.get("decimals")
        return said if isinstance(said, int) and 0 <= said <= 6 else 2

    def sql_of(self, name: str) -> str:
        program = self.program
        assert program is not None
        match program.result:
            case "number" | "percent" | "money" if name == self.name:
                return f"kernel_worked_number({program.sql}, {self.places})"
            case "money":
                return f"(case when {program.sql} is not null then {program.currency} else '' end)"
            case "text":
                return f"coalesce(left({program.sql}, {TEXT_LENGTH}), '')"
            case "yesno":
                return f"coalesce({program.sql}, false)"
        return program.sql

    def worked(self, name: str, reader: Any) -> Any:  # Any: as above
        program = self.program
        output = self.output() if name == self.name else models.TextField()
        if program is None:
            return Value(None if self.null else self.nothing, output)
        kind = self.owner_type
        sources = [ref.expression(kind, reader) for ref in program.refs]
        return FromPieces(*sources, sql=self.sql_of(name), output_field=output)

    nothing: ClassVar[Any] = None  # Any: the value of such a field where there is none

    @cached_property
    def reads_only_its_row(self) -> bool:
        program = self.program
        if program is None or not program.refs:  # what is the same in every row needs no index
            return False
        return all(ref.is_own and _is_own(self.owner_type, ref.name) for ref in program.refs)

    @property
    def value_sql(self) -> str:
        """For its index: the same expression over the columns of the row."""
        program, fields = self.program, self.owner_type.fields
        assert program is not None
        columns = [_column_sql(fields, ref.name) for ref in program.refs]
        return f"({SLOT.sub(lambda found: columns[int(found[1])], self.sql_of(self.name))})"


def _base(name: str) -> str:
    return name.removesuffix(CURRENCY)


def _is_own(kind: "RecordType", name: str) -> bool:
    one = kind.fields.get(name) or kind.fields.get(_base(name))
    return one is not None and (not isinstance(one, WorkedOut) or one.reads_only_its_row)


def _column_sql(fields: Mapping[str, Any], name: str) -> str:
    """A field, or the currency beside one, as SQL over the row."""
    one = fields.get(name)
    if one is not None:
        return str(one.value_sql)
    amount = fields[_base(name)]
    if isinstance(amount, Formula):
        program = amount.program
        assert program is not None
        columns = [_column_sql(fields, ref.name) for ref in program.refs]
        return f"({SLOT.sub(lambda found: columns[int(found[1])], amount.sql_of(name))})"
    if amount.is_custom:
        return f"(coalesce(\"custom\" ->> '{name}', ''))"
    return f'"{name}"'


class Numeric:
    """Numbers come as they are rounded."""

    def finished(self, value: Any) -> Decimal | None:  # Any: as the database gives it
        return None if value is None else Decimal(value)

    def output(self) -> "models.Field[Any, Any]":
        return models.DecimalField(max_digits=40, decimal_places=self.places)  # type: ignore[attr-defined]  # mixed in


class Amounts(Numeric):
    """An amount and its currency; one without a currency is none."""

    @property
    def names(self) -> list[str]:
        return [self.name, self.name + CURRENCY]  # type: ignore[attr-defined]  # mixed in

    def read(self, record: Any) -> Any:  # Any: an amount or None
        held = record.__dict__.get(HELD, {})
        number, currency = (held.get(name) for name in self.names)
        return None if number is None or not currency else f.Amount(Decimal(number), str(currency))

    def raw(self, record: Any) -> Any:
        value = self.read(record)
        return None if value is None else value.number


class Words:
    """A text is never null."""

    nothing = ""

    def finished(self, value: Any) -> str:
        return value or ""


class Truth:
    """Yes or no is never null."""

    nothing = False

    def finished(self, value: Any) -> bool:
        return bool(value)

    def output(self) -> "models.Field[Any, Any]":
        return models.BooleanField()


class Day:
    """A day comes as a date."""

    def output(self) -> "models.Field[Any, Any]":
        return models.DateField()


class Time:
    """A moment comes as one."""

    def output(self) -> "models.Field[Any, Any]":
        return models.DateTimeField()


PLAIN: Final[Mapping[str, tuple[type[Any], type[Any]]]] = {
    "number": (Numeric, f.Number), "percent": (Numeric, f.Percent), "money": (Amounts, f.Money),
    "text": (Words, f.Text), "date": (Day, f.Date), "moment": (Time, f.Moment), "yesno": (Truth, f.YesNo),
}  # fmt: skip
RESULTS: Final = tuple(PLAIN)


def classes(base: type[Any]) -> dict[str, type[Any]]:
    """A field type for each kind of result."""
    return {
        key: type(f"{base.__name__}{plain.__name__}", (more, base, plain), {})
        for key, (more, plain) in PLAIN.items()
    }


FORMULAS: Final = classes(Formula)


def build(one: "CustomField", **usual: Any) -> WorkedOut | None:  # Any: what every field type takes
    """The field type of a formula or roll-up; None for one whose result is unknown."""
    from rapport.kernel.custom.rollups import ROLLUPS

    made_of = (FORMULAS if one.kind == FORMULA else ROLLUPS).get(str(one.options.get("result", "")))
    if made_of is None:
        return None
    if one.options["result"] in ("number", "percent", "money"):
        places = one.options.get("decimals")
        places = places if isinstance(places, int) and 0 <= places <= 6 else 2
        usual |= {"decimal_places": places, "max_digits": 40, "lowest": None, "highest": None}
    usual |= {"required": False, "unique": False, "searched": False, "null": made_of.null_by_default}
    made: WorkedOut = made_of(**usual, logged=False, editable=False)
    made.definition = one
    return made


def behind(made: WorkedOut, name: str, link: str, reader: Any) -> Any:  # Any: who asks; an expression
    """The value of the record to which a link leads, when the reader sees that record."""
    from rapport.kernel.filters.relations import rows_of

    output = made.output() if name == made.name else models.TextField()
    if reader is None:
        return Value(None, output)
    rows = rows_of(made.owner_type, None if reader is EVERYBODY else reader).order_by()
    rows = rows.filter(pk=OuterRef(link)).annotate(taken=F(name))
    return Subquery(rows.values("taken")[:1], output_field=output)


def worked_names(kind: "RecordType", names: Collection[str] | None = None) -> list[str]:
    """Those of the fields that are worked out."""
    return [
        name
        for name, one in kind.fields.items()
        if isinstance(one, WorkedOut) and (names is None or name in names)
    ]


def work_out(
    kind: "RecordType",
    records: Sequence[Any],
    user: "User | None",
    names: Iterable[str] | None = None,
    seconds: float = LONGEST,
) -> bool:
    """Work out the fields of these records as the user may know them, in one statement; all fields, or those named.

    False when that took too long: then they have no values.
    """
    chosen = worked_names(kind, None if names is None else set(names))
    if not chosen or not records:
        return True
    asked = [name for one in chosen for name in kind.fields[one].names]
    rows = kind.whole.model.objects.get_queryset().read_by(user).order_by()
    rows = rows.filter(pk__in=[one.pk for one in records])
    found: dict[UUID, dict[str, Any]] = {}
    try:
        fields = (kind.fields[one] for one in chosen)
        is_quick = all(isinstance(one, WorkedOut) and one.reads_only_its_row for one in fields)
        with nullcontext() if is_quick else bounded(seconds):
            found = {
                pk: dict(zip(asked, values, strict=True)) for pk, *values in rows.values_list("pk", *asked)
            }
    except TooExpensive:
        return False
    for record in records:
        record.__dict__[HELD] = {**record.__dict__.get(HELD, {}), **found.get(record.pk, {})}
    return True
