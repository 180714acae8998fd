"""Somebody saves a form whose record went meanwhile: what he typed is shown, so that it is not lost."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.kernel.fields.marks import mark_of
from rapport.kernel.merge.pointers import MovedTo
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.controls import said_in_words, text_for
from rapport.kernel.pages.forms import RecordForm
from rapport.kernel.permissions import policy
from rapport.kernel.registry import RecordType


def typed_into_what_is_gone(
    request: HttpRequest, kind: RecordType, problem: Http404 | MovedTo
) -> HttpResponse:
    """404 with what was sent, and where the record has gone if it was merged. Unknown ids are answered alike."""
    found = typed(request, kind) if policy(user_of(request), kind.key, "read").reach != "none" else []
    record = problem.record if isinstance(problem, MovedTo) else None
    if not found and record is None:
        raise problem
    shown = {"kind": kind, "typed": found, "record": record}
    return render(request, "kernel/pages/gone.html", shown, status=404)


def typed(request: HttpRequest, kind: RecordType) -> list[tuple[str, str]]:
    """Name and text of each value that differs from what he saw when the form came, with those of its rows."""
    names = [name for name, one in kind.editable_fields().items() if one.kind not in ("file", "picture")]
    form = RecordForm(request, kind, kind.new(), names=names)
    form.read(request.POST)
    found: list[tuple[str, str]] = []
    for name, one in form.fields.items():
        if name in form.errors or name in form.creating:
            found.append((one.label, said_in_words(form.said.get(name, ""))))
        elif name in form.values and mark_of(one, form.values[name]) != form.was[name]:
            found.append((one.label, text_for(one, form.values[name], form.context)))
    for part in form.parts:
        found += [(part.label, words) for words in part.typed_in_words()]
    return found
