"""Row rules: a role reaches what its owner and team say, and besides the records that fit a filter.

A rule is a tree of the one filter language. Administrators write it, so it is compiled as the product itself: hidden
fields are compared, related records are not narrowed by the rights of whoever asks, and no rule asks a rule. Only
"mine" and "my team" mean the user.
"""

from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q
from django.utils.translation import gettext

from rapport.accounts.grants import has_rules, roles_that, rule_of
from rapport.accounts.models import Company
from rapport.kernel.custom import schema
from rapport.kernel.fields.base import Context
from rapport.kernel.registry import RecordType, type_by_key

if TYPE_CHECKING:
    from rapport.accounts.models import Role, User

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
    """The rules of the user's roles as conditions; worked out once per request. Broken ones let nothing through."""
    if act not in RULED or not has_rules(user):
        return []
    known: dict[tuple[str, str, Any], list[Q]] = user.__dict__.setdefault("_rules", {})
    place = (type_key, act, schema.known().version)
    if place not in known:
        kind = type_by_key(type_key)
        found = [rule_of(role, type_key, act) for role in roles_that(user, type_key, act)]
        known[place] = [
            condition
            for said in found
            if said is not None
            and kind is not None
            and (condition := _compiled(said, kind, user)) is not None
        ]
    return known[place]


def _compiled(said: dict[str, Any], kind: RecordType, user: "User") -> Q | None:
    from rapport.kernel.filters import FilterError, compile_filter, from_json

    try:
        found = compile_filter(from_json(said), kind.whole, trusted(user))
    except FilterError:
        return None
    return None if found.problems or not found.condition else found.condition


def fits(said: dict[str, Any], kind: RecordType, record: Any, user: "User") -> bool:  # Any: JSON; a record
    """Does the record fit the rule?"""
    condition = _compiled(said, kind, user)
    return condition is not None and kind.whole.model.objects.filter(condition, pk=record.pk).exists()


def read_rule(text: str, kind: RecordType, by: "User") -> dict[str, Any]:  # Any: JSON
    """The tree that a typed rule stands for; FilterError with a sentence for what is unknown or too expensive."""
    from rapport.kernel.filters import FilterError, check_cost, compile_filter, to_json
    from rapport.kernel.filters.text import parse_text

    context = trusted(by)
    tree = parse_text(text, kind.whole, context)
    found = compile_filter(tree, kind.whole, context)
    if found.problems:
        raise FilterError(" ".join(found.problems))
    if not found.condition:
        raise FilterError(gettext("This leaves no record out. Choose “All” in the table instead."))
    check_cost(kind.model.objects.filter(found.condition, deleted_at=None).order_by("-pk")[:1_000])
    return to_json(tree)


def rule_text(said: dict[str, Any] | None, kind: RecordType, by: "User") -> str:  # Any: JSON
    """The rule as it is typed."""
    from rapport.kernel.filters import FilterError, from_json
    from rapport.kernel.filters.text import text_of

    try:
        return text_of(from_json(said), kind.whole, trusted(by)) if said else ""
    except FilterError:
        return ""


def rule_sentence(role: "Role", kind: RecordType, act: str, by: "User") -> str:
    """The rule in words; empty where the role has none."""
    from rapport.kernel.filters import FilterError, from_json, sentence_of

    said = rule_of(role, kind.key, act)
    try:
        return sentence_of(from_json(said), kind.whole, trusted(by)) if said else ""
    except FilterError:
        return ""
