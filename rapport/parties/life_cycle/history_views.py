"""The life cycle of one party: its way through the stages, taking back what a rule has done, letting rules decide."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rapport.accounts.models import User
from rapport.kernel.changes.sets import change_set
from rapport.kernel.pages.answers import after_dialog
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.records import record_or_404
from rapport.kernel.pages.routing import page
from rapport.kernel.permissions import can
from rapport.kernel.permissions.veil import tells
from rapport.kernel.registry import RecordType
from rapport.parties.life_cycle.engine import kinds
from rapport.parties.life_cycle.history import pin_of, release, take_back, way_of
from rapport.parties.models import Party


def _party(kind: RecordType, record_id: UUID, user: User) -> Party:
    """The party of the address, of which this user may know the stage."""
    if kind.key not in [one.key for one in kinds()]:
        raise Http404
    found = record_or_404(kind, record_id, user)
    if not tells(kind, user, "stage", "stage_since") or not isinstance(found, Party):
        raise Http404
    return found


@page("<type:kind>/<uuid:record_id>/life-cycle/", name="record_life_cycle", methods=("GET", "HEAD", "POST"))
def life_cycle(request: HttpRequest, kind: RecordType, record_id: UUID) -> HttpResponse:
    """The way through the stages. POST takes back what a rule has done, or lets the rules decide again."""
    user = user_of(request)
    party = _party(kind, record_id, user)
    if request.method != "POST":
        pin = pin_of(party)
        way = way_of(party)
        values = {
            "party": party, "kind": kind, "way": way, "pin": pin, "may_edit": can(user, "edit", party),
            "pinned_by": User.objects.filter(pk=pin.by_id).first() if pin is not None and pin.by_id else None,
            "may_take_back": len(way) > 1 and way[0].by_rule,
        }  # fmt: skip
        return render(request, "parties/life_cycle/history.html", values)
    if request.POST.get("act") == "release":
        release(party, by=user)
        return after_dialog(request, party.get_absolute_url(), _("The rules decide the stage again."))
    with change_set(by=user) as opened:
        take_back(party, by=user)
    return after_dialog(request, party.get_absolute_url(), _("Taken back."), opened.id)
