"""Deeds on many rows of a list: set fields, assign, tag, delete. Each is one change set and can be undone."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rapport.kernel.changes.models import ChangeSet
from rapport.kernel.changes.sets import change_set
from rapport.kernel.fields import Tags, UserLink
from rapport.kernel.lists.bulk.along import what_goes_along
from rapport.kernel.lists.bulk.edit import EditForm, done_said, settable_fields
from rapport.kernel.lists.bulk.selection import Selection, may_many, selection_of
from rapport.kernel.pages.answers import after_dialog, undo_url
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.controls import control_of, control_said, said_of
from rapport.kernel.pages.records import is_dialog
from rapport.kernel.pages.routing import page
from rapport.kernel.records import RuleError, delete_records, update_records
from rapport.kernel.records.bulk import require_many
from rapport.kernel.records.bulk_edit import Edited
from rapport.kernel.registry import RecordType
from rapport.ui.answers import go_to
from rapport.ui.notices import notice

METHODS = ("GET", "HEAD", "POST")
TYPED_FROM = 100  # from so many records on, deleting asks for their number


@page("<type:kind>/bulk/assign/", name="bulk_assign", methods=METHODS)
def assign(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Give the selection another owner."""
    owner = next((name for name, one in settable_fields(kind).items() if isinstance(one, UserLink)), "")
    if not owner:
        raise Http404
    return _edit(request, kind, [owner])


@page("<type:kind>/bulk/set/", name="bulk_set", methods=METHODS)
def set_fields(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Set one or several fields of the selection; first look what that would do."""
    return _edit(request, kind, [])


def _edit(request: HttpRequest, kind: RecordType, only: list[str]) -> HttpResponse:
    if not settable_fields(kind) or not may_many(user_of(request), kind, "edit"):
        raise Http404
    form = EditForm.read(request, selection_of(request, kind, "edit"))
    form.names = only or form.names
    then = request.POST.get("then", "write" if only else "preview")
    is_building = bool(request.POST.get("add") or request.POST.get("drop"))
    if request.method == "POST" and not is_building and form.parse():
        if then == "preview":
            form.look()
        elif then == "write":
            done = form.write()
            if done is not None:
                return _done(request, form, *done)
    shown = {"kind": kind, "form": form, "selection": form.selection, "is_assigning": bool(only)}
    return _dialog(request, "set", shown, is_wrong=bool(form.errors or form.sentence))


def _done(request: HttpRequest, form: EditForm, row: ChangeSet, done: Edited | None) -> HttpResponse:
    kind = form.selection.kind
    if done is None:
        return go_to(request, reverse("change_set", args=[row.pk]))
    said = done_said(done, kind, ", ".join(one.label for one in form.fields.values()))
    if done.refused or done.wrong:
        notice(request, said, undo_url(row.pk) if done.changed else "", bad=True,
               link=reverse("change_set", args=[row.pk]), link_text=_("Show what stayed"))  # fmt: skip
        return after_notice(request, _list(request, kind))
    return after_dialog(request, _list(request, kind), said, row.pk if done.changed else None)


def after_notice(request: HttpRequest, address: str) -> HttpResponse:
    """Like `after_dialog`, where the notice is there already."""
    if is_dialog(request):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return go_to(request, address)


@page("<type:kind>/bulk/tags/", name="bulk_tags", methods=METHODS)
def tags(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Add tags to the selection or take them off."""
    one = next((one for one in kind.editable_fields().values() if isinstance(one, Tags)), None)
    if one is None or not may_many(user_of(request), kind, "edit"):
        raise Http404
    selection, context = selection_of(request, kind, "edit"), context_of(request)
    control, sentence = control_of(one, [], context, name="value"), ""
    adds = request.POST.get("how") != "remove"
    if request.method == "POST":
        said = said_of(one, request.POST, request.FILES, context, name="value")
        try:
            words = one.parse(said, context)
            if not words:
                raise ValidationError(_("Name at least one tag."))
            return _write_tags(request, selection, one, words, adds=adds)
        except ValidationError as problem:
            control = control_said(one, said, context, name="value", error=" ".join(problem.messages))
        except RuleError as problem:
            control, sentence = control_said(one, said, context, name="value"), problem.sentence
    shown = {"kind": kind, "selection": selection, "one": control, "adds": adds, "sentence": sentence}
    return _dialog(request, "tags", shown, is_wrong=bool(control.error or sentence))


def _write_tags(
    request: HttpRequest, selection: Selection, one: Tags, words: list[str], *, adds: bool
) -> HttpResponse:
    user, kind = user_of(request), selection.kind
    with change_set(
        by=user, label=lambda: _("Tags of %(records)s changed") % {"records": selection}
    ) as opened:
        require_many(kind, list(kind.visible_to(user).filter(pk__in=selection.ids)), by=user)
        changed = 0
        for wanted, ids in _by_result(selection, one, words, adds=adds):
            changed += update_records(kind, ids, {one.name: wanted}, by=user)
    done = Selection(kind, selection.ids[:changed])
    text = _("Tags of %(records)s changed.") % {"records": done}
    return after_dialog(request, _list(request, kind), text, opened.id if changed else None)


def _by_result(
    selection: Selection, one: Tags, words: list[str], *, adds: bool
) -> Iterable[tuple[list[str], list[UUID]]]:
    """The selected records by the tags that they will have; most share them, so there are few groups."""
    rows = selection.kind.model.objects.filter(pk__in=selection.ids).select_for_update().order_by("pk")
    groups: dict[tuple[str, ...], list[UUID]] = {}
    known: set[UUID] = set()
    for key, has in rows.values_list("pk", one.name):
        wanted = [*has, *(word for word in words if word not in has)]
        if not adds:
            wanted = [word for word in has if word not in words]
        groups.setdefault(tuple(wanted), []).append(key)
        known.add(key)
    missing = [key for key in selection.ids if key not in known]
    if missing:  # the door will say that these are not there
        groups.setdefault(tuple(words), []).extend(missing)
    return [(list(wanted), ids) for wanted, ids in groups.items()]


@page("<type:kind>/bulk/delete/", name="bulk_delete", methods=METHODS)
def delete(request: HttpRequest, kind: RecordType) -> HttpResponse:
    """Ask, then put the selection into the trash."""
    user = user_of(request)
    if not may_many(user, kind, "delete"):
        raise Http404
    selection, error = selection_of(request, kind, "delete"), ""
    must_type = selection.count >= TYPED_FROM
    if request.method == "POST":
        typed = "".join(letter for letter in request.POST.get("typed", "") if letter.isdigit())
        if must_type and typed != str(selection.count):
            error = _("Type the number of records to delete them.")
        else:
            with change_set(
                by=user, label=lambda: _("%(records)s deleted") % {"records": selection}
            ) as opened:
                delete_records(kind, selection.ids, by=user)
            said = _("%(records)s deleted.") % {"records": selection}
            return after_dialog(request, _list(request, kind), said, opened.id)
    names = list(kind.visible_to(user).filter(pk__in=selection.ids).values_list(kind.title, flat=True)[:4])
    shown = {
        "kind": kind,
        "selection": selection,
        "names": names,
        "along": what_goes_along(selection.ids, user),
        "must_type": must_type,
        "error": error,
    }
    return _dialog(request, "delete", shown, is_wrong=bool(error))


def _list(request: HttpRequest, kind: RecordType) -> str:
    return reverse("list", args=[kind.key])


def _dialog(request: HttpRequest, name: str, shown: dict[str, Any], *, is_wrong: bool) -> HttpResponse:
    return render(request, f"kernel/lists/bulk/{name}.html", shown, status=422 if is_wrong else 200)
