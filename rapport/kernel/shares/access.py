"""Who may see a record, and why: the question of administrators, and of everybody before he writes something down."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.accounts.grants import role_grant, rule_of, with_territories
from rapport.accounts.models import Territory, User
from rapport.kernel.permissions import can
from rapport.kernel.permissions.rules import filter_sentence, fits, rule_sentence
from rapport.kernel.records import Record
from rapport.kernel.registry import RecordType, type_of
from rapport.kernel.shares.models import Share
from rapport.ui.formats import format_date, noun


@dataclass(frozen=True)
class Access:
    """One user who sees the record: whether he may edit it, and the reasons."""

    user: User
    may_edit: bool
    reasons: list[str]


def who_sees(record: Record) -> list[Access]:
    """Return everybody who sees the record; by name."""
    users = (
        User.objects.filter(is_active=True).select_related("team").prefetch_related("roles").order_by("name")
    )
    shares = list(Share.objects.filter(record_id=record.pk).valid())
    found = []
    territories = list(Territory.objects.prefetch_related("users", "teams"))
    for user in users:
        user.held_roles = list(user.roles.all())
        user.worked_territories = _worked_by(user, territories)
        if can(user, "read", record):
            found.append(Access(user, can(user, "edit", record), reasons_of(record, user, shares)))
    return found


def _worked_by(user: User, territories: list[Territory]) -> list[Territory]:
    """Those in which the user works and all below, of territories that were read once for all users."""
    found = [
        one for one in territories if user in one.users.all() or (user.team and user.team in one.teams.all())
    ]
    for one in found:  # it grows while it is walked
        found += [part for part in territories if part.parent_id == one.pk and part not in found]
    return found


def reasons_of(record: Record, user: User, shares: Iterable[Share]) -> list[str]:
    """Return why the user sees the record, in words; empty when he does not."""
    kind = type_of(record)
    return [
        *_by_reach(record, kind, user), *_by_rules(record, kind, user), *_by_territories(record, kind, user),
        *_by_shares(user, shares),
    ]  # fmt: skip


def _by_reach(record: Record, kind: RecordType, user: User) -> Iterator[str]:
    for role in user.held_roles:
        reach = "all" if role.is_administrator else role_grant(role, kind.key, "read")
        if reach == "all":
            text = _("The role %(role)s sees all %(records)s.")
            yield text % {"role": role, "records": noun(kind.label_plural)}
        elif reach != "none" and record.owner_id == user.pk:
            yield _("Owner: the role %(role)s sees own records.") % {"role": role}
        elif record.team_id and record.team_id in _teams_of(user, reach):
            text = _("It belongs to the team %(team)s: the role %(role)s sees those of the team.")
            yield text % {"team": record.team, "role": role}


def _by_rules(record: Record, kind: RecordType, user: User) -> Iterator[str]:
    for role in user.held_roles:
        if (said := rule_of(role, kind.key, "read")) is not None and fits(said, kind, record, user):
            text = _("The role %(role)s sees records that fit its rule: %(rule)s.")
            yield text % {"role": role, "rule": rule_sentence(role, kind, "read", user)}


def _by_territories(record: Record, kind: RecordType, user: User) -> Iterator[str]:
    for territory in user.worked_territories if with_territories(user, kind.key, "read") else ():
        if (said := territory.filters.get(kind.key)) and fits(said, kind, record, user):
            text = _("It lies in the territory %(territory)s: %(filter)s.")
            yield text % {"territory": territory, "filter": filter_sentence(said, kind, user)}


def _by_shares(user: User, shares: Iterable[Share]) -> Iterator[str]:
    for share in shares:
        if share.user_id == user.pk:
            text = _("Shared with this user until %(day)s.") if share.until else _("Shared with this user.")
        elif share.team_id and share.team_id == user.team_id:
            text = _("Shared with the team until %(day)s.") if share.until else _("Shared with the team.")
        else:
            continue
        yield text % {"day": format_date(share.until) if share.until else ""}


def _teams_of(user: User, reach: str) -> list[UUID]:
    """The teams whose records that reach covers for the user."""
    if reach == "tree":
        return list(user.team_tree)
    return [user.team_id] if reach == "team" and user.team_id else []
