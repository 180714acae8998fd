"""What became of what a program has proposed."""

from django.http import HttpResponseBase

from rapport.api.endpoint import Call, answer, read_id
from rapport.api.problems import not_found
from rapport.api.proposals.models import Proposal
from rapport.api.values import Json

MOST = 100


def list_proposals(call: Call) -> HttpResponseBase:
    """The proposals of this token, the newest first."""
    call.query()
    return answer({"data": [_shown(one) for one in Proposal.objects.filter(token=call.token)[:MOST]]})


def read_proposal(call: Call, proposal_id: str) -> HttpResponseBase:
    """One of them."""
    call.query()
    found = Proposal.objects.filter(token=call.token, pk=read_id(proposal_id)).first()
    if found is None:
        raise not_found()
    return answer(_shown(found))


def _shown(one: Proposal) -> Json:
    return {
        "id": str(one.pk), "at": one.at.isoformat(), "state": one.state, "problem": one.problem or None,
        "decided_at": one.decided_at.isoformat() if one.decided_at else None,
        "change_set": str(one.change_set_id) if one.change_set_id else None,
    }  # fmt: skip
