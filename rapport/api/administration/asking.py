"""Who administers over the API, and what such calls say: users, teams, filters, record types."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rapport.accounts.backend import Backend
from rapport.accounts.models import Team, User
from rapport.api.endpoint import Call
from rapport.api.problems import not_found, wrong_values
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters import Group, from_json
from rapport.kernel.registry import RecordType, type_by_key

LONGEST = 100
ALL_TYPES = "*"


def administrator(call: Call) -> User:
    """The administrator for whom the token acts; for every other token there is nothing here.

    A token reaches the settings only where that was ticked for it, so none of those from before does.
    """
    user = _administrator(call)
    if user is None:
        raise not_found()
    return user


def administers(call: Call) -> bool:
    """Whether the description of what the token can do names the settings."""
    return _administrator(call) is not None


def _administrator(call: Call) -> User | None:
    """The call's own user is narrowed to the token: he administers nothing."""
    user = Backend().get_user(call.token.user_id) if call.token.may_administer else None
    if user is None or not user.is_administrator:
        return None
    user.program = call.token.name
    return user


def text_said(call: Call, name: str, default: str = "") -> str:
    said = call.body.get(name, default)
    if not isinstance(said, str):
        raise wrong_values({name: _("Give a text.")})
    return said


def table_said(call: Call, name: str) -> dict[str, Any]:  # Any: JSON
    """{key of a record type: what is said of it}."""
    said = call.body.get(name, {})
    if not isinstance(said, dict):
        raise wrong_values({name: _("Give an object with the keys of record types.")})
    return said


def type_said(name: str, key: str) -> RecordType:
    found = type_by_key(key)
    if found is None:
        raise wrong_values({f"{name}.{key[:60]}": _("There is no such record type.")})
    return found


def filter_said(said: object) -> Group:
    """The filter that the JSON stands for, none for null; FilterError says what is wrong with it."""
    return Group() if said is None else from_json(said)


def users_said(said: object, possible: QuerySet[User]) -> list[User]:
    return _found(said, "users", {one.pk: one for one in possible.filter(pk__in=_ids(said, "users"))})


def teams_said(said: object) -> list[Team]:
    return _found(said, "teams", {one.pk: one for one in Team.objects.filter(pk__in=_ids(said, "teams"))})


def _ids(said: object, name: str) -> list[UUID]:
    found = (
        [parse_id(one) if isinstance(one, str) else None for one in said]
        if isinstance(said, list)
        else [None]
    )
    keys = [one for one in found if one is not None]
    if len(keys) < len(found):
        raise wrong_values({name: _("Give a list of ids.")})
    return keys


def _found(said: object, name: str, known: Mapping[UUID, Any]) -> list[Any]:  # Any: users or teams
    wanted = _ids(said, name)
    if not set(wanted) <= set(known):
        raise wrong_values({name: _("One of these is not known here.")})
    return [known[key] for key in dict.fromkeys(wanted)]
