"""Editing one field, or the parts of one kind, right on the page of a record."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rapport.kernel.custom import conditions
from rapport.kernel.pages.answers import after_dialog, undo_url
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.forms import RecordForm
from rapport.kernel.pages.records import is_dialog, record_or_404, require
from rapport.kernel.pages.routing import page
from rapport.kernel.pages.show import field_line
from rapport.kernel.records import Record
from rapport.kernel.registry import RecordType
from rapport.ui.answers import go_to
from rapport.ui.notices import notice

METHODS = ("GET", "HEAD", "POST")


@page("<type:kind>/<uuid:record_id>/field/<slug:name>/", name="record_field", methods=METHODS)
def edit_field(request: HttpRequest, kind: RecordType, record_id: UUID, name: str) -> HttpResponse:
    """GET answers the editor of the field, POST saves it and answers the line as it stands."""
    record = record_or_404(kind, record_id, user_of(request))
    require(user_of(request), "edit", record)
    if name not in kind.editable_fields() or name in conditions.state_of(kind, record).hidden:
        raise Http404
    also = [one for one in request.POST.getlist("also") if one in conditions.names_with_rules(kind)]
    form = RecordForm(request, kind, record, names=[name, *also], part_keys=())
    if request.method == "POST" and form.read(request.POST):
        saved = form.save()
        if saved is not None:
            text = _("%(field)s saved.") % {"field": form.fields[name].label}
            if is_dialog(request):
                return after_dialog(request, record.get_absolute_url(), text, saved.change_set)
            return _line(request, kind, name, saved.record, text, undo_url(saved.change_set))
        also += [one for one in form.missing if one in conditions.names_with_rules(kind)]
    return _editor(request, form, name, also)


def _editor(request: HttpRequest, form: RecordForm, name: str, also: list[str]) -> HttpResponse:
    """The editor of the field, with those that have become needed by what he wants to write."""
    if also:
        wider = RecordForm(request, form.kind, form.record, names=[name, *also], part_keys=())
        wider.read(request.POST)
        wider.errors |= {
            **form.errors,
            **{one: text for one, text in form.missing.items() if one in wider.fields},
        }
        wider.sentence = "" if form.missing else form.sentence
        form = wider
    shown = {
        "form": form, "one": form.control(name), "kind": form.kind, "record": form.record, "name": name,
        "further": [form.control(one) for one in also if one in form.fields],
    }  # fmt: skip
    template = "kernel/pages/field_dialog.html" if is_dialog(request) else "kernel/pages/field_edit.html"
    return render(request, template, shown, status=form.status)


def _line(
    request: HttpRequest, kind: RecordType, name: str, record: Record, text: str, undo: str
) -> HttpResponse:
    """The saved line; without scripts the page of the record. What else shows the value is told by an event."""
    if request.headers.get("HX-Request") != "true":
        notice(request, text, undo)
        return go_to(request, record.get_absolute_url())
    fresh = record_or_404(kind, record.pk, user_of(request))
    line = field_line(kind.fields[name], fresh, kind, context_of(request), can_edit=True)
    answer = render(request, "kernel/pages/field_line.html", {"line": line, "kind": kind, "record": fresh})
    if undo:
        answer["HX-Trigger"] = "record-changed"
        notice(answer, text, undo)
    return answer


@page("<type:kind>/<uuid:record_id>/parts/<slug:key>/", name="record_parts", methods=METHODS)
def edit_parts(request: HttpRequest, kind: RecordType, record_id: UUID, key: str) -> HttpResponse:
    """The dialog with all parts of one kind: add, change, remove."""
    record = record_or_404(kind, record_id, user_of(request))
    require(user_of(request), "edit", record)
    if key not in kind.editable_parts():
        raise Http404
    form = RecordForm(request, kind, record, names=(), part_keys=[key])
    if request.method == "POST":
        readable = form.read(request.POST)
        if "add" not in request.POST and readable:
            saved = form.save()
            if saved is not None:
                text = _("%(what)s saved.") % {"what": kind.parts[key].label}
                return after_dialog(request, record.get_absolute_url(), text, saved.change_set)
    elif not form.parts[0].rows:
        form.parts[0].add()
    adding = "add" in request.POST
    shown = {"form": form, "part": form.parts[0], "kind": kind, "record": record}
    return render(request, "kernel/pages/parts_edit.html", shown, status=200 if adding else form.status)
