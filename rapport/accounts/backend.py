"""Who is asking: the first thing that every page reads."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib.auth.backends import ModelBackend
from django.db import connection

from rapport.accounts.models import Company, Role, User

# The database's day may be another one than the company's: what was shared until yesterday counts, to be looked at.
WHO = """
select {columns},
    (select json_agg(r order by r.id) from accounts_role r
     join accounts_user_roles held on held.role_id = r.id where held.user_id = u.id),
    (select to_json(c) from accounts_company c limit 1), (select version from kernel_schema limit 1),
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint, exists(select from kernel_pin p where p.user_id = u.id),
    exists(select from kernel_share s where (s.user_id = u.id or s.team_id = u.team_id)
           and (s.until is null or s.until >= current_date - 1))
from accounts_user u where u.id = any(%s::uuid[])
"""
_followers: list[Callable[[UUID | None], None]] = []


def when_schema_is_read(follower: Callable[[UUID | None], None]) -> None:
    """Call this with the version of the custom fields whenever a user is read: so every process notices a new one."""
    _followers.append(follower)


class Backend(ModelBackend):
    """Signs in by e-mail address; reads the user, his roles, the company and the version of the fields at once."""

    def get_user(self, user_id: UUID | str) -> User | None:
        """Return the user of a session, None when he is gone or may not sign in any more."""
        return next(iter(self.get_users([user_id]).values()), None)

    def get_users(self, ids: Iterable[UUID | str]) -> dict[UUID, User]:
        """Those of these users who may sign in, by id; in one query, however many they are."""
        fields = User._meta.concrete_fields
        columns, names = ", ".join(f'u."{one.column}"' for one in fields), [one.attname for one in fields]
        with connection.cursor() as cursor:
            cursor.execute(WHO.format(columns=columns), [list(ids)])
            rows = cursor.fetchall()
        found = {}
        for *values, roles, company, schema, snapshot, has_pins, has_shares in rows:
            for follower in _followers:
                follower(schema)
            user = User.from_db(connection.alias, names, values)
            if not self.user_can_authenticate(user):
                continue
            user.held_roles = [_object(Role, said) for said in roles or []]
            user.company = _object(Company, company) if company else Company()
            user.snapshot = snapshot
            user.has_pins, user.has_shares = has_pins, has_shares
            found[user.pk] = user
        return found


def _object(model: Any, said: dict[str, object]) -> Any:  # Any: the model, and one of its objects
    return model.from_db(connection.alias, list(said), list(said.values()))
