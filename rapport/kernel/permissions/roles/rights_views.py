"""The settings page of one role and record type: field rights, the rule, and what the role would see."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.grants import rule_of
from rapport.accounts.models import Role, User
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters import EVERYTHING, FilterError, Group, from_json
from rapport.kernel.lists.columns import ICONS
from rapport.kernel.lists.panels.building import Values, built, kept_in_step, said_in_form
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions.fields import governed, label_of, role_levels
from rapport.kernel.permissions.fitting import count_fitting
from rapport.kernel.permissions.roles.rights import save_rights
from rapport.kernel.permissions.roles.seeing import holder_of, seen_by_role
from rapport.kernel.permissions.roles.words import act_words, level_words
from rapport.kernel.permissions.rules import RULED, check_tree, trusted
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType, types
from rapport.ui.answers import go_to
from rapport.ui.formats import noun
from rapport.ui.notices import notice

HOLDERS = 200


@page("settings/roles/<int:role_id>/of/<type:kind>/", name="role_rights", methods=("GET", "HEAD", "POST"))
@administrators
def role_rights(request: UserRequest, role_id: int, kind: RecordType) -> HttpResponse:
    """Fields and records of one type for one role; POST saves them."""
    role = Role.objects.filter(pk=role_id).first()
    if role is None:
        raise Http404
    if request.method != "POST":
        return _page(request, role, kind)
    data = request.POST
    if request.GET.get("preview"):
        return _preview(request, kind)
    levels = {name: data.get(f"field-{name}", "") for name in governed(kind)}
    try:
        changed = save_rights(role, kind, levels, _rule(request, kind), data.getlist("act"), by=request.user)
    except RuleError as problem:
        return _page(request, role, kind, problem)
    notice(request, _("Saved.") if changed else _("Nothing was changed."))
    return go_to(request, reverse("role_rights", args=[role.pk, kind.key]))


def _rule(request: UserRequest, kind: RecordType) -> Group:
    """The rule as it was built or typed."""
    try:
        return said_in_form(request.POST, kind.whole, trusted(request.user))
    except FilterError as problem:
        raise RuleError(fields={"rule": str(problem)}) from problem


def _preview(request: UserRequest, kind: RecordType) -> HttpResponse:
    """How many records fit the rule for who asks, and how it is typed or built."""
    user = request.user
    values: dict[str, Any] = {"kind": kind, "noun": noun, "problem": "", "after": None}  # Any: what is shown
    try:
        tree = _rule(request, kind)
        values |= kept_in_step(request.POST, tree, kind.whole, trusted(user))
        if tree.parts:
            values["after"] = values["before"] = count_fitting(check_tree(tree, kind, user), kind, user)
    except FilterError as problem:
        values["problem"] = str(problem)
    except RuleError as problem:
        values["problem"] = problem.fields["rule"]
    return render(request, "kernel/lists/panels/preview.html", values)


def _shown_rule(request: UserRequest, role: Role, kind: RecordType, problem: RuleError | None) -> Values:
    """The rule that the role has, or what was said instead of it and is not saved."""
    context = trusted(request.user)
    try:
        tree = from_json(rule_of(role, kind.key, "read"))
    except FilterError:
        tree = EVERYTHING
    if problem is None:
        return built(tree, kind.whole, context)
    try:
        return built(_rule(request, kind), kind.whole, context)
    except RuleError:
        return built(tree, kind.whole, context, request.POST.get("typed", ""))


def _page(
    request: UserRequest, role: Role, kind: RecordType, problem: RuleError | None = None
) -> HttpResponse:
    user, data = request.user, request.POST
    said, effective = role.field_rights.get(kind.key, {}), role_levels(role, kind)
    holders = list(User.objects.filter(is_active=True).order_by("name")[:HOLDERS])
    key = parse_id(request.GET.get("as", ""))
    wanted = next((one for one in holders if one.pk == key), None)
    holder = holder_of(role, wanted, user)
    values: dict[str, Any] = {  # Any: what the template shows
        "role": role, "kind": kind, "types": types(), "current": "roles", "problem": problem,
        "rows": [
            (name, label_of(kind, name), _sign(kind, name),
             data.get(f"field-{name}", "") if problem else said.get(name, ""), effective.get(name, ""))
            for name in governed(kind)
        ],
        "levels": level_words(),
        "acts": [
            (act, label, act in data.getlist("act") if problem else rule_of(role, kind.key, act) is not None)
            for act, label in act_words().items()
            if act in RULED and act != "read"
        ],
        "holders": [(str(one.pk), str(one)) for one in holders], "holder": holder,
        "seen": None if role.is_administrator else seen_by_role(role, kind, holder), "noun": noun,
        **_shown_rule(request, role, kind, problem),
    }  # fmt: skip
    return render(
        request, "kernel/permissions/roles/rights.html", values, status=422 if problem is not None else 200
    )


def _sign(kind: RecordType, name: str) -> str:
    """The sign of the field's type, for the table."""
    one = kind.fields.get(name)
    return ICONS.get(one.kind, "type") if one is not None else "list"
