"""Roll-ups: how many related records there are, their sum, least, most or latest value, with a filter.

Which records are related, and the filter, are those of the filter language (filters/relations.py). A roll-up is SQL
over the row like a formula; it counts what its reader sees. Amounts of several currencies have no sum.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Count, F, IntegerField, Max, Min, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.kernel.custom.formulas.refs import EVERYBODY
from rapport.kernel.custom.worked import WorkedOut, classes
from rapport.kernel.fields.base import Context, FieldType
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.records.errors import RuleError

if TYPE_CHECKING:
    from rapport.accounts.models import User
    from rapport.kernel.filters import Group
    from rapport.kernel.filters.relations import Relation
    from rapport.kernel.registry import RecordType

COUNT, SUM, LEAST, MOST, LATEST = "count", "sum", "min", "max", "latest"
TAKES: Final[dict[str, Promise]] = {
    COUNT: _("Number of records"), SUM: _("Sum"), LEAST: _("Smallest or earliest"), MOST: _("Largest or latest"),
    LATEST: _("Value of the newest record"),
}  # fmt: skip
SUMMED: Final = ("number", "money", "percent")
ORDERED: Final = (*SUMMED, "date", "moment")
SHOWN: Final = (*ORDERED, "yesno", "text", "longtext", "email", "phone", "web")
KINDS: Final = {"longtext": "text", "email": "text", "phone": "text", "web": "text", "autonumber": "text"}
AGGREGATES: Final = {SUM: Sum, LEAST: Min, MOST: Max}


def fitting(take: str) -> tuple[str, ...]:
    """The kinds of fields of which that can be taken."""
    return {COUNT: (), SUM: SUMMED, LEAST: ORDERED, MOST: ORDERED}.get(take, SHOWN)


@dataclass(frozen=True)
class Recipe:
    """A roll-up understood: the relation, what is taken of which field, and which records count."""

    relation: "Relation"
    take: str
    of: FieldType | None
    where: "Group"

    @property
    def result(self) -> str:
        if self.of is None:
            return "number"
        return KINDS.get(self.of.kind, self.of.kind)

    @property
    def places(self) -> int:
        said: Any = getattr(self.of, "decimal_places", 0)  # Any: of numbers only
        return int(said or 0)


def read(options: dict[str, Any], kind: "RecordType") -> Recipe:  # Any: JSON
    """Understand a definition; RuleError says for which part of it there is a problem."""
    from rapport.kernel.filters import FilterError, compile_filter, from_json
    from rapport.kernel.filters.relations import relation_by_key

    try:
        relation = relation_by_key(kind.whole, str(options.get("relation", "")), None)
    except ValidationError as problem:
        raise RuleError(fields={"relation": gettext("Choose the related records.")}) from problem
    take, name = str(options.get("take", "")), str(options.get("of", ""))
    if take not in TAKES:
        raise RuleError(fields={"take": gettext("Choose what is taken of the related records.")})
    of = relation.kind.whole.fields.get(name) if take != COUNT else None
    if take != COUNT and (of is None or of.kind not in fitting(take)):
        raise RuleError(fields={"of": gettext("Choose a field of which that can be taken.")})
    try:
        where = from_json(options.get("where"))
        if problems := compile_filter(where, relation.kind.whole, Context()).problems:
            raise FilterError(" ".join(problems))
    except FilterError as problem:
        raise RuleError(fields={"where": str(problem)}) from problem
    return Recipe(relation, take, of, where)


class RollUp(WorkedOut):
    """What roll-ups share."""

    @cached_property
    def recipe(self) -> Recipe | None:
        """The definition, understood; None where it names what is no more, and then there is no value."""
        try:
            found = read(self.definition.options, self.owner_type)
        except RuleError:
            return None
        return found if found.result == self.definition.options.get("result") else None

    @property
    def is_broken(self) -> bool:
        return self.recipe is None

    @property
    def places(self) -> int:
        return int(self.decimal_places or 0)

    def worked(self, name: str, reader: Any) -> Any:  # Any: a user, EVERYBODY or None; an expression
        recipe = self.recipe
        output = models.TextField() if name != self.name else self.output()
        user = None if reader is EVERYBODY else reader
        where = condition(recipe, user) if recipe is not None and reader is not None else None
        if recipe is None or where is None:
            return Value(None, output)
        if recipe.take == LATEST:
            found: Any = _latest(recipe, where, user, name != self.name, output)
        else:
            found = _grouped(recipe, where, user, name != self.name, output)
        if recipe.take in (COUNT, SUM) and recipe.result != "money":
            return Coalesce(found, Value(0, output), output_field=output)
        return found


def condition(recipe: Recipe, user: "User | None") -> Q | None:
    """Which related records count; None where the filter names what is no more."""
    from rapport.kernel.filters import compile_filter

    compiled = compile_filter(recipe.where, recipe.relation.kind.whole, Context(user))
    return None if compiled.problems else compiled.condition


def _grouped(recipe: Recipe, where: Q, user: "User | None", asks_currency: bool, output: Any) -> Subquery:
    """Count, sum, least and most: one row of a grouped query, for the record of the outer query."""
    relation, of = recipe.relation, "" if recipe.of is None else str(recipe.of.name)
    if recipe.of is not None and recipe.of.kind == "money":
        return _money(recipe, where, user, asks_currency, output)
    make: Any = Count if recipe.take == COUNT else AGGREGATES[recipe.take]
    rows = relation.grouped(where, user, make, of, outer=True)
    return Subquery(rows.values("taken")[:1], output_field=output)


def _money(recipe: Recipe, where: Q, user: "User | None", asks_currency: bool, output: Any) -> Subquery:
    """The same of amounts: only where all of them have one currency."""
    assert recipe.of is not None
    name = str(recipe.of.name)
    rows = related_rows(recipe, where, user).filter(**{f"{name}__isnull": False}).order_by()
    rows = rows.annotate(one=Value(1, IntegerField())).values("one")
    currency, whole = F(f"{name}{CURRENCY}"), AGGREGATES[recipe.take](name)
    rows = rows.annotate(low=Min(currency), high=Max(currency), whole=whole)
    taken = F("low") if asks_currency else F("whole")
    rows = rows.annotate(taken=Case(When(low=F("high"), then=taken), output_field=output))
    return Subquery(rows.values("taken")[:1], output_field=output)


def _latest(recipe: Recipe, where: Q, user: "User | None", asks_currency: bool, output: Any) -> Subquery:
    """The value of the related record that came last."""
    assert recipe.of is not None
    name = f"{recipe.of.name}{CURRENCY if asks_currency else ''}"
    rows = related_rows(recipe, where, user).order_by("-created_at", "-pk")
    return Subquery(rows.annotate(taken=F(name)).values("taken")[:1], output_field=output)


def related_rows(recipe: Recipe, where: Q, user: "User | None") -> Any:  # Any: a query set
    """The related records that count, of the record of the outer query."""
    from rapport.kernel.filters.relations import rows_of

    relation = recipe.relation
    seen = rows_of(relation.kind.whole, user).filter(where)
    if relation.link is not None:
        return seen.filter(**{str(relation.link.name): OuterRef("pk")})
    assert relation.via is not None
    between = relation.via.rows().filter(**{relation.via.near: OuterRef(OuterRef("pk"))})
    return seen.filter(pk__in=between.values(relation.via.far))


ROLLUPS: Final = classes(RollUp)
