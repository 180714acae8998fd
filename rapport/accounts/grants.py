"""What a user may do: the most permissive grant over all of his roles."""

from typing import Any, Final

from django.contrib.auth.models import AnonymousUser

from rapport.accounts.models import Role, User

ACTS: Final = ("create", "read", "edit", "delete", "export", "bulk")
REACHES: Final = ("none", "own", "team", "tree", "all")  # from the narrowest to the widest


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
    """Return how far the user's right reaches: "all", "team", "own" or "none"."""
    if not isinstance(user, User) or not user.is_active:
        return "none"
    reaches = [
        "all" if role.is_administrator else role_grant(role, type_key, act) for role in user.held_roles
    ]
    return max(reaches, key=REACHES.index, default="none")


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
    return isinstance(user, User) and any(role.rules for role in user.held_roles)


def has_field_rights(user: User | AnonymousUser) -> bool:
    return isinstance(user, User) and any(role.field_rights for role in user.held_roles)
