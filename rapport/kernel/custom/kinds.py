"""Custom fields as field types: the classes of fields on models, with the value in `custom` instead of a column."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.utils.dateparse import parse_datetime

from rapport.kernel import fields as f
from rapport.kernel.fields.base import Context, FieldType, Operator
from rapport.kernel.fields.links import parse_id
from rapport.kernel.fields.numbers import CURRENCY


class Stored(Func):
    """A value of `custom` in SQL: exactly what its index holds, so that the index answers."""

    def __init__(self, *expressions: Any, template: str, **extra: Any) -> None:  # Any: Django's signature
        super().__init__(*expressions, template=template, **extra)


class InCustom(FieldType if TYPE_CHECKING else object):  # type: ignore[misc]  # mixed in front of a field type
    """What custom fields do otherwise: their values stand in `record.custom` under their names.

    An emptied value stays as null, so that undoing finds it as it was left. A record gets a new dict with every value:
    whoever has kept the old one still has what was there.
    """

    is_custom: ClassVar[bool] = True
    template: ClassVar[str] = "coalesce({column} ->> '{name}', '')"
    is_indexed = False

    def settle(self, name: str, *, has_default: bool, is_indexed: bool) -> None:
        """Give it its name; a field on a model gets it from Django."""
        self.name = self.attname = name
        self.__dict__["column"] = name  # the log and the forms of files call it so
        self._has_default = has_default
        self.is_indexed = is_indexed

    def has_default(self) -> bool:
        return self._has_default

    def clone(self) -> Any:  # Any: Django's signature
        raise TypeError("a custom field is no column")

    # -- values ---------------------------------------------------------------------------------------------
    def read(self, record: Any) -> Any:  # Any: each type has its own values
        return self.loaded(record.custom.get(self.name))

    def raw(self, record: Any) -> Any:
        return self.read(record)

    def write(self, record: Any, value: Any) -> None:
        held = record.custom
        if not self.is_empty(value):
            record.custom = {**held, self.name: self.stored(value)}
        elif self.name in held:
            record.custom = {**held, self.name: None}

    def loaded(self, said: Any) -> Any:  # Any: JSON
        """The value for what stands in `custom`; what does not fit is no value."""
        return said if isinstance(said, str) else ""

    def stored(self, value: Any) -> Any:
        """What stands in `custom` for a value."""
        return str(value)

    # -- SQL ------------------------------------------------------------------------------------------------
    @property
    def value_sql(self) -> str:
        column = '"custom"'
        return f"({self.sql_over(column)})"

    def sql_over(self, column: str) -> str:
        return self.template.format(column=column, name=self.name)

    def output(self) -> "models.Field[Any, Any]":
        """How the database gives it back."""
        return models.TextField()

    def expressions(self) -> dict[str, tuple[str, "models.Field[Any, Any]"]]:
        """{name: (SQL, kind of result)} of everything that queries can name."""
        return {self.name: (self.sql_over("%(expressions)s"), self.output())}


def expression(sql: str, output: "models.Field[Any, Any]", path: str = "custom") -> Stored:
    return Stored(F(path), template=f"({sql})", output_field=output)


class Text(InCustom, f.Text):
    """One line of text."""


class AutoNumber(InCustom, f.Text):
    """A number that counts up by itself ("M-0042"); numbering.py gives it, nobody changes it."""

    kind = "autonumber"


class LongText(InCustom, f.LongText):
    """Text of several lines."""


class Email(InCustom, f.Email):
    """An e-mail address."""


class Phone(InCustom, f.Phone):
    """A phone number."""


class Web(InCustom, f.Web):
    """A web address."""


class Retiring(FieldType if TYPE_CHECKING else object):  # type: ignore[misc]  # as above
    """Choices that are offered no more keep their label on the records that have them, and are found by it."""

    retired: Mapping[str, str] = {}

    def parse_asked(self, said: Any, context: Context) -> Any:  # Any: as read
        try:
            return super().parse_asked(said, context)
        except ValidationError:
            gone = {word.casefold(): key for key, label in self.retired.items() for word in (str(label), key)}
            word = str(said[0] if self.is_multiple and said else said).strip().casefold()
            if word not in gone:
                raise
            return [gone[word]] if self.is_multiple else gone[word]

    def parse_operand(self, operator: Operator, said: str, context: Context) -> Any:
        if operator.operand != "values":
            return super().parse_operand(operator, said, context)
        parts = [part for part in said.split("|") if part.strip()]
        if not self.is_multiple:
            return [self.parse_asked(part, context) for part in parts]
        return [key for part in parts for key in self.parse_asked([part], context)]


class Choice(Retiring, InCustom, f.Choice):
    """One of a list."""

    def text(self, value: str | None) -> str:
        return super().text(value) if value not in self.retired else str(self.retired[value or ""])


class Country(InCustom, f.Country):
    """A country."""


class Language(InCustom, f.Language):
    """A language."""


class Number(InCustom, f.Number):
    """A number."""

    template = "kernel_number({column} ->> '{name}')"

    def loaded(self, said: Any) -> Decimal | None:
        return number_of(said)

    def stored(self, value: Any) -> str:
        number = round(Decimal(value), self.decimal_places)
        return format(number if number else abs(number), "f")  # nobody writes -0

    def output(self) -> "models.Field[Any, Any]":
        return models.DecimalField(max_digits=30, decimal_places=self.decimal_places)


class Percent(InCustom, f.Percent):
    """A percentage."""

    template, loaded, stored, output = Number.template, Number.loaded, Number.stored, Number.output


class Money(InCustom, f.Money):
    """An amount and, beside it, its currency."""

    template, output = Number.template, Number.output

    def read(self, record: Any) -> f.Amount | None:
        number = number_of(record.custom.get(self.name))
        return None if number is None else f.Amount(number, record.custom.get(self.name + CURRENCY) or "EUR")

    def raw(self, record: Any) -> Decimal | None:
        return number_of(record.custom.get(self.name))

    def write(self, record: Any, value: Any) -> None:
        held = dict(record.custom)
        if value is None:
            if self.name not in held:
                return
            held[self.name] = None
        else:
            number, currency = value if isinstance(value, tuple) else (value, held.get(self.name + CURRENCY))
            held[self.name] = Number.stored(self, number)
            held[self.name + CURRENCY] = currency or "EUR"
        record.custom = held

    def expressions(self) -> dict[str, tuple[str, "models.Field[Any, Any]"]]:
        currency = f"coalesce(%(expressions)s ->> '{self.name}{CURRENCY}', '')"
        return {**super().expressions(), self.name + CURRENCY: (currency, models.TextField())}


class YesNo(InCustom, f.YesNo):
    """Yes or no."""

    template = "coalesce({column} ->> '{name}' = 'true', false)"

    def loaded(self, said: Any) -> bool:
        return said is True

    def stored(self, value: Any) -> bool:
        return bool(value)

    def output(self) -> "models.Field[Any, Any]":
        return models.BooleanField()


class Date(InCustom, f.Date):
    """A day."""

    template = "kernel_date({column} ->> '{name}')"

    def loaded(self, said: Any) -> date | None:
        try:
            return date.fromisoformat(said) if isinstance(said, str) else None
        except ValueError:
            return None

    def stored(self, value: Any) -> str:
        return str(value.isoformat())

    def output(self) -> "models.Field[Any, Any]":
        return models.DateField()


class Moment(InCustom, f.Moment):
    """A day and a time, kept in UTC."""

    template = "kernel_moment({column} ->> '{name}')"

    def loaded(self, said: Any) -> datetime | None:
        try:
            found = parse_datetime(said) if isinstance(said, str) else None
        except ValueError:
            return None
        return found if found is not None and found.tzinfo is not None else None

    def stored(self, value: Any) -> str:
        return str(value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))

    def output(self) -> "models.Field[Any, Any]":
        return models.DateTimeField()


class Choices(Retiring, InCustom, f.Choices):
    """Several of a list."""

    template = "kernel_texts({column} -> '{name}')"

    def loaded(self, said: Any) -> list[str]:
        return [str(one) for one in said] if isinstance(said, list) else []

    def stored(self, value: Any) -> list[str]:
        return list(value)

    def text(self, value: list[str] | None) -> str:
        labels = {**self.retired, **dict(self.options())}
        return ", ".join(str(labels.get(one, one)) for one in value or [])

    def output(self) -> "models.Field[Any, Any]":
        return ArrayField(models.TextField())


class Address(InCustom, f.Address):
    """A postal address."""

    template = "nullif({column} -> '{name}', 'null')"

    def loaded(self, said: Any) -> dict[str, str] | None:
        return {part: str(said.get(part) or "") for part in self.parts} if isinstance(said, dict) else None

    def stored(self, value: Any) -> dict[str, str]:
        return dict(value)

    def output(self) -> "models.Field[Any, Any]":
        return models.JSONField()


class Linked(InCustom):
    """What links share: the id stands in `custom`; what it leads to is read when asked for, or for many at once."""

    template = "kernel_id({column} ->> '{name}')"

    def raw(self, record: Any) -> UUID | None:
        return parse_id(record.custom.get(self.name) or "")

    def read(self, record: Any) -> Any:  # Any: what it leads to
        key = self.raw(record)
        if key is None:
            return None
        known = _known(record)
        if key not in known:
            known[key] = self.related_model._base_manager.filter(pk=key).first()
        return known[key]

    def write(self, record: Any, value: Any) -> None:
        if isinstance(value, models.Model):
            _known(record)[value.pk] = value
        super().write(record, getattr(value, "pk", value))

    def prefetch(self, records: Iterable[Any]) -> None:
        """Read what all of these records link to at once."""
        rows = [(record, key) for record in records if (key := self.raw(record)) is not None]
        found = self.related_model._base_manager.in_bulk({key for _record, key in rows})
        for record, key in rows:
            _known(record)[key] = found.get(key)

    def condition(self, operator: Operator, operand: Any, context: Context) -> Q:
        if operator.key == "me":
            return Q(**{self.name: context.user.pk}) if context.user is not None else Q(pk__in=[])
        if operator.key == "my_team":
            team = context.user.team_id if context.user else None
            return Q(**{self.name: team}) if team is not None else Q(pk__in=[])  # no team is nobody's team
        found: Q = super().condition(operator, operand, context)
        return found

    def output(self) -> "models.Field[Any, Any]":
        return models.UUIDField()


def _known(record: Any) -> dict[UUID, Any]:
    """What a record's custom links lead to, as far as it was read."""
    found: dict[UUID, Any] = record.__dict__.setdefault("_linked", {})
    return found


class Link(Linked, f.Link):
    """A link to one record of a type."""


class UserLink(Linked, f.UserLink):
    """A user."""


class TeamLink(Linked, f.TeamLink):
    """A team."""


class File(Linked, f.File):
    """One file."""


class Picture(Linked, f.Picture):
    """One picture."""


def number_of(said: Any) -> Decimal | None:  # Any: JSON
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return None
    try:
        number = Decimal(str(said))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


CLASSES: Mapping[str, type[Any]] = {
    one.kind: one
    for one in (
        Text, AutoNumber, LongText, Number, Money, Percent, Date, Moment, YesNo, Choice, Choices, Email, Phone, Web,
        Link, UserLink, TeamLink, Address, Country, Language, File, Picture,
    )
}  # fmt: skip
WORKED_OUT = ("formula", "rollup")  # kinds of their own module: their values are worked out and never written
