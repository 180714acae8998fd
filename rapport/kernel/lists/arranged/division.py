"""One way to divide records: by the values of a choice or link, or by the periods of a date."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.fields import Choice, FieldType, Link, LinkBase
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters.days import lies_on, period_of
from rapport.kernel.filters.periods import add_months
from rapport.kernel.permissions import policy
from rapport.kernel.registry import RecordType, types_of_model
from rapport.ui import formats

if TYPE_CHECKING:
    from rapport.accounts.models import User

DATES: Final = ("date", "moment")
PERIODS: Final[dict[str, Promise]] = {
    "day": _("Day"),
    "week": _("Week"),
    "month": _("Month"),
    "quarter": _("Quarter"),
    "year": _("Year"),
}
MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
NONE: Final = ""  # the key of what has no value


@dataclass(frozen=True)
class Name:
    """How one of the parts is called."""

    label: str
    hue: str = "grey"


@dataclass(frozen=True)
class Division:
    """Records by a field; each part has a key that can stand in an address ("" where there is no value)."""

    kind: RecordType
    field: FieldType
    period: str = ""

    @property
    def key(self) -> str:
        """As it stands in an address: "owner", "expected_on.month"."""
        return f"{self.field.name}.{self.period}" if self.period else str(self.field.name)

    @property
    def label(self) -> str:
        return f"{self.field.label}, {PERIODS[self.period]}" if self.period else self.field.label

    @property
    def column(self) -> str:
        return str(self.field.attname)

    @property
    def may_be_many(self) -> bool:
        """Can there be more parts than a page holds?"""
        return isinstance(self.field, Link) or self.period in ("day", "week")

    def expression(self) -> Any:  # Any: a Django expression
        """What rows are grouped by."""
        if self.period:
            return period_of(self.field, self.period)
        return F(self.column)

    def key_of(self, value: Any) -> str:  # Any: what the expression gives
        """The key of a value as the database gives it."""
        if value is None or value == "":
            return NONE
        if isinstance(value, bool):
            return "yes" if value else "no"
        return value.isoformat() if isinstance(value, date) else str(value)

    def key_of_record(self, record: Any) -> str:  # Any: a record
        return self.key_of(self.field.raw(record))

    # -- conditions -----------------------------------------------------------------------------------------
    def condition(self, key: str, user: "User") -> Q | None:
        """Which records belong to the part of that key; None when it is no key."""
        if key == NONE:
            return self.empty(user)
        if self.period:
            return self._in_period(key)
        if self.field.kind == "yesno":
            return Q(**{self.column: key == "yes"}) if key in ("yes", "no") else None
        if not isinstance(self.field, LinkBase):
            return Q(**{self.column: key})
        found = parse_id(key) if _has_ids(self.field) else key if key.isdigit() and len(key) < 10 else None
        if found is None or (isinstance(self.field, Link) and not self.names([key], user)):
            return None
        return Q(**{self.column: found})

    def empty(self, user: "User") -> Q:
        """Which records have no value; a link to a record that the user does not see counts as none."""
        nothing = self.field.empty_condition
        if self.field.kind == "yesno":
            return Q(pk__in=[])
        seen = self._seen(user)
        return nothing if seen is None else nothing | ~Q(**{f"{self.column}__in": seen})

    def filled(self, user: "User") -> Q:
        seen = self._seen(user)
        return ~self.field.empty_condition if seen is None else Q(**{f"{self.column}__in": seen})

    def _seen(self, user: "User") -> Any:  # Any: a query set of ids
        """The linked records that the user sees; None where he sees all, or where the field is no such link."""
        if not isinstance(self.field, Link):
            return None
        linked: Any = self.field.related_model
        if linked is not AnyRecord and all(
            policy(user, one.key, "read").reach == "all" for one in types_of_model(linked)
        ):
            return linked.objects.filter(deleted_at=None).values("pk")
        return linked.objects.visible_to(user).values("pk")

    def _in_period(self, key: str) -> Q | None:
        try:
            first = date.fromisoformat(key)
            after = self.after(first)
        except (ValueError, OverflowError):
            return None
        return lies_on(self.field, first, after)

    def after(self, first: date) -> date:
        """The first day behind the period that begins on that day."""
        if self.period in MONTHS:
            return add_months(first, MONTHS[self.period])
        return date.fromordinal(first.toordinal() + (7 if self.period == "week" else 1))

    # -- names ----------------------------------------------------------------------------------------------
    def known(self) -> list[str]:
        """The keys in their order, where all of them are known beforehand: choices and lists."""
        if self.period:
            return []
        if self.field.kind == "yesno":
            return ["yes", "no"]
        options: Callable[[], list[tuple[str, str]]] | None = getattr(self.field, "options", None)
        return [key for key, _label in options()] if options is not None and self.has_options else []

    @property
    def has_options(self) -> bool:
        return self.field.kind in ("choice", "option")

    def names(self, keys: Iterable[str], user: "User") -> Mapping[str, Name]:
        """What the parts are called. Keys that lead to nothing the user may see are left out."""
        wanted = [key for key in keys if key != NONE]
        field = self.field
        if self.period:
            return {key: Name(self._period_name(key), "petrol") for key in wanted}
        if field.kind == "yesno":
            words = {"yes": Name(gettext("Yes"), "green"), "no": Name(gettext("No"))}
            return {key: words[key] for key in wanted}
        if isinstance(field, Choice):
            return {key: Name(field.text(key), field.hues.get(key, "grey")) for key in wanted}
        if isinstance(field, Link):
            rows = AnyRecord.objects.visible_to(user).filter(pk__in=[parse_id(key) for key in wanted])
            titles = rows.values_list("pk", "title")
            return {str(key): Name(title or gettext("No name"), "petrol") for key, title in titles}
        linked: Any = field.related_model
        found = linked._base_manager.in_bulk(
            [parse_id(key) if _has_ids(field) else int(key) for key in wanted]
        )
        return {str(key): Name(str(row), getattr(row, "hue", "petrol")) for key, row in found.items()}

    @property
    def none_label(self) -> str:
        """What the part is called whose records have no value."""
        return gettext("%(field)s: none") % {"field": self.field.label}

    def _period_name(self, key: str) -> str:
        first = date.fromisoformat(key)
        match self.period:
            case "year":
                return str(first.year)
            case "quarter":
                said = {"quarter": (first.month + 2) // 3, "year": first.year}
                return gettext("Quarter %(quarter)s of %(year)s") % said
            case "month":
                return formats.format_month(first)
            case "week":
                week = first.isocalendar()
                return gettext("Week %(week)s of %(year)s") % {"week": week.week, "year": week.year}
        return formats.format_date(first)


def _has_ids(field: Any) -> bool:  # Any: a link
    """Are the linked rows known by ids (users, records) and not by numbers (rows of a list)?"""
    return str(field.related_model._meta.pk.get_internal_type()) == "UUIDField"
