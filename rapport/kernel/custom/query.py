"""Queries in which a custom field is named like a column: `filter(x_color="red")`, `order_by("x_price")`, `Sum`.

A name is looked up only where it is used, so a query that uses none costs nothing more, however many fields there are.
"""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F
from django.db.models.constants import LOOKUP_SEP
from django.db.models.lookups import IsNull
from django.db.models.sql import Query
from django.db.models.sql.where import AND

from rapport.kernel.custom import schema
from rapport.kernel.custom.models import PREFIX

Found = tuple[Any, list[str]]  # Any: an expression; and what follows the name of the field


def expression_at(model: Any, name: str, reader: Any = None) -> Found | None:  # Any: a model class; who asks
    """What a name stands for ("x_color", "organization__x_color"); None when it names no custom field."""
    if PREFIX not in name:
        return None
    parts = name.split(LOOKUP_SEP)
    for place, part in enumerate(parts):
        if part.startswith(PREFIX):
            made = _made(model, part)
            path = LOOKUP_SEP.join([*parts[:place], "custom"])
            return None if made is None else (made(path, reader), parts[place + 1 :])
        try:
            model = model._meta.get_field(part).related_model
        except FieldDoesNotExist:
            return None
        if model is None:
            return None
    return None


def _made(model: Any, name: str) -> schema.Expression | None:  # Any: as above
    from rapport.kernel.registry import types_of_model

    try:
        kinds = types_of_model(model)
    except LookupError:
        return None
    return next((made for kind in kinds if (made := schema.of(kind.key).expressions.get(name))), None)


class RecordQuery(Query):
    """Django's query, which also knows custom fields.

    `reader` is who asks: what is worked out over other records counts only those that he sees, and none where nobody
    said who asks.
    """

    reader: Any = None

    def _custom(self, name: str) -> Found | None:
        if PREFIX not in name or name.split(LOOKUP_SEP)[0] in self.annotations:
            return None
        return expression_at(self.model, name, self.reader)

    def resolve_ref(
        self, name: str, allow_joins: bool = True, reuse: Any = None, summarize: bool = False
    ) -> Any:  # Any: Django's signature
        found = self._custom(name)
        if found is None:
            return super().resolve_ref(name, allow_joins, reuse, summarize)
        resolved = found[0].resolve_expression(
            self, allow_joins=allow_joins, reuse=reuse, summarize=summarize
        )
        for transform in found[1]:
            resolved = self.try_transform(resolved, transform)
        return resolved

    def solve_lookup_type(self, lookup: str, summarize: bool = False) -> Any:  # Any: as above
        found = self._custom(lookup)
        if found is None:
            return super().solve_lookup_type(lookup, summarize)
        return found[1], (), found[0].resolve_expression(self, allow_joins=True, summarize=summarize)

    def build_filter(self, filter_expr: Any, *args: Any, **values: Any) -> Any:  # Any: as above
        """A negated condition holds also where there is no value, as it does for columns."""
        clause, joins = super().build_filter(filter_expr, *args, **values)
        is_negated = values.get("current_negated", args[1] if len(args) > 1 else False)
        if is_negated and isinstance(filter_expr, tuple):
            found = self._custom(filter_expr[0])
            if found is not None and found[1][-1:] != ["isnull"]:
                resolved = found[0].resolve_expression(self, allow_joins=True)
                clause.add(IsNull(resolved, False), AND)
        return clause, joins

    def add_ordering(self, *ordering: Any) -> None:
        super().add_ordering(*(self._order(one) for one in ordering))

    def _order(self, said: Any) -> Any:
        if not isinstance(said, str) or self._custom(said.removeprefix("-")) is None:
            return said
        return F(said[1:]).desc() if said.startswith("-") else F(said).asc()


def names_custom(query: Query, name: Any) -> bool:  # Any: what `values` takes
    """True for a name that must become a column of the result."""
    return isinstance(query, RecordQuery) and isinstance(name, str) and query._custom(name) is not None
