"""What a role would see: the records of one type for a holder who has no other role, and through what he sees them."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from rapport.accounts.grants import rule_of, with_territories
from rapport.accounts.models import Role, Team, User
from rapport.kernel.filters import FilterError, bounded
from rapport.kernel.permissions import Policy, policy
from rapport.kernel.permissions.rules import compiled_rule, rule_sentence, territories_of
from rapport.kernel.registry import RecordType

MOST = 10_000  # so many are counted
EXAMPLES = 3
SECONDS = 3.0


@dataclass
class Way:
    """One reason to see records: how many it opens, and the newest of them."""

    label: str
    count: int = 0
    is_more: bool = False
    examples: list[Any] = field(default_factory=list)  # Any: records
    is_slow: bool = False


@dataclass
class Seen:
    """All that the role sees of the type."""

    holder: User
    count: int = 0
    is_more: bool = False
    ways: list[Way] = field(default_factory=list)


def holder_of(role: Role, wanted: User | None, asking: User) -> User:
    """Somebody who has this role and no other: the one who is named, else its first holder, else who asks."""
    chosen = (
        wanted or role.users.filter(is_active=True).select_related("team").order_by("name").first() or asking
    )
    found = User.objects.select_related("team").get(pk=chosen.pk)
    found.held_roles = [role]
    return found


def seen_by_role(role: Role, kind: RecordType, holder: User) -> Seen:
    """Counted up to a limit, with examples for each reason."""
    found, reading = Seen(holder), policy(holder, kind.key, "read")
    every = kind.model.objects.filter(deleted_at=None)
    for label, condition in ways_of(role, kind, holder, reading):
        found.ways.append(_way(label, every.filter(condition)))
    whole = _way("", every.filter(reading.condition))
    found.count, found.is_more = whole.count, whole.is_more
    return found


def ways_of(role: Role, kind: RecordType, holder: User, reading: Policy) -> list[tuple[str, Q]]:
    """The principals of the policy, each with its reason in words."""
    if reading.reach == "all":
        return [(_("All records"), Q())]
    if reading.reach == "none":
        return []
    teams = dict(Team.objects.values_list("pk", "name"))
    found = []
    for principal in reading.people:
        name, value = principal.children[0] if isinstance(principal.children[0], tuple) else ("", None)
        if name == "owner_id":
            found.append((_("Own records"), principal))
        elif name == "team_id":
            found.append((_("Team %(team)s") % {"team": teams.get(value, "")}, principal))
        else:
            found.append((_("Shared with this user or the team"), principal))
    said = rule_of(role, kind.key, "read")
    if said is not None and (condition := compiled_rule(said, kind, holder)) is not None:
        found.append((_("Rule: %(rule)s") % {"rule": rule_sentence(role, kind, "read", holder)}, condition))
    if with_territories(holder, kind.key, "read"):
        for one, condition in territories_of(holder, kind):
            found.append((_("Territory %(territory)s") % {"territory": one}, condition))
    return found


def _way(label: str, rows: Any) -> Way:  # Any: a query set of records
    found = Way(label)
    try:
        with bounded(SECONDS):
            count = rows.order_by()[: MOST + 1].count()
            found.count, found.is_more = min(count, MOST), count > MOST
            found.examples = list(rows.order_by("-pk")[:EXAMPLES])
    except FilterError:
        found.is_slow = True
    return found
