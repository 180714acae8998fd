"""The page of proposed changes: what waits, with old and new values, and what was decided."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from rapport.api.proposals.deeds import confirm, proposal_of, refuse
from rapport.api.proposals.models import Proposal, State
from rapport.kernel.changes.models import AnyRecord
from rapport.kernel.fields.links import parse_id
from rapport.kernel.pages.answers import undo_url
from rapport.kernel.pages.context import user_of
from rapport.kernel.pages.routing import page
from rapport.ui.notices import notice

WAITING, DECIDED = 50, 50


@page("settings/proposals/", name="proposals")
def proposals(request: HttpRequest) -> HttpResponse:
    """What the user's programs have proposed."""
    mine = Proposal.objects.filter(token__user=user_of(request)).select_related("token")
    waiting = list(mine.filter(state=State.OPEN)[:WAITING])
    seen = _seen(request, waiting)
    shown = {
        "waiting": [(one, [row for row in one.changes if _may_show(row, seen)]) for one in waiting],
        "decided": mine.exclude(state=State.OPEN).defer("changes", "body")[:DECIDED],
        "current": "proposals",
    }
    return render(request, "api/proposals/proposals.html", shown)


def _seen(request: HttpRequest, waiting: list[Proposal]) -> set[str]:
    """The ids of the records that the user may see still."""
    keys = [parse_id(row["id"]) for one in waiting for row in one.changes]
    found = AnyRecord.objects.visible_to(user_of(request)).filter(pk__in=[key for key in keys if key])
    return {str(key) for key in found.values_list("pk", flat=True)}


def _may_show(row: dict[str, Any], seen: set[str]) -> bool:  # Any: JSON
    """A record that would be new is not there yet."""
    return row["act"] == "create" or row["id"] in seen


@page("settings/proposals/<uuid:proposal_id>/decide/", name="proposal_decide", methods=("POST",))
def decide(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Yes or no."""
    one = proposal_of(proposal_id, user_of(request))
    deed = request.POST.get("deed", "")
    if deed == "refuse":
        refuse(one)
        notice(request, _("Refused. Nothing was changed."))
    elif deed == "confirm":
        done = confirm(one, request)
        if done.state == State.DONE:
            set_id = done.change_set_id
            notice(request, _("Done: %(what)s") % {"what": done.label}, undo_url(set_id) if set_id else "")
        else:
            notice(request, done.problem, bad=True)
    else:
        raise Http404
    return redirect("proposals")
