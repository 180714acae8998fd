"""What the log of rights compares: all that is said of a role, a team and whatever else decides over rights."""

from collections.abc import Callable
from typing import Any

from django.db import models

from rapport.accounts.grants import ACTS, role_grant
from rapport.accounts.models import Company, Provider, Role, Team, Territory, User
from rapport.accounts.rights_log.models import Deed

Said = dict[tuple[Deed, str, str], Any]  # (what, key of a type, act or field): its value as JSON
NOTHING: dict[Deed, Any] = {Deed.FIELD: "", Deed.RULE_ACTS: []}  # where nothing is said


def said_of(thing: models.Model) -> Said:
    """All that the log tells of this thing when it changes."""
    return _SAID[type(thing)](thing)


def value(said: Said, what: tuple[Deed, str, str]) -> Any:  # Any: JSON
    """What is said of this; where nothing is said of a type, what is said of all others."""
    deed, _type, part = what
    return said.get(what, said.get((deed, "*", part), NOTHING.get(deed)))


def _role(role: Role) -> Said:
    """How far it reaches is what the table of roles shows, not what is kept."""
    said: Said = {
        (Deed.NAMED, "", ""): role.name,
        (Deed.DESCRIBED, "", ""): role.help,
        (Deed.FACTOR, "", ""): role.needs_second_factor,
    }
    keys = dict.fromkeys([*role.grants, "*"])
    said |= {(Deed.REACH, key, act): role_grant(role, key, act) for key in keys for act in ACTS}
    for key, acts in role.rules.items():
        said[Deed.RULE, key, ""] = acts.get("read")
        said[Deed.RULE_ACTS, key, ""] = [act for act in ACTS if act in acts and act != "read"]
    for key, levels in role.field_rights.items():
        said |= {(Deed.FIELD, key, name): level for name, level in levels.items()}
    return said


def _team(team: Team) -> Said:
    return {(Deed.NAMED, "", ""): team.name, (Deed.PLACED, "", ""): _name(team.parent)}


def _territory(one: Territory) -> Said:
    said: Said = {(Deed.NAMED, "", ""): one.name, (Deed.PLACED, "", ""): _name(one.parent)}
    return said | {(Deed.RULE, key, ""): tree for key, tree in one.filters.items()}


def _user(user: User) -> Said:
    return {(Deed.ACTIVE, "", ""): user.is_active}


def _provider(provider: Provider) -> Said:
    """Whom it lets in who is not here yet, and as what."""
    opens = provider.is_on and provider.creates_users
    return {
        (Deed.NAMED, "", ""): provider.name,
        (Deed.NEWCOMERS, "", ""): _name(provider.role) if opens else "",
        (Deed.DOMAINS, "", ""): list(provider.domains) if opens else [],
    }


def _company(company: Company) -> Said:
    return {(Deed.FACTOR, "", ""): company.needs_second_factor}


def _name(thing: Role | Team | Territory | None) -> str:
    return thing.name if thing else ""


# Any: each function knows its own type of thing
_SAID: dict[type[models.Model], Callable[[Any], Said]] = {
    Role: _role, Team: _team, Territory: _territory, User: _user, Provider: _provider, Company: _company,
}  # fmt: skip
