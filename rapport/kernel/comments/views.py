"""Comments on a record: writing, changing, taking away and bringing back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from rapport.kernel.comments.store import (
    LONGEST,
    add_comment,
    change_comment,
    comment_of,
    comment_to_answer,
    delete_comment,
    restore_comment,
)
from rapport.kernel.fields.links import parse_id
from rapport.kernel.pages.blocks import Composer, add_composer
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import record_or_404
from rapport.kernel.pages.routing import page
from rapport.kernel.records import Record, RuleError
from rapport.kernel.registry import RecordType
from rapport.ui.answers import go_to
from rapport.ui.notices import notice


@page("<type:kind>/<uuid:record_id>/comments/", name="comment_new", methods=("POST",))
def new(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    record = record_or_404(kind, record_id, user_of(request))
    text = request.POST.get("text", "")
    try:
        comment = add_comment(record, text, by=user_of(request), chosen=_chosen(request))
    except RuleError as problem:
        context = {
            "record": record,
            "kind": kind,
            "said": text,
            "error": problem.sentence,
            "longest": LONGEST,
        }
        return render(request, "kernel/comments/composer.html", context, status=422)
    notice(request, _("Comment written."), reverse("comment_delete", args=[comment.pk]))
    return go_to(request, reverse("record", args=[kind.key, record.pk]))


@page("comments/<uuid:comment_id>/answer/", name="comment_answer", methods=("GET", "HEAD", "POST"))
def answer(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    """Answer a comment in its thread; for htmx the small form in its place, which is empty again when it was sent."""
    first, error = comment_to_answer(comment_id, user_of(request)), ""
    said = request.POST.get("text", "")
    is_part = request.headers.get("HX-Request") == "true"
    if request.method == "POST":
        try:
            add_comment(first.record, said, by=user_of(request), thread=first, chosen=_chosen(request))
        except RuleError as problem:
            error = problem.sentence
        else:
            if not is_part:
                notice(request, _("Answer written."))
                return go_to(request, f"{first.record.get_absolute_url()}#comment-{first.pk}")
            said = ""
    context = {"one": first, "said": said, "error": error, "is_open": bool(error)}
    template = "kernel/comments/answer.html" if is_part else "kernel/comments/answer_page.html"
    response = render(request, template, context, status=422 if error else 200)
    if request.method == "POST" and not error:
        response["HX-Trigger"] = "timeline-changed"
    return response


def _chosen(request: HttpRequest) -> list[UUID]:
    """Who was picked from the list while typing."""
    return [key for said in request.POST.getlist("mention")[:100] if (key := parse_id(said)) is not None]


@page("comments/<uuid:comment_id>/edit/", name="comment_edit", methods=("GET", "HEAD", "POST"))
def edit(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    comment, error = comment_of(comment_id, user_of(request)), ""
    said = request.POST.get("text", comment.text)
    if request.method == "POST":
        try:
            change_comment(comment, said, by=user_of(request), chosen=_chosen(request))
        except RuleError as problem:
            error = problem.sentence
        else:
            notice(request, _("Comment changed."))
            return go_to(request, comment.record.get_absolute_url())
    context = {"comment": comment, "said": said, "error": error}
    return render(request, "kernel/comments/edit.html", context, status=422 if error else 200)


@page("comments/<uuid:comment_id>/delete/", name="comment_delete", methods=("POST",))
def delete(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    comment = comment_of(comment_id, user_of(request))
    delete_comment(comment, by=user_of(request))
    notice(request, _("Comment taken away."), reverse("comment_restore", args=[comment.pk]))
    return go_to(request, comment.record.get_absolute_url())


@page("comments/<uuid:comment_id>/restore/", name="comment_restore", methods=("POST",))
def restore(request: HttpRequest, comment_id: UUID) -> HttpResponse:
    comment = comment_of(comment_id, user_of(request), deleted=True)
    restore_comment(comment, by=user_of(request))
    notice(request, _("The comment is back."))
    return go_to(request, comment.record.get_absolute_url())


def _fill(request: HttpRequest, record: Record) -> dict[str, Any]:  # Any: what the template shows
    return {"said": "", "error": "", "longest": LONGEST}


add_composer(
    Composer("comment", _lazy("Comment"), "message-square", "kernel/comments/composer.html", _fill, order=900)
)
