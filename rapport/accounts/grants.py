"""What a user may do: the most permissive grant over all of his roles."""

from typing import Any, Final

from django.contrib.auth.models import AnonymousUser

from rapport.accounts.models import Role, User

ACTS: Final = ("create", "read", "edit", "delete", "export", "bulk")
REACHES: Final = ("none", "own", "territory", "team", "tree", "all")  # from the narrowest to the widest
TERRITORY: Final = "territory"  # own records and those of the user's territories, beside any team


def role_grant(role: Role, type_key: str, act: str) -> str:
    """Return the reach of one role; what is not granted, or is misspelled, is "none".

    Whoever may edit may do so to many at once unless the role says something else.
    """
    everywhere, here = role.grants.get("*", {}), role.grants.get(type_key, {})
    reach = here.get(act, everywhere.get(act))
    if reach is None and act == "bulk":
        return role_grant(role, type_key, "edit")
    return reach if reach in REACHES else "none"


def grant(user: User | AnonymousUser, type_key: str, act: str) -> str:
    """Return how far the user's right reaches, one of REACHES; territories may come on top (`with_territories`)."""
    if not isinstance(user, User) or not user.is_active:
        return "none"
    reaches = [
        "all" if role.is_administrator else role_grant(role, type_key, act) for role in user.held_roles
    ]
    return max(reaches, key=REACHES.index, default="none")


def with_territories(user: User | AnonymousUser, type_key: str, act: str) -> bool:
    """Does one of the user's roles reach the records of his territories?"""
    return (
        isinstance(user, User)
        and user.is_active
        and any(
            not role.is_administrator and role_grant(role, type_key, act) == TERRITORY
            for role in user.held_roles
        )
    )


def narrower(one: str, other: str) -> str:
    """What lies within both reaches. Territories and teams cross each other: own records lie in both."""
    if one != other and TERRITORY in (one, other) and {"team", "tree"} & {one, other}:
        return "own"
    return min(one, other, key=REACHES.index)


def roles_that(user: User | AnonymousUser, type_key: str, act: str) -> list[Role]:
    """The user's roles that allow this of some records at least; administrators' roles are not among them."""
    if not isinstance(user, User) or not user.is_active:
        return []
    return [
        role
        for role in user.held_roles
        if not role.is_administrator
        and (role_grant(role, type_key, act) != "none" or rule_of(role, type_key, act) is not None)
    ]


def rule_of(role: Role, type_key: str, act: str) -> dict[str, Any] | None:  # Any: the JSON of a filter
    """The filter whose records the role reaches, too."""
    found = role.rules.get(type_key)
    rule = found.get(act) if isinstance(found, dict) else None
    return rule if isinstance(rule, dict) and rule else None


def has_rules(user: User | AnonymousUser) -> bool:
    """Are there records that the user reaches because they fit a filter: of a rule or of a territory?"""
    return isinstance(user, User) and any(
        role.rules or any(TERRITORY in acts.values() for acts in role.grants.values())
        for role in user.held_roles
    )


def has_field_rights(user: User | AnonymousUser) -> bool:
    return isinstance(user, User) and any(role.field_rights for role in user.held_roles)
