"""Which fields are worked out from which: for rights, against circles, and before a field is removed or changed."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext

from rapport.kernel.custom import conditions, schema
from rapport.kernel.custom.formulas.refs import ID
from rapport.kernel.custom.kinds import WORKED_OUT
from rapport.kernel.custom.models import CustomField
from rapport.kernel.custom.rollups import RollUp
from rapport.kernel.custom.worked import Formula, WorkedOut
from rapport.kernel.fields.numbers import CURRENCY
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType

Place = tuple[str, str]  # key of a type, name of a field
DEEPEST: Final = 6  # fields worked out from fields that are worked out


def reads_of(type_key: str, name: str) -> dict[str, frozenset[str]]:
    """All fields that a field is worked out from, directly or over others, by the keys of their types.

    A user from whom one of them is hidden must not see this one either. Empty for a field that is entered.
    """
    found: dict[str, set[str]] = {}
    for type_read, field in _closure((type_key, name)):
        found.setdefault(type_read, set()).add(field)
    return {key: frozenset(names) for key, names in found.items()}


def _closure(start: Place) -> set[Place]:
    seen: set[Place] = set()
    waiting = list(direct(*start))
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            waiting += direct(*place)
    return seen


def direct(type_key: str, name: str) -> set[Place]:
    """The fields that the definition of a field names, with the links that lead to them."""
    one = schema.fields_of(type_key).get(name)
    if isinstance(one, Formula) and one.program is not None:
        return {
            place
            for ref in one.program.refs
            if not ref.special
            for place in path(one.owner_type, [*ref.path, ref.name])
        }
    if isinstance(one, RollUp) and one.recipe is not None:
        recipe, kind = one.recipe, one.recipe.relation.kind.whole
        found = set(of_tree(recipe.where, kind))
        if recipe.of is not None:
            found.add((kind.key, str(recipe.of.name)))
        if recipe.relation.link is not None:
            found.add((kind.key, str(recipe.relation.link.name)))
        return found
    return set()


def path(kind: RecordType, names: Iterable[str]) -> Iterator[Place]:
    from rapport.kernel.filters.relations import target_of

    for name in names:
        if name == ID:
            return
        known = name if name in kind.fields else name.removesuffix(CURRENCY)
        yield kind.key, known
        target = target_of(kind.fields.get(known))
        if target is None:
            return
        kind = target.whole


def of_tree(node: Any, kind: RecordType) -> Iterator[Place]:  # Any: a node of a filter
    """The fields that a filter names."""
    from rapport.kernel.filters import Condition, Related
    from rapport.kernel.filters.relations import relation_by_key, target_of

    if isinstance(node, Condition):
        yield from path(kind, node.field.split("."))
    elif isinstance(node, Related):
        *steps, key = node.relation.split(".")
        yield from path(kind, steps)
        for step in steps:
            target = target_of(kind.fields.get(step))
            if target is None:
                return
            kind = target.whole
        relation = relation_by_key(kind, key, None)
        other = relation.kind.whole
        if relation.link is not None:
            yield other.key, str(relation.link.name)
        if node.of:
            yield other.key, node.of
        yield from of_tree(node.where, other)
    else:
        for part in node.parts:
            yield from of_tree(part, kind)


# -- before something changes -----------------------------------------------------------------------------------------
def users_of(type_key: str, name: str) -> list[CustomField]:
    """The fields that are worked out from this one or depend on it, directly."""
    found = []
    for one in CustomField.objects.filter(removed_at=None).filter(Q(kind__in=WORKED_OUT) | ~Q(conditions={})):
        depends = any(name in conditions.fields_of(said) for said in one.conditions.values())
        if (one.type == type_key and depends and one.name != name) or (
            one.kind in WORKED_OUT and (type_key, name) in direct(one.type, one.name)
        ):
            found.append(one)
    return found


def demand_unused(one: CustomField) -> None:
    """RuleError while other fields are worked out from this one or depend on it."""
    if users := users_of(one.type, one.name):
        names = ", ".join(gettext("“%(words)s”") % {"words": user.label} for user in users[:5])
        sentence = gettext("Other fields need “%(field)s”: %(users)s. Change or remove these first.")
        raise RuleError(sentence % {"field": one.label, "users": names})


def dependents_of(type_key: str, name: str) -> list[CustomField]:
    """The fields that are worked out from this one, directly or over others."""
    worked = CustomField.objects.filter(removed_at=None, kind__in=WORKED_OUT)
    return [one for one in worked if (type_key, name) in _closure((one.type, one.name))]


def check(one: CustomField, dependents: Iterable[CustomField] = ()) -> None:
    """After a definition was saved: RuleError for a circle, or where a field cannot be worked out any more."""
    made = schema.fields_of(one.type).get(one.name)
    if isinstance(made, WorkedOut):
        _demand_no_circle(one, made)
    for user in dependents:
        other = schema.fields_of(user.type).get(user.name)
        if isinstance(other, WorkedOut) and other.is_broken:
            sentence = gettext("“%(field)s” could not be worked out any more. Change it first.")
            raise RuleError(sentence % {"field": user.label})


def _demand_no_circle(one: CustomField, made: WorkedOut) -> None:
    key = "formula" if isinstance(made, Formula) else "of"
    closure = _closure((one.type, one.name))
    if (one.type, one.name) in closure:
        sentence = gettext("This goes round in a circle: the field would be worked out from itself.")
        raise RuleError(fields={key: sentence})
    if _depth((one.type, one.name)) > DEEPEST:
        sentence = gettext("Up to %(most)s fields can be worked out from each other.") % {"most": DEEPEST}
        raise RuleError(fields={key: sentence})


def _depth(place: Place) -> int:
    """How many fields are worked out in a row, from this one down; it is known that there is no circle."""
    one = schema.fields_of(place[0]).get(place[1])
    if not isinstance(one, WorkedOut):
        return 0
    return 1 + max((_depth(other) for other in direct(*place)), default=0)
