"""Dates and moments."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from rapport.kernel.fields.base import (
    AFTER,
    BEFORE,
    BETWEEN,
    EMPTY,
    FILLED,
    IS,
    NEXT,
    OLDER,
    WITHIN,
    Context,
    FieldType,
    Operator,
)
from rapport.ui import components, formats
from rapport.ui.days import A_DAY, clock_of, day_of, is_whole_day, whole_day

# What lies outside has no day on the calendar in some time zones.
FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
LAST: Final = datetime(9999, 12, 31, tzinfo=UTC)


class Date(FieldType, models.DateField):
    """A day, without a time."""

    kind: ClassVar[str] = "date"
    control: ClassVar[str] = "date"
    operators: ClassVar[tuple[Operator, ...]] = (
        IS,
        BEFORE,
        AFTER,
        BETWEEN,
        WITHIN,
        NEXT,
        OLDER,
        EMPTY,
        FILLED,
    )
    plain = models.DateField

    def parse(self, said: Any, context: Context) -> date | None:
        if said is None or said == "":
            return None
        if isinstance(said, datetime):
            return said.date()
        if isinstance(said, date):
            return said
        try:
            return formats.parse_date(str(said).strip())
        except ValueError as problem:
            raise ValidationError(
                _("“%(said)s” is not a date. Write it like 2026-12-31."), params={"said": str(said)[:40]}
            ) from problem

    def text(self, value: date | None) -> str:
        return "" if value is None else formats.format_date(value)

    def input(self, value: date | None) -> str:
        return "" if value is None else value.isoformat()

    def export(self, value: date | None) -> Any:
        return value

    def json(self, value: date | None) -> Any:
        return None if value is None else value.isoformat()

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "null"], "format": "date"}

    def condition(self, operator: Operator, operand: Any, context: Context) -> Q:
        today, name = timezone.localdate(), self.name
        match operator.key:
            case "last":
                return Q(**{f"{name}__gte": today - timedelta(days=operand), f"{name}__lte": today})
            case "next":
                return Q(**{f"{name}__gte": today, f"{name}__lte": today + timedelta(days=operand)})
            case "older":
                return Q(**{f"{name}__lt": today - timedelta(days=operand)})
        return super().condition(operator, operand, context)

    def sample(self, number: int) -> date:
        return date(2024, 1, 1) + timedelta(days=number % 1000)


class Moment(FieldType, models.DateTimeField):
    """A day and a time, kept in UTC, shown in the user's time zone."""

    kind: ClassVar[str] = "moment"
    control: ClassVar[str] = "moment"
    operators: ClassVar[tuple[Operator, ...]] = (BEFORE, AFTER, BETWEEN, WITHIN, NEXT, OLDER, EMPTY, FILLED)
    plain = models.DateTimeField

    def parse(self, said: Any, context: Context) -> datetime | None:
        if said is None or said == "":
            return None
        if isinstance(said, datetime):
            return self.checked(said if timezone.is_aware(said) else timezone.make_aware(said))
        if isinstance(said, date):
            return self.checked(timezone.make_aware(datetime.combine(said, time())))
        text = str(said).strip()
        try:
            moment = parse_datetime(text) or self._as_people_write(text)
        except ValueError as problem:
            raise ValidationError(
                _("“%(said)s” is not a date with a time. Write it like 2026-12-31 14:30."),
                params={"said": text[:40]},
            ) from problem
        return self.checked(moment if timezone.is_aware(moment) else timezone.make_aware(moment))

    @staticmethod
    def _as_people_write(text: str) -> datetime:
        """A day, or a day and an hour: 31.12.2026 14:30."""
        return (
            formats.parse_moment(text) if ":" in text else datetime.combine(formats.parse_date(text), time())
        )

    def checked(self, moment: datetime) -> datetime:
        if not FIRST <= moment <= LAST:
            raise ValidationError(_("Give a moment between the years 1 and 9999."))
        return moment

    def clean(self, value: Any, model_instance: Any) -> Any:
        found = super().clean(value, model_instance)
        return found if found is None else self.checked(found)

    def text(self, value: datetime | date | None) -> str:
        """A day is what filters compare with; records hold moments."""
        if value is None:
            return ""
        return formats.format_moment(value) if isinstance(value, datetime) else formats.format_date(value)

    def html(self, value: datetime | None, context: Context) -> Markup:
        return components.moment(value)

    def input(self, value: datetime | None) -> str:
        return "" if value is None else clock_of(value).strftime("%Y-%m-%dT%H:%M")

    def export(self, value: datetime | None) -> Any:
        return None if value is None else clock_of(value).replace(microsecond=0)

    def json(self, value: datetime | None) -> Any:
        return None if value is None else value.isoformat()

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "null"], "format": "date-time"}

    def condition(self, operator: Operator, operand: Any, context: Context) -> Q:
        now, name = timezone.now(), self.name
        match operator.key:
            case "last":
                return Q(**{f"{name}__gte": now - timedelta(days=operand), f"{name}__lte": now})
            case "next":
                return Q(**{f"{name}__gte": now, f"{name}__lte": now + timedelta(days=operand)})
            case "older":
                return Q(**{f"{name}__lt": now - timedelta(days=operand)})
        return super().condition(operator, operand, context)

    def sample(self, number: int) -> datetime:
        return datetime(2024, 1, 1, 9, 0, tzinfo=UTC) + timedelta(hours=number % 10_000)


class DayOrMoment(Moment):
    """A moment, or a whole day: that is the same day for everybody (rapport/ui/days.py)."""

    def parse(self, said: Any, context: Context) -> datetime | None:
        found = super().parse(said, context)
        return found if isinstance(said, datetime) else self.said(found)

    def json(self, value: datetime | None) -> Any:
        return day_of(value).isoformat() if value is not None and is_whole_day(value) else super().json(value)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [super().schema(), {"type": "string", "format": "date"}]}

    @staticmethod
    def said(value: datetime | None, minutes: int | None = None) -> datetime | None:
        """Midnight where the user is stands for that day, unless it takes another time than whole days."""
        if value is None or is_whole_day(value) or (minutes and minutes % A_DAY):
            return value
        clock = clock_of(value)
        return whole_day(clock.date()) if clock.time() == time() else value

    def sample(self, number: int) -> datetime:
        return super().sample(number) + timedelta(minutes=30)
