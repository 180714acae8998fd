"""Roles: what each may do with which records and fields."""

from typing import Any

from django.db import transaction
from django.db.models import Count
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.grants import ACTS
from rapport.accounts.models import Role, User
from rapport.api.administration.asking import (
    ALL_TYPES,
    administrator,
    filter_said,
    table_said,
    text_said,
    type_said,
)
from rapport.api.endpoint import Call, answer, nothing
from rapport.api.problems import not_found, wrong_values
from rapport.api.values import Json
from rapport.kernel.filters import FilterError
from rapport.kernel.permissions.fields import governed
from rapport.kernel.permissions.roles import actions
from rapport.kernel.permissions.roles.rights import save_rights
from rapport.kernel.permissions.rules import RULED
from rapport.kernel.records import RuleError


def list_roles(call: Call) -> HttpResponseBase:
    """All roles."""
    administrator(call)
    call.query()
    return answer(
        {"data": [_shown(one) for one in Role.objects.annotate(size=Count("users")).order_by("id")]}
    )


def add_role(call: Call) -> HttpResponseBase:
    """Add a role that may what another one may, or nothing."""
    by = administrator(call)
    call.only("name", "like", "rights", "rules", "fields")
    key = text_said(call, "like")
    like = Role.objects.filter(key=key[:40]).first() if key else None
    if key and like is None:
        raise wrong_values({"like": _("There is no such role.")})
    with transaction.atomic():
        made = actions.add_role(text_said(call, "name"), like, by=by)
        _save_said(call, made, by)
    return answer(_whole(made.pk), 201, {"Location": reverse("api_role", args=[made.pk])})


def read_role(call: Call, role_id: str) -> HttpResponseBase:
    """One role with its rights per record type, its rules, and the fields that are hidden or only read."""
    administrator(call)
    call.query()
    return answer(_whole(_role(role_id).pk))


def change_role(call: Call, role_id: str) -> HttpResponseBase:
    """Change what is said; everything else stays as it is."""
    by, role = administrator(call), _role(role_id)
    call.only("name", "help", "rights", "rules", "fields")
    with transaction.atomic():
        if {"name", "help"} & set(call.body):
            name, text = text_said(call, "name", role.name), text_said(call, "help", role.help)
            actions.describe_role(role, name, text, by=by)
        _save_said(call, role, by)
    return answer(_whole(role.pk))


def remove_role(call: Call, role_id: str) -> HttpResponseBase:
    """Remove a role that nobody has."""
    by = administrator(call)
    actions.remove_role(_role(role_id), by=by)
    return nothing()


def _save_said(call: Call, role: Role, by: User) -> None:
    rights, rules, fields = (table_said(call, name) for name in ("rights", "rules", "fields"))
    if role.is_administrator and (rights or rules or fields):
        raise RuleError(_("Administrators see and change everything."))
    if rights:
        actions.save_tables({role.pk: dict(_rights(rights))}, by=by)
    for key in dict.fromkeys([*rules, *fields]):
        kind = type_said("rules" if key in rules else "fields", key)
        role.refresh_from_db()
        levels = (
            role.field_rights.get(key, {}) if key not in fields else _levels(fields[key], key, governed(kind))
        )
        now = role.rules.get(key, {})
        said, acts = (now.get("read"), list(now)) if key not in rules else _rule(rules[key], key)
        try:
            save_rights(role, kind, levels, filter_said(said), acts, by=by)
        except FilterError as problem:
            raise wrong_values({f"rules.{key}": str(problem)}) from problem
        except RuleError as problem:
            raise wrong_values({f"rules.{key}": problem.sentence}) from problem


def _rights(said: dict[str, Any]) -> list[tuple[tuple[str, str], str]]:  # Any: JSON
    found = []
    for key, acts in said.items():
        if key != ALL_TYPES:
            type_said("rights", key)
        if not isinstance(acts, dict) or not all(isinstance(reach, str) for reach in acts.values()):
            raise wrong_values({f"rights.{key[:60]}": _("Give an object with a reach for each act.")})
        for act, reach in acts.items():
            if act not in ACTS:
                raise wrong_values({f"rights.{key[:60]}.{act[:60]}": _("This is not known here.")})
            found.append(((key, act), reach))
    return found


def _levels(said: object, key: str, known: Any) -> dict[str, str]:  # Any: names of fields and parts
    if not isinstance(said, dict) or not all(level in ("hidden", "read", "") for level in said.values()):
        raise wrong_values({f"fields.{key}": _("Say “hidden” or “read” for each field.")})
    unknown = [name for name in said if name not in known]
    if unknown:
        raise wrong_values({f"fields.{key}.{unknown[0][:60]}": _("This field has no rights of its own.")})
    return said


def _rule(said: object, key: str) -> tuple[object, list[str]]:
    """The filter and the acts of a rule; null takes the rule away."""
    if said is None:
        return None, []
    acts = said.get("acts", []) if isinstance(said, dict) else None
    if not isinstance(said, dict) or set(said) - {"filter", "acts"} or not isinstance(acts, list):
        raise wrong_values({f"rules.{key}": _("Give an object with “filter” and “acts”, or null.")})
    if not all(isinstance(act, str) and act in RULED for act in acts):
        raise wrong_values({f"rules.{key}.acts": _("This is not known here.")})
    return said.get("filter"), acts


def _role(said: str) -> Role:
    found = (
        Role.objects.filter(pk=int(said)).first()
        if said.isascii() and said.isdigit() and len(said) < 10
        else None
    )
    if found is None:
        raise not_found()
    return found


def _shown(role: Any) -> dict[str, Json]:  # Any: a role with the number of its users
    return {
        "id": role.pk, "key": role.key, "name": str(role), "help": role.help_text, "users": role.size,
        "is_administrator": role.is_administrator,
    }  # fmt: skip


def _whole(role_id: int) -> dict[str, Json]:
    role = Role.objects.annotate(size=Count("users")).get(pk=role_id)
    rules: dict[str, Json] = {
        key: {"filter": acts.get("read"), "acts": [act for act in RULED if act in acts]}
        for key, acts in role.rules.items()
    }
    everything: dict[str, Json] = {ALL_TYPES: dict.fromkeys(ACTS, "all")}
    return _shown(role) | {
        "rights": everything if role.is_administrator else role.grants, "rules": rules, "fields": role.field_rights,
    }  # fmt: skip
