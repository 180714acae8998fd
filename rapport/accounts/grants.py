"""What a user may do: the most permissive grant over all of his roles."""

from typing import Final

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
