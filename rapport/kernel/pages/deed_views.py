"""Doing something to a record: its named actions, and deleting it."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.accounts.models import User
from rapport.kernel.changes.sets import change_set
from rapport.kernel.comments.models import Comment
from rapport.kernel.files.models import StoredFile
from rapport.kernel.pages.answers import after_dialog, undo_url
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.controls import Control, control_of, control_said, parse_said, said_of
from rapport.kernel.pages.records import record_or_404, require
from rapport.kernel.pages.routing import page
from rapport.kernel.pages.show import list_url
from rapport.kernel.permissions.fields import fillable
from rapport.kernel.records import Record, Refused, RuleError, delete_record
from rapport.kernel.registry import Action, RecordType
from rapport.kernel.relations.models import Relationship
from rapport.ui.answers import go_to
from rapport.ui.notices import notice


class DeedForm:
    """What a named action asks for before it is done."""

    def __init__(self, request: HttpRequest, kind: RecordType, record: Record, deed: Action) -> None:
        self.request, self.record, self.deed = request, record, deed
        self.context = context_of(request)
        self.fields = fillable(kind, deed.form)
        self.values: dict[str, Any] = {}  # Any: each field has its own values
        self.errors: dict[str, str] = {}
        self.sentence = ""
        self.set_id: UUID | None = None

    def do(self) -> bool:
        """Run the action with what was said; False when a rule said no."""
        for name, one in self.fields.items():
            try:
                said = said_of(one, self.request.POST, self.request.FILES, self.context)
                self.values[name] = parse_said(one, said, self.context)
            except ValidationError as problem:
                self.errors[name] = " ".join(problem.messages)
        if self.errors:
            return False
        user = user_of(self.request)
        given = {name: value for name, value in self.values.items() if not self.fields[name].is_empty(value)}
        try:
            with change_set(by=user, label=lambda: f"{self.deed.label}: {self.record}") as opened:
                self.deed.run(self.record, by=user, **given)
        except RuleError as problem:
            self.errors = {name: text for name, text in problem.fields.items() if name in self.fields}
            rest = [text for name, text in problem.fields.items() if name not in self.fields]
            self.sentence = " ".join(rest) if problem.fields else problem.sentence
            return False
        self.set_id = opened.id
        return True

    @property
    def controls(self) -> list[Control]:
        made = []
        for name, one in self.fields.items():
            error = self.errors.get(name, "")
            if self.request.method == "POST":
                said = said_of(one, self.request.POST, self.request.FILES, self.context)
                made.append(control_said(one, said, self.context, error=error))
            else:
                made.append(control_of(one, one.read(self.record), self.context, error=error))
        if made:
            made[0].autofocus = True
        return made


@page("<type:kind>/<uuid:record_id>/do/<slug:key>/", name="record_action", methods=("GET", "HEAD", "POST"))
def do(request: HttpRequest, kind: RecordType, record_id: UUID, key: str) -> HttpResponse:
    """GET asks for what the action needs, POST does it."""
    record = record_or_404(kind, record_id, user_of(request))
    deed = kind.actions.get(key)
    if deed is None:
        raise Http404
    require(user_of(request), deed.act, record)
    form = DeedForm(request, kind, record, deed)
    if not deed.when(record):
        form.sentence = _("“%(act)s” is not possible now: somebody was faster.") % {"act": deed.label}
    elif request.method == "POST" and form.do():
        text = _("%(act)s: done.") % {"act": deed.label}
        return after_dialog(request, record.get_absolute_url(), text, form.set_id)
    shown = {"form": form, "deed": deed, "kind": kind, "record": record}
    status = 422 if form.errors or form.sentence else 200
    return render(request, "kernel/pages/deed.html", shown, status=status)


@page("<type:kind>/<uuid:record_id>/delete/", name="record_delete", methods=("GET", "HEAD", "POST"))
def delete(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """Asks first, naming what goes along; then into the trash, from where Undo takes it back."""
    record = record_or_404(kind, record_id, user_of(request))
    try:
        require(user_of(request), "delete", record)
    except Refused:
        if request.method == "POST":
            raise
        text = _("Your role does not allow you to delete this. Ask %(owner)s or an administrator.")
        sentence = text % {"owner": record.owner or _("the owner")}
        return render(request, "kernel/pages/refused.html", {"sentence": sentence}, status=403)
    if request.method == "POST":
        with change_set(
            by=user_of(request), label=lambda: _("Deleted: %(what)s") % {"what": record}
        ) as opened:
            delete_record(record, by=user_of(request))
        notice(request, _("“%(what)s” is deleted.") % {"what": record}, undo_url(opened.id))
        return go_to(request, list_url(kind))
    shown = {"record": record, "kind": kind, "along": _along(record, user_of(request))}
    return render(request, "kernel/pages/delete.html", shown)


def _along(record: Record, user: User) -> list[str]:
    """What leaves the eye together with the record, counted."""
    files = StoredFile.objects.filter(record_id=record.pk, deleted_at=None).count()
    comments = Comment.objects.filter(record_id=record.pk, deleted_at=None).count()
    edges = Relationship.objects.of(record.pk).visible_to(user).count()
    lines = [
        (files, ngettext("%(count)s file", "%(count)s files", files)),
        (comments, ngettext("%(count)s comment", "%(count)s comments", comments)),
        (edges, ngettext("%(count)s relationship", "%(count)s relationships", edges)),
    ]
    return [text % {"count": count} for count, text in lines if count]
