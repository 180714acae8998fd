"""What every field type answers about its values. One class per type; everything else is derived from it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from rapport.accounts.models import User


class Privacy(models.TextChoices):
    """How sensitive the values of a field are. Every field has one; a field without one cannot be migrated."""

    INTERNAL = "internal", _("Internal: about our own work")
    BUSINESS = "business", _("Business: about an organization")
    PERSONAL = "personal", _("Personal: about a person")
    FINANCIAL = "financial", _("Financial: about somebody's money")
    SENSITIVE = "sensitive", _("Sensitive: health, belief, origin and the like")


@dataclass(frozen=True)
class Context:
    """In whose name and with whose habits a value is read or shown.

    `is_trusted` is said of rules that administrators wrote: "me" is the user, but nothing is kept from the rule.
    """

    user: "User | None" = None
    country: str = "DE"
    currency: str = "EUR"
    is_trusted: bool = False

    @property
    def reader(self) -> "User | None":
        """Whose rights narrow what is found; None where nothing does."""
        return None if self.is_trusted else self.user


@dataclass(frozen=True)
class Operator:
    """One way to compare a field in a filter, e.g. ("before", "is before", needs a date)."""

    key: str
    label: Promise
    operand: str = "value"  # "value", "values", "none", "range" or "days"


IS = Operator("is", _("is"))
IS_NOT = Operator("is_not", _("is not"))
IS_ANY = Operator("any", _("is any of"), "values")
IS_NONE = Operator("none", _("is none of"), "values")
CONTAINS = Operator("contains", _("contains"))
STARTS = Operator("starts", _("starts with"))
EMPTY = Operator("empty", _("is empty"), "none")
FILLED = Operator("filled", _("is not empty"), "none")
AT_LEAST = Operator("min", _("is at least"))
AT_MOST = Operator("max", _("is at most"))
BETWEEN = Operator("between", _("is between"), "range")
BEFORE = Operator("before", _("is before"))
AFTER = Operator("after", _("is after"))
WITHIN = Operator("last", _("within the last days"), "days")
NEXT = Operator("next", _("within the next days"), "days")
OLDER = Operator("older", _("longer ago than days"), "days")
MINE = Operator("me", _("is me"), "none")
MY_TEAM = Operator("my_team", _("is in my team"), "none")


@dataclass(frozen=True)
class Flags:
    """How a field takes part in lists, search, the change log and privacy. Never causes a migration."""

    privacy: Privacy | None = None
    listed: bool = False
    searched: bool = False
    logged: bool = True
    group: str | Promise = ""
    kinds: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)  # Any: free for single field types


class FieldType(models.Field if TYPE_CHECKING else object):  # type: ignore[misc]  # mixin before a Django field
    """Mixed in front of a Django field; answers for lists, forms, filters, import, API, export, log and search.

    Values: `read` takes one off a record, `write` puts one on; `parse` makes one of what a person or file says
    and raises ValidationError with a sentence; `text` says it in words of the active language; `html` shows it;
    `json`/`schema` are its API form. A custom field (kernel/custom) keeps its value in `custom` instead of a column.
    """

    is_custom: ClassVar[bool] = False
    is_worked_out: ClassVar[bool] = False  # a formula or roll-up: records hold it when somebody asked for it
    is_indexed: bool = False  # of a custom field: its index is ready, so lists can be sorted by it
    kind: ClassVar[str] = "text"
    control: ClassVar[str] = "text"
    operators: ClassVar[tuple[Operator, ...]] = (IS, IS_NOT, EMPTY, FILLED)
    sortable: bool = True
    is_multiple: ClassVar[bool] = False
    align_end: ClassVar[bool] = False
    null_by_default: ClassVar[bool] = True
    plain: ClassVar[type[models.Field]] = models.Field  # what migrations see

    def __init__(
        self,
        label: str | Promise = "",
        *,
        privacy: Privacy | None = None,
        required: bool = False,
        listed: bool = False,
        searched: bool = False,
        logged: bool = True,
        group: str | Promise = "",
        kinds: tuple[str, ...] = (),
        help: str | Promise = "",
        **options: Any,  # Any: Django's own field options
    ) -> None:
        self.flags = Flags(privacy, listed, searched, logged, group, kinds)
        self.required = required
        options.setdefault("null", self.null_by_default and not required)
        options.setdefault("blank", not required)
        super().__init__(verbose_name=label, help_text=help, **options)

    def deconstruct(self) -> Any:  # Any: Django's signature
        """Migrations see the plain Django field with what the database needs, so labels and flags cause none."""
        name, _path, args, kwargs = super().deconstruct()
        for key in ("verbose_name", "help_text", "choices", "editable"):
            kwargs.pop(key, None)
        return name, f"django.db.models.{self.plain.__name__}", args, kwargs

    def clone(self) -> Any:  # Any: Django's signature
        """What migrations work with: the plain Django field, as `deconstruct` describes it."""
        _name, path, args, kwargs = self.deconstruct()
        return import_string(path)(*args, **kwargs)

    def check(self, **kwargs: Any) -> Any:  # Any: Django's signature
        from django.core.checks import Error

        errors = super().check(**kwargs)
        if self.flags.privacy is None:
            errors.append(Error(f"{self} has no privacy class.", obj=self, id="rapport.E001"))
        return errors

    # -- values ---------------------------------------------------------------------------------------------
    @property
    def label(self) -> str:
        return str(self.verbose_name)

    @property
    def value_sql(self) -> str:
        """SQL for the value, in statements over one table: the column, or what stands in `custom`."""
        return f'"{self.column}"'

    def read(self, record: Any) -> Any:  # Any: each type has its own values
        return getattr(record, self.name)

    def raw(self, record: Any) -> Any:
        """The value as rules and indexes see it: of a link the id, of money the number."""
        return getattr(record, self.attname)

    def write(self, record: Any, value: Any) -> None:
        setattr(record, self.name, value)

    def parse(self, said: Any, context: Context) -> Any:
        """Return the value that `said` (text of a form, file or API) stands for; ValidationError says what is wrong."""
        if said is None or (isinstance(said, str) and not said.strip()):
            return None if self.null else ""
        return self.to_python(said.strip() if isinstance(said, str) else said)

    def parse_asked(self, said: Any, context: Context) -> Any:
        """The same in a filter, which can ask for what may be entered no more."""
        return self.parse(said, context)

    def text(self, value: Any) -> str:
        return "" if value is None else str(value)

    def html(self, value: Any, context: Context) -> Markup:
        return escape(self.text(value))

    def input(self, value: Any) -> str:
        """The value as the form control and the import file write it; `parse` reads it back."""
        return self.text(value)

    def export(self, value: Any) -> Any:
        """The value for CSV and XLSX: a number, date or text."""
        return self.text(value)

    def json(self, value: Any) -> Any:
        return value

    def schema(self) -> dict[str, Any]:
        """JSON schema of the API form."""
        return {"type": ["string", "null"] if self.null else "string"}

    def is_empty(self, value: Any) -> bool:
        return value is None or value == "" or value == []

    def sample(self, number: int) -> Any:
        """A valid value for tests, different for different numbers."""
        raise NotImplementedError

    # -- lists and filters ----------------------------------------------------------------------------------
    def parse_operand(self, operator: Operator, said: str, context: Context) -> Any:
        """Return the typed operand of a condition, from its text in an address or a saved view."""
        if operator.operand == "none":
            return None
        if operator.operand == "days":
            if not said.strip().isdigit() or int(said) > 36_500:
                raise ValidationError(_("Give a number of days."))
            return int(said)
        if operator.operand == "values":
            return [self.parse(part, context) for part in said.split("|") if part.strip()]
        if operator.operand == "range":
            low, _dots, high = said.partition("..")
            return self.parse(low, context), self.parse(high, context)
        return self.parse(said, context)

    def condition(self, operator: Operator, operand: Any, context: Context) -> Q:
        """Return the SQL condition as a Q over this field's column."""
        name = self.name
        empty = self.empty_condition
        match operator.key:
            case "is":
                return Q(**{name: operand})
            case "is_not":
                return ~Q(**{name: operand})
            case "any":
                return Q(**{f"{name}__in": operand})
            case "none":
                return ~Q(**{f"{name}__in": operand})
            case "contains":
                return Q(**{f"{name}__icontains": operand})
            case "starts":
                return Q(**{f"{name}__istartswith": operand})
            case "empty":
                return empty
            case "filled":
                return ~empty
            case "min" | "after":
                return Q(**{f"{name}__gte": operand})
            case "max":
                return Q(**{f"{name}__lte": operand})
            case "before":
                return Q(**{f"{name}__lt": operand})
            case "between":
                low, high = operand
                return (Q() if low is None else Q(**{f"{name}__gte": low})) & (
                    Q() if high is None else Q(**{f"{name}__lte": high})
                )
        raise ValidationError(_("This comparison does not fit the field."))

    @property
    def empty_condition(self) -> Q:
        if self.null:
            return Q(**{f"{self.name}__isnull": True})
        return Q(**{self.name: ""}) if isinstance(self, models.TextField) else Q(pk__in=[])

    @property
    def sort_name(self) -> str:
        """The column (Django's name) that lists sort by; it has an index with the id when `listed`."""
        return str(self.name)

    # -- search ---------------------------------------------------------------------------------------------
    def search_sql(self, row: str) -> str:
        """SQL for the words (text[]) under which search finds the record; `row` is the alias of its row."""
        return f'kernel_words({row}."{self.column}"::text)'


def operator_named(operators: Iterable[Operator], key: str) -> Operator:
    """Return the operator with that key; ValidationError when the field does not offer it."""
    for operator in operators:
        if operator.key == key:
            return operator
    raise ValidationError(_("This comparison does not fit the field."))
