"""Where the values of a record come from, marking one, and deciding between two sources."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rapport.kernel.changes.sets import change_set
from rapport.kernel.pages.answers import after_dialog
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.records import record_or_404, require
from rapport.kernel.pages.routing import page
from rapport.kernel.pages.show import HIDDEN
from rapport.kernel.permissions import can
from rapport.kernel.provenance.disagreements import decide, open_of
from rapport.kernel.provenance.models import Disagreement, ValueMark
from rapport.kernel.provenance.settling import settle
from rapport.kernel.provenance.sources import sources_of
from rapport.kernel.records import RuleError
from rapport.kernel.registry import RecordType
from rapport.ui.answers import go_to
from rapport.ui.notices import notice


@page("<type:kind>/<uuid:record_id>/values/", name="record_values", methods=("GET", "HEAD", "POST"))
def record_values(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """Each value with its source, date and mark. POST marks one as confirmed or doubtful."""
    user = user_of(request)
    record = record_or_404(kind, record_id, user)
    if request.method == "POST":
        require(user, "edit", record)
        name, what = request.POST.get("field", ""), request.POST.get("mark", "")
        if name not in kind.fields or what not in (ValueMark.Kind.CONFIRMED, ValueMark.Kind.DOUBT):
            raise Http404
        settle(record, kind, name, what, by=user)
        is_right = what == ValueMark.Kind.CONFIRMED
        said = _("%(field)s is confirmed.") if is_right else _("%(field)s is marked as doubtful.")
        return after_dialog(request, record.get_absolute_url(), said % {"field": kind.fields[name].label})
    context, sources = context_of(request), sources_of(record, kind)
    rows: list[Any] = [  # Any: what the template shows
        (kind.fields[name], kind.fields[name].html(kind.fields[name].read(record), context), source)
        for name, source in sources.items()
        if name not in HIDDEN and (kind.fields[name].editable or source.mark is not None)
    ]
    values = {
        "record": record, "kind": kind, "rows": rows, "disagreements": open_of(record, user),
        "can_edit": can(user, "edit", record),
    }  # fmt: skip
    return render(request, "kernel/provenance/values.html", values)


@page("disagreements/<uuid:row_id>/", name="disagreement_decide", methods=("POST",))
def disagreement_decide(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Say which of two values holds."""
    row = Disagreement.objects.filter(pk=row_id).first()
    takes = request.POST.get("takes", "")
    if row is None or takes not in (Disagreement.State.TYPED, Disagreement.State.BROUGHT):
        raise Http404
    try:
        with change_set(by=user_of(request)) as opened:
            decide(row, takes, by=user_of(request))
    except RuleError as problem:
        notice(request, problem.sentence, bad=True)
        return go_to(request, "/")
    changed = opened.id if takes == Disagreement.State.TYPED else None
    return after_dialog(request, f"/{row.type}/{row.record_id}/", _("Decided."), changed)
