"""The forms that create and change a record."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.kernel.fields.links import parse_id
from rapport.kernel.merge.pointers import MovedTo
from rapport.kernel.pages.answers import undo_url
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.forms import RecordForm, as_query, quick_names
from rapport.kernel.pages.gone import typed_into_what_is_gone
from rapport.kernel.pages.records import is_dialog, record_or_404, require
from rapport.kernel.pages.routing import page
from rapport.kernel.pages.show import list_url
from rapport.kernel.permissions import policy
from rapport.kernel.records import Refused
from rapport.kernel.registry import RecordType
from rapport.ui.answers import go_to
from rapport.ui.notices import notice

METHODS = ("GET", "HEAD", "POST")


@page("<type:kind>/new/", name="record_new", methods=METHODS)
def new(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """The full form; in a dialog only what is needed and what the list shows."""
    if policy(user_of(request), kind.key, "create").reach == "none":
        raise Refused
    quick = is_dialog(request)
    names = quick_names(kind) if quick else None
    form = RecordForm(request, kind, kind.new(), names=names, part_keys=() if quick else None)
    form.prefill(request.GET)
    if request.method == "POST":
        readable = form.read(request.POST)
        if "full" in request.GET and quick:
            return go_to(
                request, f"{reverse('record_new', args=[kind.key])}?{urlencode(as_query(form, request.POST))}"
            )
        if "add" not in request.POST and readable:
            saved = form.save()
            if saved is not None:
                notice(request, _("%(what)s created.") % {"what": saved.record}, undo_url(saved.change_set))
                return go_to(request, saved.record.get_absolute_url())
    shown = {"form": form, "kind": kind, "record": None, "back": list_url(kind)}
    template = "kernel/pages/quick.html" if quick else "kernel/pages/form.html"
    return render(request, template, shown, status=200 if "add" in request.POST else form.status)


@page("<type:kind>/<uuid:record_id>/edit/", name="record_edit", methods=METHODS)
def edit(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """All fields and parts of a record; only what the person changed is written."""
    try:
        record = record_or_404(kind, record_id, user_of(request))
    except (Http404, MovedTo) as problem:
        if request.method != "POST":
            raise
        return typed_into_what_is_gone(request, kind, problem)
    require(user_of(request), "edit", record)
    form = RecordForm(request, kind, record)
    if request.method == "POST":
        readable = form.read(request.POST)
        if "add" not in request.POST and readable:
            saved = form.save()
            if saved is not None:
                text = _("%(what)s saved.") if saved.change_set else _("Nothing was changed in %(what)s.")
                notice(request, text % {"what": saved.record}, undo_url(saved.change_set))
                if form.left:
                    notice(request, _("Kept of the others: %(fields)s.") % {"fields": ", ".join(form.left)})
                return go_to(request, saved.record.get_absolute_url())
    shown = {"form": form, "kind": kind, "record": form.record, "back": record.get_absolute_url()}
    status = 200 if "add" in request.POST else form.status
    return render(request, "kernel/pages/form.html", shown, status=status)


@page("<type:kind>/conditions/", name="record_conditions", methods=("POST",))
def asked_while_typing(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Which fields are shown and needed as the form stands just now: names for the script of forms. Writes nothing."""
    user = user_of(request)
    key = parse_id(request.POST.get("conditions_of"))
    record = kind.new() if key is None else record_or_404(kind, key, user)
    if key is not None:
        require(user, "edit", record)
    elif policy(user, kind.key, "create").reach == "none":
        raise Refused
    form = RecordForm(request, kind, record, part_keys=())
    form.read(request.POST)
    state = form.state()
    needed = {one.name for one in form.fields.values() if one.required} | state.needed
    return JsonResponse({"hidden": sorted(state.hidden), "needed": sorted(needed - state.hidden)})
