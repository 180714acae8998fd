"""Territories: which there are, who works them, which records lie in them."""

from django.db import transaction
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.models import Territory, User
from rapport.api.administration.asking import (
    administrator,
    filter_said,
    table_said,
    teams_said,
    text_said,
    type_said,
    users_said,
)
from rapport.api.endpoint import Call, answer, nothing, read_id
from rapport.api.problems import not_found, wrong_values
from rapport.api.values import Json
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters import FilterError
from rapport.kernel.permissions.territories import actions
from rapport.kernel.records import RuleError

NAMES = ("name", "parent", "users", "teams", "filters")


def list_territories(call: Call) -> HttpResponseBase:
    """All territories."""
    administrator(call)
    call.query()
    return answer({"data": [_shown(one) for one in Territory.objects.prefetch_related("users", "teams")]})


def add_territory(call: Call) -> HttpResponseBase:
    """Add a territory."""
    by = administrator(call)
    call.only(*NAMES)
    with transaction.atomic():
        made = actions.add_territory(text_said(call, "name"), _parent(call, None), by=by)
        _save_said(call, made, by)
    return answer(_shown(made), 201, {"Location": reverse("api_territory", args=[made.pk])})


def read_territory(call: Call, territory_id: str) -> HttpResponseBase:
    """One territory."""
    administrator(call)
    call.query()
    return answer(_shown(_territory(territory_id)))


def change_territory(call: Call, territory_id: str) -> HttpResponseBase:
    """Change what is said; everything else stays as it is. A filter that is null is taken away."""
    by, one = administrator(call), _territory(territory_id)
    call.only(*NAMES)
    with transaction.atomic():
        _save_said(call, one, by)
    return answer(_shown(_territory(territory_id)))


def remove_territory(call: Call, territory_id: str) -> HttpResponseBase:
    """Remove a territory; its parts become parts of the one above it."""
    by = administrator(call)
    actions.remove_territory(_territory(territory_id), by=by)
    return nothing()


def _save_said(call: Call, one: Territory, by: User) -> None:
    said = call.body
    users = users_said(said["users"], one.possible_users()) if "users" in said else list(one.users.all())
    teams = teams_said(said["teams"]) if "teams" in said else list(one.teams.all())
    actions.change_territory(one, text_said(call, "name", one.name), _parent(call, one), users, teams, by=by)
    for key, tree in table_said(call, "filters").items():
        kind = type_said("filters", key)
        try:
            actions.save_filter(one, kind, filter_said(tree), by=by)
        except FilterError as problem:
            raise wrong_values({f"filters.{key}": str(problem)}) from problem
        except RuleError as problem:
            raise wrong_values({f"filters.{key}": problem.sentence}) from problem
    one.refresh_from_db()


def _parent(call: Call, one: Territory | None) -> Territory | None:
    """The territory of which it is a part, as said; as it is where nothing is said."""
    if "parent" not in call.body:
        return one.parent if one is not None else None
    said = call.body["parent"]
    if said is None:
        return None
    key = parse_id(said) if isinstance(said, str) else None
    found = Territory.objects.filter(pk=key).first() if key is not None else None
    if found is None:
        raise wrong_values({"parent": _("There is no such territory.")})
    return found


def _territory(said: str) -> Territory:
    found = Territory.objects.filter(pk=read_id(said)).first()
    if found is None:
        raise not_found()
    return found


def _shown(one: Territory) -> dict[str, Json]:
    return {
        "id": str(one.pk), "name": one.name, "parent": str(one.parent_id) if one.parent_id else None,
        "users": sorted(str(who.pk) for who in one.users.all()),
        "teams": sorted(str(team.pk) for team in one.teams.all()),
        "filters": one.filters,
    }  # fmt: skip
