"""The settings page "Roles": what each role may do with each type of record. For administrators only."""

from typing import Any, Final

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.grants import ACTS, REACHES
from rapport.accounts.models import Role, User
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions.paging import types_page
from rapport.kernel.permissions.roles import actions, log_views, rights_views  # noqa: F401  # enters their pages
from rapport.kernel.permissions.roles.words import act_words, reach_words
from rapport.kernel.permissions.rules import rule_sentence
from rapport.kernel.records.errors import RuleError
from rapport.ui.answers import go_to
from rapport.ui.notices import notice

BARS: Final = {"none": "0", "own": "1", "territory": "15", "team": "2", "tree": "25", "all": "3"}  # classes


@page("settings/roles/", name="roles", methods=("GET", "HEAD", "POST"))
@administrators
def roles(request: UserRequest) -> HttpResponse:
    """The table of all roles; POST saves it."""
    if request.method != "POST":
        return _table(request)
    try:
        changed = actions.save_tables(_said(request), by=request.user)
    except RuleError as problem:
        return _table(request, problem.sentence)
    notice(request, _("Saved.") if changed else _("Nothing was changed."))
    return go_to(request, reverse("roles") + types_page(request, lambda _kind: False).here.removesuffix("?"))


def _said(request: UserRequest) -> dict[int, dict[tuple[str, str], str]]:
    """What the form says: fields are named "role id:type key:act"."""
    tables: dict[int, dict[tuple[str, str], str]] = {}
    for name, reach in request.POST.items():
        role, _colon, rest = name.partition(":")
        row, _colon, act = rest.partition(":")
        if role.isascii() and role.isdigit() and len(role) < 10 and row and act in ACTS:
            tables.setdefault(int(role), {})[row, act] = str(reach)
    return tables


def _table(request: UserRequest, problem: str = "") -> HttpResponse:
    """Some record types at a time, those first of which a role says something of its own; "*" is always there."""
    every = list(Role.objects.annotate(size=Count("users")).order_by("id"))
    named = {key for role in every for key in role.grants}
    found = types_page(request, lambda kind: kind.key in named)
    rows = [
        (
            key,
            kind,
            [(act, [(role, actions.reach_of(role, key, act)) for role in every]) for act in act_words()],
        )
        for key, kind in [*((one.key, one) for one in found.types), (actions.EVERYTHING, None)]
    ]
    values: dict[str, Any] = {  # Any: what the template shows
        "holders": first_holders(request.user),
        "roles": every, "rows": rows, "acts": act_words(), "reaches": reach_words(), "current": "roles",
        "problem": problem, "levels": list(REACHES), "found": found,
    }  # fmt: skip
    return render(request, "kernel/permissions/roles/roles.html", values, status=422 if problem else 200)


def first_holders(asking: User) -> list[tuple[Role, User]]:
    """Of each role the first by name who has it and may sign in: as them one can look. Not oneself."""
    held = User.roles.through.objects.filter(user__is_active=True).exclude(user=asking)
    found = (
        held.order_by("role_id", "user__name", "user_id").distinct("role_id").select_related("role", "user")
    )
    return [(one.role, one.user) for one in found]


@page("settings/roles/<int:role_id>/types/", name="role_types")
@administrators
def role_types(request: UserRequest, role_id: int) -> HttpResponse:
    """What one role may do with each type of record, which rules and fields it has of its own: a list to search."""
    role = _role(role_id)
    said = {key for entry in (role.grants, role.rules, role.field_rights) for key in entry}
    found = types_page(request, lambda kind: kind.key in said)
    rows = [
        (kind, [actions.reach_of(role, kind.key, act) for act in act_words()],
         rule_sentence(role, kind, "read", request.user), _levels(role, kind.key))
        for kind in found.types
    ]  # fmt: skip
    values = {
        "role": role, "rows": rows, "found": found, "acts": act_words(), "reaches": reach_words(),
        "bars": BARS, "current": "roles",
        "holders": [(one, user) for one, user in first_holders(request.user) if one == role],
    }  # fmt: skip
    return render(request, "kernel/permissions/roles/types.html", values)


def _levels(role: Role, key: str) -> tuple[int, int]:
    """How many fields of the type are hidden, and how many only read."""
    said = list(role.field_rights.get(key, {}).values())
    return said.count("hidden"), said.count("read")


@page("settings/roles/new/", name="role_new", methods=("GET", "HEAD", "POST"))
@administrators
def role_new(request: UserRequest) -> HttpResponse:
    """Add a role that begins like another one."""
    like = _role_or_none(request.POST.get("like", "")) if request.method == "POST" else None
    if request.method != "POST":
        return _form(request, None, {"name": "", "like": "member"})
    try:
        role = actions.add_role(request.POST.get("name", ""), like, by=request.user)
    except RuleError as problem:
        return _form(request, None, request.POST.dict(), dict(problem.fields), problem.sentence)
    notice(request, _("%(name)s is added.") % {"name": role})
    return go_to(request, reverse("roles"))


@page("settings/roles/<int:role_id>/", name="role", methods=("GET", "HEAD", "POST"))
@administrators
def role_edit(request: UserRequest, role_id: int) -> HttpResponse:
    """Name and describe a role."""
    role = _role(role_id)
    if request.method != "POST":
        return _form(request, role, {"name": role.name, "help": role.help})
    data = request.POST
    try:
        actions.describe_role(role, data.get("name", ""), data.get("help", ""), by=request.user)
    except RuleError as problem:
        return _form(request, role, data.dict(), dict(problem.fields), problem.sentence)
    notice(request, _("Saved."))
    return go_to(request, reverse("roles"))


@page("settings/roles/<int:role_id>/remove/", name="role_remove", methods=("POST",))
@administrators
def role_remove(request: UserRequest, role_id: int) -> HttpResponse:
    """Remove a role that nobody has."""
    role = _role(role_id)
    try:
        actions.remove_role(role, by=request.user)
    except RuleError as problem:
        return _form(request, role, {"name": role.name, "help": role.help}, {}, problem.sentence)
    notice(request, _("%(name)s is removed.") % {"name": role})
    return go_to(request, reverse("roles"))


def _role(role_id: int) -> Role:
    found = Role.objects.filter(pk=role_id).first()
    if found is None:
        raise Http404
    return found


def _role_or_none(key: str) -> Role | None:
    return Role.objects.filter(key=key[:40].replace("\0", "")).first()


def _form(
    request: UserRequest, role: Role | None, said: dict[str, Any], errors: dict[str, str] | None = None,
    sentence: str = "",
) -> HttpResponse:  # fmt: skip
    others = [(one.key, str(one)) for one in Role.objects.filter(is_administrator=False).order_by("id")]
    values = {
        "role": role, "said": said, "errors": errors or {}, "sentence": "" if errors else sentence,
        "current": "roles", "others": others,
    }  # fmt: skip
    return render(
        request, "kernel/permissions/roles/role.html", values, status=422 if errors or sentence else 200
    )
