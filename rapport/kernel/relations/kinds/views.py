"""The settings page "Relationships": which kinds there are. For administrators only."""

from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.kernel.pages.routing import page
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import types
from rapport.kernel.relations.kinds.actions import Said, remove_kind, save_kind
from rapport.kernel.relations.models import Relationship, RelationshipType
from rapport.ui.answers import go_to
from rapport.ui.notices import notice


@page("settings/relationships/", name="relationship_kinds")
@administrators
def kinds(request: UserRequest) -> HttpResponse:
    """All kinds, with how often each is used."""
    counts = dict(Relationship.objects.order_by().values_list("type").annotate(Count("pk")))
    rows = [(one, counts.get(one.pk, 0)) for one in RelationshipType.objects.all()]
    values = {
        "rows": rows,
        "current": "relationship_kinds",
        "names": {one.key: one.label_plural for one in types()},
    }
    return render(request, "kernel/relations/kinds/kinds.html", values)


@page("settings/relationships/new/", name="relationship_kind_new", methods=("GET", "HEAD", "POST"))
@administrators
def new(request: UserRequest) -> HttpResponse:
    """Add a kind."""
    return _form(request, RelationshipType())


@page("settings/relationships/<slug:key>/", name="relationship_kind", methods=("GET", "HEAD", "POST"))
@administrators
def edit(request: UserRequest, key: str) -> HttpResponse:
    """Change a kind."""
    return _form(request, _kind(key))


@page("settings/relationships/<slug:key>/remove/", name="relationship_kind_remove", methods=("POST",))
@administrators
def remove(request: UserRequest, key: str) -> HttpResponse:
    """Remove a kind that nothing uses."""
    kind = _kind(key)
    try:
        remove_kind(kind, by=request.user)
    except RuleError as problem:
        return _answer(request, kind, said_of(kind), {}, problem.sentence)
    notice(request, _("%(name)s is removed.") % {"name": _(kind.name)})
    return go_to(request, reverse("relationship_kinds"))


def _kind(key: str) -> RelationshipType:
    found = RelationshipType.objects.filter(key=key).first()
    if found is None:
        raise Http404
    return found


def said_of(kind: RelationshipType) -> Said:
    """The kind as its form shows it."""
    return Said(
        kind.name, kind.inverse_name, list(kind.source_types), list(kind.target_types),
        str(kind.most_targets or ""), str(kind.most_sources or ""),
    )  # fmt: skip


def _form(request: UserRequest, kind: RelationshipType) -> HttpResponse:
    if request.method != "POST":
        return _answer(request, kind, said_of(kind), {})
    data = request.POST
    said = Said(
        data.get("name", ""), data.get("inverse_name", ""), data.getlist("source_types"), data.getlist("target_types"),
        data.get("most_targets", ""), data.get("most_sources", ""),
    )  # fmt: skip
    try:
        save_kind(kind, said, by=request.user)
    except RuleError as problem:
        return _answer(request, kind, said, dict(problem.fields), "" if problem.fields else problem.sentence)
    notice(request, _("Saved."))
    return go_to(request, reverse("relationship_kinds"))


def _answer(
    request: HttpRequest, kind: RelationshipType, said: Said, errors: dict[str, str], sentence: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {  # Any: what the template shows
        "kind": kind, "said": said, "errors": errors, "sentence": sentence, "current": "relationship_kinds",
        "choices": [(one.key, one.label_plural) for one in types()], "is_new": kind._state.adding,
        "used": 0 if kind._state.adding else Relationship.objects.filter(type=kind).count(),
    }  # fmt: skip
    return render(
        request, "kernel/relations/kinds/kind.html", context, status=422 if errors or sentence else 200
    )
