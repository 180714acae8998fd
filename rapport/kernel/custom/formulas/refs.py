"""What a formula reads: fields of the record and of what it links to, the day of the reader."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import models
from django.db.models import F, OuterRef, Subquery, Value
from django.utils import timezone

from rapport.kernel.fields.base import FieldType

if TYPE_CHECKING:
    from rapport.kernel.registry import RecordType

ID: Final = "pk"
TODAY: Final = "today"
ZONE: Final = "zone"
EVERYBODY: Final = object()  # who asks for the product itself, e.g. a job: he sees everything


@dataclass(frozen=True)
class Ref:
    """One thing that is read: a field behind links, by its name in queries; or TODAY, or ZONE for the reader's."""

    name: str
    path: tuple[str, ...] = ()
    special: str = ""

    @property
    def is_own(self) -> bool:
        """Does it stand in the row itself, the same for everybody at any time?"""
        return not self.path and not self.special

    # Any: a user, EVERYBODY or None; an expression
    def expression(self, kind: "RecordType", reader: Any) -> Any:
        """The Django expression, for a query over records of the type that this reader asks.

        A linked record that he does not see is not there, nor is any where nobody said who asks.
        """
        if self.special == TODAY:
            return Value(timezone.localdate(), models.DateField())
        if self.special == ZONE:
            return Value(timezone.get_current_timezone_name(), models.TextField())
        return F(self.name) if not self.path else self._linked(kind, reader)

    def _linked(self, kind: "RecordType", reader: Any) -> Any:  # Any: as above
        from rapport.kernel.filters.relations import rows_of, target_of

        link = kind.whole.fields.get(self.path[0])
        target = target_of(link)
        output = self.output(kind)
        if link is None or target is None or reader is None or output is None:
            return Value(None, output or models.TextField())
        target = target.whole
        inner = Ref(self.name, self.path[1:]).expression(target, reader)
        rows = rows_of(target, None if reader is EVERYBODY else reader).order_by()
        rows = rows.filter(pk=OuterRef(str(link.attname))).annotate(taken=inner)
        return Subquery(rows.values("taken")[:1], output_field=output)

    def output(self, kind: "RecordType") -> Any:  # Any: a Django field
        """How the database gives it back."""
        from rapport.kernel.filters.relations import target_of

        for name in self.path:
            target = target_of(kind.whole.fields.get(name))
            if target is None:
                return None
            kind = target
        if self.name == ID:
            return models.UUIDField()
        return output_of(kind.whole.fields, self.name)


def output_of(fields: dict[str, FieldType], name: str) -> Any:  # Any: as above
    one = fields.get(name)
    if one is None:  # the currency beside an amount
        return models.TextField()
    if hasattr(one, "output"):
        return one.output()
    outputs: dict[str, Any] = {
        "number": models.DecimalField, "percent": models.DecimalField, "money": models.DecimalField,
        "date": models.DateField, "moment": models.DateTimeField, "yesno": models.BooleanField,
    }  # fmt: skip
    if one.kind in ("number", "percent", "money"):
        return models.DecimalField(max_digits=40, decimal_places=10)
    if one.is_relation:
        return models.UUIDField()
    return outputs.get(one.kind, models.TextField)()
