"""The settings pages "Territories": which there are, who works them, which records lie in them. For administrators."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.models import Team, Territory, User
from rapport.kernel.fields.links import parse_id
from rapport.kernel.filters import FilterError, Group, from_json
from rapport.kernel.lists.panels.building import built, is_typed, kept_in_step, said_in_form
from rapport.kernel.pages.context import context_of
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions.fitting import count_fitting
from rapport.kernel.permissions.paging import types_page
from rapport.kernel.permissions.rules import check_tree, filter_sentence
from rapport.kernel.permissions.territories import actions
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType, type_by_key
from rapport.ui.answers import go_to
from rapport.ui.formats import noun
from rapport.ui.notices import notice

NAMED = 3  # who works a territory: so many stand in the list


@page("settings/territories/", name="territories")
@administrators
def territories(request: UserRequest) -> HttpResponse:
    """All territories as a tree, with who works them and of what records they hold some."""
    every = list(Territory.objects.prefetch_related("users", "teams"))
    rows = []
    for depth, one in tree_of(every):
        workers = [(str(who), isinstance(who, User)) for who in (*one.teams.all(), *one.users.all())]
        kinds = [found.label_plural for key in one.filters if (found := type_by_key(key)) is not None]
        rows.append((depth, one, workers[:NAMED], len(workers) - NAMED, kinds[:NAMED], len(kinds) - NAMED))
    values = {"rows": rows, "current": "territories"}
    return render(request, "kernel/permissions/territories/territories.html", values)


def tree_of(every: list[Territory]) -> Iterator[tuple[int, Territory]]:
    """The territories from above, each followed by its parts, with how deep it lies."""
    parts: dict[UUID | None, list[Territory]] = {}
    for one in every:
        parts.setdefault(one.parent_id, []).append(one)

    def below(key: UUID | None, depth: int) -> Iterator[tuple[int, Territory]]:
        for one in parts.get(key, []):
            yield depth, one
            yield from below(one.pk, depth + 1)

    return below(None, 0)


@page("settings/territories/new/", name="territory_new", methods=("GET", "HEAD", "POST"))
@administrators
def territory_new(request: UserRequest) -> HttpResponse:
    """Add a territory."""
    data, problem = request.POST, None
    if request.method == "POST":
        try:
            made = actions.add_territory(data.get("name", ""), _parent(data), by=request.user)
        except RuleError as refused:
            problem = refused
        else:
            notice(request, _("%(name)s is added.") % {"name": made})
            return go_to(request, reverse("territory", args=[made.pk]))
    values = {"said": data, "problem": problem, "parents": _options(None), "current": "territories"}
    return render(
        request, "kernel/permissions/territories/new.html", values, status=422 if problem is not None else 200
    )


@page("settings/territories/<uuid:territory_id>/", name="territory", methods=("GET", "HEAD", "POST"))
@administrators
def territory_edit(request: UserRequest, territory_id: UUID) -> HttpResponse:
    """One territory: its name and place, who works it, and what lies in it."""
    one = _territory(territory_id)
    if request.method != "POST":
        return _page(request, one)
    data = request.POST
    users = one.possible_users().filter(pk__in=_ids(data, "users"))
    teams = Team.objects.filter(pk__in=_ids(data, "teams"))
    try:
        actions.change_territory(one, data.get("name", ""), _parent(data), users, teams, by=request.user)
    except RuleError as problem:
        return _page(request, one, problem)
    notice(request, _("Saved."))
    return go_to(request, reverse("territory", args=[one.pk]))


def _page(request: UserRequest, one: Territory, problem: RuleError | None = None) -> HttpResponse:
    found = types_page(request, lambda kind: kind.key in one.filters)
    user = request.user
    rows = [(kind, filter_sentence(said := one.filters.get(kind.key), kind, user),
             count_fitting(said, kind, user) if said else None, bool(said)) for kind in found.types]  # fmt: skip
    values = {
        "one": one, "found": found, "rows": rows, "problem": problem, "parents": _options(one), "noun": noun,
        "users": one.users.order_by("name"), "teams": Team.objects.order_by("name"), "current": "territories",
        "chosen": set(one.teams.values_list("pk", flat=True)), "parts": one.parts.order_by("name"),
    }  # fmt: skip
    return render(
        request, "kernel/permissions/territories/territory.html", values, status=422 if problem else 200
    )


@page("settings/territories/<uuid:territory_id>/remove/", name="territory_remove", methods=("POST",))
@administrators
def territory_remove(request: UserRequest, territory_id: UUID) -> HttpResponse:
    """Remove a territory."""
    one = _territory(territory_id)
    actions.remove_territory(one, by=request.user)
    notice(request, _("%(name)s is removed.") % {"name": one})
    return go_to(request, reverse("territories"))


@page(
    "settings/territories/<uuid:territory_id>/of/<type:kind>/", name="territory_filter",
    methods=("GET", "HEAD", "POST"),
)  # fmt: skip
@administrators
def territory_filter(request: UserRequest, territory_id: UUID, kind: RecordType) -> HttpResponse:
    """Which records of one type lie in the territory: built or typed. POST saves, with `preview` it only counts."""
    one, context = _territory(territory_id), context_of(request)
    said = one.filters.get(kind.key)
    try:
        tree = from_json(said)
    except FilterError:
        tree = Group()
    if request.method != "POST":
        return _builder(request, one, kind, tree)
    problem, typed = "", ""
    try:
        tree = Group() if request.POST.get("clear") else said_in_form(request.POST, kind, context)
        if request.GET.get("preview"):
            return _preview(request, kind, tree)
        changed = actions.save_filter(one, kind, tree, by=request.user)
    except FilterError as refused:
        problem, typed = str(refused), request.POST.get("typed", "") if is_typed(request.POST) else ""
    except RuleError as refused:
        problem = refused.fields.get("filter", refused.sentence)
    if problem and request.GET.get("preview"):
        return render(request, "kernel/lists/panels/preview.html", {"kind": kind, "problem": problem})
    if problem:
        return _builder(request, one, kind, tree, problem, typed)
    notice(request, _("Saved.") if changed else _("Nothing was changed."))
    return go_to(request, reverse("territory", args=[one.pk]))


def _preview(request: UserRequest, kind: RecordType, tree: Group) -> HttpResponse:
    """How many records the filter finds, and how it is typed or built."""
    values: dict[str, Any] = {"kind": kind, "noun": noun, "problem": "", "after": None}  # Any: what is shown
    values |= kept_in_step(request.POST, tree, kind, context_of(request))
    if tree.parts:
        values["after"] = values["before"] = count_fitting(
            check_tree(tree, kind, request.user), kind, request.user
        )
    return render(request, "kernel/lists/panels/preview.html", values)


def _builder(
    request: UserRequest,
    one: Territory,
    kind: RecordType,
    tree: Group,
    problem: str = "",
    typed: str = "",
) -> HttpResponse:
    said = one.filters.get(kind.key)
    values = {
        "one": one, "kind": kind, "noun": noun, "said": said, "current": "territories", "problem": problem,
        "after": count_fitting(said, kind, request.user) if said else None,
        **built(tree, kind, context_of(request), typed or None),
    }  # fmt: skip
    return render(
        request, "kernel/permissions/territories/filter.html", values, status=422 if problem else 200
    )


def _territory(key: UUID) -> Territory:
    found = Territory.objects.select_related("parent").filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def _parent(data: QueryDict) -> Territory | None:
    key = parse_id(data.get("parent", ""))
    return Territory.objects.filter(pk=key).first() if key is not None else None


def _options(one: Territory | None) -> list[tuple[str, str]]:
    """The territories of which this one can become a part, as a tree."""
    found, skipped = [], None
    for depth, other in tree_of(list(Territory.objects.all())):
        if skipped is not None and depth > skipped:
            continue
        skipped = depth if one is not None and other.pk == one.pk else None
        if skipped is None:
            found.append((str(other.pk), "\N{NO-BREAK SPACE}" * 3 * depth + other.name))
    return found


def _ids(data: QueryDict, name: str) -> list[UUID]:
    return [key for said in data.getlist(name) if (key := parse_id(said)) is not None]
