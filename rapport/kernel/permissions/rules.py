"""Row rules and territories: what a user reaches besides what owner and team say, because it fits a filter.

A rule belongs to a role, the filter of a territory to whoever works it. Each is a tree of the one filter language.
Administrators write it, so it is compiled as the product itself: hidden fields are compared, related records are not
narrowed by the rights of whoever asks, and no rule asks a rule. Only "mine" and "my team" mean the user.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from rapport.accounts.grants import has_rules, roles_that, rule_of, with_territories
from rapport.accounts.models import Company
from rapport.kernel.custom import schema
from rapport.kernel.custom.formulas.refs import EVERYBODY
from rapport.kernel.fields.base import Context
from rapport.kernel.registry import RecordType, type_by_key

if TYPE_CHECKING:
    from rapport.accounts.models import Role, Territory, User
    from rapport.kernel.filters import Group

MOST_SCANS: Final = 6  # that a list makes for what fits filters
RULED: Final = (
    "read",
    "edit",
    "delete",
    "export",
    "bulk",
)  # who may make a new record is no question of which


def trusted(user: "User | None") -> Context:
    """In whose name rules are read."""
    company = (user.company if user is not None else None) or Company()
    return Context(user, company.country or "DE", company.currency or "EUR", is_trusted=True)


def rules_of(user: "User", type_key: str, act: str) -> list[Q]:
    """The rules of the user's roles as conditions; worked out once per request. Broken ones let nothing through.

    The filters of his territories are such conditions, too, where his roles reach them.
    """
    if act not in RULED or not has_rules(user):
        return []
    known: dict[tuple[str, str, Any], list[Q]] = user.__dict__.setdefault("_rules", {})
    place = (type_key, act, schema.known().version)
    if place not in known:
        kind = type_by_key(type_key)
        said = [rule_of(role, type_key, act) for role in roles_that(user, type_key, act)]
        if with_territories(user, type_key, act):
            said += [one.filters.get(type_key) for one in user.worked_territories]
        known[place] = [] if kind is None else _conditions([one for one in said if one], kind, user)
    return known[place]


def _conditions(said: list[dict[str, Any]], kind: RecordType, user: "User") -> list[Q]:  # Any: JSON
    """Filters of which any may fit, as few conditions as scans of a list can well make of them."""
    found = [condition_of(tree, kind, user) for tree in alternatives(_trees(said))]
    if None in found:  # one is broken: the others hold nevertheless
        found = [compiled_rule(one, kind, user) for one in said]
    conditions = [one for one in found if one is not None]
    merged = [Q() for _scan in conditions[:MOST_SCANS]]
    for place, condition in enumerate(conditions):
        merged[place % MOST_SCANS] |= condition
    return merged


def _trees(said: list[dict[str, Any]]) -> "Iterator[Group]":  # Any: as above
    from rapport.kernel.filters import FilterError, from_json

    for one in said:
        try:
            yield from_json(one)
        except FilterError:
            continue


def alternatives(trees: "Iterable[Group]") -> "list[Group]":
    """The same alternatives, put together by what they look at: what stands in the record itself is one question,
    what stands behind the same link another. Each of these finds its way through an index; all in one finds none.
    """
    from rapport.kernel.filters import Condition, Group

    together: dict[str, list[Any]] = {}  # Any: parts of trees
    alone: list[Group] = []
    for tree in trees:
        for part in tree.parts if tree.join == "any" else (tree,):
            group = part if isinstance(part, Group) else Group("all", (part,))
            firsts = {one.field.rpartition(".")[0].partition(".")[0] for one in _leaves(group, Condition)}
            if len(firsts) == 1 and _is_plain(group):
                together.setdefault(firsts.pop(), []).append(group)
            elif group.parts:
                alone.append(group)
    return [*(Group("any", tuple(parts)) for parts in together.values()), *alone]


def _leaves(node: Any, kind: Any) -> Iterator[Any]:  # Any: a node of a filter, the class of conditions
    if isinstance(node, kind):
        yield node
    for part in getattr(node, "parts", ()):
        yield from _leaves(part, kind)


def _is_plain(group: "Group") -> bool:
    """Nothing but conditions on fields, joined by “and” and “or”?"""
    from rapport.kernel.filters import Group, Related

    return group.join != "not" and all(
        _is_plain(part) if isinstance(part, Group) else not isinstance(part, Related) for part in group.parts
    )


def compiled_rule(said: dict[str, Any], kind: RecordType, user: "User") -> Q | None:
    from rapport.kernel.filters import FilterError, from_json

    try:
        return condition_of(from_json(said), kind, user)
    except FilterError:
        return None


def condition_of(tree: "Group", kind: RecordType, user: "User") -> Q | None:
    """The condition of a filter that administrators wrote; None where it is broken or leaves nothing out.

    What is worked out over other records is worked out as the product knows it, whoever asks the query that the
    condition stands in: such a filter is a query of its own.
    """
    from rapport.kernel.filters import compile_filter

    found = compile_filter(tree, kind.whole, trusted(user))
    if found.problems or not found.condition:
        return None
    if not any(_looks_further(kind.whole.fields.get(one.field)) for one in tree.conditions()):
        return found.condition
    rows = kind.whole.model.objects.get_queryset().read_by(EVERYBODY).filter(found.condition)
    return Q(Exists(rows.filter(pk=OuterRef("pk"))))


def _looks_further(one: Any) -> bool:  # Any: a field, or none of this type
    """Is this worked out over other records than its own?"""
    return one is not None and one.is_worked_out and not one.reads_only_its_row


def territories_of(user: "User", kind: RecordType) -> list[tuple["Territory", Q]]:
    """The territories in which the user works, each with the condition for its records of the type."""
    return [
        (one, condition)
        for one in user.worked_territories
        if (said := one.filters.get(kind.key)) and (condition := compiled_rule(said, kind, user)) is not None
    ]


def fits(said: dict[str, Any], kind: RecordType, record: Any, user: "User") -> bool:  # Any: JSON; a record
    """Does the record fit the rule?"""
    condition = compiled_rule(said, kind, user)
    return condition is not None and kind.whole.model.objects.filter(condition, pk=record.pk).exists()


def read_rule(text: str, kind: RecordType, by: "User") -> dict[str, Any]:  # Any: JSON
    """The tree that a typed rule stands for; FilterError with a sentence for what is unknown or too expensive."""
    from rapport.kernel.filters.text import parse_text

    return check_tree(parse_text(text, kind.whole, trusted(by)), kind, by)


def check_tree(tree: "Group", kind: RecordType, by: "User") -> dict[str, Any]:  # Any: JSON
    """The JSON of a filter that says which records are reached; FilterError says why it cannot be one."""
    from rapport.kernel.filters import FilterError, check_cost, compile_filter, to_json

    if problems := compile_filter(tree, kind.whole, trusted(by)).problems:
        raise FilterError(" ".join(problems))
    if (condition := condition_of(tree, kind, by)) is None:
        raise FilterError(gettext("This leaves no record out. Choose “All” in the table instead."))
    check_cost(kind.model.objects.filter(condition, deleted_at=None).order_by("-pk")[:1_000])
    return to_json(tree)


def rule_sentence(role: "Role", kind: RecordType, act: str, by: "User") -> str:
    """The rule in words; empty where the role has none."""
    return filter_sentence(rule_of(role, kind.key, act), kind, by)


def filter_sentence(said: dict[str, Any] | None, kind: RecordType, by: "User") -> str:  # Any: JSON
    """A kept filter in words."""
    from rapport.kernel.filters import FilterError, from_json, sentence_of

    try:
        return sentence_of(from_json(said), kind.whole, trusted(by)) if said else ""
    except FilterError:
        return ""
