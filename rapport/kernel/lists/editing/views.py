"""Editing a cell of a list in its place."""

from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from rapport.kernel.custom import conditions
from rapport.kernel.lists.cells import Cells
from rapport.kernel.lists.columns import Column, available_columns, needed_fields
from rapport.kernel.lists.page import columns_of
from rapport.kernel.lists.rows import cell_class, phone_areas, shape_of
from rapport.kernel.lists.views import state_of
from rapport.kernel.pages.answers import undo_url
from rapport.kernel.pages.context import context_of, user_of
from rapport.kernel.pages.forms import RecordForm
from rapport.kernel.pages.records import record_or_404, require
from rapport.kernel.pages.routing import page
from rapport.kernel.records import Record
from rapport.kernel.registry import RecordType
from rapport.ui.answers import go_to
from rapport.ui.notices import notice

WIDE = ("longtext", "address", "tags", "choices", "money")


@page("<type:kind>/<uuid:record_id>/cell/<slug:name>/", name="list_cell", methods=("GET", "HEAD", "POST"))
def cell(request: HttpRequest, kind: RecordType, record_id: UUID, name: str) -> HttpResponse:
    """GET answers the editor of the cell, POST saves it and answers the cell as it stands then."""
    user = user_of(request)
    record = record_or_404(kind, record_id, user)
    require(user, "edit", record)
    column = available_columns(kind).get(name)
    if column is None or not column.is_editable:
        raise Http404
    css, query = _place(request, kind, column)
    if column.computed is not None:
        return _computed(request, kind, column, record, css, query)
    if name in conditions.state_of(kind, record).hidden:
        return _shown(request, kind, column, record_id, css, query)
    form = RecordForm(request, kind, record, names=[name], part_keys=())
    if request.method == "POST" and form.read(request.POST):
        saved = form.save()
        if saved is not None:
            answer = _shown(request, kind, column, record_id, css, query)
            if saved.change_set is not None:
                text = _("%(field)s saved.") % {"field": column.label}
                notice(answer, text, undo_url(saved.change_set))
            return answer
    if request.headers.get("HX-Request") != "true":
        return go_to(request, record.get_absolute_url())
    shown = {
        "kind": kind,
        "form": form,
        "one": form.control(name),
        "css": css,
        "cell": f"{record_id}/cell/{name}/",
        "is_wide": column.kind in WIDE,
    }
    return render(request, "kernel/lists/editing/cell.html", shown, status=form.status)


def _computed(
    request: HttpRequest, kind: RecordType, column: Column, record: Record, css: str, query: str
) -> HttpResponse:
    """The same for what is worked out: its area knows what is written where."""
    assert column.computed is not None and column.computed.edit is not None
    done = column.computed.edit(request, record)
    if done is None:
        raise Http404
    if not done.template:
        answer = _shown(request, kind, column, record.pk, css, query)
        if done.change_set is not None:
            notice(answer, done.saved, undo_url(done.change_set))
        return answer
    if request.headers.get("HX-Request") != "true":
        return go_to(request, record.get_absolute_url())
    shown = {"css": css, "cell": f"{record.pk}/cell/{column.key}/", "record": record, **done.context}
    return render(request, done.template, shown, status=done.status)


def _place(request: HttpRequest, kind: RecordType, column: Column) -> tuple[str, str]:
    """The cell's class and the query string of the list in which it stands, as the browser says."""
    query = QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query[:4000])
    state = state_of(request, kind, query)
    return cell_class(column, phone_areas(columns_of(state))), state.query()


def _shown(
    request: HttpRequest, kind: RecordType, column: Column, record_id: UUID, css: str, query: str
) -> HttpResponse:
    names, joined = needed_fields(kind, [column])
    rows = shape_of(names, joined)(kind.visible_to(user_of(request)).filter(pk=record_id))
    record = rows.first()
    if record is None:  # he gave it away and does not see it any more
        return HttpResponse(f'<td class="{css}"></td>')
    cells = Cells(kind, [column], context_of(request), f"?list={query or 'view%3Dall'}")
    cells.load([record])
    [show] = cells.shows()
    return HttpResponse(
        f'<td class="{css}" data-cell="{record_id}/cell/{column.key}/" tabindex="-1">{show(record)}</td>'
    )
