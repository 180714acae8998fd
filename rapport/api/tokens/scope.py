"""How far a token reaches: its user with less, never with more.

The types and acts are taken out of the user's roles, so that everything in the kernel that asks for rights (lists,
search, links, timeline, files, the door for writing) obeys without knowing of tokens. Fields are left out here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rapport.accounts.grants import ACTS, role_grant
from rapport.accounts.models import Company, Role, User
from rapport.api.tokens.models import Token
from rapport.kernel.custom.uses import reads_of
from rapport.kernel.fields import Context, FieldType
from rapport.kernel.permissions import policy
from rapport.kernel.permissions.fields import seen_by
from rapport.kernel.registry import RecordType, types

READING = ("read", "export")
ASIDE = ("relationships", "files", "timeline")


@dataclass(frozen=True)
class Scope:
    """Types, fields and whether it may write."""

    may_write: bool = True
    types: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, token: Token) -> "Scope":
        return cls(token.may_write, token.types if isinstance(token.types, dict) else {"": []})

    def is_narrow(self, kind: RecordType) -> bool:
        """Are there fields of this type that the token must not see?"""
        return bool(self.types.get(kind.key))

    def allows(self, kind: RecordType, name: str) -> bool:
        """May it have to do with this field, part or other thing of records of that type?

        What is worked out from fields that it must not see is not for it either.
        """
        if not self._names(kind.key, name):
            return False
        one = kind.fields.get(name) if self.types else None
        if one is None or not one.is_worked_out:
            return True
        read = reads_of(kind.key, name)
        return all(self._names(key, each) for key, names in read.items() for each in names)

    def _names(self, type_key: str, name: str) -> bool:
        if self.types and type_key not in self.types:
            return False
        names = self.types.get(type_key)
        return not names or name in names

    def fields(self, kind: RecordType) -> dict[str, FieldType]:
        """The fields of the type that it may see, without the kind, which is the same for the whole type."""
        return {
            name: one
            for name, one in kind.fields.items()
            if self.allows(kind, name) and not (kind.kind and name == "kind")
        }

    def writable(self, kind: RecordType) -> dict[str, FieldType]:
        return {name: one for name, one in self.fields(kind).items() if one.editable}

    def parts(self, kind: RecordType) -> list[str]:
        return [key for key in kind.parts if self.allows(kind, key)]

    def writable_parts(self, kind: RecordType) -> list[str]:
        return [key for key in kind.editable_parts() if self.allows(kind, key)]


EVERYTHING = Scope()


@dataclass
class Viewer:
    """Who looks: a user narrowed to a scope."""

    user: User
    scope: Scope

    @cached_property
    def context(self) -> Context:
        company = self.user.company or Company()
        return Context(self.user, company.country or "DE", company.currency or "EUR")


def narrowed(user: User, scope: Scope) -> User:
    """The user as the token lets him act; the object is this request's own."""
    user.held_roles = [_narrowed(role, scope) for role in user.held_roles]
    return user


def _narrowed(role: Role, scope: Scope) -> Role:
    acts = ACTS if scope.may_write else READING
    if role.is_administrator:
        everything = dict.fromkeys(acts, "all")
        grants = dict.fromkeys(scope.types or ("*",), everything)
    elif scope.types:
        grants = {key: {act: role_grant(role, key, act) for act in acts} for key in scope.types}
    else:
        grants = {
            key: {act: reach for act, reach in entry.items() if act in acts}
            for key, entry in role.grants.items()
        }
    rules = {
        key: {act: rule for act, rule in entry.items() if act in acts}
        for key, entry in role.rules.items()
        if isinstance(entry, dict) and (not scope.types or key in scope.types)
    }
    return Role(
        pk=role.pk, key=role.key, name=role.name, grants=grants, rules=rules, field_rights=role.field_rights,
        is_administrator=False,
    )  # fmt: skip


def readable_types(user: User) -> list[RecordType]:
    """The record types of which this user can see anything; all others are not there for him."""
    return [seen_by(one, user) for one in types() if policy(user, one.key, "read").reach != "none"]
