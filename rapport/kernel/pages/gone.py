"""Somebody saves a form whose record went meanwhile: what he typed is shown, so that it is not lost."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from rapport.kernel.fields.marks import mark_of, read_marks
from rapport.kernel.merge.pointers import MovedTo
from rapport.kernel.pages.context import user_of
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
    form = RecordForm(request, kind, kind.new(), names=names, part_keys=())
    form.read(request.POST)
    was = read_marks(request.POST.get("was", "{}"), form.fields)
    found: list[tuple[str, str]] = []
    for name, one in form.fields.items():
        value: Any = form.values.get(name)  # Any: each field has its own values
        if name in form.errors:
            found.append((one.label, str(form.said.get(name, ""))))
        elif name in form.values and mark_of(one, value) != was.get(name):
            found.append((one.label, one.text(value)))
    for key, part in kind.editable_parts().items():
        rows = [
            text
            for name, text in request.POST.items()
            if name.startswith(f"{key}-") and name.endswith("-value")
        ]
        found += [(part.label, str(text)) for text in rows if str(text).strip()]
    return found
