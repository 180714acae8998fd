"""The filters of a custom field, built or typed: when it is shown or needed, which records a roll-up counts."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.accounts.access import UserRequest, administrators
from rapport.accounts.models import User
from rapport.kernel.custom import conditions, define, forms
from rapport.kernel.custom.models import CustomField
from rapport.kernel.fields.base import Context
from rapport.kernel.filters import (
    EVERYTHING,
    FilterError,
    Group,
    Refusal,
    compile_filter,
    from_json,
    nothing_refused,
    sentence_of,
    to_json,
)
from rapport.kernel.lists.panels.building import Values, asked_line, built, kept_in_step, said_in_form
from rapport.kernel.lists.panels.typed.views import suggested
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions.fitting import count_fitting
from rapport.kernel.records.errors import RuleError
from rapport.kernel.registry import RecordType
from rapport.ui.answers import go_to
from rapport.ui.formats import noun
from rapport.ui.notices import notice


@dataclass(frozen=True)
class Asked:
    """Which filter of which field is meant, whose records it is about, and what it may speak of."""

    one: CustomField
    what: str
    kind: RecordType
    kept: Any  # Any: JSON
    by: User
    refusal: Refusal

    @property
    def context(self) -> Context:
        return Context(self.by)

    @property
    def tree(self) -> Group:
        try:
            return from_json(self.kept)
        except FilterError:
            return EVERYTHING

    @property
    def values(self) -> Values:
        """What its builder needs beside the lines."""
        is_own = self.what in conditions.WHATS
        here = reverse("custom_field_filter", args=[self.one.type, self.one.pk, self.what])
        more = {"builder_url": here, "own_only": True} if is_own else {}
        return {"kind": self.kind, "noun": noun, "here": here, **more}


def _asked(request: UserRequest, kind: RecordType, field_id: UUID, what: str) -> Asked:
    one = CustomField.objects.filter(pk=field_id, type=kind.key, removed_at=None).first()
    found = forms.filter_of(one, what) if one is not None else None
    if one is None or found is None:
        raise Http404
    is_own = what in conditions.WHATS
    refusal = partial(conditions.refusal, kind=kind, name=one.name) if is_own else nothing_refused
    return Asked(one, what, *found, request.user, refusal)


@page(
    "settings/fields/<type:kind>/<uuid:field_id>/filter/<slug:what>/", name="custom_field_filter",
    methods=("GET", "HEAD", "POST"),
)  # fmt: skip
@administrators
def field_filter(request: UserRequest, kind: RecordType, field_id: UUID, what: str) -> HttpResponse:
    """One filter of a field: POST saves it, with `preview` it only counts and says it in words."""
    asked, data = _asked(request, kind, field_id, what), request.POST
    if request.method != "POST":
        return _page(request, asked, asked.tree)
    is_preview = "preview" in request.GET
    try:
        tree = EVERYTHING if "clear" in data else said_in_form(data, asked.kind, asked.context)
    except FilterError as problem:
        if is_preview:
            return _preview(request, asked, {"problem": str(problem)})
        return _page(request, asked, asked.tree, str(problem), data.get("typed", ""))
    if is_preview:
        in_step = kept_in_step(data, tree, asked.kind, asked.context, asked.refusal)
        return _preview(request, asked, {**_told(asked, tree), **in_step})
    try:
        said = to_json(tree) if tree.parts else None
        define.change_filter(asked.one, what, said, by=request.user)
    except RuleError as problem:
        return _page(request, asked, tree, problem.fields.get(what, problem.sentence))
    notice(request, _("Saved."))
    return go_to(request, reverse("custom_field", args=[kind.key, asked.one.pk]))


@page("settings/fields/<type:kind>/<uuid:field_id>/filter/<slug:what>/line/", name="custom_field_line")
@administrators
def field_line(request: UserRequest, kind: RecordType, field_id: UUID, what: str) -> HttpResponse:
    """One line of the builder, which offers what such a condition can speak of."""
    asked = _asked(request, kind, field_id, what)
    line = asked_line(request.GET, asked.kind, asked.context, asked.refusal)
    return render(request, "kernel/lists/panels/new_line.html", {**asked.values, "line": line})


@page(
    "settings/fields/<type:kind>/<uuid:field_id>/filter/<slug:what>/complete/", name="custom_field_complete"
)
@administrators
def field_complete(request: UserRequest, kind: RecordType, field_id: UUID, what: str) -> HttpResponse:
    """What could come next where it is typed."""
    asked = _asked(request, kind, field_id, what)
    return suggested(request, asked.kind, asked.context, asked.refusal)


def _told(asked: Asked, tree: Group) -> Values:
    """How many records fit and the filter in words, or what is wrong with it."""
    if not tree.parts:
        return {}
    try:
        if asked.what in conditions.WHATS:
            conditions.check(tree, asked.kind, asked.one.name)
        elif problems := compile_filter(tree, asked.kind, Context()).problems:
            raise FilterError(" ".join(problems))
    except FilterError as problem:
        return {"problem": str(problem)}
    count = count_fitting(to_json(tree), asked.kind, asked.by)
    return {"before": count, "after": count, "sentence": sentence_of(tree, asked.kind, asked.context)}


def _preview(request: UserRequest, asked: Asked, told: Values) -> HttpResponse:
    values = {"problem": "", "after": None, **asked.values, **told}
    return render(request, "kernel/custom/filter_preview.html", values)


def _page(
    request: UserRequest, asked: Asked, tree: Group, problem: str = "", typed: str | None = None
) -> HttpResponse:
    heading, without = _words(asked)
    values = {
        "one": asked.one, "what": asked.what, "current": "fields", "heading": heading, "without": without,
        "is_kept": bool(asked.kept), "after": None, **asked.values, **_told(asked, tree),
        **built(tree, asked.kind, asked.context, typed, asked.refusal),
    }  # fmt: skip
    values["problem"] = problem
    return render(request, "kernel/custom/filter.html", values, status=422 if problem else 200)


def _words(asked: Asked) -> tuple[str, str]:
    """The heading of the page, and what holds without a filter."""
    name = {"field": asked.one.label}
    match asked.what:
        case "visible":
            return _("When %(field)s is shown") % name, _("Without a condition it is always shown.")
        case "required":
            return _("When %(field)s is needed") % name, _("Without a condition only “Needed” says so.")
    return _("Which records %(field)s counts") % name, _("Without a condition all of them count.")
