"""Pinning a view or a record to one's sidebar, and taking it away again."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import record_or_404
from rapport.kernel.pages.routing import page
from rapport.kernel.pins.pinned import pin, unpin
from rapport.kernel.records import Record, RuleError
from rapport.kernel.registry import RecordType
from rapport.kernel.views.models import View
from rapport.ui.answers import go_to
from rapport.ui.notices import notice


@page("<type:kind>/<uuid:record_id>/pin/", name="record_pin", methods=("POST",))
def pin_record(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """Keep the record in the sidebar, or (`off`) not any more."""
    record = record_or_404(kind, record_id, user_of(request))
    _do(request, record)
    return go_to(request, record.get_absolute_url())


@page("<type:kind>/views/<uuid:view_id>/pin/", name="view_pin", methods=("POST",))
def pin_view(request: HttpRequest, kind: RecordType, view_id: UUID) -> HttpResponse:
    """Keep the view in the sidebar, or (`off`) not any more."""
    view = View.objects.filter(type=kind.key).visible_to(user_of(request)).filter(pk=view_id).first()
    if view is None:
        raise Http404
    _do(request, view)
    return go_to(request, view.address)


def _do(request: HttpRequest, thing: View | Record) -> None:
    user, said = user_of(request), {"name": str(thing)}
    if request.POST.get("off"):
        unpin(user, thing)
        notice(request, _("“%(name)s” is no longer pinned.") % said)
        return
    try:
        pin(user, thing)
    except RuleError as problem:
        notice(request, problem.sentence, bad=True)
    else:
        notice(request, _("“%(name)s” is pinned to the sidebar.") % said)
